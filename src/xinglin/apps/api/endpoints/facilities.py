"""Facilities and what they have."""

from __future__ import annotations

from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Body, Field, Query, Schema

from xinglin.apps.api.operations import Section, seen, tagged
from xinglin.apps.api.paging import Asked, Listed, page_of
from xinglin.apps.api.problems import Problem
from xinglin.apps.api.shapes import (
    Day,
    Sent,
    asked_for,
    changed,
    filled,
    one_of,
    plain,
    read_shape,
    valid,
    write_shape,
)
from xinglin.apps.organisations import actions
from xinglin.apps.organisations.forms.filters import FacilityFilters
from xinglin.apps.organisations.forms.rows import PART_FORMS, FacilityForm
from xinglin.apps.organisations.history import KINDS
from xinglin.apps.organisations.listing import counting_people
from xinglin.apps.organisations.models import Change, Facility, PlatformConnection, TcmHall
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.organisations.places import place_name
from xinglin.apps.organisations.views.common import facility_or_404

section = Section("机构")
COLUMNS = ("facility", *FacilityForm.base_fields, "valid_to")
FacilityOut = read_shape("FacilityOut", Facility, COLUMNS, place_name=(str, Field(description="所在地名称")))
FacilityIn = write_shape("FacilityIn", FacilityForm, words="登记一个机构。")
FacilityPatch = write_shape("FacilityPatch", FacilityForm, partial=True, words="要改的内容；没写的不变。")
VIEW, EDIT = "facility.view", "facility.edit"


class FacilityAsked(Asked):
    """What the list of facilities is narrowed down by."""

    place: str = Field("", max_length=12, description="地区代码，含下级")
    kind: str = Field("", max_length=40, description="机构类别")
    hall: Literal["", "yes", "no"] = Field("", description="有无中医馆")
    state: Literal["", "open", "closed", "all"] = Field("", description="在业（默认）、已停业、全部")


class LastDay(Sent):
    """The last day of something; it still counts."""

    day: Day = Field(description="最后一天，这一天仍算在内")


class PartOut(Schema):
    """Something a facility has: a department, a hall, a technique …"""

    kind: str
    id: str
    values: dict[str, Any]


def shown(row: Facility) -> dict[str, Any]:
    """A facility as a client reads it."""
    return {**plain(row, COLUMNS), "place_name": place_name(row.place)}


def _parts(row: Any, kind: str) -> dict[str, Any]:
    names = [one.name for one in row._meta.concrete_fields if one.editable and one.name != "facility"]
    return {"kind": kind, "id": str(row.pk), "values": plain(row, names)}


@section.read("/facilities", VIEW, Listed[FacilityOut])  # type: ignore[valid-type]
def list_facilities(request: Any, asked: Query[FacilityAsked]) -> Any:
    """机构列表
    sort：name（默认）、kind、place、people、valid_from，前面加 - 倒过来。
    """
    filters: Any = asked_for(FacilityFilters(asked.dict(exclude={"page", "size"}), request.scope))
    rows = filters.narrowed(Facility.objects.within(request.scope))
    if filters.sort.removeprefix("-") == "people":
        rows = counting_people(rows)
    return page_of(
        request, rows.order_by(*filters.order()), asked, lambda found: [shown(row) for row in found]
    )


@section.write("POST", "/facilities", EDIT, FacilityOut, status=201)
def create_facility(request: Any, body: FacilityIn) -> Any:  # type: ignore[valid-type]
    """登记机构"""
    form = filled(FacilityForm, body, scope=request.scope)
    row = actions.create(form.instance, by=request.user, request=request)
    return _told(request, row)


@section.read("/facilities/{facility}", VIEW, FacilityOut, area="facility")
def get_facility(request: Any, facility: str) -> Any:
    """一个机构"""
    return _told(request, facility_or_404(request, facility))


@section.write("PATCH", "/facilities/{facility}", EDIT, FacilityOut, area="facility", matched=True)
def change_facility(request: Any, facility: str, body: FacilityPatch) -> Any:  # type: ignore[valid-type]
    """修改机构"""
    row = facility_or_404(request, facility)
    now = seen(request, actions.last_change(row))
    form = changed(FacilityForm, row, body, scope=request.scope)
    row = actions.edit(row, form.cleaned_data, by=request.user, seen=now, request=request)
    return _told(request, row)


@section.write("POST", "/facilities/{facility}/close", EDIT, FacilityOut, area="facility")
def close_facility(request: Any, facility: str, body: LastDay) -> Any:
    """登记停业
    它的中医馆、科室、任职等一并停止。
    """
    row = facility_or_404(request, facility)
    actions.close_facility(row, day=body.day, by=request.user, request=request)
    row.refresh_from_db()
    return _told(request, row)


def _told(request: Any, row: Facility) -> dict[str, Any]:
    tagged(request, actions.last_change(row))
    return shown(row)


# What a facility has


@section.read("/facilities/{facility}/parts", VIEW, list[PartOut], area="facility")
def list_parts(request: Any, facility: str) -> Any:
    """机构的中医馆、中医角、科室、平台接入、适宜技术、官方编码"""
    row = facility_or_404(request, facility)
    return [_parts(one, kind) for kind in PART_FORMS for one in _of(row, kind)]


@section.read("/facilities/{facility}/parts/{part}/{row}", VIEW, PartOut, area="facility")
def get_part(request: Any, facility: str, part: str, row: str) -> Any:
    """其中一条"""
    return _told_part(request, part, _part(facility_or_404(request, facility), part, row))


@section.write("POST", "/facilities/{facility}/parts/{part}", EDIT, PartOut, area="facility", status=201)
def create_part(request: Any, facility: str, part: str, body: Body[dict[str, Any]]) -> Any:
    """登记一条
    part 是 department、tcm_hall、tcm_corner、platform_connection、technique_capability 或 official_code；
    填写的内容与读出的 values 相同，没有结束日期。
    """
    owner = facility_or_404(request, facility)
    form_class = one_of(PART_FORMS, part)
    sent = _sent(form_class, body)
    instance: Any = KINDS[part]()
    if part != "platform_connection":
        instance.facility = owner
    row = actions.create(_form(form_class, owner, instance, sent).instance, by=request.user, request=request)
    return _told_part(request, part, row)


@section.write(
    "PATCH",
    "/facilities/{facility}/parts/{part}/{row}",
    EDIT,
    PartOut,
    area="facility",
    matched=True,
)
def change_part(request: Any, facility: str, part: str, row: str, body: Body[dict[str, Any]]) -> Any:
    """修改其中一条"""
    owner = facility_or_404(request, facility)
    found = _part(owner, part, row)
    now = seen(request, actions.last_change(found))
    form_class = one_of(PART_FORMS, part)
    held = form_class(None, instance=found)
    sent = {**{n: held.initial.get(n) for n in held.fields}, **_sent(form_class, body)}
    form = _form(form_class, owner, found, sent)
    done = actions.edit(found, form.cleaned_data, by=request.user, seen=now, request=request)
    return _told_part(request, part, done)


@section.write("POST", "/facilities/{facility}/parts/{part}/{row}/close", EDIT, PartOut, area="facility")
def close_part(request: Any, facility: str, part: str, row: str, body: LastDay) -> Any:
    """停止其中一条"""
    found = _part(facility_or_404(request, facility), part, row)
    done = actions.close(found, day=body.day, by=request.user, request=request)
    return _told_part(request, part, done)


def _of(owner: Facility, part: str) -> Any:
    path = {"hall__facility": owner} if part == "platform_connection" else {"facility": owner}
    return KINDS[part]._default_manager.filter(**path)


def _part(owner: Facility, part: str, row: str) -> Any:
    one_of(PART_FORMS, part)
    return get_object_or_404(_of(owner, part), pk=row)


def _sent(form: Any, body: dict[str, Any]) -> dict[str, Any]:
    """What was sent, where the form asks for it, each a single value."""
    faults = [(f"body.{name}", "没有这一项") for name in body if name not in form.base_fields]
    faults += [
        (f"body.{name}", "请只写一个值")
        for name, value in body.items()
        if not isinstance(value, str | int | None)
    ]
    if faults:
        raise Problem(422, "填写的内容有错，逐条见 errors", faults)
    return body


def _form(form_class: Any, owner: Facility, instance: Any, sent: dict[str, Any]) -> Any:
    form = form_class({n: v for n, v in sent.items() if v is not None}, instance=instance)
    if isinstance(instance, PlatformConnection):
        if instance.hall_id:
            del form.fields["hall"]
        else:
            form.fields["hall"].queryset = TcmHall.objects.filter(facility=owner, connection=None)
    return valid(form)


def _told_part(request: Any, part: str, row: Any) -> dict[str, Any]:
    tagged(request, actions.last_change(row))
    return _parts(row, part)


class Undone(Schema):
    """What was taken back."""

    number: str


@section.write("POST", "/changes/{number}/undo", EDIT, Undone)
def undo(request: Any, number: str) -> Any:
    """撤销一次操作
    合并、拆分、停业、调动等；编号在对象的变更记录里。已不能撤销的答 409。
    """
    if not Change.objects.filter(number=number).exists():
        raise Http404
    try:
        actions.undo(number, by=request.user, request=request)
    except actions.Outdated:
        raise
    except ValidationError as error:
        raise Problem(409, error.messages[0]) from None
    except NotAllowed:
        raise Http404 from None
    return {"number": number}
