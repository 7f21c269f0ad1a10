"""Lines drawn on a PDF page, and the tables they rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xinglin.policy.reader.formats.pdf.glyphs import Glyph, Line, Turn, lines_of
from xinglin.policy.reader.formats.pdf.paragraphs import cell_text, framed_text

_STRAIGHT = 1.0
"""Points by which a drawn line may lean and still be level."""
_NEAR = 3.0
"""Points within which two rules are one, or touch."""
_SHORTEST = 6.0
_FRAME = 2
"""Edges of a table of one column."""
_MOST_PLACES = 3_000
"""Of a grid; what has more is squared paper."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A level or upright line: ``at`` is where it lies across, ``start`` to ``end`` how far it runs."""

    upright: bool
    at: float
    start: float
    end: float


@dataclass(frozen=True)
class Ruled:
    """A table drawn with rules.

    Attributes:
        columns, rows: where its grid lines lie, from the left and from the top.
        homes: for every place of the grid the place whose cell covers it.
    """

    columns: tuple[float, ...]
    rows: tuple[float, ...]
    homes: dict[tuple[int, int], tuple[int, int]]

    @property
    def top(self) -> float:
        """Upper edge."""
        return self.rows[0]

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.rows[-1]

    def place(self, glyph: Glyph) -> tuple[int, int] | None:
        """The cell a sign stands in; None outside the table."""
        row, column = _between(self.rows, glyph.middle), _between(self.columns, glyph.centre)
        return None if row is None or column is None else self.homes[row, column]


def _between(edges: tuple[float, ...], at: float) -> int | None:
    if not edges[0] <= at < edges[-1]:
        return None
    return next(index for index in range(len(edges) - 1) if at < edges[index + 1])


Point = tuple[float, float]


def rules_of(page: Mapping[str, Any], turn: Turn) -> list[Rule]:
    """The level and upright lines among those that `extract` tells of a page."""
    ends = ((turn(x0, y0), turn(x1, y1)) for x0, y0, x1, y1 in page["rules"])
    return [rule for start, end in ends if (rule := _rule(start, end))]


def _rule(start: Point, end: Point) -> Rule | None:
    across, down = abs(start[0] - end[0]), abs(start[1] - end[1])
    if across <= _STRAIGHT and down > _SHORTEST:
        return Rule(True, (start[0] + end[0]) / 2, min(start[1], end[1]), max(start[1], end[1]))
    if down <= _STRAIGHT and across > _SHORTEST:
        return Rule(False, (start[1] + end[1]) / 2, min(start[0], end[0]), max(start[0], end[0]))
    return None


def tables_of(rules: list[Rule]) -> list[Ruled]:
    """The tables and frames that some rules draw, from the top."""
    tables = [table for group in _touching(rules) if (table := _table(group))]
    return sorted(tables, key=lambda table: table.top)


def _touching(rules: list[Rule]) -> Iterable[list[Rule]]:
    """Rules that hang together."""
    heads = list(range(len(rules)))

    def head(index: int) -> int:
        while heads[index] != index:
            heads[index] = heads[heads[index]]
            index = heads[index]
        return index

    level = [index for index, rule in enumerate(rules) if not rule.upright]
    for index, rule in enumerate(rules):
        if rule.upright:
            for other in level:
                if _touch(rule, rules[other]):
                    heads[head(index)] = head(other)
    groups: dict[int, list[Rule]] = defaultdict(list)
    for index, rule in enumerate(rules):
        groups[head(index)].append(rule)
    return groups.values()


def _touch(upright: Rule, level: Rule) -> bool:
    return (
        upright.start - _NEAR <= level.at <= upright.end + _NEAR
        and level.start - _NEAR <= upright.at <= level.end + _NEAR
    )


def _table(rules: list[Rule]) -> Ruled | None:
    upright = [rule for rule in rules if rule.upright]
    level = [rule for rule in rules if not rule.upright]
    if not upright or not level:
        return None
    # Many tables leave their outer sides open: there the level rules end.
    columns = _edges(
        [rule.at for rule in upright] + [end for rule in level for end in (rule.start, rule.end)]
    )
    rows = _edges([rule.at for rule in level] + [end for rule in upright for end in (rule.start, rule.end)])
    if len(columns) < 2 or len(rows) < 2 or len(columns) * len(rows) > _MOST_PLACES:
        return None
    return Ruled(columns, rows, _homes(columns, rows, upright, level))


def _edges(found: list[float]) -> tuple[float, ...]:
    """Places that lie near each other taken as one."""
    edges: list[float] = []
    for at in sorted(found):
        if not edges or at - edges[-1] > _NEAR:
            edges.append(at)
    return tuple(edges)


def _homes(
    columns: tuple[float, ...], rows: tuple[float, ...], upright: list[Rule], level: list[Rule]
) -> dict[tuple[int, int], tuple[int, int]]:
    """Places of the grid with nothing drawn between them are one cell, named by its first place."""
    homes = {
        (row, column): (row, column) for row in range(len(rows) - 1) for column in range(len(columns) - 1)
    }
    for row, column in homes:
        high, wide = (rows[row] + rows[row + 1]) / 2, (columns[column] + columns[column + 1]) / 2
        if column and not _drawn(upright, columns[column], high):
            _join(homes, (row, column - 1), (row, column))
        if row and not _drawn(level, rows[row], wide):
            _join(homes, (row - 1, column), (row, column))
    return homes


def _join(
    homes: dict[tuple[int, int], tuple[int, int]], one: tuple[int, int], other: tuple[int, int]
) -> None:
    first, second = homes[one], homes[other]
    if first != second:
        kept, gone = min(first, second), max(first, second)
        for place, home in homes.items():
            if home == gone:
                homes[place] = kept


def _drawn(rules: list[Rule], at: float, through: float) -> bool:
    return any(abs(rule.at - at) <= _NEAR and rule.start <= through <= rule.end for rule in rules)


@dataclass(frozen=True)
class Grid:
    """A table on a page.

    Attributes:
        columns: where they begin and end. top: upper edge. rows: cells; a merged one has its words in its first place.
        cut: columns whose cell in the last row ends with a full line, so that it may go on over the page.
    """

    columns: tuple[float, ...]
    top: float
    rows: tuple[tuple[str, ...], ...]
    cut: frozenset[int] = frozenset()


def grid_of(table: Ruled, glyphs: Iterable[Glyph]) -> Grid:
    """The words of a table's cells; a frame (one column) holds paragraphs."""
    found: dict[tuple[int, int], list[Glyph]] = defaultdict(list)
    for glyph in glyphs:
        place = table.place(glyph)
        if place:
            found[place].append(glyph)
    words = framed_text if len(table.columns) == _FRAME else cell_text
    lines = {home: lines_of(own) for home, own in found.items()}
    texts = {home: words(own) for home, own in lines.items()}
    last = len(table.rows) - 2
    cut = {column for (row, column), own in lines.items() if row == last and _full(own, table, (row, column))}
    rows = tuple(
        tuple(texts.get((row, column), "") for column in range(len(table.columns) - 1))
        for row in range(last + 1)
    )
    return Grid(table.columns, table.top, rows, frozenset(cut))


def _full(lines: Sequence[Line], table: Ruled, home: tuple[int, int]) -> bool:
    """Whether one more sign would not have fitted into the last line of a cell."""
    right = max(table.columns[column + 1] for (_, column), at in table.homes.items() if at == home)
    padding = min(line.left for line in lines) - table.columns[home[1]]
    return lines[-1].right + lines[-1].size > right - padding
