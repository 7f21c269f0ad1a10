"""Visits and prescriptions: signed ones are read; a visit is written and signed by the same action as on the page.

The safety check is inside that action. What asks for the prescriber's renewed signature is refused here: a token is no
proof of who sits in front of it.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Schema

from xinglin.apps.api.endpoints.visit_in import (
    VisitIn,
    not_safe,
    plain_number,
    raw_of,
    refused,
    unknown_names,
)
from xinglin.apps.api.operations import Section, tagged
from xinglin.apps.api.paging import Listed, PageQuery, page_of
from xinglin.apps.api.problems import Problem
from xinglin.apps.api.shapes import Day
from xinglin.apps.audit.actions import record
from xinglin.apps.clinic import actions
from xinglin.apps.clinic.actions.prescribing import NotSafe
from xinglin.apps.clinic.chart import Chart
from xinglin.apps.clinic.models import Encounter, Prescription, State
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents.models import Resident
from xinglin.apps.residents.once import new_key

section = Section("就诊与处方")
VIEW, EDIT, SLIPS = "encounter.view", "encounter.edit", "prescription.view"


class VisitsAsked(PageQuery):
    """Which visits, or prescriptions."""

    facility: str = Field("", max_length=40, description="机构编号")
    resident: str = Field("", max_length=40, description="居民编号")
    first: Day | None = Field(None, description="这一天起")
    last: Day | None = Field(None, description="到这一天止")


class VisitLine(Schema):
    """A signed visit in a list."""

    id: str = Field(description="就诊编号")
    resident: str = Field(description="居民编号")
    facility: str
    practitioner: str | None = Field(description="接诊人的人员编号")
    day: date
    kind: str = Field(description="first 初诊、return 复诊、treatment 治疗")
    by_tcm: bool = Field(description="中医类别或经中医培训")
    signed_at: datetime | None


class LineOut(Schema):
    """A line of a prescription."""

    written: str = Field(description="处方上的写法")
    herb: str = Field(description="标准名；没有则为空")
    grams: str | None
    quantity: str | None
    unit: str
    decoction: str = Field(description="先煎、后下等")
    usage: str
    price: str | None
    insurance: str = Field(description="医保编码")


class PrescriptionLine(Schema):
    """A prescription in a list."""

    id: str = Field(description="处方编号")
    encounter: str = Field(description="就诊编号")
    resident: str = Field(description="居民编号")
    facility: str
    practitioner: str
    day: date
    slot: str = Field(description="herbs 中药处方、patent 中成药处方")
    form: str
    doses: int
    amount: str | None = Field(description="金额，元")
    signed_at: datetime
    ended_at: datetime | None = Field(description="作废或被更正的时间")


class PrescriptionOut(PrescriptionLine):
    """A prescription with its lines."""

    route: str
    days: int | None
    times: int
    usage: str
    formula: str
    edition: str = Field(description="核对所依据的药典版本")
    replaces: str | None
    lines: list[LineOut]


class VisitOut(VisitLine):
    """A signed visit with the newest version of its record."""

    version: int = Field(description="病历第几版")
    record: dict[str, Any] = Field(description="病历：文字、体征、舌脉、诊断、处方、技术")
    prescriptions: list[PrescriptionOut] = Field(description="现行的处方")


@section.read("/encounters", VIEW, Listed[VisitLine])
def list_encounters(request: Any, asked: Query[VisitsAsked]) -> Any:
    """已签名的就诊，新的在前
    不含病历内容。
    """
    rows = Encounter.objects.within(request.scope).filter(state=State.SIGNED, **_days(asked, "day"))
    rows = rows.filter(facility=asked.facility) if asked.facility else rows
    rows = rows.filter(resident=asked.resident) if asked.resident else rows

    def shown(found: Any) -> list[dict[str, Any]]:
        _note_read(request, "encounter", count=len(found))
        return [_visit(one) for one in found]

    return page_of(request, rows.order_by("-day", "-pk"), asked, shown)


@section.read("/encounters/{encounter}", VIEW, VisitOut, area="encounter")
def get_encounter(request: Any, encounter: str) -> Any:
    """一次已签名的就诊：病历的最新一版和现行处方"""
    return _told(request, _signed(request, encounter))


@section.write("POST", "/encounters", EDIT, VisitOut, status=201)
def create_encounter(request: Any, body: VisitIn) -> Any:
    """写一次就诊并签名
    以令牌主人的执业身份签名。处方在签名时核对：有不能开具的，或要处方人再次签名的，一律不收，逐条见 errors。
    """
    resident = Resident.objects.within(request.scope).filter(pk=body.resident).first()
    facility = Facility.objects.within(request.scope).filter(pk=body.facility).first()
    lost = [("body.resident", resident), ("body.facility", facility)]
    faults = [(path, "没有这个编号，或不在令牌的范围之内") for path, found in lost if found is None]
    faults += unknown_names(body)
    if faults or resident is None or facility is None:
        raise Problem(422, "请求里有不认识的内容，逐条见 errors", faults)
    more = {"by": request.user, "request": request}
    made = actions.enqueue(resident, facility, key=new_key(), **more)
    row = Encounter.objects.get(pk=made.id)
    try:
        actions.sign(row, raw_of(body), key=new_key(), **more)
    except NotSafe as error:
        raise not_safe(error) from None
    except ValidationError as error:
        raise refused(error) from None
    return _told(request, _signed(request, row.pk))


@section.read("/prescriptions", SLIPS, Listed[PrescriptionLine])
def list_prescriptions(request: Any, asked: Query[VisitsAsked]) -> Any:
    """处方，新的在前
    含作废和被更正的（ended_at）；药味见单张处方。
    """
    rows = _slips(request).filter(**_days(asked, "encounter__day"))
    rows = rows.filter(encounter__facility=asked.facility) if asked.facility else rows
    rows = rows.filter(encounter__resident=asked.resident) if asked.resident else rows

    def shown(found: Any) -> list[dict[str, Any]]:
        _note_read(request, "prescription", count=len(found))
        return [_slip(one) for one in found]

    return page_of(request, rows.order_by("-signed_at", "-pk"), asked, shown)


@section.read("/prescriptions/{prescription}", SLIPS, PrescriptionOut, area="prescription")
def get_prescription(request: Any, prescription: str) -> Any:
    """一张处方和它的药味"""
    row = get_object_or_404(_slips(request).prefetch_related("lines"), pk=prescription)
    _note_read(request, "prescription", id=row.pk)
    return _whole(row)


def _days(asked: VisitsAsked, column: str) -> dict[str, Any]:
    limits = {f"{column}__gte": asked.first, f"{column}__lte": asked.last}
    return {name: day for name, day in limits.items() if day is not None}


def _signed(request: Any, encounter: str) -> Encounter:
    rows = Encounter.objects.within(request.user.scope_for(VIEW) or request.scope)
    return get_object_or_404(rows, pk=encounter, state=State.SIGNED)


def _slips(request: Any) -> Any:
    inside = request.scope.q(place="encounter__facility__place", facility="encounter__facility")
    return Prescription.objects.filter(inside).select_related("encounter")


def _note_read(request: Any, kind: str, *, id: str = "", count: int = 1) -> None:
    if count:
        record(by=request.user, action=f"{kind}.read", kind=kind, id=id, count=count, request=request)


def _visit(row: Encounter) -> dict[str, Any]:
    return {
        "id": row.pk,
        "resident": row.resident_id,
        "facility": row.facility_id,
        "practitioner": row.practitioner_id,
        "day": row.day,
        "kind": row.kind,
        "by_tcm": row.by_tcm,
        "signed_at": row.signed_at,
    }


def _slip(row: Prescription) -> dict[str, Any]:
    visit = row.encounter
    return {
        "id": row.pk,
        "encounter": visit.pk,
        "resident": visit.resident_id,
        "facility": visit.facility_id,
        "practitioner": row.practitioner_id,
        "day": visit.day,
        "slot": row.slot,
        "form": row.form,
        "doses": row.doses,
        "amount": plain_number(row.amount),
        "signed_at": row.signed_at,
        "ended_at": row.ended_at,
    }


def _whole(row: Prescription) -> dict[str, Any]:
    names = ("route", "days", "times", "usage", "formula", "edition")
    texts = ("written", "herb", "unit", "decoction", "usage", "insurance")
    lines = [
        {name: getattr(one, name) for name in texts}
        | {name: plain_number(getattr(one, name)) for name in ("grams", "quantity", "price")}
        for one in row.lines.all()
    ]
    told = {name: getattr(row, name) for name in names}
    return {**_slip(row), **told, "replaces": row.replaces_id, "lines": lines}


def _told(request: Any, row: Encounter) -> dict[str, Any]:
    note = row.notes.first()
    chart = Chart.model_validate_json(note.content) if note else Chart()
    slips = row.prescriptions.filter(ended_at=None).select_related("encounter").prefetch_related("lines")
    _note_read(request, "encounter", id=row.pk)
    tagged(request, row.revision)
    return {
        **_visit(row),
        "version": note.version if note else 0,
        "record": chart.model_dump(mode="json", exclude_defaults=True),
        "prescriptions": [_whole(one) for one in slips],
    }
