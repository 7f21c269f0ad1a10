"""Tables without rules: lines whose pieces begin under one another."""

from __future__ import annotations

from collections.abc import Sequence

from xinglin.policy.reader.formats.pdf.glyphs import Line
from xinglin.policy.reader.formats.pdf.paragraphs import joined
from xinglin.policy.reader.formats.pdf.rules import Grid

_GAP = 1.4
"""Of the height of a line: the white between two columns."""
_FEWEST = 3
"""Rows that must agree before lines are taken for a table."""
_UNDER = 0.8


def aligned(lines: Sequence[Line]) -> tuple[list[Grid], list[Line]]:
    """The tables among some lines, and the lines that are none."""
    cut = [line.pieces(_GAP) for line in lines]
    grids: list[Grid] = []
    rest: list[Line] = []
    at = 0
    while at < len(lines):
        end = _run(cut, at)
        if end - at >= _FEWEST:
            grids.append(_grid(cut[at:end]))
            at = end
        else:
            rest.append(lines[at])
            at += 1
    return grids, rest


def _run(cut: Sequence[list[Line]], start: int) -> int:
    """Where the table ends that begins at a line; ``start`` when none does."""
    columns = [piece.left for piece in cut[start]]
    if len(columns) < 2:
        return start
    end, rows = start + 1, 1
    while end < len(cut) and _fits(cut[end], columns):
        rows += len(cut[end]) > 1
        end += 1
    return end if rows >= _FEWEST else start


def _fits(pieces: list[Line], columns: list[float]) -> bool:
    """Whether every piece begins under a heading; a line of one piece goes on with a cell, never with the first."""
    places = [_column(piece, columns) for piece in pieces]
    if None in places or len(set(places)) < len(places):
        return False
    return len(pieces) > 1 or bool(places[0])


def _column(piece: Line, columns: list[float]) -> int | None:
    near = _UNDER * piece.size
    return next((at for at, left in enumerate(columns) if abs(piece.left - left) <= near), None)


def _grid(cut: Sequence[list[Line]]) -> Grid:
    columns = [piece.left for piece in cut[0]]
    rows: list[list[str]] = []
    for pieces in cut:
        if len(pieces) > 1 or not rows:
            rows.append([""] * len(columns))
        for piece in pieces:
            at = _column(piece, columns) or 0
            rows[-1][at] += joined(rows[-1][at], piece.text)
    return Grid((*columns, cut[0][-1].right), cut[0][0].top, tuple(map(tuple, rows)))
