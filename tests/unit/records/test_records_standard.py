"""Adding up an assessment: points, results from below, items that do not apply, what keeps from the next result."""

# ruff: noqa: E501

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.records.standard import Standard, judge

STANDARD = Standard.model_validate(
    {
        "name": "评定表",
        "edition": "一",
        "groups": {
            "place": {"label": "场所", "items": {"A1": {"label": "面积", "points": 10}, "A2": {"label": "设备", "points": 10}}},
            "people": {"label": "人员", "items": {"B1": {"label": "医师", "points": 20, "must": True}}},
        },
        "results": {
            "none": {"label": "未定级"},
            "three": {"label": "三级", "needs": {"points": 20}},
            "four": {"label": "四级", "needs": {"percent": 75, "groups": {"place": 50}}},
            "five": {"label": "五级", "needs": {"points": 30, "full": ["A1"], "musts": True}, "cumulative": True},
        },
    }
)  # fmt: skip


def scores(**points: Any) -> dict[str, dict[str, Any]]:
    return {name: {"na": True} if value == "na" else {"verified": value} for name, value in points.items()}


CASES: list[tuple[dict[str, Any], str | None, tuple[str, ...]]] = [
    ({"A1": 0, "A2": 0, "B1": 0}, "none", ("总分 0，要 20",)),
    ({"A1": 0, "A2": 0, "B1": 20}, "three", ("总分 20，要占 40 分的 75%", "“场所”0 分，要占 20 分的 50%")),
    ({"A1": 5, "A2": 5, "B1": 20}, "four", ("“面积”必须得满分",)),
    ({"A1": 10, "A2": 10, "B1": 18}, "four", ("“医师”必须得满分",)),
    ({"A1": 10, "A2": 0, "B1": 20}, "five", ()),
    ({"A1": 10, "A2": 10, "B1": 0}, "three", ("总分 20，要占 40 分的 75%",)),
    ({"A1": 10, "A2": 10}, None, ()),
    ({}, None, ()),
    # what does not apply is left out of what is possible: shares follow, absolute points do not
    ({"A1": "na", "A2": 8, "B1": 20}, "four", ("总分 28，要 30",)),
    ({"A1": "na", "A2": "na", "B1": 20}, "four", ("总分 20，要 30",)),
    ({"A1": 10, "A2": 10, "B1": "na"}, "four", ("总分 20，要 30",)),
    ({"A1": "na", "A2": "na", "B1": "na"}, None, ()),
]  # fmt: skip


@pytest.mark.parametrize(("points", "result", "short"), CASES, ids=[str(points) for points, *_ in CASES])
def test_the_result_of_an_assessment(
    points: dict[str, Any], result: str | None, short: tuple[str, ...]
) -> None:
    found = judge(STANDARD, scores(**points), "verified")
    assert (found.result, found.short) == (result, short)
    assert found.missing == tuple(name for name in ("A1", "A2", "B1") if name not in points)


def test_both_sides_are_added_up_apart() -> None:
    given_ = {"A1": {"self": 10, "verified": 5}, "A2": {"self": "7.5"}, "B1": {"self": 20, "verified": 20}}
    mine, theirs = judge(STANDARD, given_, "self"), judge(STANDARD, given_, "verified")
    assert (mine.points, mine.missing) == (Decimal("37.5"), ())
    assert (theirs.points, theirs.missing, theirs.result) == (25, ("A2",), None)
    assert mine.lost == {"A2": Decimal("2.5")}


POINTS = {"A1": 10, "A2": 10, "B1": 20}
SCORED = st.fixed_dictionaries(
    {name: st.one_of(st.just("na"), st.integers(0, most)) for name, most in POINTS.items()}
)


@given(SCORED)
def test_groups_add_up_and_nothing_exceeds_what_is_possible(points: dict[str, Any]) -> None:
    found = judge(STANDARD, scores(**points), "verified")
    assert found.points == sum(p for p, _ in found.groups.values())
    assert found.possible == sum(POINTS[name] for name, value in points.items() if value != "na")
    assert 0 <= found.points <= found.possible
    assert found.points + sum(found.lost.values()) == found.possible


@given(SCORED, st.sampled_from(sorted(POINTS)))
def test_a_point_more_never_lowers_the_result(points: dict[str, Any], item: str) -> None:
    if points[item] == "na" or points[item] == POINTS[item]:
        return
    order = list(STANDARD.results)
    before = judge(STANDARD, scores(**points), "verified").result
    after = judge(STANDARD, scores(**{**points, item: points[item] + 1}), "verified").result
    assert order.index(str(after)) >= order.index(str(before))
