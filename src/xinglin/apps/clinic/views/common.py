"""What views of the clinic share: fetching within the area, audit of reading."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from xinglin.apps.access.scope import Scope
from xinglin.apps.audit.actions import record
from xinglin.apps.clinic.models import Encounter


def scope_of(request: HttpRequest) -> Scope:
    """The area in which the route's permission holds."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def encounter_or_404(request: HttpRequest, encounter: str) -> Encounter:
    """A visit of the area."""
    rows = Encounter.objects.within(scope_of(request))
    found = rows.select_related("resident__merged_into", "facility", "practitioner", "copied_from")
    return get_object_or_404(found, pk=encounter)


def note_reading(request: Any, kind: str, *, id: str = "", count: int = 1) -> None:
    """Write down that a record was read."""
    if count:
        record(by=request.user, action=f"{kind}.read", kind=kind, id=id, count=count, request=request)
