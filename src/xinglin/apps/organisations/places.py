"""Names and choice of places: the whole nation is held in memory once per process (0.4 s, 30 MB)."""

from __future__ import annotations

from functools import lru_cache

from xinglin.base.places import Divisions, Place, UnknownPlace, load_divisions


@lru_cache(maxsize=1)
def divisions() -> Divisions:
    """All places of the nation."""
    return load_divisions()


@lru_cache(maxsize=20_000)
def place_name(code: str, below: int = 0) -> str:
    """Name of a place with the names above it, from the level of ``below`` digits on; the code itself when unknown.

    ``place_name("441882101", 6)`` is 西岸镇 under a page that is about the county: names above it are left out.
    """
    try:
        whole = divisions().full_name(code)
        upper = divisions().full_name(code[:below]) if below and len(code) > below else ""
    except UnknownPlace:
        return code
    return whole.removeprefix(upper)


def exists(code: str) -> bool:
    """Whether a code is that of a place."""
    return code in divisions()


def below(code: str) -> tuple[Place, ...]:
    """The places one level down; nothing for a village or an unknown code."""
    return divisions().children(code) if exists(code) else ()
