"""The queue of a day."""

from __future__ import annotations

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic import permissions, typed
from xinglin.apps.clinic.chart import Chart
from xinglin.apps.clinic.models import Draft, Encounter, EncounterKind, State
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents import permissions as residents
from xinglin.apps.residents.models import Resident, files_of
from xinglin.apps.residents.once import Done, once

NOT_COPIED = ("effect", "tests", "physical")
"""Of the last record, what was true on that day only; vital signs, tongue and pulse neither."""
OF_THE_DAY: dict[str, Any] = {
    "vitals": {},
    "tongue": (),
    "coating": (),
    "left": (),
    "right": (),
    "techniques": (),
}
"""A course of treatments goes on by its own sheet and is not ordered once more."""


def enqueue(
    resident: Resident, facility: Facility, *, copy: bool = False, by: Any, key: str, request: Any = None
) -> Done:
    """Put a resident into today's queue of a facility.

    Args:
        copy: begin with the last signed record of this person here.

    Raises:
        NotAllowed. ValidationError: waiting here already.
    """
    permissions.check_treat(by, facility)
    if not residents.known_to(by.scope_for(permissions.VIEW), resident):
        raise NotAllowed("此人没有在您的机构建档：请先建档")

    def act() -> str:
        root = resident.root
        last = last_visit(root, facility)
        kind = EncounterKind.FIRST if last is None else EncounterKind.RETURN
        visit = new_visit(root, facility, kind, by=by, request=request)
        if copy and last is not None:
            _copy(last, visit, by)
        return visit.pk

    return once(key, by=by, deed="encounter.create", act=act)


def new_visit(
    resident: Resident, facility: Facility, kind: EncounterKind, *, by: Any, request: Any
) -> Encounter:
    """A visit with the next number of the day; call it inside a transaction."""
    Facility.objects.select_for_update(no_key=True).get(pk=facility.pk)
    today = timezone.localdate()
    rows = Encounter.objects.filter(facility=facility, day=today)
    waiting = rows.filter(resident__in=files_of(resident), state__in=(State.WAITING, State.OPEN)).first()
    if waiting is not None:
        raise ValidationError(f"此人今天已在候诊，{waiting.number} 号")
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    visit = Encounter(resident=resident, facility=facility, day=today, number=number, kind=kind)
    visit.queued_by = str(getattr(by, "pk", None) or "")
    visit.save(force_insert=True)
    record(by=by, action="encounter.create", kind="encounter", id=visit.pk, request=request)
    return visit


def last_visit(resident: Resident, facility: Facility) -> Encounter | None:
    """The last signed visit of a person in a facility, treatments of a course aside."""
    rows = Encounter.objects.filter(resident__in=files_of(resident), facility=facility, state=State.SIGNED)
    return rows.exclude(kind=EncounterKind.TREATMENT).order_by("-day", "-pk").first()


def _copy(last: Encounter, visit: Encounter, by: Any) -> None:
    note = last.notes.first()
    if note is None:
        return
    chart = Chart.model_validate_json(note.content)
    texts = {name: text for name, text in chart.texts.items() if name not in NOT_COPIED}
    raw = typed.as_raw(chart.model_copy(update={"texts": texts, **OF_THE_DAY}))
    Draft.objects.create(
        encounter=visit, values=json.dumps(raw, ensure_ascii=False), saved_by=visit.queued_by
    )
    visit.copied_from = last
    visit.save(update_fields=["copied_from"])


@transaction.atomic
def leave(encounter: Encounter, *, by: Any, request: Any = None) -> Encounter:
    """Somebody went away before being seen.

    Raises:
        NotAllowed. ValidationError: seen already.
    """
    row = Encounter.objects.select_for_update(no_key=True).get(pk=encounter.pk)
    permissions.check_treat(by, row.facility)
    if row.state not in (State.WAITING, State.OPEN):
        raise ValidationError("这次就诊已经签名或已记为未就诊")
    row.state, row.changed_at, row.revision = State.LEFT, timezone.now(), row.revision + 1
    row.save(update_fields=["state", "changed_at", "revision"])
    record(by=by, action="encounter.left", kind="encounter", id=row.pk, request=request)
    return row
