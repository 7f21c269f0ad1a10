"""Areas: what part of the world a permission holds in, as a filter that every query of area-bound rows passes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q

NATION = "0"


class Named(NamedTuple):
    """Rows of a place, and below it, that name a unit.

    Attributes:
        place: code. unit: what stands for the unit. names: number of the list of names that the app keeps.
        parent: not the row itself names it but the one it belongs to.
    """

    place: str
    unit: str
    names: int
    parent: bool = False


@dataclass(frozen=True)
class Scope:
    """Where a permission holds: places (with everything below them) and single facilities.

    Attributes:
        places: codes of places, "0" for everywhere. facilities: ids.
        above: places whose own rows are seen, but not those of what lies below them.
        named: rows that name a unit. Only who knows how rows name units looks at it: `covers` and `q` do not, so that
            who does not know shows too little rather than too much.
    """

    places: frozenset[str] = frozenset()
    facilities: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()
    named: frozenset[Named] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.places or self.facilities or self.above or self.named)

    def covers(self, *, place: str = "", facility: str = "") -> bool:
        """Whether a place, or a facility in a place, lies inside."""
        return (
            NATION in self.places
            or (bool(facility) and facility in self.facilities)
            or (bool(place) and any(place.startswith(code) for code in self.places))
            or (not facility and place in self.above)
        )

    def contains(self, other: Scope, facility_places: dict[str, str] | None = None) -> bool:
        """Whether another scope lies wholly inside; ``facility_places`` says where its facilities are."""
        known = facility_places or {}
        return all(
            self.covers(place=code) if code != NATION else NATION in self.places for code in other.places
        ) and all(self.covers(facility=one, place=known.get(one, "")) for one in other.facilities)

    def reaches(self, *, place: str, facility: str) -> bool:
        """Whether some rows of a place, or of a facility in it, may lie inside: all of them, or those naming a unit."""
        return self.covers(place=place, facility=facility) or any(
            one.place == NATION or place.startswith(one.place) for one in self.named
        )

    def q(self, *, place: str = "", facility: str = "") -> Q:
        """The filter for rows with a column that holds a place code, or one that holds a facility id.

        A scope that holds nothing gives a filter that nothing meets.
        """
        if NATION in self.places:
            return Q()
        found = Q(pk__in=())
        if place:
            for code in sorted(self.places):
                found |= below(place, code)
            if self.above:
                own = Q(**{f"{place}__in": sorted(self.above)})
                found |= own & Q(**{f"{facility}__isnull": True}) if facility else own
        if facility and self.facilities:
            found |= Q(**{f"{facility}__in": sorted(self.facilities)})
        return found


def below(column: str, code: str) -> Q:
    """Rows whose place is this one or lies in it: a range and not a pattern, which an index on the column answers.

    Codes are digits, and digits sort before letters in every collation.
    """
    return Q(**{f"{column}__gte": code, f"{column}__lt": f"{code}a"})


def union(scopes: Iterable[Scope]) -> Scope:
    """Everything that at least one of the scopes holds."""
    found = list(scopes)
    return Scope(
        frozenset().union(*(scope.places for scope in found)),
        frozenset().union(*(scope.facilities for scope in found)),
        frozenset().union(*(scope.above for scope in found)),
        frozenset().union(*(scope.named for scope in found)),
    )
