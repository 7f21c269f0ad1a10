"""Facilities: list, page, form, closing, taking back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations import actions, permissions
from xinglin.apps.organisations.actions.facilities import parts_after
from xinglin.apps.organisations.forms.filters import FacilityFilters
from xinglin.apps.organisations.forms.rows import FacilityForm, LastDayForm
from xinglin.apps.organisations.listing import listed, with_hall
from xinglin.apps.organisations.models import (
    Change,
    Department,
    Facility,
    OfficialCode,
    PlatformConnection,
    Post,
    Practitioner,
    Succession,
    TcmCorner,
    TcmHall,
    TechniqueCapability,
)
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.organisations.places import place_name
from xinglin.apps.organisations.presenters import Section, person, section, state
from xinglin.apps.organisations.views.common import (
    READ_LIST,
    act,
    facility_or_404,
    history_of,
    note_reading,
    scope_of,
    seen_by,
)
from xinglin.apps.ui.messages import done

PEOPLE_SHOWN = 100


@route("facility.view")
@require_safe
def facilities(request: HttpRequest) -> HttpResponse:
    """The list."""
    scope = scope_of(request)
    filters = FacilityFilters(request.GET, scope)
    rows = filters.narrowed(Facility.objects.within(scope))
    totals = rows.order_by().aggregate(
        all=Count("pk"), halls=Count("pk", filter=with_hall()), beds=Count("pk", filter=Q(beds__gt=0))
    )
    page = filters.page(rows, request.GET.get("page"), totals["all"])
    may_add = bool(request.user.scope_for("facility.edit").places)  # type: ignore[union-attr]
    context = {"filters": filters, "page": page, "rows": listed(page.object_list), "totals": totals}
    return render(
        request, "organisations/facilities.html", {**context, "may_add": may_add, "sort": filters.sort}
    )


@route("facility.view", area="facility")
@require_safe
def facility(request: HttpRequest, facility: str) -> HttpResponse:
    """One facility with all it has."""
    row = facility_or_404(request, facility)
    user: Any = request.user
    editable = permissions.edit_facility(user, row)
    context = {
        "facility": row,
        "place": place_name(row.place),
        "state": state(row, timezone.localdate()),
        "editable": editable,
        "may_merge": permissions.merge(user, row),
        "sections": sections(row, editable and row.valid_to is None),
        "people": _people(request, row),
        "may_add_people": permissions.edit_posts(user, row) and row.valid_to is None,
        "links": Succession.objects.filter(Q(predecessor=row) | Q(successor=row)).select_related(
            "predecessor", "successor"
        ),
        "deeds": history_of(row.pk, row),
    }
    return render(request, "organisations/facility.html", context)


def sections(row: Facility, editable: bool) -> list[Section]:
    """The registers of a facility."""
    halls = list(row.halls.select_related("connection"))
    connections = [hall.connection for hall in halls if hasattr(hall, "connection")]
    for connection in connections:
        connection.hall.facility = row
    hint = "" if halls else "有了中医馆才能登记平台接入"
    return [
        section(TcmHall, halls, editable=editable),
        section(PlatformConnection, connections, editable=editable and bool(halls), hint=hint),
        section(TcmCorner, row.corners.all(), editable=editable),
        section(Department, row.departments.all(), editable=editable),
        section(TechniqueCapability, row.techniques.all(), editable=editable),
        section(OfficialCode, row.official_codes.all(), editable=editable, hint="村卫生室等没有编码的不必填"),
    ]


def _people(request: HttpRequest, row: Facility) -> dict[str, Any] | None:
    """Who works there, as the reader may see them; None for who may not see people at all."""
    user: Any = request.user
    if not user.scope_for("practitioner.view").covers(place=row.place, facility=row.pk):
        return None
    readable = user.scope_for("practitioner.name").covers(place=row.place, facility=row.pk)
    posts = Post.objects.filter(facility=row).not_over(timezone.localdate()).select_related("practitioner")
    ordered = posts.order_by("practitioner__sort_key", "pk")
    shown: list[Any] = list(ordered[: PEOPLE_SHOWN + 1])
    if readable:
        note_reading(request, READ_LIST, id=row.pk, count=min(len(shown), PEOPLE_SHOWN))
    rows = [
        {"person": person(post.practitioner, readable), "row": post.practitioner, "post": post}
        for post in shown[:PEOPLE_SHOWN]
    ]
    return {"rows": rows, "more": len(shown) > PEOPLE_SHOWN, "masked": not readable and bool(rows)}


@route("facility.edit")
def facility_new(request: HttpRequest) -> HttpResponse:
    """Register a facility."""
    scope = scope_of(request)
    form = FacilityForm(request.POST or None, scope=scope, initial={"place": _first(scope)})
    if request.method == "POST" and form.is_valid() and _create(request, form):
        done(request, f"已登记“{form.instance.name}”。")
        return redirect("organisations:facility", form.instance.pk)
    context = {"form": form, "title": "登记机构", "back": reverse("organisations:facilities")}
    return render(request, "organisations/form.html", {**context, "nowhere": not scope.places})


def _create(request: HttpRequest, form: FacilityForm) -> bool:
    try:
        return act(form, lambda: actions.create(form.instance, by=request.user, request=request))
    except NotAllowed as error:
        form.add_error("place", str(error))
        return False


def _first(scope: Scope) -> str:
    return next(iter(scope.places)) if len(scope.places) == 1 and "0" not in scope.places else ""


@route("facility.edit", area="facility")
def facility_edit(request: HttpRequest, facility: str) -> HttpResponse:
    """Change a facility."""
    row = facility_or_404(request, facility)
    seen = seen_by(request, actions.last_change(row))
    form = FacilityForm(request.POST or None, instance=row, scope=scope_of(request))
    if request.method == "POST" and form.is_valid() and _edit(request, form, row, seen):
        done(request, "已保存。")
        return redirect("organisations:facility", facility)
    back = reverse("organisations:facility", args=[facility])
    context = {"form": form, "title": f"修改 {Facility.objects.get(pk=facility).name}", "back": back}
    return render(request, "organisations/form.html", {**context, "seen": seen})


def _edit(request: HttpRequest, form: FacilityForm, row: Facility, seen: int) -> bool:
    values = form.cleaned_data
    try:
        return act(form, lambda: actions.edit(row, values, by=request.user, seen=seen, request=request))
    except NotAllowed as error:
        form.add_error("place", str(error))
        return False


@route("facility.edit", area="facility")
def facility_close(request: HttpRequest, facility: str) -> HttpResponse:
    """Close a facility, after showing what ends with it."""
    row = facility_or_404(request, facility)
    today = timezone.localdate()
    form = LastDayForm(request.POST or None, initial={"day": today}, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            deed = actions.close_facility(row, day=form.cleaned_data["day"], by=request.user, request=request)
        except ValidationError as error:
            form.add_error("day", error.messages)
        else:
            undo = reverse("organisations:undo", args=[deed.number])
            done(request, f"“{row.name}”已登记停业。", undo=undo)
            return redirect("organisations:facility", facility)
    points = ending(row, today)
    context = {
        "title": f"“{row.name}”停业",
        "points": points,
        "verb": "登记停业",
        "danger": True,
        "form": form,
    }
    back = reverse("organisations:facility", args=[facility])
    text = "停业不删除任何记录；填错了可以撤销。随它一起停止的有："
    return render(request, "ui/confirm.html", {**context, "back": back, "text": text})


def ending(row: Facility, day: Any) -> list[str]:
    """What ends with a facility, in words."""
    found: dict[str, int] = {}
    for part in parts_after(row, day):
        name = str(part._meta.verbose_name)
        found[name] = found.get(name, 0) + 1
    return [f"{name} {number} 条" for name, number in found.items()] or ["没有其他登记"]


@route("facility.edit", safe=False)
@require_POST
def undo(request: HttpRequest, number: str) -> HttpResponse:
    """Take an action back."""
    changes = list(Change.objects.filter(number=number))
    place = _where(changes)
    if place is None:
        raise Http404
    try:
        actions.undo(number, by=request.user, request=request)
    except NotAllowed:
        raise Http404 from None
    except ValidationError as error:
        from django.contrib import messages

        messages.error(request, error.messages[0])
    else:
        done(request, "已撤销。")
    return redirect(place)


def _where(changes: list[Change]) -> str | None:
    """The page of what an action was about."""
    about = {change.kind: change.subject for change in changes}
    pages = {"facility": Facility, "practitioner": Practitioner}
    for kind in ("facility", *about):
        subject = about.get(kind)
        if subject is None:
            continue
        for name, model in pages.items():
            if model._default_manager.filter(pk=subject).exists():
                return reverse(f"organisations:{name}", args=[subject])
        return reverse("organisations:consortium", args=[subject])
    return None
