"""What a format gives the reader: blocks in printed order, and how a place in them is written down.

Offsets count characters of `Block.text` (or of one cell), from 0, end excluded, before any normalising:
``source.text(span) == quotation piece`` always holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal["paragraph", "heading", "table"]


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading or table as the format gives it.

    Attributes:
        kind: ``paragraph``, ``heading`` or ``table``. A .txt file gives one paragraph per line, tabs kept: lines with
            nothing at all are left out, lines holding only a tab stay (they are empty cells of flattened tables).
        text: the words of a paragraph or heading, unnormalised, with leading tabs; empty for a table.
        rows: the cells of a table, row by row; a merged cell stands in its first place, the rest are ``""``.
        page: page number from 1 where the format knows pages.
        line: line number from 1 where the format knows lines.
        level: depth of a heading from 1 where the format marks it (Word styles, ``<h1>``).
        numbering: the number a format keeps outside the text (Word lists), as printed: ``1.``, ``（一）``.
    """

    kind: BlockKind
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    page: int | None = None
    line: int | None = None
    level: int | None = None
    numbering: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters of one block, or of one cell of a table block."""

    block: int
    start: int
    end: int
    row: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A document as its format gives it.

    Attributes:
        name: file name, for messages.
        blocks: in printed order.
        problems: what the format could not read, in Chinese (scanned pages, refused parts).
    """

    name: str
    blocks: tuple[Block, ...]
    problems: tuple[str, ...] = ()

    def text(self, span: Span) -> str:
        """The characters a span covers, exactly as they stand in the source."""
        block = self.blocks[span.block]
        if span.row is None or span.column is None:
            return block.text[span.start : span.end]
        return block.rows[span.row][span.column][span.start : span.end]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the document: a clause path in our notation, and the page.

    ``二(三)8`` section 二, （三）, item 8; ``二(三)专栏3`` the box there; ``二(三)专栏2 1`` item 1 of that box;
    ``附件 表 国家 1`` row 1 of the annex table, national column; ``附件1 表 1``; ``前言`` before 一、.
    """

    path: str
    page: int | None = None

    def __str__(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class Quotation:
    """The exact words of the document, and where they stand.

    Attributes:
        place: the clause.
        text: the pieces joined; a sentence broken over lines has several pieces.
        spans: one per piece.
    """

    place: Place
    text: str
    spans: tuple[Span, ...]
