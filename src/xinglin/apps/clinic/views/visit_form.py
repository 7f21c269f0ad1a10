"""The form of a visit as a page: what was typed, what the check says of it, what was answered."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xinglin.apps.clinic import charting, checking, form_page, presenters, typed
from xinglin.apps.clinic.actions.prescribing import NotSafe
from xinglin.apps.clinic.models import Draft, Encounter
from xinglin.apps.clinic.views.common import seat_of
from xinglin.apps.organisations.forms.fields import by_field
from xinglin.apps.residents.actions.caring import allergies
from xinglin.apps.residents.once import new_key
from xinglin.knowledge.safety import Finding

Faults = dict[str, list[str]]
_CHECKED = frozenset(
    ("herb", "grams", "decoction", "patent", "quantity", "unit", "form", "route", "doses", "days", "times")
) | {"formula", "pregnant", "lactating"}
_NAMED = frozenset({"disease", "pattern", "second"})


@dataclass
class Told:
    """What a page says besides the form.

    Attributes:
        faults: mistakes by field. links: mistakes with the id of the place to mend them. found: findings of the check.
        reasons: what was answered to them. words, undo: what was put in by one step, and how to take it back.
    """

    faults: Faults = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    ask_proof: bool = False
    proof_fault: str = ""
    words: str = ""
    undo: str = ""


def refused(
    error: Exception, told: Told, row: Encounter, raw: Mapping[str, Any], request: HttpRequest
) -> Told:
    """What a page says of what was refused: who is to do what, with a link to the place."""
    if isinstance(error, NotSafe):
        told.found, told.ask_proof = error.found, not error.stops
        told.links = list(_unsafe(error, raw))
        return told
    told.faults = faults_of(error)
    told.found = findings(row, raw, request)
    return told


def _unsafe(error: NotSafe, raw: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for one in error.stops:
        yield f"f_{_place(one, error.found, raw)}", f"不能开具：{one.what}。{one.fix}"
    for one in error.open if not error.stops else ():
        reason = f"reason_{checking.fingerprint(one)}"
        yield reason, f"要双签字：{one.what}。请改方，或写明理由（至少四个字）"
    if not error.stops:
        yield "f_proof", "写好理由后，请再输一次密码（或动态口令）：确认由您本人坚持这样开"


def _place(one: Finding, found: Mapping[str, Any], raw: Mapping[str, Any]) -> str:
    """The field of the form where the first line of a finding stands."""
    name = "patent" if one in found.get("patent", ()) else "herb"
    most = typed.PATENTS if name == "patent" else typed.HERBS
    rows = [at for at in range(most) if raw.get(f"{name}_{at}")]
    first = one.lines[0] if one.lines else 0
    return f"{name}_{rows[first] if first < len(rows) else 0}"


def faults_of(error: Exception) -> Faults:
    """Mistakes by field."""
    if isinstance(error, ValidationError):
        return by_field(error)
    return {NON_FIELD_ERRORS: [str(error)]}


def draft_of(row: Encounter) -> dict[str, Any]:
    """What was typed so far."""
    found = Draft.objects.filter(encounter=row).first()
    raw: dict[str, Any] = json.loads(found.values) if found is not None else {}
    return raw


def findings(row: Encounter, raw: Mapping[str, Any], request: HttpRequest) -> dict[str, Any]:
    """What the check says of what is typed so far; nothing while it cannot be read."""
    if not any(name.startswith(("herb_", "patent_")) for name in raw):
        return {}
    checked = {name: value for name, value in raw.items() if name.split("_")[0] in _CHECKED}
    for at in range(typed.PATENTS):  # how it is taken is asked for when it is signed
        if checked.get(f"patent_{at}"):
            checked.setdefault(f"patent_usage_{at}", "-")
            checked.setdefault(f"quantity_{at}", "1")
    try:
        chart = charting.parse(checked)
    except ValidationError:
        return {}
    return checking.findings(chart, row, seat_of(request))


def form(
    request: HttpRequest,
    row: Encounter,
    raw: Mapping[str, Any],
    told: Told,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page."""
    known = allergies(row.resident)
    page = form_page.FormPage(raw, told.faults)
    context = {
        "row": row,
        "patient": presenters.patient(row.resident, row, known),
        "form": page,
        "mistakes": [*told.links, *page.mistakes],
        "told": told,
        "findings": checking.as_shown(told.found, dict(told.reasons)),
        "ask_proof": told.ask_proof,
        "proof_fault": told.proof_fault,
        "proof_label": "动态口令" if request.user.totp_secret else "登录密码",  # type: ignore[union-attr]
        "remarks": _remarks(raw),
        "visits": presenters.past_visits(row.resident, request.user, but=row.pk),
        "key": request.POST.get("key") or new_key(),
        "units": form_page.UNITS,
        "may_sign": seat_of(request) is not None,
        "limits": {"herbs": typed.HERBS, "patents": typed.PATENTS, "techniques": typed.TECHNIQUES},
        **more,
    }
    return render(request, "clinic/encounter.html", context, status=status)


def _remarks(raw: Mapping[str, Any]) -> list[str]:
    """What the diagnoses deserve, while one writes."""
    named = {name: value for name, value in raw.items() if name.split("_")[0] in _NAMED}
    try:
        return [words for words, _ in charting.remarks(charting.parse(named))] if named else []
    except ValidationError:
        return []
