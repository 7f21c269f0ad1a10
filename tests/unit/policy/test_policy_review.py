"""Accepting is a human act: what the program drafted does not load before somebody has signed it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from xinglin.base.errors import DefinitionError
from xinglin.policy import PolicyLibrary, Review, quotation_hash

Load = Callable[..., PolicyLibrary]

DRAFTED = "review: {drafted: true, reviewer: null, date: null}"
SIGNED = "review: {drafted: true, reviewer: 演示人, date: 2024-05-01}"
WAITS = (
    "county.yaml 有 {} 条由程序起草，还没有人审核：{}。"
    "请逐条对照原文，改好后在它的 review 里填 reviewer 和 date；不该有的条目请删去"
)
# name in the message: the line of the good file behind which the entry's review is put
PLACES = {
    "文件首部": "notes: null\n",
    "XX-t01": "    deadline: 2025-12-31\n",
    "XX-t02": "    deadline: 2024-12-31\n",
    "XX-k01": "    units: [教育局, 财政局]\n",
    "XX-d01": "    duty: 安排资金\n",
}
TREND = "trends:\n  - {{clause: 五, summary: 上升, measure: wanted, {}}}\ntasks:\n"


def with_reviews(county: str, review: str, *names: str) -> str:
    for name in names:
        line = PLACES[name]
        indent = line[: len(line) - len(line.lstrip())]
        assert line in county
        county = county.replace(line, f"{line}{indent}{review}\n", 1)
    return county


def faults(load: Load, text: str) -> tuple[str, ...]:
    with pytest.raises(DefinitionError) as caught:
        load(county=text)
    return caught.value.faults


@pytest.mark.parametrize("name", PLACES)
def test_every_kind_of_entry_waits_for_its_reviewer(load: Load, county: str, name: str) -> None:
    assert faults(load, with_reviews(county, DRAFTED, name)) == (WAITS.format(1, name),)
    assert load(county=with_reviews(county, SIGNED, name)).documents


def test_a_trend_waits_too(load: Load, county: str) -> None:
    assert faults(load, county.replace("tasks:\n", TREND.format(DRAFTED))) == (WAITS.format(1, "trends 五"),)
    assert load(county=county.replace("tasks:\n", TREND.format(SIGNED)))


def test_all_that_waits_is_told_in_one_sentence(load: Load, county: str) -> None:
    text = with_reviews(county, DRAFTED, *PLACES)
    assert faults(load, text) == (WAITS.format(5, "文件首部、XX-t01、XX-t02、XX-k01、XX-d01"),)


@pytest.mark.parametrize("half", ["reviewer: 演示人, date: null", "reviewer: null, date: 2024-05-01"])
def test_half_a_signature_is_none(load: Load, county: str, half: str) -> None:
    text = with_reviews(county, f"review: {{drafted: true, {half}}}", "XX-t01")
    assert faults(load, text) == (WAITS.format(1, "XX-t01"),)


def test_what_nobody_drafted_needs_no_signature(load: Load, county: str) -> None:
    assert load(county=with_reviews(county, "review: {place: 第4页, confidence: 0.9}", "XX-t01")).documents


def test_a_quotation_that_was_changed_is_told(load: Load, county: str) -> None:
    quotations = ["村卫生室全部设置中医阁"]
    digest = quotation_hash(quotations)
    good = f"review: {{quotations: [村卫生室全部设置中医阁], quotation_sha256: {digest}}}"
    document = load(county=with_reviews(county, good, "XX-t01")).document("county")
    assert document.targets[0].review == Review(
        quotations=("村卫生室全部设置中医阁",), quotation_sha256=digest
    )
    assert load(county=with_reviews(county, f"review: {{quotation_sha256: {digest}}}", "XX-t01"))
    assert faults(load, with_reviews(county, good.replace("全部", "80%"), "XX-t01")) == (
        "county.yaml XX-t01 review：quotations 与 quotation_sha256 不符：引文被改动过，请照原文改回",
    )
