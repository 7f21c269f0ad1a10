"""A whole record: what is missing, what does not agree, what is referred to; and the scores of an assessment."""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_making import content_of, load

from xinglin.facts.fault import Fault
from xinglin.records import Definition, check, check_scores, load_definitions
from xinglin.records.samples import made_up
from xinglin.records.validation import Anything, document, values_of

GOOD: dict[str, Any] = {
    "facility": "f1", "valid_from": "2024-03-01", "name": "某基地", "level": "县级",
    "verified": "是", "verified_on": "2024-04-10", "people": 5,
}  # fmt: skip


@pytest.fixture
def register(tmp_path: Path) -> Definition:
    return load(tmp_path, "register")


# what is changed, the faults: field, kind, words
RECORDS: list[tuple[dict[str, Any], list[tuple[str, str, str]]]] = [
    ({}, []),
    ({"name": ""}, [("name", "missing", "名称没有填")]),
    ({"name": " ", "level": None}, [("name", "missing", "名称没有填"), ("level", "missing", "级别没有填")]),
    ({"verified_on": ""}, [("verified_on", "missing", "核验日期没有填（在这种情况下要填）")]),
    ({"verified": "否", "verified_on": ""}, []),
    ({"verified": "否", "verified_on": "乱写"}, []),
    ({"verified": "乱写", "verified_on": "乱写"}, [
        ("verified", "bad_boolean", "“乱写”看不出是还是否"), ("verified_on", "bad_date", "“乱写”不是日期")]),
    ({"people": 51}, [("people", "out_of_range", "人数 51 大于 50人")]),
    ({"people": 51, "name": ""}, [
        ("people", "out_of_range", "人数 51 大于 50人"), ("name", "missing", "名称没有填")]),
    ({"colour": "红"}, [("colour", "unknown_field", "没有字段“colour”")]),
    ({"verified_on": "2024-02-01"}, [("verified_on", "check", "核验日期不能早于开始日期")]),
    ({"valid_to": "2024-02-01"}, [("valid_to", "wrong_order", "结束日期 2024-02-01 早于 2024-03-01")]),
    ({"valid_to": "2024-03-01"}, []),
    ({"facility": "f9"}, [("facility", "unknown", "没有机构 f9")]),
    ({"facility": ""}, [("facility", "missing", "机构没有填")]),
]  # fmt: skip


class Known:
    """A database in which only f1 exists."""

    def faults(self, kind: str, ids: Collection[str]) -> Mapping[str, Fault]:
        assert kind == "facility"
        return {one: Fault("unknown", f"没有机构 {one}", "请先登记") for one in ids if one != "f1"}


@pytest.mark.parametrize(("changes", "expected"), RECORDS, ids=[str(changes) for changes, _ in RECORDS])
def test_every_fault_of_a_record_at_once(
    register: Definition, changes: dict[str, Any], expected: list[tuple[str, str, str]]
) -> None:
    found = check(register, {**GOOD, **changes}, Known())
    assert [(f.field, f.fault.kind, f.fault.what) for f in found.faults] == expected
    assert all(f.fault.fix for f in found.faults)
    assert found.errors == found.faults


def test_a_draft_may_be_unfinished_but_not_wrong(register: Definition) -> None:
    assert not check(register, {"facility": "f1"}, Known(), draft=True).faults
    wrong = check(register, {"facility": "f1", "people": "多"}, Known(), draft=True)
    assert [f.field for f in wrong.faults] == ["people"]


def test_a_warning_does_not_keep_from_saving(tmp_path: Path) -> None:
    register = load(tmp_path, "register", {"checks.0.warning": True})
    found = check(register, {**GOOD, "verified_on": "2024-02-01"}, Anything())
    assert [f.warning for f in found.faults] == [True]
    assert not found.errors


def test_a_check_may_ask_that_one_of_two_is_filled(tmp_path: Path) -> None:
    either = {"any": [{"field": "people", "given": True}, {"field": "area", "given": True}]}
    content = [{"that": either, "says": "人数、面积至少填一个", "at": "people"}]
    register = load(tmp_path, "register", {"checks": content})
    without = {name: value for name, value in GOOD.items() if name != "people"}
    assert [f.fault.what for f in check(register, without, Known()).faults] == ["人数、面积至少填一个"]
    assert not check(register, {**without, "area": 3}, Known()).faults
    assert not check(register, without, Known(), draft=True).faults


def test_what_is_not_asked_for_is_emptied_wherever_it_stands(tmp_path: Path) -> None:
    content = content_of("register")
    fields = content["fields"]
    later = {"verified_on": fields["verified_on"], **{k: v for k, v in fields.items() if k != "verified_on"}}
    register = load(tmp_path, "register", {"fields": later})
    found = check(register, {**GOOD, "verified": "否"}, Known())
    assert found.values["verified_on"] is None


def test_a_condition_may_look_at_what_is_computed(tmp_path: Path) -> None:
    more = {
        "fields.why": {"label": "原因", "type": "text", "required": True, "when": {"field": "rate", "more_than": 50}, "sample": "大"},
        "fields.rate": {"label": "占比", "type": "decimal", "computed": {"percent": ["people", "area"]}},
        "fields.people.sample": 10,
    }  # fmt: skip
    register = load(tmp_path, "register", more)
    assert [f.field for f in check(register, {**GOOD, "area": 8}, Known()).faults] == ["why"]
    found = check(register, {**GOOD, "area": 100, "why": "无关"}, Known())
    assert (found.values["rate"], found.values["why"]) == (Decimal("5.00"), None)


def test_a_place_of_another_level(tmp_path: Path) -> None:
    survey = load(tmp_path, "survey")
    found = check(survey, {"place": "4418", "date": "2024-05-01"}, Anything())
    assert [(f.field, f.fault.what) for f in found.faults] == [("place", "地区应是县一级的地区")]


def test_computed_values_are_not_taken_from_outside(tmp_path: Path) -> None:
    more = {"fields.rate": {"label": "占比", "type": "decimal", "computed": {"percent": ["people", "area"]}}}
    register = load(tmp_path, "register", more)
    found = check(register, {**GOOD, "area": 10, "rate": 99}, Known())
    assert found.values["rate"] == 50


RAW = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 60),
    st.text(max_size=4),
    st.sampled_from(["2024-05-01", "县级"]),
)


@given(st.data())
def test_any_record_of_any_definition_is_read_or_told(data: st.DataObject) -> None:
    definition = data.draw(st.sampled_from(sorted(load_definitions(), key=lambda one: one.id)))
    names = data.draw(st.lists(st.sampled_from(sorted(definition.fields)), unique=True, max_size=4))
    raw = {**made_up(definition), **{name: data.draw(RAW) for name in names}}
    found = check(definition, raw, Anything())
    kept = document(definition, found.values)
    assert values_of(definition, kept) == {name: found.values.get(name) for name in definition.fields}
    again = check(definition, found.values, Anything())
    assert again.values == found.values  # what was read is read the same again


# -- scores -------------------------------------------------------------------------------------------------

# entry of an item with 10 points (steps 0, 5, 10: A2), the faults, what is kept
SCORES: list[tuple[str, Any, list[str], Any]] = [
    ("A1", {"self": "9.5"}, [], {"self": Decimal("9.5")}),
    ("A1", {"self": "１０"}, [], {"self": Decimal(10)}),
    ("A1", {"self": "", "verified": None}, [], None),
    ("A1", {"self": "9.3"}, ["“面积”的分值“9.3”应以 0.5 分为一级"], None),
    ("A1", {"self": 11}, ["“面积”的分值“11”应在 0 至 10 之间"], None),
    ("A1", {"self": -1}, ["“面积”的分值“-1”应在 0 至 10 之间"], None),
    ("A1", {"self": "十"}, ["“面积”的分值“十”不是数字"], None),
    ("A1", {"self": "NaN"}, ["“面积”的分值“NaN”不是数字"], None),
    ("A1", {"self": "1_0"}, ["“面积”的分值“1_0”不是数字"], None),
    ("A1", {"self": True}, ["“面积”的分值“True”不是数字"], None),
    ("A1", {"verified": 8}, ["“面积”扣了分，没有写原因"], {"verified": Decimal(8)}),
    ("A1", {"verified": 8, "reason": " "}, ["“面积”扣了分，没有写原因"], {"verified": Decimal(8)}),
    ("A1", {"verified": 8, "reason": "少一间"}, [], {"verified": Decimal(8), "reason": "少一间"}),
    ("A1", {"verified": 10}, [], {"verified": Decimal(10)}),
    ("A1", {"na": True, "self": 3, "note": "无此项"}, [], {"na": True, "note": "无此项"}),
    ("A1", {"na": "0", "self": 3}, [], {"self": Decimal(3)}),
    ("A1", 5, ["“面积”的分值写法不对"], None),
    ("A2", {"self": 4}, ["“设备”的分值“4”只能是：齐全（10）、不全（5）、没有（0）"], None),
    ("A2", {"self": 5}, [], {"self": Decimal(5)}),
    ("Z9", {"self": 5}, ["没有字段“items.Z9”"], None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("item", "entry", "expected", "kept"), SCORES, ids=[f"{item} {entry}" for item, entry, *_ in SCORES]
)
def test_scores_are_read_or_told(
    tmp_path: Path, item: str, entry: Any, expected: list[str], kept: Any
) -> None:
    standard = load(tmp_path, "assessment").standard
    assert standard is not None
    found = check_scores(standard, {item: entry})
    assert [f.fault.what for f in found.faults] == expected
    assert {f.field for f in found.faults} <= {f"items.{item}"}
    assert found.scores.get(item) == kept


def test_dates_of_a_case_are_compared_as_dates(tmp_path: Path) -> None:
    case = load(tmp_path, "case")
    values = values_of(case, {"date": "2024-05-01", "due_on": "2024-06-01"})
    assert values["due_on"] == date(2024, 6, 1)
