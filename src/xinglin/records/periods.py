"""What is owed regularly: the periods of a definition's ``due``, and the last day for each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from xinglin.records.definition import Due

_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_DAY = timedelta(days=1)
_DECEMBER = 12
_PARTS = {"month": "月", "quarter": "季度", "half": "半年"}


@dataclass(frozen=True)
class Owed:
    """A period (``2024Q1``) with its days and the last day on which a record for it is in time; ``once`` has no
    days.
    """

    name: str
    label: str
    start: date
    end: date
    last: date | None


def periods(due: Due, first: date, today: date) -> list[Owed]:
    """The periods that have begun, from the one that holds ``first``; ``once`` is a single one without an end."""
    if due.every == "once":
        return [Owed("once", "一次", date.min, date.max, None)]
    months = _MONTHS[due.every]
    year, month = first.year, (first.month - 1) // months * months + 1
    found = []
    while date(year, month, 1) <= today:
        after = date(year + (month + months - 1) // _DECEMBER, (month + months - 1) % _DECEMBER + 1, 1)
        end = after - _DAY
        found.append(
            Owed(*_named(due.every, year, month), date(year, month, 1), end, end + _DAY * due.within)
        )
        year, month = after.year, after.month
    return found


def _named(every: str, year: int, month: int) -> tuple[str, str]:
    if every == "year":
        return str(year), f"{year} 年"
    number = (month - 1) // _MONTHS[every] + 1
    if every == "month":
        return f"{year}-{month:02d}", f"{year} 年 {month} 月"
    if every == "quarter":
        return f"{year}Q{number}", f"{year} 年第 {number} 季度"
    return f"{year}H{number}", f"{year} 年{'上' if number == 1 else '下'}半年"
