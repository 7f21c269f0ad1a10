"""A number over vintages: the value of each, late data beside what was published before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from xinglin.apps.indicators.models import Vintage
from xinglin.apps.insight.files import opened
from xinglin.base.states import ValueState


@dataclass(frozen=True)
class Point:
    """A number as one vintage has it.

    Attributes:
        vintage: id. on: the day it stands for. definitions_changed: what is counted is said otherwise than in the
            vintage before it. superseded: a later vintage of the same day has come, with late data.
    """

    vintage: str
    on: date
    published_at: datetime
    state: ValueState
    value: float | None
    display: str
    numerator: str | None
    denominator: str | None
    n_reported: int
    n_units: int
    definitions_changed: bool
    superseded: bool


def points(vintages: Sequence[Vintage], key: str, code: str) -> list[Point]:
    """A measure in a place over vintages, oldest first; those that do not have it are left out."""
    found: list[Point] = []
    said = ""
    last = {vintage.on: vintage.pk for vintage in reversed(vintages)}
    for vintage in reversed(vintages):
        file = opened(vintage.pk)
        number, measure = file.number(key, code), file.measure(key)
        if number is None or measure is None:
            continue
        changed = said not in ("", measure.description)
        said = measure.description
        found.append(
            Point(
                vintage.pk,
                vintage.on,
                vintage.published_at,
                number.state,
                number.value,
                number.display,
                number.numerator,
                number.denominator,
                number.n_reported,
                number.n_units,
                changed,
                last[vintage.on] != vintage.pk,
            )
        )
    return found
