"""Vintages as pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from xinglin.apps.indicators.models import Vintage
from xinglin.base.errors import XinglinError
from xinglin.base.places import Level, load_divisions


@dataclass(frozen=True)
class Shown:
    """A vintage with the name of its place."""

    vintage: Vintage
    place_name: str


def shown(vintages: Iterable[Vintage]) -> list[Shown]:
    """Vintages with names."""
    return [Shown(vintage, name_of(vintage.place)) for vintage in vintages]


@lru_cache(maxsize=1024)
def name_of(code: str) -> str:
    """The full name of a place; the code itself when the edition has no such place."""
    try:
        return str(load_divisions(None, Level.COUNTY).full_name(code))
    except (XinglinError, KeyError):
        return code
