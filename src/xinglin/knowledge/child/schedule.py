"""When each visit falls due for a child, and what is due at a date; months are counted by the calendar."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from xinglin.base.errors import XinglinError
from xinglin.knowledge.child.guide import ChildGuide, load_guide


class ImpossibleDay(XinglinError):  # noqa: N818 - says what is the matter
    """A visit before birth or in the future."""


class State(StrEnum):
    """Where a visit stands at a date."""

    UPCOMING = "upcoming"
    DUE = "due"
    DONE = "done"
    OFF_TIME = "off_time"
    MISSED = "missed"

    @property
    def label(self) -> str:
        """Chinese word."""
        return {
            "upcoming": "未到期",
            "due": "应服务",
            "done": "已按期服务",
            "off_time": "已服务，不在规定时间内",
            "missed": "已过期未服务",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Visit:
    """One of the six visits of a child.

    Attributes:
        age: in months. due: the day the child reaches it. until: last day on time. done: the day it was given.
    """

    age: int
    due: date
    until: date
    state: State
    done: date | None = None


def reached(born: date, months: int) -> date:
    """The day a child completes so many months: same day of the month, or the last one there is.

    Example:
        >>> reached(date(2024, 8, 31), 6)
        datetime.date(2025, 2, 28)
    """
    month = born.month - 1 + months
    year, month = born.year + month // 12, month % 12 + 1
    return date(year, month, min(born.day, monthrange(year, month)[1]))


def age_in_months(born: date, day: date) -> int:
    """Completed months on a day.

    Raises:
        ImpossibleDay: the day is before birth.
    """
    if day < born:
        raise ImpossibleDay(f"{day} 早于出生日期 {born}，请核对这两个日期。")
    months = (day.year - born.year) * 12 + day.month - born.month
    return months if reached(born, months) <= day else months - 1


def visits(
    born: date,
    on: date,
    given: Mapping[int, date] | None = None,
    *,
    last_until_months: int | None = None,
    guide: ChildGuide | None = None,
) -> tuple[Visit, ...]:
    """The six visits of a child as they stand on a day.

    Args:
        given: age in months → day the service was given.
        last_until_months: how long the last visit is on time, where a region is stricter than the default.

    Raises:
        ImpossibleDay: the day, or a given visit, is before birth; a visit is after the day; or ``last_until_months``
            ends before the last visit falls due.
    """
    book = guide or load_guide()
    done = _possible(born, on, given or {})
    ages = [*book.ages, last_until_months or book.last_until_months]
    if ages[-1] <= ages[-2]:
        raise ImpossibleDay(
            f"最后一次服务在满 {ages[-2]} 个月时到期，期限不能定在满 {ages[-1]} 个月，请改大。"
        )
    return tuple(
        _visit(age, reached(born, age), reached(born, after) - timedelta(days=1), on, done.get(age))
        for age, after in pairwise(ages)
    )


def due_on(born: date, on: date, given: Mapping[int, date] | None = None) -> Visit | None:
    """The visit that is due on a day and not yet given; None when there is none."""
    return next((visit for visit in visits(born, on, given) if visit.state is State.DUE), None)


def next_visit(born: date, on: date, given: Mapping[int, date] | None = None) -> Visit | None:
    """The visit to make an appointment for: the one due now, else the next one to come."""
    open_ones = (State.DUE, State.UPCOMING)
    return next((visit for visit in visits(born, on, given) if visit.state in open_ones), None)


def _visit(age: int, due: date, until: date, on: date, done: date | None) -> Visit:
    if done is not None:
        state = State.DONE if due <= done <= until else State.OFF_TIME
    elif on < due:
        state = State.UPCOMING
    else:
        state = State.DUE if on <= until else State.MISSED
    return Visit(age, due, until, state, done)


def _possible(born: date, on: date, given: Mapping[int, date]) -> Mapping[int, date]:
    if on < born:
        raise ImpossibleDay(f"{on} 早于出生日期 {born}，请核对这两个日期。")
    for age, day in given.items():
        if day < born:
            raise ImpossibleDay(f"{age} 月龄的服务日期 {day} 早于出生日期 {born}，请核对这两个日期。")
        if day > on:
            raise ImpossibleDay(f"{age} 月龄的服务日期 {day} 晚于 {on}，请改成实际服务的日期。")
    return given
