"""Lines of a PDF page joined to the paragraphs that were broken to fit the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from xinglin.policy.reader.formats.pdf.glyphs import Line
from xinglin.policy.reader.joining import MARKER

_ENDS = "。；：！？…”）》;:!?"
_WIDE = str.maketrans("()．", "（）.")
_INDENTED = 0.8
"""Of the height of a line: how much further right a paragraph begins."""
_FULL = 1.7
"""Of the height: what a line may leave free at its end, for signs that must not begin the next."""
_OTHER_SIZE = 0.12
_FAR = 1.6
"""Times the usual step from line to line."""
_ROUND = 2.0
_OFTEN = 0.04
_MARGINS = 1.35
"""How much wider than the left margin the right one may be."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its page and the edges of the text there."""

    line: Line
    page: int
    left: float
    right: float
    step: float

    @property
    def full(self) -> bool:
        """Whether it was broken because the page ends there."""
        return self.line.right > self.right - _FULL * self.line.size


def placed(lines: Sequence[Line], page: int, edges: tuple[float, float]) -> list[Placed]:
    """The lines of one page with the edges of its text."""
    steps = sorted(after.top - before.top for before, after in pairwise(lines))
    step = steps[len(steps) // 2] if steps else 0.0
    return [Placed(line, page, *edges, step) for line in lines]


def edges_of(lines: Iterable[Line], width: float) -> tuple[float, float]:
    """Left and right edge of the text: the outermost at which lines begin and end again and again.

    A page of short lines tells no right edge: the margin there is then taken as little wider than the left one.
    """
    known = [line for line in lines if len(line.glyphs) > 1]
    if not known:
        return 0.0, width
    left = -_outermost([-line.left for line in known])
    return left, max(_outermost([line.right for line in known]), width - _MARGINS * left)


def _outermost(found: list[float]) -> float:
    counted = Counter(round(at / _ROUND) for at in found)
    often = max(2, round(len(found) * _OFTEN))
    shared = [at for at, times in counted.items() if times >= often]
    return max(shared) * _ROUND if shared else max(found)


def begins(before: Placed, after: Placed) -> bool:
    """Whether a new paragraph begins with the second line."""
    size = max(before.line.size, after.line.size)
    if not before.full or abs(before.line.size - after.line.size) > _OTHER_SIZE * size:
        return True
    if before.page == after.page and after.line.top - before.line.top > _FAR * max(after.step, size):
        return True
    indented = after.line.left > after.left + _INDENTED * size
    if MARKER.match(after.line.text.translate(_WIDE)) and (indented or _ended(before)):
        return True
    return indented and _ended(before)


def _ended(before: Placed) -> bool:
    return before.line.text[-1] in _ENDS


def paragraphs(lines: Iterable[Placed]) -> Iterator[tuple[str, Placed]]:
    """Text and first line of each paragraph."""
    text, first, before = "", None, None
    for line in lines:
        if first is None or before is None or begins(before, line):
            if first is not None:
                yield text, first
            text, first = line.line.text, line
        else:
            text += joined(text, line.line.text)
        before = line
    if first is not None:
        yield text, first


def framed_text(lines: Sequence[Line]) -> str:
    """The paragraphs in a frame, one a line."""
    edges = min((line.left for line in lines), default=0.0), max((line.right for line in lines), default=0.0)
    return "\n".join(text for text, _ in paragraphs(placed(lines, 0, edges)))


def cell_text(lines: Sequence[Line]) -> str:
    """The lines of a cell joined; a sentence that ends well before the edge ends a paragraph."""
    right = max((line.right for line in lines), default=0.0)
    text = ""
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else None
        ends = (
            before is not None and before.text[-1] in "。；！？;" and before.right < right - _FULL * line.size
        )
        text += ("\n" + line.text) if ends else joined(text, line.text)
    return text


def joined(before: str, text: str) -> str:
    """The beginning of a line as it goes on after another: Latin words with a blank between them."""
    latin = before[-1:].isascii() and before[-1:].isalpha() and text[:1].isascii() and text[:1].isalpha()
    return f" {text}" if latin else text
