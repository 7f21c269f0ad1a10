"""Rows behind a number that were written at a visit or a service in this program: they lead to nobody's record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from xinglin.apps.clinic.models import Encounter, Prescription, Session
from xinglin.apps.wellness.models import HealthService
from xinglin.standing.opened import Line

TABLES: dict[str, Any] = {
    "visit": Encounter,
    "prescription": Prescription,
    "treatment": Session,
    "health_management": HealthService,
}


def ours(lines: Sequence[Line]) -> Iterable[Line]:
    """The rows that the clinic and wellness gave, no source from outside: one query a table, however many rows."""
    for table, model in TABLES.items():
        keys = {line.key for line in lines if line.table == table}
        known = set(model.objects.filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
        yield from (line for line in lines if line.table == table and line.key in known)
