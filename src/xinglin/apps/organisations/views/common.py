"""What views of organisations share: fetching within the area, answering forms, history, audit of reading."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from xinglin.apps.access.scope import Scope
from xinglin.apps.audit.actions import record
from xinglin.apps.organisations.forms.fields import ContractForm
from xinglin.apps.organisations.models import Change, Consortium, Facility, Practitioner
from xinglin.apps.organisations.presenters import Deed, history

SHOWN_CHANGES = 60
READ_LIST = ("name",)
READ_WHOLE = ("name", "id_number", "phone")


def scope_of(request: HttpRequest) -> Scope:
    """The area in which the route's permission holds."""
    scope: Scope = request.scope  # type: ignore[attr-defined]
    return scope


def facility_or_404(request: HttpRequest, facility: str) -> Facility:
    """A facility of the area."""
    return get_object_or_404(Facility.objects.within(scope_of(request)), pk=facility)


def practitioner_or_404(request: HttpRequest, practitioner: str) -> Practitioner:
    """A person of the area."""
    return get_object_or_404(Practitioner.objects.within(scope_of(request), few=True), pk=practitioner)


def consortium_or_404(request: HttpRequest, consortium: str) -> Consortium:
    """A consortium of the area."""
    found = Consortium.objects.within(scope_of(request)).select_related("lead")
    return get_object_or_404(found, pk=consortium)


def of_kind(kinds: dict[str, Any], kind: str) -> Any:
    """The form for a kind named in the address. Raises Http404."""
    if kind not in kinds:
        raise Http404
    return kinds[kind]


def history_of(subject: str, *known: Facility) -> list[Deed]:
    """The newest actions on an object's page."""
    return history(Change.objects.filter(subject=subject)[:SHOWN_CHANGES], known)


def act(form: ContractForm, deed: Callable[[], Any]) -> bool:
    """Do something with a valid form; whatever the action refuses is shown at the form."""
    try:
        deed()
    except ValidationError as error:
        form.blame(error)
        return False
    return True


def seen_by(request: HttpRequest, now: int) -> int:
    """Which change the reader had seen when the form was opened."""
    sent = request.POST.get("seen", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else now


def page_or_piece(
    request: HttpRequest, page: str, piece: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A whole page, or only its piece when htmx asks for it."""
    asked = bool(getattr(request, "htmx", False))
    return render(request, piece if asked else page, context, status=status)


def back_to(request: HttpRequest, route: str, *arguments: str) -> HttpResponse:
    """Go to a page, also out of a piece that htmx sent."""
    response = redirect(route, *arguments)
    if getattr(request, "htmx", False):
        from django_htmx.http import HttpResponseClientRedirect

        return HttpResponseClientRedirect(response.url)
    return response


def note_reading(request: HttpRequest, fields: tuple[str, ...], *, id: str = "", count: int = 1) -> None:
    """Write down that personal data was read."""
    if count:
        record(
            by=request.user,
            action="practitioner.read",
            kind="practitioner",
            id=id,
            fields=fields,
            count=count,
            request=request,
        )
