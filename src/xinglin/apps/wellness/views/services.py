"""One service: the form while it goes on, the record when it is signed, its correction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from xinglin.apps.access.routes import route
from xinglin.apps.organisations.forms.fields import by_field
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents.forms import Blaming, own_facilities
from xinglin.apps.residents.models import Resident, files_of
from xinglin.apps.residents.once import new_key
from xinglin.apps.residents.views.common import act
from xinglin.apps.ui.messages import done, refused
from xinglin.apps.wellness import actions, form_page, permissions, presenters, signing
from xinglin.apps.wellness import content as contents
from xinglin.apps.wellness.content import Assessed
from xinglin.apps.wellness.groups import label_of
from xinglin.apps.wellness.judging import Notice
from xinglin.apps.wellness.models import HealthDraft, HealthService, Kind, Managed, State
from xinglin.apps.wellness.parsing import as_raw
from xinglin.apps.wellness.reading import raw_of
from xinglin.apps.wellness.views.common import REFUSED, note_reading, scope_of, service_or_404, words_of

NO_FACILITY = "您没有可以做健康管理的机构：请找安全管理员核对授权"


def title_of(row: HealthService) -> str:
    """What is done, with the age or the group it is for."""
    if row.kind == Kind.CHILD:
        return f"{row.months} 月龄儿童中医调养指导"
    if row.kind == Kind.CHRONIC and row.managed is not None:
        return f"{label_of(row.managed.group)}中医随访"
    return str(Kind(row.kind).label)


@dataclass
class Told:
    """What a page says besides the form: mistakes, what is to be confirmed."""

    faults: dict[str, list[str]] = field(default_factory=dict)
    notice: Notice | None = None


@route("wellness.edit", area="resident", safe=False)
@require_POST
def start(request: HttpRequest, resident: str) -> HttpResponse:
    """Open the form of a service."""
    row = get_object_or_404(
        Resident.objects.within(scope_of(request)).select_related("merged_into"), pk=resident
    )
    months = request.POST.get("months", "")
    managed = Managed.objects.filter(pk=request.POST.get("managed", ""), resident__in=files_of(row)).first()
    facility: Facility | None = managed.facility if managed else own_facilities(scope_of(request)).first()
    try:
        if facility is None:
            raise ValidationError(NO_FACILITY)
        made = actions.start(
            row,
            facility,
            actions.Wanted(
                request.POST.get("kind", ""),
                request.POST.get("instrument", ""),
                int(months) if months.isascii() and months.isdigit() and len(months) < 3 else None,
                managed,
            ),
            by=request.user,
            key=request.POST.get("key", ""),
            request=request,
        )
    except REFUSED as error:
        refused(request, words_of(error))
        return redirect("residents:resident", row.root.pk)
    return redirect("wellness:service", made.id)


@route("wellness.view", area="service", safe=False)
def service(request: HttpRequest, service: str) -> HttpResponse:
    """The form of a service that is not signed, or its signed record."""
    row = service_or_404(request, service)
    writable = row.state == State.OPEN and permissions.serve(request.user, row.facility)
    if request.method == "POST" and writable:
        return _posted(request, row)
    if request.method == "POST" and request.POST.get("action") == "sign":
        return redirect("wellness:service", row.pk)  # sent again over a weak network: it is done
    note_reading(request, id=row.pk)
    return _form(request, row, _draft(row), Told()) if writable else _record(request, row)


def _posted(request: HttpRequest, row: HealthService) -> HttpResponse:
    raw = raw_of(request.POST)
    if request.POST.get("action") != "sign":
        try:
            actions.keep_draft(row, raw, by=request.user)
        except ValidationError as error:
            return _form(request, row, raw, Told(by_field(error)), 422)
        done(request, "已保存，还没有签名。")
        return redirect("wellness:service", row.pk)
    try:
        noticed = request.POST.get("noticed", "")
        key = request.POST.get("key", "")
        actions.sign(row, raw, noticed=noticed, by=request.user, key=key, request=request)
    except REFUSED as error:
        return _form(request, row, raw, _told(error), 422)
    _say_signed(request, row)
    return redirect("wellness:service", row.pk)


def _say_signed(request: HttpRequest, row: HealthService) -> None:
    row.refresh_from_db()
    more = "" if row.by_tcm else "您不是中医类别，也没有登记中医培训：已记录，请尽快参加培训并登记。"
    if row.kind == Kind.CHILD and not row.complete:
        more += f"做得晚了，过了 {row.months} 月龄的时间，留档但不计入管理率。"
    done(request, f"已签名。{more}")


def _told(error: Exception) -> Told:
    if isinstance(error, Notice):
        return Told(notice=error)
    return Told(by_field(error) if isinstance(error, ValidationError) else {NON_FIELD_ERRORS: [str(error)]})


def _draft(row: HealthService) -> dict[str, Any]:
    found = HealthDraft.objects.filter(service=row).first()
    raw: dict[str, Any] = json.loads(found.values) if found is not None else {}
    return raw


def _form(
    request: HttpRequest,
    row: HealthService,
    raw: Mapping[str, Any],
    told: Told,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    who = row.resident.root
    context = {
        "row": row,
        "who": who,
        "patient": presenters.patient(who, row.day),
        "title": title_of(row),
        "form": form_page.FormPage(row, raw, told.faults),
        "notice": told.notice,
        "main": raw.get("main", ""),
        "key": request.POST.get("key") or new_key(),
        "may_sign": hasattr(request.user, "seat"),
        **more,
    }
    return render(request, "wellness/service.html", context, status=status)


def _record(request: HttpRequest, row: HealthService) -> HttpResponse:
    """The signed record with all its versions."""
    versions = list(row.versions.select_related("practitioner"))
    before = _before(row, request.user) if row.kind == Kind.ASSESSMENT else None
    who = row.resident.root
    mine = row.state == State.SIGNED and permissions.serve(request.user, row.facility)
    context = {
        "row": row,
        "who": who,
        "patient": presenters.patient(who, row.day),
        "title": title_of(row),
        "state": (presenters.TONES[State(row.state)], row.get_state_display()),
        "version": presenters.version_of(versions[0], before) if versions else None,
        "older": [presenters.version_of(one) for one in versions[1:]],
        "broken": signing.faults(row),
        "mine": mine and permissions.author(request.user, row),
        "may": mine,
        "guidances": row.guidances.filter(state=State.SIGNED).select_related("facility"),
        "key": new_key(),
    }
    return render(request, "wellness/record.html", context)


def _before(row: HealthService, user: Any) -> Assessed | None:
    """The assessment before this one by the same instrument, if the user may read it."""
    rows = HealthService.objects.signed().filter(resident__in=files_of(row.resident), kind=Kind.ASSESSMENT)
    rows = rows.filter(instrument=row.instrument, day__lt=row.day).within(user.scope_for(permissions.VIEW))
    last = rows.prefetch_related("versions").first()
    found = contents.read(last.versions.all()[0].content) if last is not None else None
    return found if isinstance(found, Assessed) else None


@route("wellness.edit", area="service", safe=False)
@require_POST
def draft(request: HttpRequest, service: str) -> HttpResponse:
    """Keep what is typed, sent by the page while one writes."""
    row = service_or_404(request, service)
    try:
        actions.keep_draft(row, raw_of(request.POST), by=request.user)
    except ValidationError as error:
        return JsonResponse({"fault": error.messages}, status=409)
    return JsonResponse({"saved": f"{timezone.localtime():%H:%M}"})


@route("wellness.edit", area="service", safe=False)
@require_POST
def discard(request: HttpRequest, service: str) -> HttpResponse:
    """Give up a form that is not signed."""
    row = service_or_404(request, service)
    try:
        actions.discard(row, by=request.user, request=request)
    except ValidationError as error:
        refused(request, words_of(error))
        return redirect("wellness:service", row.pk)
    done(request, "已放弃，没有留下记录。")
    return redirect("residents:resident", row.resident.root.pk)


@route("wellness.edit", area="service", safe=False)
def correct(request: HttpRequest, service: str) -> HttpResponse:
    """Correct a signed record: a new version with the reason."""
    row = service_or_404(request, service)
    last = row.versions.first()
    if row.state != State.SIGNED or last is None or not permissions.author(request.user, row):
        return redirect("wellness:service", row.pk)
    more: dict[str, Any] = {
        "correcting": True,
        "seen": last.version,
        "reason": request.POST.get("reason", ""),
    }
    if request.method != "POST":
        note_reading(request, id=row.pk)
        return _form(request, row, as_raw(contents.read(last.content)), Told(), **more)
    raw, sent = raw_of(request.POST), request.POST.get("seen", "")
    try:
        actions.correct(
            row,
            raw,
            reason=str(more["reason"]),
            seen=int(sent) if sent.isdecimal() and len(sent) < 5 else 0,
            noticed=request.POST.get("noticed", ""),
            by=request.user,
            key=request.POST.get("key", ""),
            request=request,
        )
    except (ValidationError, NotAllowed) as error:
        return _form(request, row, raw, _told(error), 422, **more)
    done(request, "已更正，原来的版本保留。")
    return redirect("wellness:service", row.pk)


class RemoveForm(Blaming):
    """Why a signed record is taken back."""

    reason = forms.CharField(label="作废原因", max_length=200, help_text="如记错了人、同一次服务记了两份")


@route("wellness.edit", area="service", safe=False)
def remove(request: HttpRequest, service: str) -> HttpResponse:
    """Take back a signed record."""
    row = service_or_404(request, service)
    back = reverse("wellness:service", args=[row.pk])
    if row.state != State.SIGNED or not permissions.author(request.user, row):
        return redirect(back)
    form = RemoveForm(request.POST or None)

    def deed() -> None:
        actions.remove(row, reason=form.cleaned_data["reason"], by=request.user, request=request)

    if request.method == "POST" and form.is_valid() and act(form, deed):
        done(request, "已作废，原来的内容保留，不再计入统计。")
        return redirect(back)
    note_reading(request, id=row.pk)
    context = {"form": form, "title": f"作废{title_of(row)}：{row.resident.root.name}", "back": back}
    return render(request, "clinic/form.html", context, status=422 if form.errors else 200)
