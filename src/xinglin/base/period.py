"""Dates of the data, the periods that end there, and whether they have closed."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class PeriodKind(StrEnum):
    """A stock is seen at a date; a flow is collected over the year or month that holds the date."""

    STOCK = "stock"
    YEAR = "year"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Window:
    """A span of days, both ends included."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def months(self) -> tuple[date, ...]:
        """First day of every month touched by the window, in order."""
        first = self.start.replace(day=1)
        found = []
        while first <= self.end:
            found.append(first)
            first = month_end(first) + timedelta(days=1)
        return tuple(found)


def month_end(day: date) -> date:
    """Last day of the month that holds ``day``."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def period_of(kind: PeriodKind, on: date) -> Window:
    """The period that the date of the data falls in, up to that date (a stock: that one day)."""
    if kind is PeriodKind.YEAR:
        return Window(date(on.year, 1, 1), on)
    if kind is PeriodKind.MONTH:
        return Window(on.replace(day=1), on)
    return Window(on, on)


def closed(kind: PeriodKind, on: date) -> bool:
    """Whether the period has ended at ``on``: a stock always, a year on 31 December, a month on its last day."""
    if kind is PeriodKind.YEAR:
        return (on.month, on.day) == (12, 31)
    if kind is PeriodKind.MONTH:
        return on == month_end(on)
    return True


def rolling(on: date, months: int) -> Window:
    """The last ``months`` calendar months up to ``on``, the month of ``on`` included."""
    index = on.year * 12 + on.month - months
    return Window(date(index // 12, index % 12 + 1, 1), on)
