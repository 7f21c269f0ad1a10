"""What a report is made of, without a word processor: headings, paragraphs, tables, pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text. ``to``: an address, or ``#name`` for a bookmark of this report; "" for plain text."""

    text: str
    to: str = ""


Text = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3, its number written in its text; ``name`` is its bookmark."""

    level: int
    text: str
    name: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``style`` names one of `styles.STYLES`."""

    text: Text
    style: str = "Body Text"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: paragraphs, and the bookmark that stands there."""

    text: Text
    name: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose heading row is repeated on every page; ``columns`` are (heading, width in mm)."""

    caption: str
    columns: tuple[tuple[str, int], ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart as a Vega-Lite description; ``said`` is what it shows, for those who cannot see it."""

    spec: dict[str, Any]
    caption: str
    said: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Table | Picture | PageBreak


def plain(text: str) -> Text:
    """Text without a link."""
    return (Run(text),)


def to_fill_in(what: str) -> Paragraph:
    """A place left for what no data can say."""
    return Paragraph(plain(f"（请填写：{what}）"), "待填写")
