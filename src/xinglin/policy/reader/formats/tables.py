"""Tables of all formats: cells that span others spread over a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST_WIDE = 200
"""Columns; wider tables are cut, and hold no plan."""
MOST_DEEP = 20
"""Tables inside tables."""

Rows = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as a format prints it: ``width`` columns, ``height`` rows; ``covered`` by the one above it."""

    text: str = ""
    width: int = 1
    covered: bool = False
    height: int = 1


def spread(rows: Sequence[Sequence[Cell]]) -> Rows:
    """Rows of equal length: the text of a merged cell in its first place, the places it covers empty."""
    taken: dict[tuple[int, int], str] = {}
    width = 0
    for at, row in enumerate(rows):
        column = 0
        for cell in row:
            while (at, column) in taken:
                column += 1
            if column + cell.width > MOST_WIDE:
                break
            for down in range(min(cell.height, len(rows) - at)):
                for right in range(cell.width):
                    taken.setdefault((at + down, column + right), "")
            taken[at, column] = cell.text
            column += cell.width
        width = max(width, column)
    full = tuple(tuple(taken.get((at, column), "") for column in range(width)) for at in range(len(rows)))
    return _without_empty(full)


def _without_empty(rows: Rows) -> Rows:
    """Without rows and columns in which nothing stands."""
    kept = [row for row in rows if any(cell.strip() for cell in row)]
    columns = [at for at in range(len(kept[0]) if kept else 0) if any(row[at].strip() for row in kept)]
    return tuple(tuple(row[at] for at in columns) for row in kept)
