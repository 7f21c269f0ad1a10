"""What changed between two documents: told by kind, in words, and never by ids."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from xinglin.base.yamlfile import read_yaml
from xinglin.policy.loader import DOCUMENTS
from xinglin.policy.reader.diff import compare
from xinglin.policy.reader.diff_words import number_words, thresholds_words

Target = dict[str, Any]


def target(**changes: Any) -> Target:
    return {
        "id": "AA-t01",
        "clauses": ["二"],
        "summary": "村卫生室至少80%有1名会中医药服务的医务人员",
        "measure": "village_clinic_tcm_worker_rate",
        "parameters": {},
        "comparator": "at_least",
        "value": 80,
        "unit": "%",
        "strength": "must",
        "deadline": date(2025, 12, 31),
    } | changes


def task(**changes: Any) -> Target:
    return {
        "id": "AA-k01",
        "clause": "三(一)1",
        "heading": "建强推广基地",
        "units": ["市卫生健康局", "市财政局"],
    } | changes


def document(*targets: Target, tasks: tuple[Target, ...] = (), **head: Any) -> dict[str, Any]:
    return {"id": "a", "title": "旧方案", "targets": list(targets), "tasks": list(tasks)} | head


NEW = {"id": "BB-t07", "summary": "90%以上的村卫生室有1名会中医药服务的医务人员", "clauses": ["三"]}

# name: (what is otherwise in the new document, the changes, words of the difference)
CHANGED: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "raised": ({"value": 90}, ["raised"], "提高，由不低于80%到不低于90%"),
    "lowered": ({"value": Decimal("72.5")}, ["lowered"], "降低，由不低于80%到不低于72.5%"),
    "all is more than most": ({"comparator": "all", "value": 100}, ["raised"], "由不低于80%到全部"),
    "more than is more than at least": ({"comparator": "more_than"}, ["raised"], "由不低于80%到超过80%"),
    "postponed": ({"deadline": date(2030, 12, 31)}, ["postponed"], "期限延后，由 2025-12-31 到 2030-12-31"),
    "brought forward": ({"deadline": date(2024, 6, 30)}, ["brought_forward"], "期限提前，由 2025-12-31"),
    "raised and postponed": (
        {"value": 95, "deadline": date(2030, 12, 31)},
        ["raised", "postponed"],
        "期限延后",
    ),
    "softer": ({"strength": "strive"}, ["weakened"], "要求变软，由“必须”到“力争”"),
    "a parameter raised": (
        {"parameters": {"at_least": 2}},
        ["redefined"],
        "由不低于80%改为不低于80%（at_least 2）",
    ),
    "another unit": ({"unit": "个", "value": 40}, ["redefined"], "由不低于80%改为不低于40 个"),
    "no number any more": (
        {"comparator": "exists", "value": None, "unit": None},
        ["redefined"],
        "由不低于80%改为有即可",
    ),
}


@pytest.mark.parametrize("name", CHANGED)
def test_ways_in_which_a_target_changes(name: str) -> None:
    changes, kinds, words = CHANGED[name]
    found = compare(document(target()), document(target(**NEW | changes)))
    (difference,) = found.differences
    assert [change.value for change in difference.changes] == kinds
    assert words in difference.words
    assert difference.words.startswith("BB-t07 ")
    assert list(found.counts().values()) == [1] * len(kinds)


def test_a_parameter_that_both_have_is_raised() -> None:
    old = target(measure="two_specialties_rate", parameters={"at_least": 2}, comparator="all", value=100)
    found = compare(document(old), document(old | {"id": "BB-t01", "parameters": {"at_least": 3}}))
    assert found.differences[0].words.endswith("：提高，由全部（at_least 2）到全部（at_least 3）")


def test_added_and_removed_and_nothing() -> None:
    other = target(id="AA-t02", measure="satisfaction_rate", summary="居民满意率90%", value=90)
    added = compare(document(target()), document(target(), other))
    assert [(one.changes[0].value, one.words, one.old) for one in added.differences] == [
        ("added", "新增：AA-t02 居民满意率90%", None)
    ]
    removed = compare(document(target(), other), document(target()))
    assert removed.differences[0].words == "取消：AA-t02 居民满意率90%"
    same = compare(document(target(), other), document(other | {"id": "B-t01"}, target(id="B-t02")))
    assert (same.differences, same.same["targets"]) == ((), 2)


def test_entries_without_a_measure_are_paired_by_their_words_not_their_numbers() -> None:
    old = [
        target(
            id=f"AA-t0{at}",
            measure="wanted",
            wants=None,
            summary=f"建成{what}{at * 10}个",
            value=at * 10,
            unit="个",
        )
        for at, what in enumerate(("中药种植基地", "流动服务车", "名医工作室"), 1)
    ]
    new = [
        one | {"id": f"B-t{at}", "value": 35, "summary": one["summary"][:-3] + "35个"}
        for at, one in enumerate(old)
    ]
    found = compare(document(*old), document(*reversed(new)))
    assert [one.changes[0].value for one in found.differences] == ["raised", "raised", "raised"]
    assert {
        (one.old or {})["summary"][:4] == (one.new or {})["summary"][:4] for one in found.differences
    } == {True}


def test_the_same_words_with_other_numbers_may_be_another_named_measure() -> None:
    old = target(
        measure="centre_technique_6x10_rate",
        summary="中心、卫生院100%开展6类10项技术",
        comparator="all",
        value=100,
    )
    new = old | {"measure": "centre_technique_6x15_rate", "summary": "中心、卫生院100%开展6类15项技术"}
    (difference,) = compare(document(old), document(new)).differences
    assert "指标由 centre_technique_6x10_rate 改为 centre_technique_6x15_rate" in difference.words
    apart = compare(
        document(target()), document(target(measure="satisfaction_rate", summary="居民满意率90%"))
    )
    assert {one.changes[0].value for one in apart.differences} == {"added", "removed"}


def test_units_of_a_task() -> None:
    new = task(id="B-k09", units=["市卫生健康局", "市医疗保障局"])
    (difference,) = compare(document(tasks=(task(),)), document(tasks=(new,))).differences
    assert difference.words == "B-k09 建强推广基地：责任单位变动，增加市医疗保障局，减少市财政局"


def test_other_words_for_the_same_are_told_once() -> None:
    old = target(review={"quotations": ["80%以上的村卫生室至少配备1名医务人员。"]})
    new = copy.deepcopy(old) | {"review": {"quotations": ["80%以上的村卫生室配备至少1名医务人员"]}}
    (difference,) = compare(document(old), document(new)).differences
    assert [change.value for change in difference.changes] == ["reworded"]
    blank = copy.deepcopy(old) | {"review": {"quotations": ["80%以上的村卫生室，至少配备1名医务人员"]}}
    assert not compare(document(old), document(blank)).differences


def test_of_the_same_printed_document_the_clause_decides() -> None:
    head = {"number": "连卫〔2023〕46号"}
    one, other = (
        document(tasks=(task(),), **head),
        document(tasks=(task(heading="推广适宜技术，建设基地"),), **head),
    )
    assert [change.value for change in compare(one, other).differences[0].changes] == ["reworded"]


def test_a_document_is_the_same_as_itself() -> None:
    for name in ("lianzhou", "national"):
        content = read_yaml(DOCUMENTS / f"{name}.yaml")
        found = compare(content, content)
        assert found.differences == ()
        assert found.same["targets"] == len(content["targets"])


def test_two_provinces_and_plain_json() -> None:
    found = compare(*(read_yaml(DOCUMENTS / f"{name}.yaml") for name in ("lianzhou", "inner_mongolia")))
    told = found.as_dict()
    assert json.loads(json.dumps(told)) == told
    assert set(told) == {"old", "new", "counts", "same", "differences"}
    assert told["old"]["issued"] == "2023-06-14"
    words = [one["words"] for one in told["differences"]]
    assert "NM-t66 中心、卫生院中医馆（蒙医馆）100%完成内涵建设：提高，由不低于15%到全部" in words
    assert sum(told["counts"].values()) >= len(words)


WORDS: list[tuple[dict[str, Any], str]] = [
    ({"comparator": "all", "value": 100, "unit": "%"}, "全部"),
    (
        {"comparator": "between", "value": Decimal("0.6"), "upper": Decimal("0.8"), "unit": "人/万人"},
        "0.6–0.8 人/万人",
    ),
    ({"comparator": "encouraged", "value": None}, "鼓励"),
    ({"comparator": "at_least", "value": Decimal("60.00"), "unit": "%"}, "不低于60%"),
    ({"comparator": None, "value": None}, "没有数值"),
]


@pytest.mark.parametrize(("content", "words"), WORDS)
def test_thresholds_in_words(content: dict[str, Any], words: str) -> None:
    assert thresholds_words(content) == words


def test_numbers_in_words() -> None:
    said: Callable[[str], str] = lambda text: number_words(Decimal(text))  # noqa: E731
    assert [said("100"), said("85.00"), said("0.50"), said("1E+2")] == ["100", "85", "0.5", "100"]
