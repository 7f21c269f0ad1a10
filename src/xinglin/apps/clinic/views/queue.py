"""The queue of today: who waits, who was seen; putting somebody in, taking somebody out."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.clinic import actions, permissions, presenters
from xinglin.apps.clinic.models import Encounter, FollowUp, Sheet, State
from xinglin.apps.clinic.views.common import encounter_or_404, note_reading, scope_of
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents.forms import SearchForm, own_facilities
from xinglin.apps.residents.models import Resident
from xinglin.apps.residents.once import new_key
from xinglin.apps.ui.messages import done, refused
from xinglin.apps.ui.panels import Panel

MOST = 200
REFUSED = (ValidationError, NotAllowed)


def words_of(error: Exception) -> str:
    """What an action refused, in one line."""
    return "；".join(error.messages) if isinstance(error, ValidationError) else str(error)


@route("encounter.view")
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """Visits of today."""
    scope = scope_of(request)
    rows = Encounter.objects.within(scope).filter(day=timezone.localdate())
    found = list(rows.select_related("resident").order_by("facility", "number")[:MOST])
    note_reading(request, "encounter", count=len(found))
    waiting = [one for one in found if one.state in (State.WAITING, State.OPEN)]
    due = FollowUp.objects.filter(done_at=None, due__lte=timezone.localdate())
    due = due.filter(scope.q(place="encounter__facility__place", facility="encounter__facility"))
    context = {
        "form": SearchForm(),
        "waiting": presenters.queue(waiting),
        "seen": presenters.queue(one for one in found if one not in waiting),
        "due": due.count(),
        "has_seat": hasattr(request.user, "seat"),
    }
    return render(request, "clinic/queue.html", context)


def panel(request: Any, resident: Resident) -> Panel | None:
    """The part of a resident's page: into the queue, visits so far, courses that go on."""
    user = request.user
    if not user.can(permissions.VIEW):
        return None
    own = own_facilities(user.scope_for(permissions.EDIT))[:5]
    visits = presenters.past_visits(resident, user)
    mine = any(one.open for one in visits)
    context = {
        "row": resident,
        "facilities": list(own),
        "visits": visits,
        "mine": mine,
        "courses": presenters.courses(resident, user),
        "key": new_key(),
        "copy_key": new_key(),
    }
    return Panel("clinic/panel.html", context)


@route("encounter.edit", area="resident", safe=False)
@require_POST
def enqueue(request: HttpRequest, resident: str) -> HttpResponse:
    """Put a resident into the queue and open the visit."""
    row = get_object_or_404(Resident.objects.within(scope_of(request)), pk=resident)
    own = own_facilities(scope_of(request))
    wanted = request.POST.get("facility", "")
    facility = own.filter(pk=wanted).first() if wanted else own.first()
    if facility is None:
        refused(request, "您没有可以接诊的机构：请找安全管理员核对授权")
        return redirect("residents:resident", resident)
    try:
        made = actions.enqueue(
            row,
            facility,
            copy=request.POST.get("copy") == "1",
            by=request.user,
            key=request.POST.get("key", ""),
            request=request,
        )
    except REFUSED as error:
        refused(request, words_of(error))
        return redirect("residents:resident", resident)
    return redirect("clinic:encounter", made.id)


@route("encounter.edit", area="encounter", safe=False)
@require_POST
def leave(request: HttpRequest, encounter: str) -> HttpResponse:
    """Somebody went away."""
    row = encounter_or_404(request, encounter)
    try:
        actions.leave(row, by=request.user, request=request)
    except REFUSED as error:
        refused(request, words_of(error))
    else:
        done(request, f"{row.number} 号已记为未就诊。")
    return redirect("clinic:queue")


@route("encounter.edit", area="encounter", safe=False)
@require_POST
def give(request: HttpRequest, encounter: str, sheet: str) -> HttpResponse:
    """One more treatment of a course."""
    row = encounter_or_404(request, encounter)
    found = get_object_or_404(Sheet, pk=sheet, encounter=row)
    try:
        actions.give(found, by=request.user, key=request.POST.get("key", ""), request=request)
    except REFUSED as error:
        refused(request, words_of(error))
    else:
        done(request, f"{found.get_technique_display()}：已记第 {found.sessions.count()} 次。")
    return redirect("residents:resident", row.resident.root.pk)
