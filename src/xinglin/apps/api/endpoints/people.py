"""People and their posts. Names only for those who may read them, and every reading is written down."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Schema

from xinglin.apps.api.endpoints.facilities import LastDay
from xinglin.apps.api.operations import Section, seen, tagged
from xinglin.apps.api.paging import Listed, PageQuery, page_of
from xinglin.apps.api.problems import Problem
from xinglin.apps.api.shapes import Day, Sent, asked_for, changed, filled, plain, read_shape, write_shape
from xinglin.apps.organisations import actions, permissions
from xinglin.apps.organisations.forms.filters import PractitionerFilters
from xinglin.apps.organisations.forms.people import (
    NewPractitionerForm,
    PostEditForm,
    PostForm,
    PractitionerForm,
)
from xinglin.apps.organisations.models import Facility, Post, Practitioner
from xinglin.apps.organisations.presenters import known_name, person
from xinglin.apps.organisations.views.common import READ_LIST, READ_WHOLE, note_reading, practitioner_or_404

section = Section("人员")
VIEW, EDIT = "practitioner.view", "practitioner.edit"
COLUMNS = ("practitioner", "licence", "category", "tcm_kind", "gp", "tcm_able")
POST_COLUMNS = ("id", "facility", "main", "valid_from", "valid_to")
MASKED = "没有查看姓名的权限时打了星号（masked）"
PostOut = read_shape("PostOut", Post, POST_COLUMNS)
PersonLine = read_shape(
    "PersonLine",
    Practitioner,
    COLUMNS,
    name=(str, Field(description=MASKED)),
    masked=(bool, Field(description="姓名等打了星号")),
)
PersonOut = read_shape(
    "PersonOut",
    Practitioner,
    COLUMNS,
    name=(str, Field(description=MASKED)),
    id_number=(str, Field(description=f"证件号码；{MASKED}")),
    phone=(str, Field(description=f"联系电话；{MASKED}")),
    masked=(bool, Field(description="姓名等打了星号")),
    posts=(list[PostOut], Field(description="任职")),  # type: ignore[valid-type]
)
PersonIn = write_shape("PersonIn", NewPractitionerForm, words="登记一个人和首个任职。")
PersonPatch = write_shape("PersonPatch", PractitionerForm, partial=True, words="要改的内容；没写的不变。")
PostIn = write_shape("PostIn", PostForm, words="增加一个任职。")
PostPatch = write_shape("PostPatch", PostEditForm, partial=True, words="改登记错了的任职。")


class PeopleAsked(PageQuery):
    """What the list of people is narrowed down by."""

    sort: str = Field("", max_length=60, description="按哪一项排；前面加 - 则倒过来")
    place: str = Field("", max_length=12, description="地区代码，含下级")
    facility: str = Field("", max_length=40, description="机构编号")
    licence: str = Field("", max_length=40, description="执业资格")
    category: str = Field("", max_length=40, description="执业类别")
    tcm: str = Field("", max_length=10, description="yes 能提供中医药服务、no 不能、gp 中医类别全科")


class PeopleSought(PeopleAsked, Sent):
    """The same with who is looked for; only for whoever may read names."""

    q: str = Field(min_length=1, max_length=60, description="姓名、拼音、证件号或电话")


class Transfer(Sent):
    """Where somebody goes, and when."""

    facility: str = Field(max_length=100, description="新的主要执业机构")
    day: Day = Field(description="在新机构的第一天")


class ParentRef(Schema):
    """A post with whose it is and its state."""

    practitioner: str
    post: PostOut  # type: ignore[valid-type]


@section.read("/practitioners", VIEW, Listed[PersonLine])  # type: ignore[valid-type]
def list_practitioners(request: Any, asked: Query[PeopleAsked]) -> Any:
    """人员名单
    sort：surname（默认）、licence、category。能看姓名的范围内给全名，并记入审计日志。
    """
    return _listed(request, asked)


@section.search("/practitioners/search", VIEW, Listed[PersonLine])  # type: ignore[valid-type]
def search_practitioners(request: Any, body: PeopleSought) -> Any:
    """按姓名、证件号、电话查找人员
    要找谁写在请求体里，不写进地址（地址会留在各处日志里）。翻页请改 page 再发，next 总是 null。需有查看姓名的权限。
    """
    if not request.user.scope_for("practitioner.name"):
        raise Problem(422, "没有查看姓名的权限，不能按姓名、证件号、电话查找", [("body.q", "请改用名单")])
    return {**_listed(request, body), "next": None}


def _listed(request: Any, asked: PeopleAsked) -> dict[str, Any]:
    names = request.user.scope_for("practitioner.name")
    filters: Any = asked_for(PractitionerFilters(asked.dict(exclude={"page", "size"}), request.scope, names))
    rows = filters.narrowed(Practitioner.objects.within(request.scope, few=filters.by_name))

    def shown(found: Any) -> list[dict[str, Any]]:
        readable = _readable(names, [row.pk for row in found])
        note_reading(request, READ_LIST, count=len(readable))
        return [
            {
                **plain(row, COLUMNS),
                "name": known_name(row, row.pk in readable),
                "masked": row.pk not in readable,
            }
            for row in found
        ]

    return page_of(request, rows.order_by(*filters.order()), asked, shown)


def _readable(names: Any, keys: list[str]) -> set[str]:
    if not names or not keys:
        return set()
    inside = Practitioner.objects.filter(pk__in=keys).within(names, few=True)
    return set(inside.values_list("pk", flat=True))


@section.write("POST", "/practitioners", EDIT, PersonOut, status=201)
def create_practitioner(request: Any, body: PersonIn) -> Any:  # type: ignore[valid-type]
    """登记人员和首个任职"""
    form = filled(NewPractitionerForm, body, scope=request.scope)
    row = actions.register(form.instance, form.post(), by=request.user, request=request)
    return _told(request, row)


@section.read("/practitioners/{practitioner}", VIEW, PersonOut, area="practitioner")
def get_practitioner(request: Any, practitioner: str) -> Any:
    """一个人和他的任职"""
    return _told(request, practitioner_or_404(request, practitioner))


@section.write("PATCH", "/practitioners/{practitioner}", EDIT, PersonOut, area="practitioner", matched=True)
def change_practitioner(request: Any, practitioner: str, body: PersonPatch) -> Any:  # type: ignore[valid-type]
    """修改人员
    不能看姓名的，也不能改姓名、证件、电话。
    """
    row = practitioner_or_404(request, practitioner)
    now = seen(request, actions.last_change(row))
    form = changed(PractitionerForm, row, body, names=permissions.read_names(request.user, row))
    row = actions.edit(row, form.cleaned_data, by=request.user, seen=now, request=request)
    return _told(request, row)


@section.write(
    "POST", "/practitioners/{practitioner}/posts", EDIT, PersonOut, area="practitioner", status=201
)
def create_post(request: Any, practitioner: str, body: PostIn) -> Any:  # type: ignore[valid-type]
    """增加任职"""
    row = practitioner_or_404(request, practitioner)
    form = filled(PostForm, body, instance=Post(practitioner=row), scope=request.scope)
    actions.create(form.instance, by=request.user, request=request)
    return _told(request, row)


@section.read("/practitioners/{practitioner}/posts/{post}", VIEW, ParentRef, area="practitioner")
def get_post(request: Any, practitioner: str, post: str) -> Any:
    """一个任职"""
    found = _post(request, practitioner_or_404(request, practitioner), post)
    tagged(request, actions.last_change(found))
    return {"practitioner": practitioner, "post": plain(found, POST_COLUMNS)}


@section.write(
    "PATCH",
    "/practitioners/{practitioner}/posts/{post}",
    EDIT,
    ParentRef,
    area="practitioner",
    matched=True,
)
def change_post(request: Any, practitioner: str, post: str, body: PostPatch) -> Any:  # type: ignore[valid-type]
    """改登记错了的任职
    换单位请用 transfer，原任职才会留下。
    """
    found = _post(request, practitioner_or_404(request, practitioner), post)
    now = seen(request, actions.last_change(found))
    form = changed(PostEditForm, found, body, scope=request.scope)
    done = actions.edit(found, form.cleaned_data, by=request.user, seen=now, request=request)
    tagged(request, actions.last_change(done))
    return {"practitioner": practitioner, "post": plain(done, POST_COLUMNS)}


@section.write(
    "POST", "/practitioners/{practitioner}/posts/{post}/close", EDIT, ParentRef, area="practitioner"
)
def close_post(request: Any, practitioner: str, post: str, body: LastDay) -> Any:
    """终止任职"""
    found = _post(request, practitioner_or_404(request, practitioner), post)
    done = actions.close(found, day=body.day, by=request.user, request=request)
    tagged(request, actions.last_change(done))
    return {"practitioner": practitioner, "post": plain(done, POST_COLUMNS)}


@section.write("POST", "/practitioners/{practitioner}/transfer", EDIT, PersonOut, area="practitioner")
def transfer(request: Any, practitioner: str, body: Transfer) -> Any:
    """调动：换主要执业机构
    原主要执业机构的任职到前一天为止。
    """
    row = practitioner_or_404(request, practitioner)
    target = Facility.objects.within(request.scope).filter(pk=body.facility).first()
    if target is None:
        raise Problem(422, "没有这个机构，或它不在您的范围", [("body.facility", "请填机构编号")])
    actions.transfer(row, target, day=body.day, by=request.user, request=request)
    return _told(request, row)


def _post(request: Any, row: Practitioner, post: str) -> Any:
    inside = Post.objects.within(request.scope).select_related("facility")
    return get_object_or_404(inside, pk=post, practitioner=row)


def _told(request: Any, row: Practitioner) -> dict[str, Any]:
    """Somebody as the reader may see them; written down if names were readable."""
    readable = permissions.read_names(request.user, row)
    if readable:
        note_reading(request, READ_WHOLE, id=row.pk)
    seen_as = person(row, readable)
    tagged(request, actions.last_change(row))
    posts = Post.objects.filter(practitioner=row).order_by("-valid_from", "pk")
    return {
        **plain(row, COLUMNS),
        "name": seen_as.name,
        "id_number": seen_as.id_number,
        "phone": seen_as.phone,
        "masked": not readable,
        "posts": [plain(post, POST_COLUMNS) for post in posts],
    }
