"""Deadlines: 到2025年, 2022年年底, 2025年以前, “十四五”末, 5年内."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date

from xinglin.policy.reader.model import Deadline
from xinglin.policy.reader.numbers import chinese

PLAN_ENDS = {"十二五": 2015, "十三五": 2020, "十四五": 2025, "十五五": 2030, "十六五": 2035}
"""Last year of a five-year plan."""

_DATE = re.compile(
    r"(?:(?:到|至|截至|截止到?|于|在|力争)?(?P<year>20\d\d)年(?!度|-|至|印发|发布)"
    r"(?:(?P<month>\d{1,2})月(?:(?P<day>\d{1,2})日)?)?(?:年?[底末]|底)?(?:之前|以前|前)?)"
    r"|到?“?(?P<plan>十[二三四五六]五)”?(?:时?期?末|末期)"
    r"|(?P<years>\d|[三四五])年(?:之)?内"
)


def dates(text: str, plan_end: date | None, start_year: int | None) -> Iterator[tuple[int, int, Deadline]]:
    """Deadlines in a text with their place; ``N年内`` counts from the first year of the plan."""
    for match in _DATE.finditer(text):
        day = _day(match, plan_end, start_year)
        if day:
            yield match.start(), match.end(), Deadline(day, match[0])


def _day(match: re.Match[str], plan_end: date | None, start_year: int | None) -> date | None:
    if match["plan"]:
        return date(PLAN_ENDS[match["plan"]], 12, 31)
    if match["years"]:
        count = int(match["years"]) if match["years"].isdigit() else chinese(match["years"])
        if start_year:
            return date(start_year + count - 1, 12, 31)
        return plan_end if count == 5 else None
    year, month = int(match["year"]), int(match["month"] or 12)
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(int(match["day"] or last), last) or last)
