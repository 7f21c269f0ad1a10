"""How a name may be typed: initials and pinyin from each of its syllables on, with the usual second readings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from xinglin.base import pinyin

SECOND = {"着": "zhuo", "落": "luo", "重": "chong", "壳": "qiao", "柏": "bai", "强": "jiang"}
"""Characters of medical names that many people read otherwise than the phrase table (着痹, 落枕, 重舌, 枳壳)."""

_SYLLABLE = re.compile(r"([a-z]+)\d[0-9a-f]{5}")
_UMLAUT = re.compile(r"(?<=[nl])(?:ü|v)e")


def syllables(name: str) -> tuple[str, ...]:
    """The syllables of a name without tones; a name with letters or digits in it counts as one."""
    read = pinyin.of_name(name)
    found = tuple(_SYLLABLE.findall(read.sort_key))
    return found if "".join(found) == read.plain else (read.plain,)


def readings(name: str) -> Iterator[tuple[str, ...]]:
    """Every way the syllables may be read: the everyday way, and with the second readings."""
    usual = syllables(name)
    yield usual
    signs = [sign for sign in name if "\u4e00" <= sign <= "\u9fff"]
    if len(signs) == len(usual) and any(sign in SECOND for sign in signs):
        other = tuple(SECOND.get(sign, read) for sign, read in zip(signs, usual, strict=True))
        if other != usual:
            yield other


def typed(letters: str) -> str:
    """Letters as typed, one form for all: nüe, nve and nue are one; blanks and apostrophes do not count."""
    return _UMLAUT.sub("ue", letters.lower().replace("'", "").replace(" ", ""))
