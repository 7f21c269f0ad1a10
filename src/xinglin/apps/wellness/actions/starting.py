"""A service is begun: its form is opened, nothing is signed yet."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic.chart import Chart
from xinglin.apps.clinic.models import Encounter
from xinglin.apps.clinic.models import State as VisitState
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents.actions.caring import consents
from xinglin.apps.residents.models import ConsentKind, Resident, files_of
from xinglin.apps.residents.once import Done, once
from xinglin.apps.wellness import permissions
from xinglin.apps.wellness.advising import to_guide
from xinglin.apps.wellness.models import HealthDraft, HealthService, Kind, Managed, State
from xinglin.apps.wellness.rules import fitting, rules
from xinglin.knowledge import child

REFUSED = "本人（或监护人）不同意中医药健康管理：尊重本人意愿；改变主意的，先在居民页登记同意"
MEASURED_AT_VISITS = {"height": "height_cm", "weight": "weight_kg"}


@dataclass(frozen=True)
class Wanted:
    """What is to be done.

    Attributes:
        instrument: of an assessment; by default the one for the age. months: the age a child's guidance is for; by
            default the one that is due. managed: what a follow-up is for.
    """

    kind: str
    instrument: str = ""
    months: int | None = None
    managed: Managed | None = None


def start(
    resident: Resident, facility: Facility, wanted: Wanted, *, by: Any, key: str, request: Any = None
) -> Done:
    """Open the form of a service; one of the same that is not signed yet is opened again.

    Raises:
        NotAllowed. ValidationError: the person does not want it, or it does not fit the person.
    """
    permissions.check_serve(by, facility)
    permissions.check_known(by, resident)

    def act() -> str:
        Facility.objects.select_for_update(no_key=True).get(pk=facility.pk)
        root = resident.root
        answer = consents(root).get(ConsentKind.MANAGEMENT)
        if answer is not None and not answer.given:
            raise ValidationError(REFUSED)
        row = HealthService(resident=root, facility=facility, kind=wanted.kind, started_by=str(by.pk))
        _fit(row, wanted, by)
        same = {name: getattr(row, name) for name in ("kind", "instrument", "months", "managed", "basis")}
        same = {name: value for name, value in same.items() if value is not None}
        found = HealthService.objects.filter(
            resident__in=files_of(root), facility=facility, state=State.OPEN, **same
        )
        old = found.first()
        if old is not None:
            return old.pk
        row.save(force_insert=True)
        if row.kind == Kind.ASSESSMENT:
            _measured_today(row)
        record(by=by, action="health_service.create", kind="health_service", id=row.pk, request=request)
        return row.pk

    return once(key, by=by, deed="health_service.create", act=act)


def _fit(row: HealthService, wanted: Wanted, by: Any) -> None:
    if row.kind == Kind.ASSESSMENT:
        row.instrument = _instrument(row, wanted.instrument)
    elif row.kind == Kind.GUIDANCE:
        row.basis = _basis(row, by)
    elif row.kind == Kind.CHILD:
        row.months = _months(row, wanted.months)
    elif row.kind == Kind.CHRONIC:
        row.managed = _managed(row, wanted.managed)
    else:
        raise ValidationError("没有这一类服务：请从居民页或“本周该做”打开")


def _instrument(row: HealthService, wanted: str) -> str:
    offered = fitting(row.resident.birth_date, row.day)
    if not offered:
        raise ValidationError(f"不满 {rules()['adult_age']} 岁，没有可用的体质量表")
    if wanted and wanted not in offered:
        raise ValidationError("这个量表不适合此人的年龄：请另选")
    return wanted or offered[0]


def _basis(row: HealthService, by: Any) -> HealthService:
    """The last assessment of this person, wherever it was made. Raises ValidationError: none, or not for these eyes."""
    since = row.day - timedelta(days=rules()["basis_within_days"])
    rows = HealthService.objects.signed().filter(resident__in=files_of(row.resident), kind=Kind.ASSESSMENT)
    found = rows.filter(day__gte=since).select_related("facility").order_by("-day", "-signed_at").first()
    if found is None:
        raise ValidationError("一年内没有体质辨识：请先做体质辨识，再给保健指导")
    if not readable(found, row.resident, by):
        raise ValidationError(f"{found.day} 的辨识在别的机构做，居民没有同意调阅：请登记同意，或重新辨识")
    row.basis = found
    if not to_guide(row):
        raise ValidationError(f"{found.day} 的辨识九种体质都不成立，没有可指导的：请过两周重新辨识")
    return found


def readable(row: HealthService, resident: Resident, user: Any) -> bool:
    """Whether a user may read a service: of the own facility, or the person agreed to sharing."""
    if user.scope_for(permissions.VIEW).covers(place=row.facility.place, facility=row.facility_id):
        return True
    shared = consents(resident).get(ConsentKind.SHARING)
    return shared is not None and shared.given


def _months(row: HealthService, wanted: int | None) -> int:
    rows = HealthService.objects.signed().filter(resident__in=files_of(row.resident), kind=Kind.CHILD)
    given = {one.months: one.day for one in rows if one.months is not None}
    due = child.due_on(row.resident.birth_date, row.day, given)
    months = wanted or (due.age if due is not None else None)
    if months is None:
        raise ValidationError("现在没有到期的儿童中医调养指导")
    if months not in child.load_guide().ages:
        raise ValidationError(f"{months} 月龄没有儿童中医药健康管理服务")
    if months in given:
        raise ValidationError(f"{months} 月龄的指导 {given[months]} 已做：要改，请打开那一份更正")
    if child.reached(row.resident.birth_date, months) > row.day:
        raise ValidationError(f"还没有满 {months} 个月：到期再做")
    return months


def _managed(row: HealthService, managed: Managed | None) -> Managed:
    if managed is None or managed.until is not None:
        raise ValidationError("此人不在这一类人群里管理：请先在居民页纳入")
    return managed


def _measured_today(row: HealthService) -> None:
    """Height and weight that were written at a visit of the same day are not asked for again."""
    visits = Encounter.objects.filter(
        resident__in=files_of(row.resident),
        facility=row.facility,
        day=timezone.localdate(),
        state=VisitState.SIGNED,
    )
    for visit in visits.prefetch_related("notes"):
        note = visit.notes.first()
        vitals = Chart.model_validate_json(note.content).vitals if note is not None else {}
        raw = {MEASURED_AT_VISITS[name]: f"{vitals[name]:f}" for name in MEASURED_AT_VISITS if name in vitals}
        if raw:
            HealthDraft.objects.create(service=row, values=json.dumps(raw), saved_by=row.started_by)
            return
