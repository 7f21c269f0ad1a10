"""Places as pages need them: names of codes, and suggestions for what somebody types.

The whole nation is held in memory once per process (0.4 s, 30 MB). Nothing here asks the database.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from xinglin.apps.access.scope import NATION
from xinglin.apps.ui.suggestion import MOST, Suggestion
from xinglin.base.pinyin import of_name
from xinglin.base.places import Divisions, Level, UnknownPlace, load_divisions

Digits = tuple[int, ...]
LEVELS: Digits = (2, 4, 6, 9, 12)
"""Digits that the code of a place may have."""
NATION_WORDS = "全国"
_AFTER_DIGITS = ":"


class Read(NamedTuple):
    """A place with how its name is read."""

    code: str
    name: str
    plain: str
    initials: str


@lru_cache(maxsize=1)
def divisions() -> Divisions:
    """All places of the nation."""
    return load_divisions()


@lru_cache(maxsize=20_000)
def place_name(code: str, below: int = 0) -> str:
    """Name of a place with the names above it, from the level of ``below`` digits on; the code itself when unknown.

    ``place_name("441882101", 6)`` is 西岸镇 under a page that is about the county: names above it are left out.
    """
    if code == NATION:
        return NATION_WORDS
    try:
        whole = divisions().full_name(code)
        upper = divisions().full_name(code[:below]) if below and len(code) > below else ""
    except UnknownPlace:
        return code
    return whole.removeprefix(upper)


def suggest(
    text: str, roots: Iterable[str], digits: Digits = LEVELS, nation: bool = False
) -> list[Suggestion]:
    """Places that a text may mean: part of a name, pinyin, initials, the beginning of a code; the likeliest first.

    Words before the last name a place above: “连州 xa” is a 西岸 in Lianzhou. Letters find townships and villages only
    below a county, which is where their readings are kept.

    Args:
        roots: codes of the places to look in; "0" for everywhere. digits: levels that may be chosen.
        nation: whether the nation itself may be chosen.
    """
    *above, last = text.split() or [""]
    inside = _apart(roots)
    for word in above:
        inside = [code for code, _ in _matching(word, inside, LEVELS)[:5]]
    found = _matching(last, inside, digits)[:MOST]
    shown = [_shown(code, name) for code, name in found]
    if nation and NATION in inside and last in ("", NATION, NATION_WORDS, "qg", "quanguo"):
        return [Suggestion(NATION, NATION_WORDS, "", NATION_WORDS), *shown][:MOST]
    return shown


def _apart(roots: Iterable[str]) -> list[str]:
    """Roots that do not lie in each other, in order of their codes."""
    found: list[str] = []
    for code in sorted(set(roots)):
        if not any(one == NATION or code.startswith(one) for one in found):
            found.append(code)
    return found


def _shown(code: str, name: str) -> Suggestion:
    whole = place_name(code)
    return Suggestion(code, name, f"{whole.removesuffix(name)} {code}".strip(), whole)


def _matching(word: str, roots: list[str], digits: Digits) -> list[tuple[str, str]]:
    """Codes and names, best first."""
    if not word:
        return _first(roots, digits)
    if word.isascii() and word.isdigit():
        return _by_code(word, roots, digits)
    if word.isascii():
        return _by_letters(word.lower(), roots, digits)
    return _by_name(word, roots, digits)


def _first(roots: list[str], digits: Digits) -> list[tuple[str, str]]:
    """What to offer before anything is typed: the roots and what lies directly below them."""
    known = divisions()
    codes = [code for code in roots if code in known]
    places = [place for code in codes for place in (known.get(code), *known.children(code))]
    return [
        (place.code, place.name) for place in places if len(place.code) in digits and place.code != NATION
    ]


def _by_code(start: str, roots: list[str], digits: Digits) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for root in roots:
        inside = start if root == NATION or start.startswith(root) else root if root.startswith(start) else ""
        for level in digits if inside else ():
            codes, names = _inside(level, inside)
            found += zip(codes[:MOST].to_pylist(), names[:MOST].to_pylist(), strict=True)
    return sorted(found, key=lambda one: (len(one[0]), one[0]))


def _by_name(part: str, roots: list[str], digits: Digits) -> list[tuple[str, str]]:
    """Names that begin with the part, then those that have it in the middle.

    Villages, 600 000 in the nation, are looked at only while the levels above them do not fill the list.
    """
    found: dict[str, str] = {}
    for level in sorted(digits):
        if len(found) >= MOST:
            break
        for root in roots:
            found |= _named(part, *_inside(level, root))
    return sorted(found.items(), key=lambda one: (not one[1].startswith(part), len(one[0]), one[0]))


def _named(part: str, codes: pa.Array, names: pa.Array) -> dict[str, str]:
    """The first few that begin so and the first few that contain it: a part like 村 stands in half of all names."""
    found: dict[str, str] = {}
    for mask in (pc.starts_with(names, part), pc.match_substring(names, part)):
        rows = pc.indices_nonzero(mask)[:MOST]
        found |= zip(codes.take(rows).to_pylist(), names.take(rows).to_pylist(), strict=True)
    return found


def _by_letters(letters: str, roots: list[str], digits: Digits) -> list[tuple[str, str]]:
    found = [
        (rank, len(one.code), one.code, one.name)
        for one in _readings(roots)
        if len(one.code) in digits and (rank := _rank(one, letters)) < 3
    ]
    return [(code, name) for _, _, code, name in sorted(found)]


def _rank(one: Read, letters: str) -> int:
    """0 and 1: begins so; 2: contains it; 3: has nothing of it."""
    if one.initials.startswith(letters):
        return 0
    if one.plain.startswith(letters):
        return 1
    return 2 if letters in one.initials or letters in one.plain else 3


def _readings(roots: list[str]) -> Iterator[Read]:
    """Readings of the places in the roots: down to the county, and to the village below a county."""
    for root in roots:
        if len(root) < Level.COUNTY:
            everywhere = root == NATION
            yield from (one for one in _upper() if everywhere or one.code.startswith(root))
        else:
            yield from (one for one in _of_county(root[: Level.COUNTY]) if one.code.startswith(root))


@lru_cache(maxsize=1)
def _upper() -> tuple[Read, ...]:
    """Provinces, prefectures and counties."""
    return tuple(read for level in (2, 4, 6) for read in _read(*_of_level(level)))


@lru_cache(maxsize=256)
def _of_county(county: str) -> tuple[Read, ...]:
    """A county with everything in it."""
    return tuple(read for level in (6, 9, 12) for read in _read(*_inside(level, county)))


def _read(codes: pa.Array, names: pa.Array) -> Iterator[Read]:
    for code, name in zip(codes.to_pylist(), names.to_pylist(), strict=True):
        reading = of_name(name)
        yield Read(code, name, reading.plain, reading.initials)


@lru_cache(maxsize=8)
def _of_level(digits: int) -> tuple[pa.Array, pa.Array]:
    """Codes and names of a level, in the order of the codes."""
    table = divisions().table
    found = table.filter(pc.equal(table.column("level"), digits))
    return found.column("code").combine_chunks(), found.column("name").combine_chunks()


def _inside(digits: int, root: str) -> tuple[pa.Array, pa.Array]:
    """Those of a level whose codes begin so."""
    codes, names = _of_level(digits)
    if root == NATION:
        return codes, names
    rows = range(len(codes))
    first = bisect_left(rows, root, key=lambda row: codes[row].as_py())
    stop = bisect_left(rows, root + _AFTER_DIGITS, key=lambda row: codes[row].as_py())
    return codes[first:stop], names[first:stop]
