"""What stands on one page of a PDF: lines of text, tables, or nothing but a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xinglin.policy.reader.formats.pdf.glyphs import Glyph, Line, glyphs_of, lines_of
from xinglin.policy.reader.formats.pdf.rules import Grid, Ruled, grid_of, rules_of, tables_of

_PAGE_FRAME = 0.8
"""Of the height of a page: a frame of one cell that is higher is the edge of the page."""
_FEW = 5
"""Signs that a scanner's stamp may leave on a page."""


@dataclass(frozen=True)
class PageContent:
    """One page.

    Attributes:
        width, height: as it is read. lines: outside tables, from the top. signs: how many; unknown: without a meaning.
        scanned: a picture and no text.
    """

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...]
    signs: int
    unknown: int
    scanned: bool


def content_of(page: Mapping[str, Any], number: int) -> PageContent:
    """What stands on a page, of what `extract` tells of it."""
    found = glyphs_of(page)
    width, height = found.turn.size
    drawn = tables_of(rules_of(page, found.turn))
    loose, grids = _sorted_out(found.glyphs, [one for one in drawn if not _frames_page(one, height)])
    scanned = len(page["signs"]) < _FEW and page["picture"]
    lines = () if scanned else tuple(lines_of(loose))
    signs, unknown = len(page["signs"]), page["signs"].count("")
    return PageContent(number, width, height, lines, grids, signs, unknown, scanned)


def _frames_page(table: Ruled, height: float) -> bool:
    return len(set(table.homes.values())) == 1 and table.bottom - table.top > _PAGE_FRAME * height


def _sorted_out(glyphs: list[Glyph], tables: list[Ruled]) -> tuple[list[Glyph], tuple[Grid, ...]]:
    """Signs outside all tables, and the tables with their words."""
    inside: list[list[Glyph]] = [[] for _ in tables]
    loose: list[Glyph] = []
    for glyph in glyphs:
        home = next((at for at, table in enumerate(tables) if table.place(glyph)), None)
        (loose if home is None else inside[home]).append(glyph)
    grids = [grid_of(table, own) for table, own in zip(tables, inside, strict=True) if own]
    return loose, tuple(grids)
