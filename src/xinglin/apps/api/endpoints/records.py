"""Records: lists, one record, its writes. What a client may see and do follows from the definition."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Query, Schema

from xinglin.apps.api.operations import Section, seen, tagged
from xinglin.apps.api.paging import Asked, Listed, page_of
from xinglin.apps.api.problems import Problem
from xinglin.apps.api.shapes import Day, Sent
from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms import listing, permissions, reminders, rows
from xinglin.apps.forms.actions import moving, saving
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.finding import Found, Pages
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.forms.versions import state_of
from xinglin.apps.forms.views.common import definition_or_404, full_raw, record_or_404
from xinglin.records import Definition
from xinglin.records.cells import to_json
from xinglin.records.conditions import is_given

section = Section("记录")
VIEW, EDIT = "record.view", "record.edit"
Values = dict[str, Any]


class RecordLine(Schema):
    """A record in a list: personal fields are left out."""

    id: str
    definition: str
    title: str
    state: str
    place: str
    facility: str | None
    day: date | None
    until: date | None
    changed_at: datetime
    revision: int
    values: Values


class RecordOut(RecordLine):
    """A record."""

    version: int
    author: str = Field(description="填报人的账号编号")
    created_at: datetime
    removed: bool
    hidden: list[str] = Field(description="有内容但这个令牌不能看的个人信息")
    moves: list[str] = Field(description="现在能办的")
    may_change: bool
    may_return: bool
    scores: dict[str, Any]
    points_self: str | None
    points_verified: str | None
    result_self: str
    result: str


class RecordsAsked(Asked):
    """What the list of a definition is narrowed down by."""

    place: str = Field("", max_length=12, pattern=r"^\d*$", description="地区代码，含下级")
    state: str = Field("", max_length=40, description="状态")
    first: Day | None = Field(None, description="日期起")
    last: Day | None = Field(None, description="日期止")
    overdue: bool = Field(False, description="只列逾期的")
    where: list[str] = Field([], max_length=10, description="定义的筛选项，如 level=county")


class RecordIn(Sent):
    """A new record."""

    values: Values
    scores: dict[str, dict[str, Any]] | None = Field(None, description="评估类：条目 → self、note、na")


class RecordPatch(Sent):
    """Values to be changed; those not named stay."""

    values: Values


class MoveIn(Sent):
    """What comes with a move."""

    reason: str = Field("", max_length=500)
    approval: str = Field("", max_length=40, description="要几方同意的：以哪一方的身份")
    values: Values = Field({}, description="办这一步要补填的")


class ReturnIn(Sent):
    """One value sent back."""

    field: str = Field(max_length=60)
    reason: str = Field(min_length=1, max_length=500)
    due: Day = Field(description="改正期限，不早于今天")


class ReturnOut(Schema):
    """A value that was sent back."""

    id: str
    record: str
    field: str
    reason: str
    due: date
    at: datetime
    settled_at: datetime | None


class ScoresIn(Sent):
    """One side of the scores of an assessment."""

    side: Literal["self", "verified"]
    items: dict[str, dict[str, Any]]


class Reason(Sent):
    """Why."""

    reason: str = Field(min_length=1, max_length=500)


@section.read("/definitions/{definition}/records", VIEW, Listed[RecordLine])
def list_records(request: Any, definition: str, asked: Query[RecordsAsked]) -> Any:
    """一种记录的列表
    sort：列表里的列、state、changed_at。最多翻到一万条；个人信息不在列表里。
    """
    one = definition_or_404(request, definition)
    filters = {
        listing.SEARCH: asked.q,
        listing.PLACE: asked.place,
        listing.STATE: asked.state,
        listing.FROM: asked.first.isoformat() if asked.first else "",
        listing.TO: asked.last.isoformat() if asked.last else "",
        **({listing.OVERDUE: "1"} if asked.overdue else {}),
        **_where(one, asked.where),
    }
    found = Found(one, permissions.readable(request.user, one), filters, asked.sort)
    pages: Any = Pages(found, asked.size)
    return page_of(
        request,
        None,
        asked,
        lambda records: [_line(row, one, values) for row, values in listing.values_for(records, one)],
        pages=pages,
        capped=lambda: pages.capped,
    )


def _where(one: Definition, asked: list[str]) -> dict[str, str]:
    """Filters of a definition. Raises Problem: 422."""
    pairs = [text.partition("=") for text in asked]
    wrong = [name for name, _, _ in pairs if name not in one.filters]
    if wrong:
        known = "、".join(one.filters) or "没有"
        raise Problem(422, f"不能按“{wrong[0][:60]}”筛选，可用：{known}", [("query.where", "写成 字段=值")])
    return {name: value for name, _, value in pairs}


@section.write("POST", "/definitions/{definition}/records", EDIT, RecordOut, status=201)
def create_record(request: Any, definition: str, body: RecordIn) -> Any:
    """填报一条记录"""
    one = definition_or_404(request, definition)
    if not permissions.writable(request.user, one):
        raise Problem(403, f"您的角色不能填报“{one.label}”")
    row = saving.create(one, body.values, by=request.user, scores=body.scores, request=request)
    request.out["Location"] = f"/api/v1/records/{row.pk}"
    return _told(request, row, one)


@section.read("/records/{record}", VIEW, RecordOut, area="record")
def get_record(request: Any, record: str) -> Any:
    """一条记录
    ETag 是修订号。看到个人信息的，记入审计日志。
    """
    return _told(request, *record_or_404(request, record))


@section.write("PATCH", "/records/{record}", EDIT, RecordOut, area="record", matched=True)
def change_record(request: Any, record: str, body: RecordPatch) -> Any:
    """修改一条记录
    没写的不变，null 清空；退回的一项改了即算改正。
    """
    row, one = record_or_404(request, record)
    permissions.check_edit(request.user, one, row)
    now = seen(request, row.revision)
    raw = full_raw(row, one, body.values)
    row = saving.change(row, one, raw, by=request.user, revision=now, request=request)
    return _told(request, row, one)


@section.write("POST", "/records/{record}/moves/{move}", EDIT, RecordOut, area="record", matched=True)
def move_record(request: Any, record: str, move: str, body: MoveIn) -> Any:
    """办理一步
    现在的状态办不了答 409，角色或地区不对答 403。
    """
    row, one = record_or_404(request, record)
    now = seen(request, row.revision)
    wish = Wish(body.reason, body.approval, body.values)
    try:
        row = moving.move(row, one, move, by=request.user, wish=wish, revision=now, request=request)
    except NotAllowed as error:
        raise Problem(_blame(request, row, one, move), str(error)) from None
    return _told(request, row, one)


def _blame(request: Any, row: Record, one: Definition, move: str) -> int:
    """Whether who asks may never make a move (403), or it cannot be made just now (409)."""
    known = one.moves.get(move)
    if known is None:
        return 404
    if state_of(row, one) not in known.from_ or row.removed_at is not None:
        return 409
    return 409 if permissions.may_move(request.user, one, row, move) else 403


@section.write("POST", "/records/{record}/returns", EDIT, ReturnOut, area="record", status=201)
def return_value(request: Any, record: str, body: ReturnIn) -> Any:
    """退回一项，写明理由和期限"""
    row, one = record_or_404(request, record)
    permissions.check_return(request.user, one, row)
    try:
        made = moving.send_back(
            row, one, body.field, by=request.user, reason=body.reason, due=body.due, request=request
        )
    except NotAllowed as error:
        raise Problem(409, str(error)) from None
    return _back(made)


@section.read("/records/{record}/returns", VIEW, list[ReturnOut], area="record")
def list_returns(request: Any, record: str) -> Any:
    """退回过的各项"""
    row, _ = record_or_404(request, record)
    return [_back(one) for one in row.returns.order_by("at", "pk")]


@section.write("POST", "/records/{record}/scores", EDIT, RecordOut, area="record", matched=True)
def score_record(request: Any, record: str, body: ScoresIn) -> Any:
    """给评估打分：自评（self）或核验（verified）"""
    row, one = record_or_404(request, record)
    if one.standard is None:
        raise Problem(409, f"“{one.label}”不是评估，没有评分")
    now = seen(request, row.revision)
    done = saving.score(row, one, body.items, side=body.side, by=request.user, revision=now, request=request)
    return _told(request, done, one)


@section.write("POST", "/records/{record}/remove", EDIT, RecordOut, area="record")
def remove_record(request: Any, record: str, body: Reason) -> Any:
    """撤除误填的记录，写明理由；可以恢复"""
    row, one = record_or_404(request, record)
    return _told(request, saving.remove(row, one, by=request.user, reason=body.reason, request=request), one)


@section.write("POST", "/records/{record}/restore", EDIT, RecordOut, area="record")
def restore_record(request: Any, record: str) -> Any:
    """恢复撤除的记录"""
    row, one = record_or_404(request, record)
    return _told(request, saving.restore(row, one, by=request.user, request=request), one)


def _line(row: Record, one: Definition, values: Values) -> dict[str, Any]:
    return {
        "id": row.pk,
        "definition": one.id,
        "title": row.title,
        "state": state_of(row, one),
        "place": row.place,
        "facility": row.facility_id,
        "day": row.day,
        "until": row.until,
        "changed_at": row.changed_at,
        "revision": row.revision,
        "values": {n: to_json(v) for n, v in values.items() if n in one.fields and is_given(v)},
    }


def _told(request: Any, row: Record, one: Definition) -> dict[str, Any]:
    """A record as the reader may see it; personal values that were seen are written down."""
    user = request.user
    reminders.forget(user)
    may_see = permissions.personal(user, one, row)
    values = rows.facts_of(row, one, personal=may_see)
    personal = [n for n, f in one.fields.items() if f.is_personal and is_given(values.get(n))]
    if personal and may_see:
        audit(by=user, action="record.read", kind=one.id, id=row.pk, fields=personal, request=request)
    tagged(request, row.revision)
    return {
        **_line(row, one, values),
        "version": row.version,
        "author": row.author,
        "created_at": row.created_at,
        "removed": row.removed_at is not None,
        "hidden": sorted(permissions.hidden(user, one, row)),
        "moves": [name for name in one.moves if permissions.may_move(user, one, row, name)],
        "may_change": permissions.edit(user, one, row),
        "may_return": permissions.may_return(user, one, row),
        "scores": row.scores,
        "points_self": _points(row.points_self),
        "points_verified": _points(row.points_verified),
        "result_self": row.result_self,
        "result": row.result,
    }


def _points(value: Any) -> str | None:
    return None if value is None else str(value)


def _back(one: Any) -> dict[str, Any]:
    return {
        "id": one.pk,
        "record": one.record_id,
        "field": one.field,
        "reason": one.reason,
        "due": one.due,
        "at": one.at,
        "settled_at": one.settled_at,
    }
