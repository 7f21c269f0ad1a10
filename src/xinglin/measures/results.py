"""What counting gives: exact numerators and denominators per area, nothing divided yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from xinglin.base.period import closed
from xinglin.base.states import ValueState
from xinglin.measures.nodes import Bound, Kind

Number = int | Decimal


class Counted(NamedTuple):
    """One measure in one area; a tuple, because a province has hundreds of thousands of them.

    Attributes:
        area: place code ("0" for the nation).
        numerator: exact sum over the reported units; None if nothing could be counted.
        denominator: exact; None for counts, and for rates whose population is not reported.
        n_units: units that belong here; n_reported: those whose reports are there.
        n_places: counties that answer for the area; n_places_reported: those that sent the registers needed.
    """

    area: str
    numerator: Number
    denominator: Number | None
    n_units: int
    n_reported: int
    n_places: int = 0
    n_places_reported: int = 0


class Counts(Mapping[str, Counted]):
    """One measure in many areas, kept as columns: a province has 25,000 areas, a report reads a few of them.

    Args:
        positions: area → its place in the columns (shared by measures counted together).
        columns: the fields of `Counted` after ``area``, in its order.
    """

    def __init__(self, positions: Mapping[str, int], columns: Sequence[Sequence[Number | None]]) -> None:
        self.positions = positions
        self.columns = columns

    def __getitem__(self, area: str) -> Counted:
        position = self.positions[area]
        return Counted(area, *(column[position] for column in self.columns))  # type: ignore[arg-type]

    def __iter__(self) -> Iterator[str]:
        return iter(self.positions)

    def __len__(self) -> int:
        return len(self.positions)

    def rows(self) -> Iterator[tuple[Number | None, ...]]:
        """All areas in order as plain tuples: the fields of `Counted` after ``area``."""
        return zip(*self.columns, strict=True)


@dataclass(frozen=True, slots=True)
class Reading:
    """A counted value with its state, as a fraction; ``value`` is None unless the state is a number."""

    state: ValueState
    value: Fraction | None


def read(bound: Bound, counted: Counted, on: date) -> Reading:
    """Say what the counted numbers mean at a date: the state first, then the value.

    Shares and percent rates run 0–100; other rates are per ``per`` residents; a flag is 0 or 1.
    """
    nobody = not counted.n_units and counted.n_places and not counted.n_places_reported
    if nobody or (counted.n_units and not counted.n_reported):
        return Reading(ValueState.NOT_REPORTED, None)
    if not closed(bound.period, on):
        return Reading(ValueState.NOT_CLOSED, None)
    if bound.suppress_below and counted.n_reported < bound.suppress_below:
        empty = counted.n_reported == 0
        return Reading(ValueState.NOT_APPLICABLE if empty else ValueState.SUPPRESSED, None)
    return _divided(bound, counted)


def _divided(bound: Bound, counted: Counted) -> Reading:
    if bound.kind is Kind.COUNT:
        return Reading(ValueState.NUMBER, Fraction(counted.numerator))
    if bound.kind is Kind.FLAG:
        return Reading(ValueState.NUMBER, Fraction(int(counted.numerator > 0)))
    if counted.denominator is None:
        return Reading(ValueState.NOT_REPORTED, None)
    if counted.denominator == 0:
        return Reading(ValueState.NOT_APPLICABLE, None)
    return Reading(ValueState.NUMBER, Fraction(counted.numerator) * bound.per / Fraction(counted.denominator))


def display(value: Fraction, places: int = 2) -> str:
    """A value rounded half up for the eye; verdicts never use it."""
    scaled = value * 10**places
    floor = scaled.numerator // scaled.denominator
    rounded = floor + (1 if (scaled - floor) * 2 >= 1 else 0)
    return f"{Decimal(rounded).scaleb(-places):f}"
