"""Text as the rules read it, every character still knowing where it stood in the source.

Full-width digits and letters become half-width, brackets and commas between Chinese characters full-width, blanks
go, traditional characters become simplified, letters printed twice (a fault of PDF text) are read once. The
quotation of an entry is always cut from the source itself, never from the normalised text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from xinglin.policy.reader.model import Block, Place, Quotation, Source, Span


class Origin(NamedTuple):
    """Where one character stood; ``offset`` is -1 for a list number that a format keeps outside the text."""

    block: int
    row: int | None
    column: int | None
    offset: int


@dataclass(frozen=True, slots=True)
class Text:
    """Normalised characters, and for each of them its origin."""

    chars: str = ""
    origins: tuple[Origin, ...] = ()

    def __len__(self) -> int:
        return len(self.chars)

    def __add__(self, other: Text) -> Text:
        return Text(self.chars + other.chars, self.origins + other.origins)

    def cut(self, start: int, end: int | None = None) -> Text:
        """The characters from ``start`` to ``end``."""
        return Text(self.chars[start:end], self.origins[start:end])

    def stripped(self, junk: str = " \t") -> Text:
        """Without leading and trailing characters of ``junk``."""
        left = len(self.chars) - len(self.chars.lstrip(junk))
        return self.cut(left, len(self.chars.rstrip(junk)) or left)

    def spans(self) -> tuple[Span, ...]:
        """The runs of the source it covers, blanks between them included."""
        return tuple(_runs(self.origins))

    def quotation(self, source: Source, place: Place) -> Quotation:
        """The exact words of the source."""
        spans = self.spans()
        return Quotation(place, "".join(source.text(span) for span in spans), spans)


def joined(texts: Iterable[Text]) -> Text:
    """Texts one behind the other."""
    parts = list(texts)
    return Text(
        "".join(part.chars for part in parts), tuple(origin for part in parts for origin in part.origins)
    )


def _runs(origins: Iterable[Origin]) -> Iterator[Span]:
    open_: Origin | None = None
    last = -1
    for at in origins:
        if at.offset < 0:
            continue
        if open_ is None or at[:3] != open_[:3] or at.offset < last:
            if open_ is not None:
                yield Span(open_.block, open_.offset, last + 1, open_.row, open_.column)
            open_ = at
        last = at.offset
    if open_ is not None:
        yield Span(open_.block, open_.offset, last + 1, open_.row, open_.column)


@dataclass(frozen=True, slots=True)
class Noise:
    """What is wrong with a whole document: its characters are traditional, its letters all printed twice."""

    traditional: bool = False
    doubled: bool = False


CLEAN = Noise()


def noise(source: Source) -> Noise:
    """Judged over the whole document, so that a short line is read like the long ones around it."""
    texts = [block.text for block in source.blocks] + [
        c for b in source.blocks for row in b.rows for c in row
    ]
    long = [line for text in texts for line in text.split("\n") if len(line) >= 16]
    twice = sum(_is_double([char for char in line if char not in _BLANKS]) for line in long)
    return Noise(any(is_traditional(text) for text in texts), bool(long) and twice * 2 > len(long))


def normalise(
    raw: str, block: int, row: int | None = None, column: int | None = None, faults: Noise = CLEAN
) -> Text:
    """Normalised text of a block or cell; newlines stay, they part the paragraphs of a cell."""
    pairs = [(sign, place) for place, char in enumerate(raw) for sign in _sign(char)]
    dropped = {place for match in _MARKS.finditer(raw) for place in range(*match.span())}
    pairs = _single([(sign, place) for sign, place in pairs if place not in dropped], faults.doubled)
    pairs = _without_blanks(pairs)
    chars = "".join(sign for sign, _ in pairs)
    chars = _simplified(chars) if faults.traditional or is_traditional(chars) else chars
    chars, places = _punctuated(chars, [place for _, place in pairs])
    return Text(chars, tuple(Origin(block, row, column, place) for place in places))


def numbered(block: Block, index: int, faults: Noise = CLEAN) -> Text:
    """A block's text behind the list number its format keeps outside the text."""
    text = normalise(block.text, index, faults=faults)
    if not block.numbering:
        return text
    number = normalise(block.numbering, index, faults=faults)
    return Text(number.chars, (Origin(index, None, None, -1),) * len(number)) + text


_MARKS = re.compile(
    r"\[bookmark:[^\]]*\]|\*\*|__|^[ \t]*#+[ \t]*|[\u200b-\u200f\ufeff\u00ad\u2060]", re.MULTILINE
)
_ONE = str.maketrans("０１２３４５６７８９．％﹪﹢＋－～〜∼≧⩾≦⩽＞＜＝", "0123456789.%%++-~~~≥≥≤≤><=")
_BLANKS = " \t\r\f\v\u00a0\u3000\u2002\u2003\u2009"


def _sign(char: str) -> str:
    if "Ａ" <= char <= "ｚ":
        return chr(ord(char) - 0xFEE0)
    return char.translate(_ONE)


def _without_blanks(pairs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Blanks go, but for one between two digits or two Latin letters, which would grow together."""
    kept: list[tuple[str, int]] = []
    blank: tuple[str, int] | None = None
    for sign, place in pairs:
        if sign in _BLANKS:
            blank = (" ", place)
            continue
        if blank and kept and _same_run(kept[-1][0], sign):
            kept.append(blank)
        blank = None
        kept.append((sign, place))
    return kept


def _same_run(left: str, right: str) -> bool:
    return left.isascii() and right.isascii() and left.isalnum() and right.isalnum()


def _single(pairs: list[tuple[str, int]], everywhere: bool) -> list[tuple[str, int]]:
    """A line whose every letter is printed twice is read once; short lines only where the document does so."""
    letters = [pair for pair in pairs if pair[0] not in _BLANKS]
    if not _is_double([sign for sign, _ in letters]) or (len(letters) < 8 and not everywhere):
        return pairs
    return letters[::2]


def _is_double(letters: list[str]) -> bool:
    return len(letters) % 2 == 0 and bool(letters) and letters[::2] == letters[1::2]


# Whole words whose letters PDF text repeats one by one: 不不低于, 以以上, 达到到.
_STUTTERS = re.compile(
    "(?=不不|低低|于于|少少|以以|上上|达达|到到|例例|占占|率率|设设|置置|馆馆|院院|室室|范范|务务|卫卫|机机|构构|%%|配配|备备)(.)\\1"
)


def _punctuated(chars: str, places: list[int]) -> tuple[str, list[int]]:
    """Brackets, commas, colons and semicolons as Chinese prints them; stutters once; 3,000 as 3000."""
    drop = {match.start() + 1 for match in _STUTTERS.finditer(chars)}
    drop |= {match.start() for match in re.finditer(r"(?<=\d),(?=\d{3}(?!\d))", chars)}
    chars = chars.translate(str.maketrans("(),;:?!", "（），；：？！"))
    if drop:
        keep = [index for index in range(len(chars)) if index not in drop]
        return "".join(chars[index] for index in keep), [places[index] for index in keep]
    return chars, places


# Letters that only traditional text has; one of them is enough to look closer.
_TRADITIONAL = re.compile(
    "[衛醫療務藥設達於應縣級區鄉鎮齡兒們個種點數實現領導開發標準續強構體後團國發會議總結產業務網絡術]"
)


def _simplified(chars: str) -> str:
    whole = str(_converter().convert(chars))
    if len(whole) == len(chars):
        return whole
    return "".join(one if len(one := str(_converter().convert(char))) == 1 else char for char in chars)


@cache
def _converter():  # type: ignore[no-untyped-def]  # opencc has no types
    from opencc import OpenCC

    return OpenCC("t2s")


def is_traditional(raw: str) -> bool:
    """Whether a text holds traditional characters."""
    return bool(_TRADITIONAL.search(raw))
