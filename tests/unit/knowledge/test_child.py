from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinglin.knowledge.child import (
    ImpossibleDay,
    NoSuchAge,
    State,
    age_in_months,
    due_on,
    load_guide,
    next_visit,
    reached,
    visits,
)

AGES = [6, 12, 18, 24, 30, 36]
BORN = date(2024, 8, 31)


@pytest.mark.parametrize(
    ("born", "months", "day"),
    [
        (BORN, 6, date(2025, 2, 28)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 1, 15), 36, date(2027, 1, 15)),
        (date(2024, 12, 1), 1, date(2025, 1, 1)),
    ],
)
def test_months_are_counted_by_the_calendar(born: date, months: int, day: date) -> None:
    assert reached(born, months) == day
    assert age_in_months(born, day) == months
    assert age_in_months(born, day - timedelta(days=1)) == months - 1


def test_the_six_visits() -> None:
    found = visits(BORN, date(2025, 3, 1))
    assert [visit.age for visit in found] == AGES
    assert (found[0].due, found[0].until) == (date(2025, 2, 28), date(2025, 8, 30))
    assert (found[5].due, found[5].until) == (date(2027, 8, 31), date(2028, 2, 28))
    strict = visits(BORN, date(2025, 3, 1), last_until_months=37)
    assert strict[5].until == date(2027, 9, 29)
    with pytest.raises(ImpossibleDay, match="请改大"):
        visits(BORN, date(2025, 3, 1), last_until_months=36)


@pytest.mark.parametrize(
    ("on", "states"),
    [
        (date(2025, 2, 27), [State.UPCOMING] * 6),
        (date(2025, 2, 28), [State.DUE] + [State.UPCOMING] * 5),
        (date(2025, 8, 30), [State.DUE] + [State.UPCOMING] * 5),
        (date(2025, 8, 31), [State.MISSED, State.DUE] + [State.UPCOMING] * 4),
        (date(2028, 2, 28), [State.MISSED] * 5 + [State.DUE]),
        (date(2028, 2, 29), [State.MISSED] * 6),
    ],
)
def test_what_is_due_at_a_date(on: date, states: list[State]) -> None:
    assert [visit.state for visit in visits(BORN, on)] == states
    due = due_on(BORN, on)
    assert (due.age if due else None) == next(
        (age for age, state in zip(AGES, states, strict=True) if state is State.DUE), None
    )


def test_given_visits() -> None:
    given_on = {6: date(2025, 3, 10), 12: date(2025, 8, 20)}
    found = visits(BORN, date(2025, 9, 1), given_on)
    assert [visit.state for visit in found[:3]] == [State.DONE, State.OFF_TIME, State.UPCOMING]
    assert due_on(BORN, date(2025, 9, 1), given_on) is None
    coming = next_visit(BORN, date(2025, 9, 1), given_on)
    assert coming is not None
    assert (coming.age, coming.due) == (18, date(2026, 2, 28))
    assert next_visit(BORN, date(2029, 1, 1)) is None


@pytest.mark.parametrize(
    ("on", "done", "said"),
    [
        (date(2024, 8, 30), {}, "早于出生日期"),
        (date(2025, 3, 1), {6: date(2024, 1, 1)}, "早于出生日期"),
        (date(2025, 3, 1), {6: date(2025, 3, 2)}, "请改成实际服务的日期"),
    ],
)
def test_impossible_days(on: date, done: dict[int, date], said: str) -> None:
    with pytest.raises(ImpossibleDay, match=said):
        visits(BORN, on, done)


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(st.dates(date(2015, 1, 1), date(2026, 1, 1)), st.integers(0, 1500))
def test_windows_meet_without_gap_or_overlap(born: date, days: int) -> None:
    on = born + timedelta(days=days)
    found = visits(born, on)
    assert all(after.due == before.until + timedelta(days=1) for before, after in pairwise(found))
    assert sum(visit.due <= on <= visit.until for visit in found) == (6 <= age_in_months(born, on) < 42)
    assert sum(visit.state is State.DUE for visit in found) <= 1


def test_what_is_taught() -> None:
    guide = load_guide()
    assert list(guide.ages) == AGES
    taught = {age: [method.name for method in guide.methods(age)] for age in AGES}
    assert taught[6] == taught[12] == ["摩腹", "捏脊"]
    assert taught[18] == taught[24] == ["按揉迎香穴", "按揉足三里穴"]
    assert taught[30] == taught[36] == ["按揉四神聪穴"]
    assert [guide.required(age)[-1] for age in AGES] == [3, 3, 4, 4, 5, 5]
    back = guide.methods(6)[1]
    assert (back.least, back.most, back.unit) == (3, 5, "遍")
    with pytest.raises(NoSuchAge, match="6、12、18、24、30、36"):
        guide.required(8)


@pytest.mark.parametrize(
    ("ticked", "other", "kinds"),
    [
        ({1, 2, 5}, "", []),
        ({1, 2, 3}, "", [("missing", "error"), ("other_age", "warning")]),
        ({1, 2, 3, 5}, "", [("other_age", "warning")]),
        ({5}, "", [("missing", "error"), ("missing", "error")]),
        ({1, 2, 5, 6}, " ", [("no_text", "error")]),
        ({1, 2, 5, 6}, "耳穴按摩", []),
        ({1, 2, 5, 9}, "", [("unknown", "error")]),
    ],
)
def test_boxes_of_the_form(ticked: set[int], other: str, kinds: list[tuple[str, str]]) -> None:
    remarks = load_guide().check(30, ticked, other)
    assert [(remark.kind, remark.severity.value) for remark in remarks] == kinds
    assert all(remark.where == "30 月龄" for remark in remarks)
