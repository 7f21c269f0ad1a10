"""A published number keeps the definition it was counted by; this tells where today's is another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xinglin.base.errors import XinglinError
from xinglin.measures import Book, describe, load_measures
from xinglin.standing.areas_file import Measure
from xinglin.standing.keys import bound_of

NAMES = "用于："
"""Lines that name indicators built on a measure: one more of them changes no number."""


@dataclass(frozen=True)
class Redefined:
    """What a measure means today, in the words of its definition; "" where there is none any more."""

    meaning: str
    description: str


def today(measure: Measure, book: Book | None = None) -> Redefined | None:
    """The definition that the next recount will use, if it is not the published one; else None."""
    book = book or load_measures()
    definition = book.definitions.get(measure.measure)
    words = "" if definition is None else _described(book, measure.measure, measure.parameters)
    if definition is None or not words:
        return Redefined("", "")
    if _counted(words) == _counted(measure.description):
        return None
    return Redefined(definition.meaning.strip(), words)


def _described(book: Book, name: str, parameters: Mapping[str, object]) -> str:
    """A measure in words; "" where it no longer takes these parameters."""
    try:
        bound = bound_of(book, name, parameters)
    except (XinglinError, KeyError, ValueError):
        return ""
    return describe(book.definition(name), book, dict(bound.parameters))


def _counted(description: str) -> list[str]:
    return [line for line in description.splitlines() if not line.startswith(NAMES)]
