"""Technique sheets, and the treatments given by them."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic import permissions, signing
from xinglin.apps.clinic.actions.prescribing import Pen
from xinglin.apps.clinic.actions.queueing import new_visit
from xinglin.apps.clinic.actions.reporting import say_reported
from xinglin.apps.clinic.chart import Chart, Technique
from xinglin.apps.clinic.models import Encounter, EncounterKind, Note, Session, Sheet, State
from xinglin.apps.residents.once import Done, once

BY_SHEET = "按 {} 的治疗单做{}，第 {} 次（共 {} 次）"


def order(encounter: Encounter, chart: Chart, pen: Pen) -> list[Sheet]:
    """Write the technique sheets of a chart; of a corrected record, only those that changed.

    Call it inside the transaction of the deed, with the visit held.

    Raises:
        ValidationError: this person or this facility may not do it; sessions were given by a sheet that is to go.
    """
    current = {row.technique: row for row in _current(encounter)}
    wanted = {one.technique: one for one in chart.techniques}
    changed = [one for code, one in wanted.items() if not _same(current.get(code), one)]
    faults: dict[str, list[str]] = {}
    for at, one in enumerate(chart.techniques):
        if one in changed:
            told = permissions.technique_faults(
                pen.seat.practitioner, encounter.facility, one.technique, encounter.day
            )
            faults |= {f"technique_{at}": told} if told else {}
    if faults:
        raise ValidationError(faults)
    fresh = {one.technique for one in changed}
    for code, row in current.items():
        if code not in wanted or code in fresh:
            _end(row, pen)
    return [_make(encounter, one, current.get(one.technique), pen) for one in changed]


def _current(encounter: Encounter) -> list[Sheet]:
    """Sheets of a visit that hold; none before it is signed."""
    if encounter.signed_at is None:
        return []
    return list(Sheet.objects.filter(encounter=encounter, ended_at=None))


def _same(row: Sheet | None, one: Technique) -> bool:
    return row is not None and (row.site, row.method, row.times) == (one.site, one.method, one.times)


def _make(encounter: Encounter, one: Technique, old: Sheet | None, pen: Pen) -> Sheet:
    row = Sheet(
        encounter=encounter,
        technique=one.technique,
        site=one.site,
        method=one.method,
        times=one.times,
        practitioner=pen.seat.practitioner,
        signed_at=pen.at,
        signed_by=str(pen.by.pk),
        replaces=old,
    )
    row.mac = signing.of_sheet(row)
    row.save(force_insert=True)
    record(by=pen.by, action="sheet.create", kind="sheet", id=row.pk, request=pen.request)
    given = list(old.sessions.all()) if old is not None else []
    for session in given:  # what was done was done: it goes on counting in the corrected sheet
        session.sheet = row
        session.save(update_fields=["sheet"])
    if one.now and not given:
        _treated(row, encounter, pen.seat.practitioner, pen.by, pen.request)
    return row


def _end(row: Sheet, pen: Pen) -> None:
    row.ended_at, row.ended_by, row.end_reason = pen.at, str(pen.by.pk), pen.reason
    row.save(update_fields=["ended_at", "ended_by", "end_reason"])
    record(by=pen.by, action="sheet.end", kind="sheet", id=row.pk, request=pen.request)


def _treated(sheet: Sheet, encounter: Encounter, person: Any, by: Any, request: Any) -> Session:
    made = Session.objects.create(
        sheet=sheet,
        encounter=encounter,
        number=sheet.sessions.count() + 1,
        practitioner=person,
        by=str(by.pk),
    )
    record(by=by, action="session.create", kind="session", id=made.pk, request=request)
    return made


def give(sheet: Sheet, *, by: Any, key: str, request: Any = None) -> Done:
    """One more treatment of a course: a visit of its own, written and signed in one step.

    Raises:
        NotAllowed. ValidationError: the course is over or was stopped; this person or facility may not do it.
    """
    facility = sheet.encounter.facility
    permissions.check_treat(by, facility)
    seat = permissions.check_seat(by, facility)

    def act() -> str:
        row = Sheet.objects.select_for_update(no_key=True).select_related("encounter").get(pk=sheet.pk)
        number = row.sessions.count() + 1
        _check_course(row, number, seat.practitioner)
        resident = row.encounter.resident.root
        visit = new_visit(resident, facility, EncounterKind.TREATMENT, by=by, request=request)
        made = _treated(row, visit, seat.practitioner, by, request)
        _signed(visit, row, number, Pen(by, seat, timezone.now(), request=request))
        say_reported(visit)
        return made.pk

    return once(key, by=by, deed="session.create", act=act)


def _check_course(row: Sheet, number: int, person: Any) -> None:
    if row.ended_at is not None:
        raise ValidationError("这张治疗单已终止或更正：请看最新的一张")
    if number > row.times:
        raise ValidationError(f"这张治疗单的 {row.times} 次已做完：要继续，请重新开单")
    told = permissions.technique_faults(person, row.encounter.facility, row.technique, timezone.localdate())
    if told:
        raise ValidationError(told)


def _signed(visit: Encounter, sheet: Sheet, number: int, pen: Pen) -> None:
    """The short record of a treatment, signed."""
    words = BY_SHEET.format(sheet.encounter.day, sheet.get_technique_display(), number, sheet.times)
    chart = Chart(texts={"complaint": words})
    write_note(visit, chart, 1, pen)
    person = pen.seat.practitioner
    Encounter.objects.filter(pk=visit.pk).update(
        state=State.SIGNED,
        practitioner=person,
        by_tcm=permissions.by_tcm(person),
        signed_at=pen.at,
        changed_at=pen.at,
        revision=F("revision") + 1,
    )


def write_note(encounter: Encounter, chart: Chart, version: int, pen: Pen) -> Note:
    """One signed version of the record of a visit."""
    row = Note(
        encounter=encounter,
        version=version,
        content=chart.model_dump_json(exclude_defaults=True),
        reason=pen.reason,
        signed_at=pen.at,
        signed_by=str(pen.by.pk),
        practitioner=pen.seat.practitioner,
    )
    row.mac = signing.of_note(row)
    row.save(force_insert=True)
    return row
