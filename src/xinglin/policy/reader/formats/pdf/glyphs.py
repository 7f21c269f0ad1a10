"""The signs of a PDF page where they stand, and the lines they make.

Positions are in points from the upper left corner of the page as it is read: pages whose text runs upwards (a wide
annex bound sideways) are turned, and what runs aslant (a watermark) is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

_BLANK_BETWEEN_WORDS = 0.12
"""Of the height: a gap between Latin letters or digits from which it is a blank."""
_BLANK_BETWEEN_SIGNS = 1.5
_SAME_LINE = 0.4
_PRINTED_TWICE = 0.3
_LONG = "—…─"
"""Signs that fonts draw two at a time: both then lie in the same box."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One sign with its box; ``base`` is the height of the line it stands on."""

    sign: str
    left: float
    top: float
    right: float
    bottom: float
    base: float

    @property
    def size(self) -> float:
        """Height in points."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Half way down."""
        return (self.top + self.bottom) / 2

    @property
    def centre(self) -> float:
        """Half way across."""
        return (self.left + self.right) / 2


@dataclass(frozen=True)
class Line:
    """Signs side by side, from left to right."""

    glyphs: tuple[Glyph, ...]

    @cached_property
    def left(self) -> float:
        """Where it begins."""
        return self.glyphs[0].left

    @cached_property
    def right(self) -> float:
        """Where it ends."""
        return max(glyph.right for glyph in self.glyphs)

    @cached_property
    def top(self) -> float:
        """Upper edge."""
        return min(glyph.top for glyph in self.glyphs)

    @cached_property
    def bottom(self) -> float:
        """Lower edge."""
        return max(glyph.bottom for glyph in self.glyphs)

    @cached_property
    def size(self) -> float:
        """The usual height of its signs."""
        sizes = sorted(glyph.size for glyph in self.glyphs)
        return sizes[len(sizes) // 2]

    @cached_property
    def text(self) -> str:
        """Its words; blanks where the print has them."""
        said = self.glyphs[0].sign
        for before, glyph in pairwise(self.glyphs):
            said += (" " if _apart(before, glyph, self.size) else "") + glyph.sign
        return said

    def pieces(self, gap: float) -> list[Line]:
        """The line cut wherever nothing stands for ``gap`` times its height."""
        cuts = [at for at in range(1, len(self.glyphs)) if self._gap(at) > gap * self.size]
        ends = [0, *cuts, len(self.glyphs)]
        return [Line(self.glyphs[start:end]) for start, end in pairwise(ends)]

    def _gap(self, at: int) -> float:
        return self.glyphs[at].left - self.glyphs[at - 1].right


def _apart(before: Glyph, glyph: Glyph, size: float) -> bool:
    gap = glyph.left - before.right
    words = before.sign.isascii() and before.sign.isalnum() and glyph.sign.isascii() and glyph.sign.isalnum()
    return gap > (_BLANK_BETWEEN_WORDS if words else _BLANK_BETWEEN_SIGNS) * size


@dataclass(frozen=True)
class Turn:
    """From the points of a page as its file counts them to those of the page as it is read.

    Attributes:
        quarter: direction of the text in quarters of a circle. box: left, bottom, right and top of the page.
    """

    quarter: int
    box: tuple[float, float, float, float]

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        """A point turned."""
        left, bottom, right, top = self.box
        return ((x - left, top - y), (top - y, right - x), (right - x, y - bottom), (y - bottom, x - left))[
            self.quarter
        ]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the page as it is read."""
        left, bottom, right, top = self.box
        sides = right - left, top - bottom
        return sides[::-1] if self.quarter % 2 else sides


@dataclass(frozen=True)
class Found:
    """The printed signs of a page, upright."""

    glyphs: list[Glyph]
    turn: Turn


def glyphs_of(page: Mapping[str, Any]) -> Found:
    """The signs that `extract` tells of a page; those that run aslant (a watermark) are left out."""
    quarter = _usual(page["quarters"])
    turn = Turn(quarter, tuple(page["box"]))
    signs = zip(page["signs"], page["places"], page["quarters"], strict=True)
    return Found([_glyph(sign, place, turn) for sign, place, own in signs if sign and own == quarter], turn)


def _usual(angles: Iterable[int]) -> int:
    counted = Counter(angle for angle in angles if angle >= 0)
    return counted.most_common(1)[0][0] if counted else 0


def _glyph(sign: str, place: Sequence[float], turn: Turn) -> Glyph:
    (x0, y0), (x1, y1) = turn(place[0], place[1]), turn(place[2], place[3])
    _, base = turn(place[4], place[5])
    return Glyph(sign, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1), base)


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """Signs as lines from top to bottom, each from left to right; what is printed twice (false bold) stands once."""
    rows: list[list[Glyph]] = []
    base, size = 0.0, 0.0
    for glyph in sorted(glyphs, key=lambda glyph: (glyph.base, glyph.left)):
        if rows and glyph.base - base <= _SAME_LINE * max(size, glyph.size):
            rows[-1].append(glyph)
            size = max(size, glyph.size)
        else:
            rows.append([glyph])
            base, size = glyph.base, glyph.size
    return [Line(tuple(_once(sorted(row, key=lambda glyph: glyph.left)))) for row in rows]


def _once(glyphs: list[Glyph]) -> list[Glyph]:
    kept: list[Glyph] = []
    for glyph in glyphs:
        near = kept[-1] if kept else None
        if (
            near
            and near.sign == glyph.sign
            and glyph.sign not in _LONG
            and glyph.left - near.left < _PRINTED_TWICE * (near.right - near.left)
        ):
            continue
        kept.append(glyph)
    return kept
