"""From counted numbers to a state, a fraction, and what the eye sees."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from xinglin.base.period import PeriodKind
from xinglin.base.states import ValueState
from xinglin.measures.nodes import Bound, Field, Kind, Literal, Present, Units
from xinglin.measures.results import Counted, Reading, display, read

LAST = date(2020, 12, 31)
THERE = Present(Field("beds"))


def bound(
    kind: Kind, period: PeriodKind = PeriodKind.STOCK, per: int = 100, suppress_below: int = 0
) -> Bound:
    return Bound(
        "例",
        kind,
        Units("facility"),
        period,
        condition=THERE if kind in (Kind.SHARE, Kind.FLAG) else None,
        numerator=Literal(1),
        denominator=Literal(1) if kind is Kind.RATIO else None,
        population="residents" if kind is Kind.RATE else None,
        per=per,
        suppress_below=suppress_below,
    )


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (Fraction(0), 2, "0.00"),
        (Fraction(100), 2, "100.00"),
        (Fraction(1, 3), 2, "0.33"),
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(5, 1000), 2, "0.01"),
        (Fraction(15, 1000), 2, "0.02"),
        (Fraction(25, 1000), 2, "0.03"),
        (Fraction(4999, 1000000), 2, "0.00"),
        (Fraction(99995, 1000), 2, "100.00"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(7, 2), 0, "4"),
        (Fraction(148 * 100, 177), 2, "83.62"),
        (Fraction(10**20 + 5, 1000), 2, "100000000000000000.01"),
    ],
)
def test_display_rounds_half_up(value: Fraction, places: int, shown: str) -> None:
    assert display(value, places) == shown


@pytest.mark.parametrize(
    ("kind", "per", "numerator", "denominator", "value"),
    [
        (Kind.SHARE, 100, 148, 177, Fraction(14800, 177)),
        (Kind.RATIO, 100, 2, 5, Fraction(40)),
        (Kind.RATE, 10_000, 14, 377_220, Fraction(140_000, 377_220)),
        (Kind.RATE, 1000, 3, 1000, Fraction(3)),
        (Kind.COUNT, 100, 7, None, Fraction(7)),
        (Kind.FLAG, 100, 3, None, Fraction(1)),
        (Kind.FLAG, 100, 0, None, Fraction(0)),
    ],
    ids=["share", "ratio", "per 10,000", "per 1,000", "count", "flag set", "flag not set"],
)
def test_a_number_is_exact(
    kind: Kind, per: int, numerator: int, denominator: int | None, value: Fraction
) -> None:
    counted = Counted("441882", numerator, denominator, 9, 9, 1, 1)
    assert read(bound(kind, per=per), counted, LAST) == Reading(ValueState.NUMBER, value)


@pytest.mark.parametrize(
    ("measure", "counted", "on", "state"),
    [
        (bound(Kind.SHARE), Counted("x", 0, 0, 4, 0, 1, 1), LAST, ValueState.NOT_REPORTED),
        (bound(Kind.SHARE), Counted("x", 0, 0, 0, 0, 1, 0), LAST, ValueState.NOT_REPORTED),
        (bound(Kind.SHARE), Counted("x", 0, 0, 0, 0, 2, 1), LAST, ValueState.NOT_APPLICABLE),
        (bound(Kind.COUNT), Counted("x", 0, None, 0, 0, 1, 1), LAST, ValueState.NUMBER),
        (bound(Kind.RATE), Counted("x", 3, None, 3, 3, 2, 2), LAST, ValueState.NOT_REPORTED),
        (bound(Kind.RATE), Counted("x", 0, 0, 3, 3, 1, 1), LAST, ValueState.NOT_APPLICABLE),
        (bound(Kind.RATIO), Counted("x", 1, 0, 3, 3, 1, 1), LAST, ValueState.NOT_APPLICABLE),
        (
            bound(Kind.SHARE, PeriodKind.YEAR),
            Counted("x", 1, 2, 2, 2, 1, 1),
            date(2020, 12, 30),
            ValueState.NOT_CLOSED,
        ),
        (bound(Kind.SHARE, PeriodKind.YEAR), Counted("x", 1, 2, 2, 2, 1, 1), LAST, ValueState.NUMBER),
        (
            bound(Kind.SHARE, PeriodKind.MONTH),
            Counted("x", 1, 2, 2, 2, 1, 1),
            date(2020, 2, 28),
            ValueState.NOT_CLOSED,
        ),
        (
            bound(Kind.SHARE, PeriodKind.MONTH),
            Counted("x", 1, 2, 2, 2, 1, 1),
            date(2020, 2, 29),
            ValueState.NUMBER,
        ),
        (
            bound(Kind.SHARE, PeriodKind.YEAR),
            Counted("x", 0, 0, 2, 0, 1, 1),
            date(2020, 6, 1),
            ValueState.NOT_REPORTED,
        ),
        (bound(Kind.SHARE, suppress_below=10), Counted("x", 5, 9, 9, 9, 1, 1), LAST, ValueState.SUPPRESSED),
        (bound(Kind.SHARE, suppress_below=10), Counted("x", 5, 10, 12, 10, 1, 1), LAST, ValueState.NUMBER),
        (
            bound(Kind.SHARE, suppress_below=10),
            Counted("x", 0, 0, 0, 0, 1, 1),
            LAST,
            ValueState.NOT_APPLICABLE,
        ),
    ],
    ids=[
        "no unit reported",
        "no units, no register",
        "no units, one register",
        "a count of nothing is 0",
        "residents missing",
        "no residents",
        "empty denominator",
        "the year runs",
        "the year has closed",
        "the month runs",
        "the month has closed",
        "not reported comes before not closed",
        "too few",
        "just enough",
        "nobody is not too few",
    ],
)
def test_state(measure: Bound, counted: Counted, on: date, state: ValueState) -> None:
    reading = read(measure, counted, on)
    assert reading.state is state
    assert (reading.value is None) == (state is not ValueState.NUMBER)
