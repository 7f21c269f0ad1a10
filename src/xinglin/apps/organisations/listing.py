"""Lists: rows in words, in as few queries and as little work per row as a page of 200 allows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from xinglin.apps.organisations.models import Post, Practitioner, TcmHall
from xinglin.apps.organisations.models.columns import labels
from xinglin.apps.organisations.places import place_name
from xinglin.apps.organisations.presenters import NONE, known_name, state

FACILITY_COLUMNS = ("name", "place", "kind", "valid_from", "valid_to")
PERSON_COLUMNS = ("name", "licence", "category", "gp", "tcm_able")


@dataclass(frozen=True, slots=True)
class FacilityLine:
    """A facility in the list, in words."""

    pk: str
    name: str
    kind: str
    place: str
    people: int
    hall: bool
    since: str
    state: tuple[str, str]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in the list, as the reader may see them."""

    pk: str
    name: str
    licence: str
    category: str
    gp: bool | None
    tcm_able: bool | None
    where: str


def with_hall() -> Q:
    """Facilities that have a TCM hall today."""
    return Q(pk__in=TcmHall.objects.on(timezone.localdate()).order_by().values("facility"))


def counting_people(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Facilities with how many people work there, to be sorted by."""
    working = _working().filter(facility=OuterRef("pk")).values("facility")
    number = working.annotate(number=Count("practitioner", distinct=True)).values("number")
    found: QuerySet[Any] = rows.annotate(people=Coalesce(Subquery(number), 0))
    return found


def listed(rows: Any) -> list[FacilityLine]:
    """The facilities of a page: three queries, whatever their number."""
    found = list(rows.only(*FACILITY_COLUMNS))
    keys = [row.pk for row in found]
    people, halls = _people(keys), _halls(keys)
    kinds, today = labels("facility_kind"), timezone.localdate()
    return [
        FacilityLine(
            row.pk,
            row.name,
            kinds.get(row.kind, row.kind),
            place_name(row.place, 4),
            people.get(row.pk, 0),
            row.pk in halls,
            _day(row.valid_from),
            state(row, today),
        )
        for row in found
    ]


def _day(day: date | None) -> str:
    return NONE if day is None else day.isoformat()


def _working() -> QuerySet[Post]:
    """Posts that have not ended."""
    return Post.objects.not_over(timezone.localdate()).order_by()


def _people(keys: Collection[str]) -> dict[str, int]:
    counted = _working().filter(facility__in=keys).values_list("facility")
    return dict(counted.annotate(Count("practitioner", distinct=True)))


def _halls(keys: Collection[str]) -> set[str]:
    halls = TcmHall.objects.on(timezone.localdate()).filter(facility__in=keys).order_by()
    return set(halls.values_list("facility", flat=True))


def listed_people(rows: Iterable[Practitioner], readable: Collection[str]) -> list[PersonLine]:
    """The people of a page, in one query more; names whole for those that are readable."""
    found = list(rows)
    places = _workplaces([row.pk for row in found])
    licences, categories = labels("licence"), labels("practice_category")
    return [
        PersonLine(
            row.pk,
            known_name(row, row.pk in readable),
            licences.get(row.licence, row.licence),
            categories.get(row.category, row.category),
            row.gp,
            row.tcm_able,
            "；".join(places.get(row.pk, ())) or NONE,
        )
        for row in found
    ]


def _workplaces(keys: Collection[str]) -> dict[str, list[str]]:
    """Key of a person → names of the facilities they work in, the main one first."""
    posts = _working().filter(practitioner__in=keys).order_by("-main", "pk")
    found: dict[str, list[str]] = {}
    for person, main, name in posts.values_list("practitioner", "main", "facility__name"):
        found.setdefault(person, []).append(name if main else f"{name}（兼）")
    return found
