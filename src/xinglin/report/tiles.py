"""Tile maps in print: one tile a place, looking as on a map (see `looks`), for results that tell places apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xinglin.base.states import Verdict
from xinglin.report.figure import Point, points_of
from xinglin.report.looks import Look, looks_of
from xinglin.report.views import Row
from xinglin.report.words import SYMBOLS, value_words
from xinglin.standing.model import Result, Standing

_MAPS = 4


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
    points = points_of(result, standing.children)
    looks = looks_of(points, result.unit or "")
    tiles = tuple(_tile(point, looks[point.code]) for point in points)
    judged = any(part.verdict for part in result.below)
    return TileMap(row.number, result.summary, result.threshold_words, judged, tiles)


def _tile(point: Point, look: Look) -> Tile:
    symbol = SYMBOLS[point.verdict] if point.verdict else ""
    return Tile(point.name, point.words, point.exact, symbol, look.name)
