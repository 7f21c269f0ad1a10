"""One visit: the form while it goes on, the record when it is signed, its correction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from xinglin.apps.access.routes import route
from xinglin.apps.accounts import attempts
from xinglin.apps.accounts.signing import SignInRefused, confirm
from xinglin.apps.clinic import (
    actions,
    charting,
    checking,
    permissions,
    presenters,
    signing,
    typed,
)
from xinglin.apps.clinic.actions.prescribing import Again
from xinglin.apps.clinic.adjusting import name_of
from xinglin.apps.clinic.chart import Chart
from xinglin.apps.clinic.filling import UNDO, Filled, filled, undone
from xinglin.apps.clinic.models import Encounter, State
from xinglin.apps.clinic.views import visit_form
from xinglin.apps.clinic.views.common import encounter_or_404, note_reading, seat_of
from xinglin.apps.clinic.views.visit_form import Told
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents.actions.caring import allergies
from xinglin.apps.ui.messages import done
from xinglin.knowledge import formulas

OPEN = (State.WAITING, State.OPEN)


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
        raw = visit_form.draft_of(row)
        return visit_form.form(request, row, raw, Told(found=visit_form.findings(row, raw, request)))
    return _record(request, row)


def _posted(request: HttpRequest, row: Encounter) -> HttpResponse:
    raw = typed.raw_of(request.POST)
    action = request.POST.get("action", "save")
    step = _step(request, raw)
    if step is None and action == "sign":
        return _sign(request, row, raw)
    raw = raw if step is None else step.raw
    try:
        actions.keep_draft(row, raw, by=request.user)
        if step is None and action == "template":
            _keep_template(request, raw)
    except ValidationError as error:
        told = Told(visit_form.faults_of(error), found=visit_form.findings(row, raw, request))
        return visit_form.form(request, row, raw, told, 422)
    if step is not None:
        return visit_form.form(request, row, raw, _stepped(request, row, step))
    if action == "save":
        done(request, "已保存，还没有签名。")
    return redirect("clinic:encounter", row.pk)


def _step(request: HttpRequest, raw: Mapping[str, Any]) -> Filled | None:
    """A formula, template or technique that is put into the form, or taken back; None where none was asked for."""
    chosen = request.POST.get("take", "")
    if chosen == UNDO:
        return undone(raw, request.POST.get("before", ""))
    if not chosen and request.POST.get("action") == "fill":
        chosen = request.POST.get("fill", "")
    elif not chosen:
        return None
    return filled(raw, chosen, request.user)


def _stepped(request: HttpRequest, row: Encounter, step: Filled) -> Told:
    found = visit_form.findings(row, step.raw, request)
    reasons = _reasons(request)
    return Told(found=found, reasons=reasons, words=step.words, undo=step.undo)


def _keep_template(request: HttpRequest, raw: Mapping[str, Any]) -> None:
    herbs = charting.parse(raw).herbs
    if herbs is None:
        raise ValidationError({"template": "还没有药：先写好处方再存为模板"})
    formula = formulas.get(herbs.formula)
    name = request.POST.get("template", "").strip()
    if not name and formula is not None:
        name = name_of(formula, herbs.lines)
    row = actions.keep_template(name, herbs, by=request.user, request=request)
    origin = f"（由{formula.name}加减，接诊时与原方一起列出）" if formula is not None else ""
    done(request, f"已存为模板“{row.name}”{origin}。")


def _sign(request: HttpRequest, row: Encounter, raw: dict[str, Any]) -> HttpResponse:
    told = Told(reasons=_reasons(request))
    again = _again(request, told)
    if told.proof_fault:
        told.found = visit_form.findings(row, raw, request)
        return visit_form.form(request, row, raw, told, 422)
    try:
        actions.sign(row, raw, again=again, by=request.user, key=request.POST.get("key", ""), request=request)
    except (ValidationError, NotAllowed) as error:
        return visit_form.form(request, row, raw, visit_form.refused(error, told, row, raw, request), 422)
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


def _reasons(request: HttpRequest) -> dict[str, str]:
    return {
        name.removeprefix("reason_"): text
        for name, text in request.POST.items()
        if name.startswith("reason_") and isinstance(text, str)
    }


def _record(request: HttpRequest, row: Encounter, status: int = 200) -> HttpResponse:
    """The signed record with all its versions."""
    rows = signing.signed(row)
    notes = rows.notes
    known = allergies(row.resident)
    who = presenters.patient(row.resident, row, known)
    context = {
        "row": row,
        "patient": who,
        "state": (presenters.TONES[State(row.state)], row.get_state_display()),
        "record": presenters.record_of(notes[0], row.resident, who.allergies) if notes else None,
        "older": [presenters.record_of(one, row.resident, who.allergies) for one in notes[1:]],
        "slips": presenters.slips(rows.prescriptions),
        "sheets": [one for one in rows.sheets if one.ended_at is None],
        "broken": signing.faults(rows),
        "mine": _is_author(request, row),
    }
    return render(request, "clinic/record.html", context, status=status)


def _is_author(request: HttpRequest, row: Encounter) -> bool:
    mine = permissions.is_author(seat_of(request), row)
    return mine and permissions.treat(request.user, row.facility)


@route("encounter.edit", area="encounter", safe=False)
@require_POST
def draft(request: HttpRequest, encounter: str) -> HttpResponse:
    """Keep what is typed, sent by the page while one writes."""
    row = encounter_or_404(request, encounter)
    try:
        actions.keep_draft(row, typed.raw_of(request.POST), by=request.user)
    except ValidationError as error:
        return JsonResponse({"fault": error.messages}, status=409)
    return JsonResponse({"saved": f"{timezone.localtime():%H:%M}"})


@route("encounter.edit", area="encounter", safe=False)
@require_POST
def check(request: HttpRequest, encounter: str) -> HttpResponse:
    """What the check says of what is typed so far: a piece of the page."""
    row = encounter_or_404(request, encounter)
    found = visit_form.findings(row, typed.raw_of(request.POST), request)
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
        raw = typed.as_raw(Chart.model_validate_json(last.content))
        return visit_form.form(request, row, raw, Told(), **more)
    raw, told = typed.raw_of(request.POST), Told(reasons=_reasons(request))
    step = _step(request, raw)
    if step is not None:
        return visit_form.form(request, row, step.raw, _stepped(request, row, step), **more)
    again = _again(request, told)
    if told.proof_fault:
        return visit_form.form(request, row, raw, told, 422, **more)
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
        return visit_form.form(
            request, row, raw, visit_form.refused(error, told, row, raw, request), 422, **more
        )
    done(request, "已更正，原来的版本保留。")
    return redirect("clinic:encounter", row.pk)
