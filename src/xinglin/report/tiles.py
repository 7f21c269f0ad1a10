"""Tile maps: one tile a place below, in the order of the codes, for the results that tell places apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xinglin.base.states import ValueState, Verdict
from xinglin.report.views import Row
from xinglin.report.words import NOTHING, SYMBOLS, exact_words, value_words
from xinglin.standing.model import Part, Result, Standing

_MAPS = 4
_SHADES = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """One place: its name, the value in words, a sign and the CSS class that colours it."""

    name: str
    value: str
    exact: str
    symbol: str
    look: str


@dataclass(frozen=True, slots=True)
class TileMap:
    """One result over the places below."""

    number: int
    title: str
    target: str
    judged: bool
    tiles: tuple[Tile, ...]


def tile_maps(standing: Standing, rows: Sequence[Row]) -> tuple[TileMap, ...]:
    """Maps of a few results: those missed first, then those whose values differ most; each measure once."""
    fit = {row.result.measure_label: row for row in reversed(rows) if _differing(row.result) > 1}
    chosen = sorted(fit.values(), key=lambda row: (_rank(row.result), row.number))[:_MAPS]
    return tuple(_map(standing, row) for row in sorted(chosen, key=lambda row: row.number))


def _rank(result: Result) -> tuple[int, int]:
    urgency = {Verdict.NOT_MET: 0, Verdict.WARN: 1, Verdict.MET: 2, Verdict.NOT_JUDGED: 3}
    return urgency[result.verdict], -_differing(result)


def _differing(result: Result) -> int:
    return len({value_words(part, result) for part in result.below})


def _map(standing: Standing, row: Row) -> TileMap:
    result = row.result
    parts = {part.code: part for part in result.below}
    places = standing.children or tuple((part.code, part.label) for part in result.below)
    top = max((part.value or 0.0 for part in result.below), default=0.0)
    top = 100.0 if result.unit == "%" else top
    tiles = tuple(_tile(name, parts.get(code), result, top) for code, name in places)
    judged = any(part.verdict for part in result.below)
    return TileMap(row.number, result.summary, result.threshold_words, judged, tiles)


def _tile(name: str, part: Part | None, result: Result, top: float) -> Tile:
    if part is None:
        return Tile(name, "未统计", NOTHING, "", "none")
    symbol = SYMBOLS[part.verdict] if part.verdict else ""
    return Tile(name, value_words(part, result), exact_words(part), symbol, _look(part, top))


def _look(part: Part, top: float) -> str:
    if part.state is not ValueState.NUMBER or part.value is None:
        return "none"
    if part.verdict is not None:
        return part.verdict.value
    share = part.value / top if top else 0.0
    return f"shade-{max(1, min(_SHADES, int(share * _SHADES) + 1))}"
