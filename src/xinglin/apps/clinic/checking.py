"""The safety check of what is written at a visit: the patient and the post as the check must know them.

Every writer of a prescription goes through `actions.prescribing`, and that through `findings` here.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from xinglin.apps.clinic import reasons
from xinglin.apps.clinic.chart import Chart, Herbs, Patent
from xinglin.apps.clinic.models import Encounter, Prescription, Seat, ShelfItem, Slot
from xinglin.apps.organisations.models import Facility, Practitioner
from xinglin.apps.residents.actions.caring import allergies
from xinglin.apps.residents.models import files_of
from xinglin.base.errors import DefinitionError
from xinglin.knowledge import formulas, herbs, safety
from xinglin.knowledge.safety import Finding, Level

LOOK_BACK = timedelta(days=60)
"""Older prescriptions are not taken any more."""
POPPY = "罂粟壳"
STATIONS = ("village_clinic", "community_station")
PRIVATE = ("tcm_clinic", "clinic")
_APART = re.compile(r"[、，,;；\s]+")
IS_HERB = "“{}”是中药饮片，请写在中药处方里：那里会核对用量和配伍"


def fingerprint(finding: Finding) -> str:
    """Names a finding in a form."""
    return hashlib.sha256(finding.key.encode()).hexdigest()[:16]


def post_of(facility: Facility, person: Practitioner | None) -> str:
    """The kind of post (`safety.posts`) that a person holds in a facility."""
    if facility.kind in STATIONS:
        rural = person is not None and person.licence == "village_doctor"
        return "village_doctor" if rural else "one_person"
    return "filed_clinic" if facility.kind in PRIVATE else "township"


def findings(chart: Chart, encounter: Encounter, seat: Seat | None) -> dict[str, tuple[Finding, ...]]:
    """What the rules find in the prescriptions of a visit, by slot; a slot without a prescription is left out."""
    found: dict[str, tuple[Finding, ...]] = {}
    patient = _patient(chart, encounter)
    herbal = prescription_of(chart.herbs) if chart.herbs is not None else None
    if chart.herbs is not None and herbal is not None:
        found[Slot.HERBS] = safety.check(herbal, patient, _context(chart.herbs, encounter, seat))
    if chart.patents:
        found[Slot.PATENT] = safety.check_patents(medicines_of(chart.patents, encounter), herbal, patient)
    return found


def prescription_of(written: Herbs) -> safety.Prescription:
    """What the check is given."""
    lines = tuple(safety.Line(one.written, one.grams, one.decoction or None) for one in written.lines)
    return safety.Prescription(
        lines,
        doses=written.doses,
        kind=safety.Kind(written.form),
        route=safety.Route(written.route),
        days=written.days,
        times=written.times,
    )


def check_patents(patents: Iterable[Patent]) -> None:
    """A herb among patent medicines would pass by the check. Raises ValidationError."""
    for at, one in enumerate(patents):
        if not isinstance(herbs.find(one.written), herbs.Unknown):
            raise ValidationError({f"patent_{at}": IS_HERB.format(one.written)})


def _patient(chart: Chart, encounter: Encounter) -> safety.Patient:
    known = tuple(one.substance for one in allergies(encounter.resident))
    days = (encounter.day - encounter.resident.birth_date).days
    age = (Decimal(days) / Decimal("365.2425")).quantize(Decimal("0.01"))
    return safety.Patient(
        age=max(age, Decimal(0)), pregnant=chart.pregnant, lactating=chart.lactating, allergies=known
    )


def _context(written: Herbs, encounter: Encounter, seat: Seat | None) -> safety.Context:
    person = seat.practitioner if seat is not None else None
    running = _running(encounter)
    known = written.formula if written.formula and formulas.get(written.formula) else None
    return safety.Context(
        post=post_of(encounter.facility, person),
        narcotic_right=seat is not None and seat.narcotic_right,
        toxic_procedure=seat is not None and seat.toxic_right,
        template=known,
        running=tuple(
            line.written for one in running if _until(one) > encounter.day for line in one.lines.all()
        ),
        poppy_days=_poppy_days(running, encounter.day),
    )


def _running(encounter: Encounter) -> list[Prescription]:
    """Prescriptions of the person's other visits that may still be taken, in one query and one for the lines."""
    rows = Prescription.objects.filter(
        encounter__resident__in=files_of(encounter.resident),
        encounter__day__gt=encounter.day - LOOK_BACK,
        slot=Slot.HERBS,
        ended_at=None,
    )
    return list(rows.exclude(encounter=encounter).select_related("encounter").prefetch_related("lines"))


def _until(row: Prescription) -> date:
    """The first day on which it is used up."""
    return row.encounter.day + timedelta(days=row.days or row.doses)


def _poppy_days(rows: Iterable[Prescription], day: date) -> int:
    """Days without a break, up to a day, on which 罂粟壳 was taken."""
    spans = [
        (row.encounter.day, _until(row)) for row in rows if any(one.herb == POPPY for one in row.lines.all())
    ]
    first = day
    for begin, end in sorted(spans, reverse=True):
        if end >= first:
            first = min(first, begin)
    return (day - first).days


def medicines_of(patents: Iterable[Patent], encounter: Encounter) -> tuple[safety.Medicine, ...]:
    """Patent medicines with the ingredients that the facility's shelf has of them."""
    names = [one.written for one in patents]
    rows = ShelfItem.objects.filter(facility=encounter.facility, name__in=names)
    known = dict(rows.values_list("name", "ingredients"))
    return tuple(
        safety.Medicine(name, tuple(filter(None, _APART.split(known.get(name, ""))))) for name in names
    )


def today() -> date:
    """The day by which visits are dated."""
    return timezone.localdate()


def levels(found: dict[str, tuple[Finding, ...]], level: Level) -> list[Finding]:
    """Findings of a level, of all prescriptions."""
    return [one for slot in found.values() for one in slot if one.level is level]


def edition_words(edition: str) -> str:
    """The book that a prescription was checked by; its id where the tables are no more."""
    try:
        return herbs.load(edition).edition.title
    except DefinitionError:
        return edition


TONES = {Level.INFO: "info", Level.WARNING: "warn"}


def stored(row: Prescription) -> list[dict[str, Any]]:
    """What was found when a prescription was signed, for a page."""
    found = json.loads(row.findings) if row.findings else []
    return [
        {**one, "label": Level(one["level"]).label, "tone": TONES.get(Level(one["level"]), "bad")}
        for one in found
    ]


def as_shown(
    found: dict[str, tuple[Finding, ...]], answers: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """Findings for a page: words, level, and what was answered."""
    given = answers or {}
    return [
        {
            "id": fingerprint(one),
            "finding": one,
            "level": one.level.value,
            "label": one.level.label,
            "tone": TONES.get(one.level, "bad"),
            "reason": given.get(fingerprint(one), ""),
            "reasons": reasons.offered(one.rule) if one.level is Level.SIGN else (),
        }
        for slot in found.values()
        for one in slot
    ]
