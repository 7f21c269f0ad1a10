"""Priority groups: who is managed, into a group, out of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.residents.forms import Blaming, own_facilities
from xinglin.apps.residents.models import Resident
from xinglin.apps.residents.views.common import act
from xinglin.apps.residents.views.common import note_reading as note_people
from xinglin.apps.ui.messages import done, refused
from xinglin.apps.wellness import actions
from xinglin.apps.wellness.groups import choices, label_of, load_groups
from xinglin.apps.wellness.models import Managed, State
from xinglin.apps.wellness.views.common import REFUSED, scope_of, words_of

MOST = 500


@route("wellness.view")
@require_safe
def managed(request: HttpRequest) -> HttpResponse:
    """Who is managed in which group, the longest without a follow-up first."""
    group = request.GET.get("group", "")
    rows = Managed.objects.within(scope_of(request)).filter(until=None)
    if group in load_groups().groups:
        rows = rows.filter(group=group)
    done_on = Max("services__day", filter=Q(services__state=State.SIGNED))
    found = list(rows.select_related("resident__merged_into").annotate(done=done_on)[:MOST])
    note_people(request, count=len(found))
    shown = sorted(
        ((one, label_of(one.group), one.resident.root, _due(one)) for one in found), key=lambda one: one[3]
    )
    context = {"rows": shown, "groups": choices(), "group": group, "today": timezone.localdate()}
    return render(request, "wellness/managed.html", context)


def _due(row: Any) -> date:
    known = load_groups().groups.get(row.group)
    day: date = row.done + timedelta(days=known.days if known else 90) if row.done else row.since
    return day


@route("wellness.edit", area="resident", safe=False)
@require_POST
def join(request: HttpRequest, resident: str) -> HttpResponse:
    """Take a resident into a group."""
    row = get_object_or_404(Resident.objects.within(scope_of(request)), pk=resident)
    facility = own_facilities(scope_of(request)).first()
    group = request.POST.get("group", "")
    try:
        if facility is None:
            raise ValidationError("您没有可以做健康管理的机构：请找安全管理员核对授权")
        actions.join(
            row, facility, group=group, by=request.user, key=request.POST.get("key", ""), request=request
        )
    except REFUSED as error:
        refused(request, words_of(error))
    else:
        done(request, f"已纳入“{label_of(group)}”管理，第一次随访今天到期。")
    return redirect("residents:resident", row.root.pk)


class LeaveForm(Blaming):
    """Why somebody is managed no longer."""

    reason = forms.CharField(
        label="终止原因", max_length=200, help_text="如迁走、转到上级医院、本人不愿意、死亡"
    )


@route("wellness.edit", area="managed", safe=False)
def leave(request: HttpRequest, managed: str) -> HttpResponse:
    """Let a resident out of a group."""
    rows = Managed.objects.within(scope_of(request)).select_related("resident__merged_into", "facility")
    row = get_object_or_404(rows, pk=managed)
    back = reverse("residents:resident", args=[row.resident.root.pk])
    form = LeaveForm(request.POST or None)

    def deed() -> None:
        actions.leave(row, reason=form.cleaned_data["reason"], by=request.user, request=request)

    if request.method == "POST" and form.is_valid() and act(form, deed):
        done(request, f"已终止“{label_of(row.group)}”管理。")
        return redirect(back)
    note_people(request)
    title = f"终止{label_of(row.group)}管理：{row.resident.root.name}"
    context = {"form": form, "title": title, "back": back}
    return render(request, "clinic/form.html", context, status=422 if form.errors else 200)
