"""Facilities as the pages of accounts need them. The app that keeps facilities says how to find one.

``organisations`` is a higher app, so it registers itself when it is ready; accounts never import it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Facility:
    """What is shown of a facility: its id, name and the code of its place."""

    id: str
    name: str
    place: str


Find = Callable[[Collection[str]], "list[Facility]"]
"""Facilities whose id or whole name is one of these texts, in one query."""

_FINDERS: list[Find] = []


def register(finder: Find) -> None:
    """Say how facilities are found; called from ``ready()`` of the app that keeps them."""
    if finder not in _FINDERS:
        _FINDERS.append(finder)


def find(text: str) -> list[Facility]:
    """Facilities with this id or name; empty when nobody keeps facilities."""
    return [facility for finder in _FINDERS for facility in finder([text])]


def by_ids(ids: Collection[str]) -> dict[str, Facility]:
    """Facilities with these ids, by id."""
    wanted = {id for id in ids if id}
    found = [facility for finder in _FINDERS for facility in finder(wanted)] if wanted else []
    return {facility.id: facility for facility in found if facility.id in wanted}


def by_id(id: str) -> Facility | None:
    """The facility with an id, or None."""
    return by_ids([id]).get(id)
