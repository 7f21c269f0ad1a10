"""How a place is filled, on a map, as a tile on screen or in print: by verdict, else by value in round steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from xinglin.base.states import ValueState, Verdict
from xinglin.report import figure
from xinglin.report.figure import EMPTY, INK, PAPER, SHADES, UNCOUNTED, Point
from xinglin.report.words import SYMBOLS

SIGNS = {
    ValueState.NOT_REPORTED: "○",
    ValueState.NOT_APPLICABLE: "／",
    ValueState.NOT_CLOSED: "…",
    ValueState.SUPPRESSED: "＊",
}
"""Why a place has no number, where there is no room for the word."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a place is filled: the word in the legend, fill, the ink that is read on it, and its CSS class."""

    words: str
    fill: str
    ink: str = INK
    name: str = "none"


def looks_of(points: Sequence[Point], unit: str) -> dict[str, Look]:
    """Every place's look, by code: by verdict where one is given, otherwise by value in up to five steps."""
    judged = any(point.verdict for point in points)
    steps = [] if judged else _steps([point.value for point in points if point.value is not None], unit)
    return {point.code: _look(point, steps) for point in points}


def _look(point: Point, steps: Sequence[tuple[float, Look]]) -> Look:
    if point.value is None:
        known = point.words != UNCOUNTED
        return Look(f"{SIGNS[point.state]} {point.state.label}" if known else UNCOUNTED, EMPTY)
    if point.verdict or not steps:
        verdict = point.verdict or Verdict.NOT_JUDGED
        words = f"{SYMBOLS[verdict]} {verdict.label}"
        return Look(words, figure.COLOURS[verdict], name=verdict.value)
    return [look for lower, look in steps if point.value >= lower][-1]


def _steps(values: Sequence[float], unit: str) -> list[tuple[float, Look]]:
    """Lower ends and looks of at most five equal steps of round numbers that hold all values."""
    if not values:
        return []
    low, high = min(values), max(values)
    step = _round_step((high - low) / len(SHADES) or abs(high) / len(SHADES) or 1.0)
    first = math.floor(low / step) * step
    while first + step * len(SHADES) <= high:
        step = _round_step(step * 1.01)
        first = math.floor(low / step) * step
    count = int((high - first) // step) + 1
    shades = SHADES[len(SHADES) - count :] if count > 2 else SHADES[1 : count + 1]
    return [
        (first + n * step, _shaded(_span(first + n * step, step, unit), shade))
        for n, shade in enumerate(shades)
    ]


def _shaded(words: str, shade: str) -> Look:
    return Look(words, shade, PAPER if shade in SHADES[3:] else INK, f"shade-{SHADES.index(shade) + 1}")


def _round_step(least: float) -> float:
    """The next of 1, 2, 2.5, 5 times a power of ten."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= least * (1 - 1e-9))


def _span(lower: float, step: float, unit: str) -> str:
    return f"{lower:g}–{lower + step:g}{unit}"


def rank(look: Look) -> tuple[int, float, str]:
    """The order of looks in a legend: verdicts, steps of values, what is no number."""
    verdicts = [f"{SYMBOLS[verdict]} {verdict.label}" for verdict in Verdict]
    if look.words in verdicts:
        return 0, verdicts.index(look.words), ""
    return (1, SHADES.index(look.fill), "") if look.fill in SHADES else (2, 0, look.words)
