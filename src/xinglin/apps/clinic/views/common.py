"""What views of the clinic share: fetching within the area, audit of reading."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from xinglin.apps.access.scope import Scope
from xinglin.apps.audit.actions import record
from xinglin.apps.clinic.models import Encounter, Seat


def scope_of(request: HttpRequest) -> Scope:
    """The area in which the route's permission holds."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def seat_of(request: Any) -> Seat | None:
    """Who the account of a request is when it signs, if anybody. Read once for a request."""
    if not hasattr(request, "seat"):
        seats = Seat.objects.select_related("practitioner")
        request.seat = seats.filter(user=request.user.pk).first()
    found: Seat | None = request.seat
    return found


def encounter_or_404(request: HttpRequest, encounter: str) -> Encounter:
    """A visit of the area."""
    rows = Encounter.objects.within(scope_of(request))
    found = rows.select_related("resident__merged_into", "facility", "practitioner", "copied_from")
    return get_object_or_404(found, pk=encounter)


def note_reading(request: Any, kind: str, *, id: str = "", count: int = 1) -> None:
    """Write down that a record was read."""
    if count:
        record(by=request.user, action=f"{kind}.read", kind=kind, id=id, count=count, request=request)
