"""A unit counted month by month: what each of its months is counted from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinglin.base.period import Window


class From(StrEnum):
    """What a month of a unit is counted from; ``WITHIN``: the total of the year holds it."""

    EVENTS = "events"
    TOTALS = "totals"
    YEAR = "year"
    WITHIN = "within"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Cell:
    """A month of a unit: its events lie in ``window``; ``totals`` are those reported, by item."""

    month: date
    source: From
    window: Window | None = None
    totals: dict[str, int] | None = None
