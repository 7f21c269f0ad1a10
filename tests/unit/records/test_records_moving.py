"""Moves, their needs and conditions; deadlines; periods owed; old versions as new ones; draws."""

# ruff: noqa: E501

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_making import load

from xinglin.base.errors import DataError
from xinglin.records.definition import Due
from xinglin.records.drawing import double_draw, draw, ticket
from xinglin.records.flow import Deadline
from xinglin.records.migrating import migrated
from xinglin.records.periods import periods
from xinglin.records.samples import made_up, walk
from xinglin.records.validation import values_of
from xinglin.records.workdays import By, Calendar, due_by, months_after, read_calendar, shipped_calendar

# -- moves --------------------------------------------------------------------------------------------------


def test_a_move_starts_from_its_states_when_its_condition_holds(tmp_path: Path) -> None:
    case = load(tmp_path, "case", {"moves.accept.when": {"field": "grade", "is": "minor"}})
    accept, submit = case.moves["accept"], case.moves["submit"]
    assert accept.is_open("submitted", {"grade": "minor"})
    assert not accept.is_open("submitted", {"grade": "grave"})
    assert not accept.is_open("open", {"grade": "minor"})
    assert submit.lacking({}) == ("plan",)
    assert submit.lacking({"plan": "改"}) == ()


def test_a_need_that_is_not_asked_for_is_not_missed(tmp_path: Path) -> None:
    more = {"fields.plan.when": {"field": "grade", "is": "grave"}}
    case = load(tmp_path, "case", {**more, "fields.grade.sample": "grave"})
    submit = case.moves["submit"]
    assert case.lacking(submit, {"grade": "grave"}) == ("plan",)
    assert case.lacking(submit, {"grade": "minor"}) == ()


def test_a_sample_walks_the_shortest_way(tmp_path: Path) -> None:
    case = load(tmp_path, "case")
    values = values_of(case, {"plan": "改"})
    assert walk(case, values) == ("submit", "accept")
    assert walk(case, {}) is None


# -- deadlines ----------------------------------------------------------------------------------------------

# entered, working days, the last day, whether it rests on a year not yet published
SHIPPED = [
    (date(2024, 9, 30), 1, date(2024, 10, 8), False),
    (date(2024, 9, 27), 2, date(2024, 9, 30), False),  # Sunday 29 September was worked
    (date(2024, 2, 9), 1, date(2024, 2, 18), False),  # the Spring Festival; Sunday 18 February was worked
    (date(2024, 5, 17), 5, date(2024, 5, 24), False),
    (date(2024, 5, 17), 0, date(2024, 5, 17), False),
]


@pytest.mark.parametrize(("entered", "days", "last", "provisional"), SHIPPED)
def test_working_days_of_the_shipped_calendar(
    entered: date, days: int, last: date, provisional: bool
) -> None:
    assert shipped_calendar().after(entered, days) == By(last, provisional)


def test_a_deadline_beyond_the_published_years_is_provisional() -> None:
    last = max(shipped_calendar().years)
    assert not shipped_calendar().after(date(last, 11, 2), 5).provisional
    assert shipped_calendar().after(date(last, 12, 28), 10).provisional
    assert shipped_calendar().after(date(last + 1, 3, 1), 1).provisional


DAYS = st.dates(date(2015, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(1, 80))
def test_counting_back_gives_the_same_number(day: date, count: int) -> None:
    calendar = shipped_calendar()
    by = calendar.after(day, count).day
    assert calendar.works(by)
    assert calendar.between(day, by) == count
    assert calendar.between(by, day) == -count


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_working_days_add_up(day: date, first: int, second: int) -> None:
    calendar = shipped_calendar()
    at = calendar.after(day, first).day
    assert calendar.after(at, second).day == calendar.after(day, first + second).day


def year(number: int, *more: str) -> list[str]:
    """A calendar of a year: six weekdays off, and more lines."""
    days = [date(number, 10, 1) + timedelta(days=n) for n in range(14)]
    return ["date,works", *[f"{day},0" for day in days if day.weekday() < 5][:6], *more]


def test_a_county_may_load_a_later_year() -> None:
    more = read_calendar(year(2040))
    calendar = shipped_calendar().with_(more)
    assert 2040 in calendar.years
    assert shipped_calendar().years < calendar.years


def test_days_of_december_that_the_next_year_changes_are_added_to_their_year() -> None:
    """The notice for 2019 made 29 December 2018 a working day; the rest of 2018 stays as it was."""
    base = Calendar(read_calendar(year(2039)))
    more = read_calendar(year(2040, "2039-12-31,1"))
    both = base.with_(more)
    assert both.years == {2039, 2040}
    assert not both.works(next(day for day in more if day.year == 2040))
    assert all(both.works(day) == base.works(day) for day in read_calendar(year(2039)))
    assert both.works(date(2039, 12, 31))
    alone = Calendar(more)
    assert alone.years == {2040}


BAD_CALENDARS = [
    (["day,works", "2027-10-01,0"], "工作日历：第 1 行应有 date、works 两列"),
    ([], "工作日历：第 1 行应有 date、works 两列"),
    (["date,works", "十月一日,0"], "工作日历 第 2 行：“十月一日”不是日期，请写成 2027-10-01"),
    (["date,works", "2027-10-01,休"], "工作日历 第 2 行：works 应为 1（上班）或 0（放假）"),
    (["date,works", "2027-10-01,0", "2027-10-01,0"], "工作日历 第 3 行：2027-10-01 写了两次"),
    (["date,works", "2027-10-01,1"], "工作日历 第 2 行：2027-10-01 本来就上班，只写与平常不同的日子"),
    (["date,works", "2027-10-02,0"], "工作日历 第 2 行：2027-10-02 本来就是周末，只写与平常不同的日子"),
    (["date,works", "2027-10-01,0"], "工作日历：2027 年只有不到 5 天，不像一整年的安排"),
]


@pytest.mark.parametrize(("lines", "words"), BAD_CALENDARS, ids=[words for _, words in BAD_CALENDARS])
def test_a_calendar_that_cannot_be_used(lines: list[str], words: str) -> None:
    with pytest.raises(DataError) as caught:
        read_calendar(lines)
    assert str(caught.value) == words


DEADLINES: list[tuple[dict[str, Any], dict[str, Any], By | None]] = [
    ({"field": "due_on"}, {"due_on": date(2024, 6, 20)}, By(date(2024, 6, 20))),
    ({"field": "due_on"}, {}, None),
    ({"days": 10}, {}, By(date(2024, 6, 10))),
    ({"months": 1}, {}, By(date(2024, 6, 30))),
    ({"working_days": 3}, {}, By(date(2024, 6, 5))),
    ({"days": 10, "after": "due_on"}, {"due_on": date(2024, 6, 20)}, By(date(2024, 6, 30))),
    ({"days": 10, "after": "due_on"}, {}, None),
]


@pytest.mark.parametrize(("deadline", "values", "expected"), DEADLINES)
def test_the_last_day_of_a_state(
    deadline: dict[str, Any], values: dict[str, Any], expected: By | None
) -> None:
    made = Deadline.model_validate(deadline)
    assert due_by(made, date(2024, 5, 31), values, shipped_calendar()) == expected


MONTHS = [
    (date(2024, 1, 31), 1, date(2024, 2, 29)), (date(2023, 1, 31), 1, date(2023, 2, 28)),
    (date(2024, 11, 30), 3, date(2025, 2, 28)), (date(2024, 12, 1), 1, date(2025, 1, 1)),
    (date(2024, 5, 31), 0, date(2024, 5, 31)), (date(2024, 12, 31), 12, date(2025, 12, 31)),
]  # fmt: skip


@pytest.mark.parametrize(("day", "months", "expected"), MONTHS)
def test_months_after_a_day(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected


# -- periods ------------------------------------------------------------------------------------------------

PERIODS = [
    ("month", date(2023, 12, 15), date(2024, 2, 1), ["2023-12", "2024-01", "2024-02"]),
    ("quarter", date(2023, 12, 15), date(2024, 4, 1), ["2023Q4", "2024Q1", "2024Q2"]),
    ("half", date(2023, 12, 15), date(2024, 6, 30), ["2023H2", "2024H1"]),
    ("year", date(2023, 12, 15), date(2024, 1, 1), ["2023", "2024"]),
    ("year", date(2024, 5, 1), date(2023, 1, 1), []),
    ("once", date(2024, 5, 1), date(2023, 1, 1), ["once"]),
]


@pytest.mark.parametrize(("every", "first", "today", "names"), PERIODS)
def test_periods_that_have_begun(every: str, first: date, today: date, names: list[str]) -> None:
    due = Due.model_validate({"every": every, "level": 6, "who": "county_officer"})
    assert [one.name for one in periods(due, first, today)] == names


@given(st.sampled_from(["month", "quarter", "half", "year"]), DAYS, st.integers(0, 900), st.integers(0, 60))
def test_periods_follow_each_other_without_a_gap(every: str, first: date, days: int, within: int) -> None:
    due = Due.model_validate({"every": every, "level": 6, "who": "x", "within": within})
    today = first + timedelta(days=days)
    found = periods(due, first, today)
    assert found[0].start <= first <= found[0].end
    assert found[-1].start <= today <= found[-1].end
    assert all(b.start == a.end + timedelta(days=1) for a, b in itertools.pairwise(found))
    assert all(one.last == one.end + timedelta(days=within) for one in found)
    assert len({one.name for one in found} | {one.label for one in found}) == 2 * len(found)


# -- versions -----------------------------------------------------------------------------------------------


def test_old_records_are_read_as_new_ones(tmp_path: Path) -> None:
    register = load(tmp_path, "register", {"version": 3, "migrations": {
        2: [{"rename": {"title": "name"}}, {"drop": ["old"]}, {"fill": {"valid_from": date(2024, 3, 1)}}],
        3: [{"recode": {"rooms": {"a": "hall", "b": "hall"}, "level": {"true": "county"}}}, {"fill": {"people": 3}}],
    }})  # fmt: skip
    old = {"title": "某", "old": 1, "rooms": ["a", "b", "screen"], "level": True, "people": 9}
    found, state = migrated(register, 1, old, "")
    assert found == {
        "name": "某", "rooms": ["hall", "screen"], "level": "county", "people": 9, "valid_from": "2024-03-01"
    }  # fmt: skip
    assert state == ""
    assert old["title"] == "某"  # nothing is written
    assert values_of(register, found)["valid_from"] == date(2024, 3, 1)
    assert migrated(register, 2, {"rooms": ["b"]})[0] == {"rooms": ["hall"], "people": 3}
    assert migrated(register, 3, {"rooms": ["b"]})[0] == {"rooms": ["b"]}
    with pytest.raises(ValueError, match="记录是第 4 版，定义只到第 3 版"):
        migrated(register, 4, {})


def test_states_are_renamed(tmp_path: Path) -> None:
    case = load(tmp_path, "case", {"version": 2, "migrations": {2: [{"states": {"sent": "submitted"}}]}})
    assert migrated(case, 1, {}, "sent") == ({}, "submitted")
    assert migrated(case, 1, {}, "open") == ({}, "open")


# -- draws --------------------------------------------------------------------------------------------------

IDS = st.lists(st.text("abcdef0123456789", min_size=1, max_size=6), min_size=1, max_size=20, unique=True)


def test_a_ticket_is_for_ever() -> None:
    """Worked out with sha256sum: anyone can repeat a draw."""
    assert ticket("20240501", "objects", "f1")[:16] == "fd24c917820d6938"
    assert draw([f"f{n}" for n in range(10)], 3, "20240501") == ["f9", "f6", "f1"]


@given(IDS, st.data())
def test_a_draw_depends_on_the_list_not_its_order(ids: list[str], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(ids)))
    mixed = data.draw(st.permutations(ids))
    found = draw(ids, count, "种子")
    assert draw([*mixed, *ids], count, "种子") == found
    assert len(set(found)) == count
    assert set(found) <= set(ids)
    assert draw(ids, len(ids), "种子")[:count] == found
    others = set(ids) - set(found)
    if others:  # who was not drawn does not matter
        assert draw(set(ids) - {min(others)}, count, "种子") == found


@given(IDS, st.data())
def test_nobody_inspects_where_he_must_not(ids: list[str], data: st.DataObject) -> None:
    count = data.draw(st.integers(1, len(ids)))
    inspectors = [f"p{n}" for n in range(6)]
    apart = {one: data.draw(st.lists(st.sampled_from(inspectors), max_size=4)) for one in ids}
    found = double_draw(ids, inspectors, count=count, seed="种子", team=2, apart=apart)
    assert [pair.object for pair in found] == draw(ids, count, "种子", "objects")
    for pair in found:
        assert len(set(pair.inspectors)) == 2
        assert not set(pair.inspectors) & set(apart[pair.object])
    assert double_draw(ids[::-1], inspectors[::-1], count=count, seed="种子", team=2, apart=apart) == found


REFUSED = [
    ({"objects": ["a"], "inspectors": ["p", "q"], "count": 1, "seed": " "}, "没有随机种子：请填写开奖号码等事先无人知道的数"),
    ({"objects": ["a"], "inspectors": ["p", "q"], "count": 2, "seed": "1"}, "名单里有 1 个，抽不出 2 个"),
    ({"objects": ["a"], "inspectors": ["p", "q"], "count": 0, "seed": "1"}, "名单里有 1 个，抽不出 0 个"),
    ({"objects": ["a"], "inspectors": ["p"], "count": 1, "seed": "1"}, "检查“a”要 2 人，可派的只有 1 人"),
    ({"objects": ["a"], "inspectors": ["p", "q"], "count": 1, "seed": "1", "apart": {"a": ["p"]}}, "检查“a”要 2 人，可派的只有 1 人"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "words"), REFUSED, ids=[words for _, words in REFUSED])
def test_a_draw_that_cannot_be(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError) as caught:
        double_draw(**asked)
    assert str(caught.value) == words


def test_made_up_records_need_no_database(tmp_path: Path) -> None:
    assert made_up(load(tmp_path, "survey"))["place"] == "441882"
