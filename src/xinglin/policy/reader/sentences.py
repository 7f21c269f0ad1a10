"""Sentences and their parts; marks inside quotes, book titles and brackets do not part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xinglin.policy.reader.normalising import Text

_OPEN = {"“": "”", "《": "》", "（": "）", "〔": "〕", "【": "】"}
_STOPS = "。；！？\n"
_PARTS = "，："
_AREAS = re.compile(r"(?<=[县市区旗])（[市县区旗、]+）|（蒙医[馆药院阁]?）")


@dataclass(frozen=True, slots=True)
class Part:
    """A run between commas: where it begins and ends in its text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A run between full stops, its parts, and the mark that ends it (empty: the text breaks off)."""

    text: Text
    parts: tuple[Part, ...]
    stop: str

    def part(self, part: Part) -> str:
        """Characters of a part."""
        return self.text.chars[part.start : part.end]


def sentences(text: Text) -> Iterator[Sentence]:
    """The sentences of a paragraph in printed order."""
    start = 0
    commas: list[int] = []
    for index, char in _outside(text.chars):
        if char in _PARTS:
            commas.append(index)
        elif char in _STOPS:
            if index > start:
                yield _sentence(text, start, index, commas, char)
            start, commas = index + 1, []
    if start < len(text):
        yield _sentence(text, start, len(text), commas, "")


def _sentence(text: Text, start: int, end: int, commas: list[int], stop: str) -> Sentence:
    edges = [start, *(comma + 1 for comma in commas)]
    ends = [*commas, end]
    parts = (
        Part(left - start, right - start) for left, right in zip(edges, ends, strict=True) if right > left
    )
    return Sentence(text.cut(start, end), tuple(parts), stop)


def _outside(chars: str) -> Iterator[tuple[int, str]]:
    """Characters outside quotes and brackets. An opening mark that is never closed within 60 letters is no mark."""
    closing = ""
    for index, char in enumerate(chars):
        if closing:
            if char in {closing, "\n"}:
                closing = ""
            continue
        if char in _OPEN and chars.find(_OPEN[char], index, index + 80) > 0:
            closing = _OPEN[char]
        elif char in _STOPS or char in _PARTS:
            yield index, char


_QUOTED = re.compile(r"“[^”]{0,120}”|《[^》]{0,120}》|（[^）]{0,120}）")


def masked(chars: str) -> str:
    """The text with the insides of quotes, titles and brackets blotted out, letter for letter."""
    keep = {match.start() for match in _AREAS.finditer(chars)}

    def blot(match: re.Match[str]) -> str:
        if match.start() in keep:
            return match[0]
        return match[0][0] + "□" * (len(match[0]) - 2) + match[0][-1]

    return _QUOTED.sub(blot, chars)


def coordinated(text: str) -> list[str]:
    """The members of a list: A、B和C."""
    plain = masked(text)
    found, start = [], 0
    for match in re.finditer(r"、|以及|及(?!以上|以下)|和(?!社会保障|旅游)|与", plain):
        if _inside_area(plain, match.start()):
            continue
        if match.start() > start:
            found.append(text[start : match.start()])
        start = match.end()
    if start < len(text):
        found.append(text[start:])
    return found


def _inside_area(text: str, at: int) -> bool:
    return text.rfind("（", 0, at) > text.rfind("）", 0, at)
