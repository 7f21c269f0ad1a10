"""What views of contracts share: fetching within the area, audit of reading."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from xinglin.apps.access.scope import Scope
from xinglin.apps.audit.actions import record
from xinglin.apps.contracts.models import Contract
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents.forms import Blaming
from xinglin.apps.residents.views.common import act

WITH = ("resident__merged_into", "facility", "team_facility", "team", "practitioner", "renews")


def scope_of(request: HttpRequest) -> Scope:
    """The area in which the route's permission holds."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def contract_or_404(request: HttpRequest, contract: str) -> Contract:
    """A contract of the area."""
    rows = Contract.objects.within(scope_of(request)).select_related(*WITH)
    return get_object_or_404(rows, pk=contract)


def note_reading(request: Any, *, id: str = "", count: int = 1) -> None:
    """Write down that contracts, and the names in them, were read."""
    if count:
        record(
            by=request.user,
            action="contract.read",
            kind="contract",
            id=id,
            fields=("resident",),
            count=count,
            request=request,
        )


def done_by(form: Blaming, deed: Any) -> bool:
    """Do something with a valid form; whatever is refused is shown at the form."""
    try:
        return act(form, deed)
    except NotAllowed as error:
        form.blame(ValidationError(str(error)))
        return False
