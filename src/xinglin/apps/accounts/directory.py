"""Facilities as the pages of accounts need them. The app that keeps facilities says how to find one.

``organisations`` is a higher app, so it registers itself when it is ready; accounts never import it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q

from xinglin.apps.access.scope import Scope


@dataclass(frozen=True)
class Facility:
    """What is shown of a facility: its id, name and the code of its place."""

    id: str
    name: str
    place: str


class Finder(Protocol):
    """How facilities are found."""

    def find(self, texts: Collection[str]) -> list[Facility]:
        """Facilities whose id or whole name is one of these texts, in one query."""

    def by_ids(self, ids: Collection[str]) -> list[Facility]:
        """Facilities with these ids, in one query and no order."""

    def inside(self, scope: Scope) -> Any:
        """Ids of the facilities of an area: a query, or a collection."""


_FINDERS: list[Finder] = []


def register(finder: Finder) -> None:
    """Say how facilities are found; called from ``ready()`` of the app that keeps them."""
    _FINDERS[:] = [finder]


def find(text: str) -> list[Facility]:
    """Facilities with this id or name; empty when nobody keeps facilities."""
    return [facility for finder in _FINDERS for facility in finder.find([text])]


def by_ids(ids: Collection[str]) -> dict[str, Facility]:
    """Facilities with these ids, by id."""
    wanted = {id for id in ids if id}
    found = [facility for finder in _FINDERS for facility in finder.by_ids(wanted)] if wanted else []
    return {facility.id: facility for facility in found}


def by_id(id: str) -> Facility | None:
    """The facility with an id, or None."""
    return by_ids([id]).get(id)


def inside(scope: Scope, column: str) -> Q:
    """Rows whose column holds the id of a facility that lies in an area, or is named by it."""
    found = Q(**{f"{column}__in": sorted(scope.facilities)}) if scope.facilities else Q(pk__in=())
    for finder in _FINDERS:
        found |= Q(**{f"{column}__in": finder.inside(scope)})
    return found
