"""What views of wellness share: fetching within the area, words of what was refused, audit of reading."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from xinglin.apps.access.scope import Scope
from xinglin.apps.audit.actions import record
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.wellness.models import HealthService

REFUSED = (ValidationError, NotAllowed)


def scope_of(request: HttpRequest) -> Scope:
    """The area in which the route's permission holds."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def service_or_404(request: HttpRequest, service: str) -> HealthService:
    """A service of the area."""
    rows = HealthService.objects.within(scope_of(request))
    found = rows.select_related(
        "resident__merged_into", "facility", "practitioner", "managed", "basis__facility"
    )
    return get_object_or_404(found, pk=service)


def words_of(error: Exception) -> str:
    """What an action refused, in one line."""
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)


def note_reading(request: Any, *, id: str = "", count: int = 1) -> None:
    """Write down that records of health management were read."""
    if count:
        record(
            by=request.user,
            action="health_service.read",
            kind="health_service",
            id=id,
            count=count,
            request=request,
        )
