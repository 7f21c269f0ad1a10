"""Kinds of records that can be destroyed, as the page of who keeps them sees them; higher apps may add their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, QuerySet
from django.db.models.functions import ExtractYear

from xinglin.apps.clinic.retention import destroying, finding
from xinglin.apps.clinic.retention.periods import RECORD, RESIDENT, Kept, kinds


@dataclass(frozen=True)
class Keeper:
    """A kind of record.

    Attributes:
        kept: how long, and by which rule. over: rows whose time is over on a day. facility, day, person: columns of
            these rows: who keeps them, the day they count from, whose they are.
        destroy: deletes rows by id, with their audit rows; raises ValueError when the time of one is not over.
    """

    kind: str
    kept: Callable[[], Kept]
    over: Callable[[date | None], QuerySet[Any]]
    facility: str
    day: str
    person: str
    destroy: Callable[..., int]

    def rows(self, facility: str, today: date | None = None) -> QuerySet[Any]:
        """Rows of a facility, the oldest first, as (id, day, person)."""
        found = self.over(today).filter(**{self.facility: facility})
        return found.order_by(self.day, "pk").values_list("pk", self.day, self.person)

    def by_facility(self, inside: Any, today: date | None = None) -> dict[str, int]:
        """Facility → how many of its rows are over; ``inside``: ids of facilities."""
        rows = self.over(today).filter(**{f"{self.facility}__in": inside}).order_by()
        counted = rows.values(at=F(self.facility)).annotate(number=Count("pk"))
        return {one["at"]: one["number"] for one in counted}

    def by_year(self, facility: str, today: date | None = None) -> list[tuple[int, int]]:
        """Year → how many rows, the oldest first."""
        rows = self.over(today).filter(**{self.facility: facility}).order_by()
        counted = rows.annotate(year=ExtractYear(self.day)).values("year").annotate(number=Count("pk"))
        return [(one["year"], one["number"]) for one in counted.order_by("year")]


KEEPERS: dict[str, Keeper] = {}


def register(keeper: Keeper) -> None:
    """Make a kind known; called from ``ready()`` of the app that has it."""
    KEEPERS[keeper.kind] = keeper


def _kept(kind: str) -> Callable[[], Kept]:
    return lambda: kinds()[kind]


def _destroy_residents(ids: Sequence[str], **more: Any) -> int:
    return destroying.destroy_residents(list(ids), **more)


register(
    Keeper(
        RECORD, _kept(RECORD), finding.visits_over, "facility_id", "day", "resident_id", destroying.destroy
    )
)
register(
    Keeper(RESIDENT, _kept(RESIDENT), finding.residents_over, "keeper", "used_on", "pk", _destroy_residents)
)
