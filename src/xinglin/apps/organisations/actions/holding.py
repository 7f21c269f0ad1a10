"""Holding what rules between rows are asked of: one after the other they write, so that none misses another's row.

Facilities come first, then people, then consortia, each by id: whoever holds several waits for nobody who waits for
him. On SQLite a transaction that writes is alone anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, models

from xinglin.apps.organisations.models import (
    Catchment,
    Consortium,
    Facility,
    PlatformConnection,
    Practitioner,
    TcmHall,
)

ORDER: tuple[type[models.Model], ...] = (Facility, Practitioner, Consortium)
"""Whom rows belong to."""
Owner = tuple[type[models.Model], str]
Held = Mapping[Owner, models.Model]


def owners(row: Any) -> set[Owner]:
    """Whom a row belongs to, itself included when it is one of them."""
    found = {(type(row), row.pk)} if isinstance(row, ORDER) else set()
    if isinstance(row, PlatformConnection):
        found |= owners(row.hall) if row.hall_id else set()
    for field in row._meta.concrete_fields:
        if field.related_model in ORDER and getattr(row, field.attname):
            found.add((field.related_model, getattr(row, field.attname)))
    return found


def hold(*rows: Any, more: Iterable[Owner] = ()) -> Held:
    """Hold whom these rows belong to until the transaction ends; the first thing that an action does.

    What the rows know of them is made anew: somebody may have closed a facility while one waited.
    """
    wanted = set(more).union(*(owners(row) for row in rows))
    held: dict[Owner, models.Model] = {}
    for model in ORDER:
        ids = sorted(pk for kind, pk in wanted if kind is model)
        found = model._default_manager.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")
        held |= {(model, row.pk): row for row in found}
    hold_counties(row.place for row in rows if isinstance(row, Catchment))
    for row in rows:
        renew(row, held)
    return held


def renew(row: Any, held: Held) -> None:
    """Have a row point at what is held, in place of what was read before."""
    if isinstance(row, PlatformConnection) and row.hall_id:
        row.hall = TcmHall.objects.get(pk=row.hall_id)
        renew(row.hall, held)
    for field in row._meta.concrete_fields:
        owner = held.get((field.related_model, getattr(row, field.attname))) if field.is_relation else None
        if owner is not None:
            setattr(row, field.name, owner)


def hold_counties(places: Iterable[str]) -> None:
    """That a county is named whole or by townships holds across consortia: they share no row, but a number."""
    counties = sorted({int(place[:6]) for place in places if place[:6].isdecimal()})
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for county in counties:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catchment'), %s)", [county])
