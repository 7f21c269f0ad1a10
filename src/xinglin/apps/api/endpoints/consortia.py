"""Consortia, their members and the places they serve."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Schema

from xinglin.apps.api.endpoints.facilities import LastDay
from xinglin.apps.api.operations import Section, seen, tagged
from xinglin.apps.api.paging import Listed, PageQuery, page_of
from xinglin.apps.api.shapes import changed, filled, plain, read_shape, write_shape
from xinglin.apps.organisations import actions
from xinglin.apps.organisations.forms.consortia import (
    LINE_FORMS,
    CatchmentForm,
    ConsortiumForm,
    MembershipForm,
)
from xinglin.apps.organisations.history import KINDS
from xinglin.apps.organisations.models import Catchment, Consortium, Membership
from xinglin.apps.organisations.views.common import consortium_or_404

section = Section("医共体")
VIEW, EDIT = "consortium.view", "consortium.edit"
COLUMNS = ("consortium", "name", "place", "lead", "tight", "valid_from", "valid_to")
MEMBER = ("id", "facility", "clinical_exchange", "shared_management", "valid_from", "valid_to")
SERVED = ("id", "place", "valid_from", "valid_to")
ConsortiumLine = read_shape("ConsortiumLine", Consortium, COLUMNS)
MemberOut = read_shape("MemberOut", Membership, MEMBER)
CatchmentOut = read_shape("CatchmentOut", Catchment, SERVED)
ConsortiumOut = read_shape(
    "ConsortiumOut",
    Consortium,
    COLUMNS,
    members=(list[MemberOut], Field(description="成员")),  # type: ignore[valid-type]
    catchments=(list[CatchmentOut], Field(description="服务地区")),  # type: ignore[valid-type]
)
ConsortiumIn = write_shape("ConsortiumIn", ConsortiumForm, words="登记一个医共体。")
ConsortiumPatch = write_shape("ConsortiumPatch", ConsortiumForm, partial=True, words="要改的内容。")
MemberIn = write_shape("MemberIn", MembershipForm, words="登记一个成员机构。")
MemberPatch = write_shape("MemberPatch", MembershipForm, partial=True, words="要改的内容。")
CatchmentIn = write_shape("CatchmentIn", CatchmentForm, words="登记一个服务地区。")
CatchmentPatch = write_shape("CatchmentPatch", CatchmentForm, partial=True, words="要改的内容。")
SHOWN = {"membership": MEMBER, "catchment": SERVED}


class ConsortiumPart(Schema):
    """A member or a place that is served."""

    consortium: str
    side: str
    values: dict[str, Any]


@section.read("/consortia", VIEW, Listed[ConsortiumLine])  # type: ignore[valid-type]
def list_consortia(request: Any, asked: Query[PageQuery]) -> Any:
    """医共体列表"""
    rows = Consortium.objects.within(request.scope).order_by("place", "sort_key", "pk")
    return page_of(request, rows, asked, lambda found: [plain(row, COLUMNS) for row in found])


@section.write("POST", "/consortia", EDIT, ConsortiumOut, status=201)
def create_consortium(request: Any, body: ConsortiumIn) -> Any:  # type: ignore[valid-type]
    """登记医共体"""
    form = filled(ConsortiumForm, body, scope=request.scope)
    return _told(request, actions.create(form.instance, by=request.user, request=request))


@section.read("/consortia/{consortium}", VIEW, ConsortiumOut, area="consortium")
def get_consortium(request: Any, consortium: str) -> Any:
    """一个医共体，连同成员和服务地区"""
    return _told(request, consortium_or_404(request, consortium))


@section.write("PATCH", "/consortia/{consortium}", EDIT, ConsortiumOut, area="consortium", matched=True)
def change_consortium(request: Any, consortium: str, body: ConsortiumPatch) -> Any:  # type: ignore[valid-type]
    """修改医共体"""
    row = consortium_or_404(request, consortium)
    now = seen(request, actions.last_change(row))
    form = changed(ConsortiumForm, row, body, scope=request.scope)
    done = actions.edit(row, form.cleaned_data, by=request.user, seen=now, request=request)
    return _told(request, done)


@section.write("POST", "/consortia/{consortium}/close", EDIT, ConsortiumOut, area="consortium")
def close_consortium(request: Any, consortium: str, body: LastDay) -> Any:
    """终止医共体，成员和服务地区一并停止"""
    row = consortium_or_404(request, consortium)
    actions.close_consortium(row, day=body.day, by=request.user, request=request)
    row.refresh_from_db()
    return _told(request, row)


@section.write(
    "POST", "/consortia/{consortium}/membership", EDIT, ConsortiumPart, area="consortium", status=201
)
def create_membership(request: Any, consortium: str, body: MemberIn) -> Any:  # type: ignore[valid-type]
    """登记成员机构"""
    return _added(request, consortium, "membership", body)


@section.write(
    "POST", "/consortia/{consortium}/catchment", EDIT, ConsortiumPart, area="consortium", status=201
)
def create_catchment(request: Any, consortium: str, body: CatchmentIn) -> Any:  # type: ignore[valid-type]
    """登记服务地区"""
    return _added(request, consortium, "catchment", body)


@section.read("/consortia/{consortium}/membership/{line}", VIEW, ConsortiumPart, area="consortium")
def get_membership(request: Any, consortium: str, line: str) -> Any:
    """一个成员"""
    return _line(request, "membership", _found(request, consortium, "membership", line))


@section.read("/consortia/{consortium}/catchment/{line}", VIEW, ConsortiumPart, area="consortium")
def get_catchment(request: Any, consortium: str, line: str) -> Any:
    """一个服务地区"""
    return _line(request, "catchment", _found(request, consortium, "catchment", line))


@section.write(
    "PATCH",
    "/consortia/{consortium}/membership/{line}",
    EDIT,
    ConsortiumPart,
    area="consortium",
    matched=True,
)
def change_membership(request: Any, consortium: str, line: str, body: MemberPatch) -> Any:  # type: ignore[valid-type]
    """修改成员"""
    return _edited(request, _found(request, consortium, "membership", line), "membership", body)


@section.write(
    "PATCH",
    "/consortia/{consortium}/catchment/{line}",
    EDIT,
    ConsortiumPart,
    area="consortium",
    matched=True,
)
def change_catchment(request: Any, consortium: str, line: str, body: CatchmentPatch) -> Any:  # type: ignore[valid-type]
    """修改服务地区"""
    return _edited(request, _found(request, consortium, "catchment", line), "catchment", body)


@section.write(
    "POST", "/consortia/{consortium}/membership/{line}/close", EDIT, ConsortiumPart, area="consortium"
)
def close_membership(request: Any, consortium: str, line: str, body: LastDay) -> Any:
    """成员退出"""
    return _closed(request, _found(request, consortium, "membership", line), "membership", body)


@section.write(
    "POST", "/consortia/{consortium}/catchment/{line}/close", EDIT, ConsortiumPart, area="consortium"
)
def close_catchment(request: Any, consortium: str, line: str, body: LastDay) -> Any:
    """不再服务一个地区"""
    return _closed(request, _found(request, consortium, "catchment", line), "catchment", body)


def _found(request: Any, consortium: str, side: str, line: str) -> Any:
    owner = consortium_or_404(request, consortium)
    return get_object_or_404(KINDS[side]._default_manager.all(), consortium=owner, pk=line)


def _added(request: Any, consortium: str, side: str, body: Any) -> dict[str, Any]:
    owner = consortium_or_404(request, consortium)
    model: Any = KINDS[side]
    form = filled(LINE_FORMS[side], body, instance=model(consortium=owner), scope=request.scope)
    return _line(request, side, actions.create(form.instance, by=request.user, request=request))


def _edited(request: Any, found: Any, side: str, body: Any) -> dict[str, Any]:
    now = seen(request, actions.last_change(found))
    form = changed(LINE_FORMS[side], found, body, scope=request.scope)
    done = actions.edit(found, form.cleaned_data, by=request.user, seen=now, request=request)
    return _line(request, side, done)


def _closed(request: Any, found: Any, side: str, body: LastDay) -> dict[str, Any]:
    return _line(request, side, actions.close(found, day=body.day, by=request.user, request=request))


def _line(request: Any, side: str, row: Any) -> dict[str, Any]:
    tagged(request, actions.last_change(row))
    return {"consortium": row.consortium_id, "side": side, "values": plain(row, SHOWN[side])}


def _told(request: Any, row: Consortium) -> dict[str, Any]:
    tagged(request, actions.last_change(row))
    members = Membership.objects.filter(consortium=row).order_by("valid_from", "pk")
    served = Catchment.objects.filter(consortium=row).order_by("place", "valid_from", "pk")
    return {
        **plain(row, COLUMNS),
        "members": [plain(one, MEMBER) for one in members],
        "catchments": [plain(one, SERVED) for one in served],
    }
