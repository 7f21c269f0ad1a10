"""One visit: the form while it goes on, the record when it is signed, its correction."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from xinglin.apps.access.routes import route
from xinglin.apps.accounts import attempts
from xinglin.apps.accounts.signing import SignInRefused, confirm
from xinglin.apps.clinic import actions, charting, checking, form_page, permissions, presenters, signing
from xinglin.apps.clinic.actions.prescribing import Again, NotSafe
from xinglin.apps.clinic.chart import Chart
from xinglin.apps.clinic.filling import filled
from xinglin.apps.clinic.models import Draft, Encounter, Seat, State
from xinglin.apps.clinic.views.common import encounter_or_404, note_reading
from xinglin.apps.organisations.forms.fields import by_field
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents.actions.caring import allergies
from xinglin.apps.residents.once import new_key
from xinglin.apps.ui.messages import done

OPEN = (State.WAITING, State.OPEN)
Faults = dict[str, list[str]]


@dataclass
class Told:
    """What a page says besides the form: mistakes, findings of the check, what was answered."""

    faults: Faults = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    ask_proof: bool = False
    proof_fault: str = ""


@route("encounter.view", area="encounter", safe=False)
def encounter(request: HttpRequest, encounter: str) -> HttpResponse:
    """The form of a visit that goes on, or its signed record."""
    row = encounter_or_404(request, encounter)
    writable = row.state in OPEN and permissions.treat(request.user, row.facility)
    if request.method == "POST" and writable:
        return _posted(request, row)
    if request.method == "POST" and row.state == State.SIGNED and request.POST.get("action") == "sign":
        return redirect("clinic:encounter", row.pk)  # sent again over a weak network: it is done
    note_reading(request, "encounter", id=row.pk)
    if writable:
        raw = _draft(row)
        return _form(request, row, raw, Told(found=_findings(row, raw, request)))
    return _record(request, row)


def _posted(request: HttpRequest, row: Encounter) -> HttpResponse:
    raw = charting.raw_of(request.POST)
    action = request.POST.get("action", "save")
    if action == "sign":
        return _sign(request, row, raw)
    if request.POST.get("fill"):
        raw = filled(raw, request.POST["fill"], request.user)
    try:
        actions.keep_draft(row, raw, by=request.user)
        if action == "template":
            _keep_template(request, raw)
    except ValidationError as error:
        return _form(request, row, raw, Told(_faults(error), _findings(row, raw, request)), 422)
    if action == "save":
        done(request, "已保存，还没有签名。")
    return redirect(f"{reverse('clinic:encounter', args=[row.pk])}{'#herbs' if action == 'fill' else ''}")


def _keep_template(request: HttpRequest, raw: Mapping[str, Any]) -> None:
    herbs = charting.parse(raw).herbs
    if herbs is None:
        raise ValidationError({"template": "还没有药：先写好处方再存为模板"})
    row = actions.keep_template(request.POST.get("template", ""), herbs, by=request.user, request=request)
    done(request, f"已存为模板“{row.name}”。")


def _sign(request: HttpRequest, row: Encounter, raw: dict[str, Any]) -> HttpResponse:
    told = Told(reasons=_reasons(request))
    again = _again(request, told)
    if told.proof_fault:
        told.found = _findings(row, raw, request)
        return _form(request, row, raw, told, 422)
    try:
        actions.sign(row, raw, again=again, by=request.user, key=request.POST.get("key", ""), request=request)
    except (ValidationError, NotAllowed) as error:
        return _form(request, row, raw, _refused(error, told, row, raw, request), 422)
    done(request, "已签名。")
    return redirect("clinic:encounter", row.pk)


def _again(request: HttpRequest, told: Told) -> Again:
    """Reasons, and whether who signs has proved once more who he is."""
    proof = request.POST.get("proof", "")
    if not proof:
        return Again(told.reasons)
    try:
        confirm(request, proof)
    except (SignInRefused, attempts.Locked) as error:
        told.proof_fault, told.ask_proof = str(error), True
        return Again(told.reasons)
    return Again(told.reasons, proved=True)


def _refused(
    error: Exception, told: Told, row: Encounter, raw: Mapping[str, Any], request: HttpRequest
) -> Told:
    """What a page says of what was refused."""
    if isinstance(error, NotSafe):
        told.found, told.ask_proof = error.found, not error.stops
        told.faults = {"check": error.messages}
        return told
    told.faults = _faults(error)
    told.found = _findings(row, raw, request)
    return told


def _reasons(request: HttpRequest) -> dict[str, str]:
    return {
        name.removeprefix("reason_"): text
        for name, text in request.POST.items()
        if name.startswith("reason_") and isinstance(text, str)
    }


def _faults(error: Exception) -> Faults:
    if isinstance(error, ValidationError):
        return by_field(error)
    return {NON_FIELD_ERRORS: [str(error)]}


def _draft(row: Encounter) -> dict[str, Any]:
    found = Draft.objects.filter(encounter=row).first()
    raw: dict[str, Any] = json.loads(found.values) if found is not None else {}
    return raw


def _findings(row: Encounter, raw: Mapping[str, Any], request: HttpRequest) -> dict[str, Any]:
    """What the check says of what is typed so far; nothing while it cannot be read."""
    if not (raw.get("herb_0") or raw.get("patent_0")):
        return {}
    try:
        chart = charting.parse({name: value for name, value in raw.items() if name.split("_")[0] in _CHECKED})
    except ValidationError:
        return {}
    seat = Seat.objects.select_related("practitioner").filter(user=request.user.pk).first()
    return checking.findings(chart, row, seat)


_CHECKED = frozenset(
    ("herb", "grams", "decoction", "patent", "quantity", "unit", "form", "route", "doses", "days", "times")
) | {"formula", "pregnant", "lactating"}


def _form(
    request: HttpRequest,
    row: Encounter,
    raw: Mapping[str, Any],
    told: Told,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    known = allergies(row.resident)
    context = {
        "row": row,
        "patient": presenters.patient(row.resident, row, known),
        "form": form_page.FormPage(raw, told.faults),
        "findings": checking.as_shown(told.found, dict(told.reasons)),
        "ask_proof": told.ask_proof,
        "proof_fault": told.proof_fault,
        "proof_label": "动态口令" if request.user.totp_secret else "登录密码",  # type: ignore[union-attr]
        "remarks": _remarks(raw),
        "visits": presenters.past_visits(row.resident, request.user, but=row.pk),
        "key": request.POST.get("key") or new_key(),
        "units": form_page.UNITS,
        "may_sign": hasattr(request.user, "seat"),
        "limits": {"herbs": charting.HERBS},
        **more,
    }
    return render(request, "clinic/encounter.html", context, status=status)


def _remarks(raw: Mapping[str, Any]) -> list[str]:
    """What the diagnoses deserve, while one writes."""
    named = {
        name: value for name, value in raw.items() if name.split("_")[0] in ("disease", "pattern", "second")
    }
    try:
        return [words for words, _ in charting.remarks(charting.parse(named))] if named else []
    except ValidationError:
        return []


def _record(request: HttpRequest, row: Encounter, status: int = 200) -> HttpResponse:
    """The signed record with all its versions."""
    notes = list(row.notes.select_related("practitioner"))
    known = allergies(row.resident)
    who = presenters.patient(row.resident, row, known)
    context = {
        "row": row,
        "patient": who,
        "state": (presenters.TONES[State(row.state)], row.get_state_display()),
        "record": presenters.record_of(notes[0], row.resident, who.allergies) if notes else None,
        "older": [presenters.record_of(one, row.resident, who.allergies) for one in notes[1:]],
        "slips": presenters.slips(row),
        "sheets": row.sheets.filter(ended_at=None).prefetch_related("sessions"),
        "broken": signing.faults(row),
        "mine": _is_author(request, row),
    }
    return render(request, "clinic/record.html", context, status=status)


def _is_author(request: HttpRequest, row: Encounter) -> bool:
    try:
        permissions.check_author(request.user, row)
    except NotAllowed:
        return False
    return permissions.treat(request.user, row.facility)


@route("encounter.edit", area="encounter", safe=False)
@require_POST
def draft(request: HttpRequest, encounter: str) -> HttpResponse:
    """Keep what is typed, sent by the page while one writes."""
    row = encounter_or_404(request, encounter)
    try:
        actions.keep_draft(row, charting.raw_of(request.POST), by=request.user)
    except ValidationError as error:
        return JsonResponse({"fault": error.messages}, status=409)
    return JsonResponse({"saved": f"{timezone.localtime():%H:%M}"})


@route("encounter.edit", area="encounter", safe=False)
@require_POST
def check(request: HttpRequest, encounter: str) -> HttpResponse:
    """What the check says of what is typed so far: a piece of the page."""
    row = encounter_or_404(request, encounter)
    found = _findings(row, charting.raw_of(request.POST), request)
    context = {"findings": checking.as_shown(found, _reasons(request))}
    return render(request, "clinic/findings.html", context)


@route("encounter.edit", area="encounter", safe=False)
def correct(request: HttpRequest, encounter: str) -> HttpResponse:
    """Correct a signed record: a new version with the reason."""
    row = encounter_or_404(request, encounter)
    last = row.notes.first()
    if row.state != State.SIGNED or last is None or not _is_author(request, row):
        return redirect("clinic:encounter", row.pk)
    more: dict[str, Any] = {
        "correcting": True,
        "seen": last.version,
        "reason": request.POST.get("reason", ""),
    }
    if request.method != "POST":
        note_reading(request, "encounter", id=row.pk)
        raw = charting.as_raw(Chart.model_validate_json(last.content))
        return _form(request, row, raw, Told(), **more)
    raw, told = charting.raw_of(request.POST), Told(reasons=_reasons(request))
    again = _again(request, told)
    if told.proof_fault:
        return _form(request, row, raw, told, 422, **more)
    sent = request.POST.get("seen", "")
    try:
        actions.correct(
            row,
            raw,
            reason=str(more["reason"]),
            seen=int(sent) if sent.isdecimal() and len(sent) < 5 else 0,
            again=again,
            by=request.user,
            key=request.POST.get("key", ""),
            request=request,
        )
    except (ValidationError, NotAllowed) as error:
        return _form(request, row, raw, _refused(error, told, row, raw, request), 422, **more)
    done(request, "已更正，原来的版本保留。")
    return redirect("clinic:encounter", row.pk)
