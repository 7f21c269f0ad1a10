"""Paper as clinics use it: prescription on A5, record, technique sheet."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.audit.actions import record as audit
from xinglin.apps.clinic import checking, presenters, signing
from xinglin.apps.clinic.models import Prescription, State
from xinglin.apps.clinic.views.common import encounter_or_404, scope_of
from xinglin.apps.residents.actions.caring import allergies

MOST = 100
PAPERS = {"prescription": "处方笺", "record": "门诊病历", "sheet": "治疗单"}


@route("encounter.view", area="encounter")
@require_safe
def paper(request: HttpRequest, encounter: str, what: str) -> HttpResponse:
    """A paper of a signed visit."""
    row = encounter_or_404(request, encounter)
    if what not in PAPERS or row.state != State.SIGNED:
        raise Http404
    known = allergies(row.resident)
    who = presenters.patient(row.resident, row, known)
    rows = signing.signed(row)
    note = rows.notes[0] if rows.notes else None
    context = {
        "row": row,
        "patient": who,
        "what": what,
        "title": PAPERS[what],
        "record": presenters.record_of(note, row.resident, who.allergies) if note else None,
        "slips": presenters.slips(rows.prescriptions),
        "sheets": [one for one in rows.sheets if one.ended_at is None],
    }
    audit(by=request.user, action="encounter.print", kind="encounter", id=row.pk, request=request)
    return render(request, "clinic/paper.html", context)


@route("prescription.view")
@require_safe
def prescriptions(request: HttpRequest) -> HttpResponse:
    """Prescriptions of the last days, for whoever dispenses."""
    scope = scope_of(request)
    inside = scope.q(place="encounter__facility__place", facility="encounter__facility")
    rows = Prescription.objects.filter(inside, ended_at=None).select_related(
        "encounter__resident", "practitioner"
    )
    found = list(rows[:MOST])
    audit(by=request.user, action="prescription.read", kind="prescription", count=len(found), request=request)
    return render(request, "clinic/prescriptions.html", {"rows": found, "today": timezone.localdate()})


@route("prescription.view", area="prescription")
@require_safe
def prescription(request: HttpRequest, prescription: str) -> HttpResponse:
    """One prescription, with what was found and signed."""
    scope = scope_of(request)
    inside = scope.q(place="encounter__facility__place", facility="encounter__facility")
    rows = Prescription.objects.filter(inside).select_related(
        "encounter__resident", "encounter__facility", "practitioner", "replaces"
    )
    row = get_object_or_404(rows.prefetch_related("lines", "signatures"), pk=prescription)
    known = allergies(row.encounter.resident)
    context = {
        "slip": presenters.slip(row),
        "row": row,
        "patient": presenters.patient(row.encounter.resident, row.encounter, known),
        "found": checking.stored(row),
        "edition": checking.edition_words(row.edition),
    }
    audit(by=request.user, action="prescription.read", kind="prescription", id=row.pk, request=request)
    return render(request, "clinic/prescription.html", context)
