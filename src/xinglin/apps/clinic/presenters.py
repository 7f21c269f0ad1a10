"""Visits in words: the record, prescriptions, the history of a person, the queue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from xinglin.apps.accounts.models import User
from xinglin.apps.clinic.chart import TEXTS, VITALS, Chart
from xinglin.apps.clinic.models import Encounter, EncounterKind, Note, Prescription, Sheet, State
from xinglin.apps.residents.actions.caring import consents
from xinglin.apps.residents.card import age_words
from xinglin.apps.residents.models import Resident, files_of

TONES = {State.WAITING: "info", State.OPEN: "warn", State.SIGNED: "good", State.LEFT: "none"}
LAST_VISITS = 5


@dataclass(frozen=True)
class Patient:
    """Who is treated, as the head of a page and a print have it."""

    name: str
    sex: str
    age: str
    allergies: str
    number: str


def patient(resident: Resident, encounter: Encounter, allergies: Iterable[Any]) -> Patient:
    """Name, sex, age on the day of the visit."""
    return Patient(
        resident.name,
        resident.get_sex_display(),
        age_words(resident.birth_date, encounter.day),
        "、".join(one.substance for one in allergies),
        str(encounter.pk),
    )


@dataclass(frozen=True)
class Record:
    """A signed record in words: pairs of label and text before the diagnoses and after, as the rules have them."""

    chart: Chart
    parts: list[tuple[str, str]]
    diagnoses: list[str]
    after: list[tuple[str, str]]
    note: Note
    author: str


def record_of(note: Note, resident: Resident, allergies: str) -> Record:
    """One version of a record."""
    chart = Chart.model_validate_json(note.content)
    labels = [name for name in TEXTS if name not in ("principle", "advice")]
    parts = [(TEXTS[name][0], chart.texts[name]) for name in labels if name in chart.texts]
    at = next((at for at, (label, _) in enumerate(parts) if label in _AFTER), len(parts))
    parts.insert(at, ("舌脉", chart.examination))
    parts.insert(at, ("过敏史", allergies or "未登记"))
    if chart.vitals:
        parts.insert(at + 2, ("生命体征", _vitals(chart)))
    after = [(TEXTS[name][0], chart.texts[name]) for name in ("principle", "advice") if name in chart.texts]
    return Record(chart, parts, diagnoses_of(chart), after, note, note.practitioner.name)


_AFTER = frozenset(
    TEXTS[name][0] for name in ("inspection", "listening", "inquiry", "palpation", "physical", "tests")
)


def _vitals(chart: Chart) -> str:
    found = []
    for name, (label, unit, _, _) in VITALS.items():
        if name in chart.vitals and name not in ("systolic", "diastolic"):
            found.append(f"{label} {plain(chart.vitals[name])} {unit}")
    if "systolic" in chart.vitals:
        low = plain(chart.vitals["diastolic"]) if "diastolic" in chart.vitals else "—"
        found.append(f"血压 {plain(chart.vitals['systolic'])}/{low} mmHg")
    return "，".join(found)


def diagnoses_of(chart: Chart) -> list[str]:
    """Diagnoses line by line: 咳嗽病（风寒袭肺证）; western ones with their code."""
    found = []
    for pair in chart.pairs:
        patterns = "、".join(one.name for one in pair.patterns)
        found.append(f"{pair.disease.name}（{patterns}）" if patterns else pair.disease.name)
    return found + [f"{one.name}（{one.code}）" if one.code else one.name for one in chart.western]


def plain(value: Decimal | None) -> str:
    """A number without zeros behind."""
    return "" if value is None else f"{value.normalize():f}"


@dataclass(frozen=True)
class Slip:
    """A prescription in words."""

    row: Prescription
    lines: list[tuple[str, str, str]]
    foot: str
    signatures: list[Any]


def slips(rows: Iterable[Prescription]) -> list[Slip]:
    """The prescriptions of a visit that hold."""
    return [slip(row) for row in sorted(rows, key=lambda one: one.slot) if row.ended_at is None]


def slip(row: Prescription) -> Slip:
    """A prescription: name, amount, footnote of each line; doses and usage at the foot."""
    lines = [
        (line.written, f"{plain(line.grams)} g", line.decoction)
        if line.quantity is None and line.grams is not None
        else (line.written, f"{plain(line.quantity)} {line.unit}" if line.quantity else "适量", line.usage)
        for line in row.lines.all()
    ]
    foot = ""
    if row.slot == "herbs":
        route = {"oral": "内服", "external": "外用"}.get(row.route, row.route)
        days = f"，{row.days} 天" if row.days else ""
        foot = f"共 {len(lines)} 味。{row.get_form_display()}，{route}，{row.doses} 剂{days}，每日 {row.times} 次"
        foot += f"。{row.usage}" if row.usage else ""
    return Slip(row, lines, foot, list(row.signatures.all()))


@dataclass(frozen=True)
class Past:
    """An earlier visit at a glance."""

    pk: str
    day: Any
    kind: str
    place: str
    diagnoses: str
    herbs: str
    open: bool


def past_visits(resident: Resident, user: Any, but: str = "") -> list[Past]:
    """The last signed visits of a person; of those elsewhere day and place, if the person agreed to sharing."""
    rows = Encounter.objects.filter(resident__in=files_of(resident), state=State.SIGNED).exclude(pk=but)
    rows = rows.exclude(kind=EncounterKind.TREATMENT).select_related("facility").prefetch_related("notes")
    scope, shared = user.scope_for("encounter.view"), consents(resident).get("sharing")
    found = []
    for row in rows.order_by("-day", "-pk")[:LAST_VISITS]:
        mine = scope.covers(place=row.facility.place, facility=row.facility_id)
        if not mine and not (shared and shared.given):
            continue
        notes = list(row.notes.all())
        chart = Chart.model_validate_json(notes[0].content) if mine and notes else Chart()
        herbs = (
            "　".join(f"{one.written} {plain(one.grams)}" for one in chart.herbs.lines) if chart.herbs else ""
        )
        words = "；".join(diagnoses_of(chart)) if mine else "在别的机构就诊"
        found.append(Past(row.pk, row.day, row.get_kind_display(), row.facility.name, words, herbs, mine))
    return found


@dataclass(frozen=True)
class Queued:
    """A line of the queue. since: when the number was taken; minutes: ago. signed: when the visit was over."""

    pk: str
    resident: str
    number: int
    name: str
    sex: str
    age: str
    kind: str
    state: tuple[str, str]
    waiting: bool
    copied: bool
    since: Any
    minutes: int
    signed: Any


def queue(rows: Iterable[Encounter]) -> list[Queued]:
    """The queue of a day."""
    today, now = timezone.localdate(), timezone.now()
    return [
        Queued(
            row.pk,
            row.resident_id,
            row.number,
            row.resident.name,
            row.resident.get_sex_display(),
            age_words(row.resident.birth_date, today),
            row.get_kind_display(),
            (TONES[State(row.state)], row.get_state_display()),
            row.state in (State.WAITING, State.OPEN),
            row.copied_from_id is not None,
            row.queued_at,
            max(0, int((now - row.queued_at).total_seconds() // 60)),
            row.signed_at,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Course:
    """A course of treatments that goes on."""

    pk: str
    visit: str
    technique: str
    site: str
    done: int
    times: int
    day: Any


def courses(resident: Resident, user: Any) -> list[Course]:
    """Technique sheets of a person with treatments left, in the user's own facilities."""
    scope = user.scope_for("encounter.edit")
    rows = Sheet.objects.filter(encounter__resident__in=files_of(resident), ended_at=None)
    rows = rows.filter(scope.q(place="encounter__facility__place", facility="encounter__facility"))
    found = []
    for row in rows.select_related("encounter").prefetch_related("sessions"):
        done = len(row.sessions.all())
        if done < row.times:
            name = row.get_technique_display()
            found.append(Course(row.pk, row.encounter_id, name, row.site, done, row.times, row.encounter.day))
    return found


def names_of(accounts: Iterable[str]) -> dict[str, str]:
    """Account → sign-in name."""
    return dict(User.objects.filter(pk__in=set(accounts)).values_list("pk", "username"))
