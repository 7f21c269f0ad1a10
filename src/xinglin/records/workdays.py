"""Working days: the calendar that is published year by year, and deadlines counted by it.

`working_days.csv` holds the days that differ from their weekday; `scripts/derive_working_days.py` derives it. A county
may
load a later year before it is shipped. Beyond the last published year weekdays are counted, and the deadline is marked
provisional until that year is known.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from xinglin.base.errors import DataError
from xinglin.records.flow import Deadline

SHIPPED = Path(__file__).with_name("working_days.csv")
_SATURDAY = 5
_DECEMBER, _LEAST = 12, 5
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class By:
    """A deadline: its last day, and whether it rests on a year that is not published yet."""

    day: date
    provisional: bool = False


class Calendar:
    """Working days.

    Args:
        exceptions: day → whether it is worked, for days that differ from their weekday. Years that have an exception
        are
            published.
    """

    def __init__(self, exceptions: Mapping[date, bool]) -> None:
        self._exceptions = dict(exceptions)
        self.years = frozenset(day.year for day in exceptions) - _tails(exceptions)

    def works(self, day: date) -> bool:
        """Whether a day is worked; weekdays are in years not published."""
        return self._exceptions.get(day, day.weekday() < _SATURDAY)

    def after(self, day: date, count: int) -> By:
        """The day that is ``count`` working days after a day, which itself does not count."""
        left, at = count, day
        while left > 0:
            at += _DAY
            left -= self.works(at)
        years = range(day.year, at.year + 1)
        return By(at, any(year not in self.years for year in years))

    def between(self, first: date, last: date) -> int:
        """Working days after the first day up to and including the last; negative if the last is earlier."""
        if last < first:
            return -self.between(last, first)
        return sum(self.works(first + _DAY * number) for number in range(1, (last - first).days + 1))

    def with_(self, more: Mapping[date, bool]) -> Calendar:
        """This calendar with further years; what is given for a year replaces all of it."""
        years = {day.year for day in more} - _tails(more)
        return Calendar({d: w for d, w in self._exceptions.items() if d.year not in years} | dict(more))


def _tails(days: Iterable[date]) -> frozenset[int]:
    """Years of which only the last days stand there: those of December that the next year's notice changes."""
    known = {day.year for day in days}
    return frozenset(
        year
        for year in known
        if year + 1 in known
        and all(day.month == _DECEMBER for day in days if day.year == year)
        and sum(day.year == year for day in days) < _LEAST
    )


def read_calendar(lines: Iterable[str], name: str = "工作日历") -> dict[date, bool]:
    """The exceptions of a calendar file with the columns ``date`` and ``works`` (1 or 0, 是 or 否).

    Raises:
        DataError: a row that cannot be read, a day named twice, or a year with too few days to be one.
    """
    found: dict[date, bool] = {}
    reader = csv.DictReader(lines)
    if reader.fieldnames is None or not {"date", "works"} <= set(reader.fieldnames):
        raise DataError(f"{name}：第 1 行应有 date、works 两列")
    words = {"1": True, "0": False, "是": True, "否": False}
    for number, row in enumerate(reader, 2):
        text, works = (row["date"] or "").strip(), words.get((row["works"] or "").strip())
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise DataError(f"{name} 第 {number} 行：“{text}”不是日期，请写成 2027-10-01") from None
        if works is None:
            raise DataError(f"{name} 第 {number} 行：works 应为 1（上班）或 0（放假）")
        if day in found:
            raise DataError(f"{name} 第 {number} 行：{day} 写了两次")
        if works == (day.weekday() < _SATURDAY):
            usual = "本来就上班" if works else "本来就是周末"
            raise DataError(f"{name} 第 {number} 行：{day} {usual}，只写与平常不同的日子")
        found[day] = works
    for year in sorted({day.year for day in found} - _tails(found)):
        if sum(day.year == year for day in found) < _LEAST:
            raise DataError(f"{name}：{year} 年只有不到 {_LEAST} 天，不像一整年的安排")
    return found


@lru_cache(maxsize=1)
def shipped_calendar() -> Calendar:
    """The calendar that comes with the program."""
    with SHIPPED.open(encoding="utf-8", newline="") as stream:
        return Calendar(read_calendar(stream, SHIPPED.name))


def due_by(deadline: Deadline, entered: date, values: Mapping[str, object], calendar: Calendar) -> By | None:
    """The last day of a state entered on a day; None while the date it hangs on is not filled."""
    if deadline.field is not None:
        day = values.get(deadline.field)
        return By(day) if isinstance(day, date) else None
    start: object = values.get(deadline.after) if deadline.after else entered
    if not isinstance(start, date):
        return None
    if deadline.working_days is not None:
        return calendar.after(start, deadline.working_days)
    if deadline.days is not None:
        return By(start + _DAY * deadline.days)
    assert deadline.months is not None
    return By(months_after(start, deadline.months))


def months_after(day: date, months: int) -> date:
    """The same day some months on, or the last day of that month."""
    number = day.month - 1 + months
    year, month = day.year + number // _DECEMBER, number % _DECEMBER + 1
    last = date(year + month // _DECEMBER, month % _DECEMBER + 1, 1) - _DAY
    return date(year, month, min(day.day, last.day))
