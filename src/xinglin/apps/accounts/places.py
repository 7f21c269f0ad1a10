"""Places as the pages of accounts need them: the name of a code, the code of a name."""

from __future__ import annotations

from functools import lru_cache

from xinglin.apps.access.scope import NATION
from xinglin.base.places import AmbiguousPlace, Divisions, Level, UnknownPlace, load_divisions

NATION_WORDS = "全国"


@lru_cache(maxsize=1)
def _counties() -> Divisions:
    return load_divisions(depth=Level.COUNTY)


@lru_cache(maxsize=64)
def _within(county: str) -> Divisions:
    return load_divisions(county)


def place_name(code: str) -> str:
    """The full name of a place, or its code if the present edition does not have it."""
    if code == NATION:
        return NATION_WORDS
    try:
        return (_counties() if len(code) <= Level.COUNTY else _within(code[: Level.COUNTY])).full_name(code)
    except UnknownPlace:
        return code


def place_code(text: str) -> str:
    """The code of a place that somebody typed as a name or a code.

    Raises:
        UnknownPlace, AmbiguousPlace: with words for the screen.
    """
    typed = text.strip()
    if typed in (NATION, NATION_WORDS):
        return NATION
    if typed.isdigit() and len(typed) > Level.COUNTY:
        return _within(typed[: Level.COUNTY]).get(typed).code
    return _counties().one(typed).code


__all__ = ["AmbiguousPlace", "UnknownPlace", "place_code", "place_name"]
