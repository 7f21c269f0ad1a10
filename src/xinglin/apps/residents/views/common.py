"""What views of residents share: fetching within the area, audit of reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from xinglin.apps.access.scope import Scope
from xinglin.apps.audit.actions import record
from xinglin.apps.residents.forms import Blaming
from xinglin.apps.residents.models import Resident

READ_LIST = ("name", "id_number", "phone")
READ_WHOLE = ("name", "id_number", "phone", "address")


def scope_of(request: HttpRequest) -> Scope:
    """The area in which the route's permission holds."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def resident_or_404(request: HttpRequest, resident: str) -> Resident:
    """A resident whom a facility of the area knows."""
    found = Resident.objects.within(scope_of(request)).select_related("merged_into")
    return get_object_or_404(found, pk=resident)


def note_reading(request: Any, *, id: str = "", count: int = 1) -> None:
    """Write down that personal data was read."""
    if count:
        fields = READ_WHOLE if id else READ_LIST
        record(
            by=request.user,
            action="resident.read",
            kind="resident",
            id=id,
            fields=fields,
            count=count,
            request=request,
        )


def act(form: Blaming, deed: Callable[[], Any]) -> bool:
    """Do something with a valid form; whatever the action refuses is shown at the form."""
    try:
        deed()
    except ValidationError as error:
        form.blame(error)
        return False
    return True
