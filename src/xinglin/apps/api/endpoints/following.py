"""What goes with records: history, files, what is due, who has not reported."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.utils import timezone
from ninja import Field, Query, Schema

from xinglin.apps.api.operations import Section
from xinglin.apps.api.paging import Listed, PageQuery, page_of
from xinglin.apps.api.problems import Problem
from xinglin.apps.api.shapes import Day
from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms import completeness, permissions, reminders
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Deadline
from xinglin.apps.forms.presenters import page_of as page_of_record
from xinglin.apps.forms.views.common import definition_or_404, record_or_404

section = Section("跟踪")
VIEW = "record.view"


class LineOut(Schema):
    """A field before and after, in words."""

    field: str
    before: str
    after: str


class EventOut(Schema):
    """Something that happened to a record."""

    at: datetime
    by: str
    words: str
    reason: str
    changes: list[LineOut]


class FileOut(Schema):
    """A file of a record."""

    id: str
    field: str
    item: str
    name: str
    size: int
    kind: str
    at: datetime


class DeadlineOut(Schema):
    """What waits."""

    record: str
    definition: str
    title: str
    place: str
    facility: str | None
    state: str
    due: date
    overdue: bool
    provisional: bool = Field(description="工作日历未公布，暂定")


class DeadlinesAsked(PageQuery):
    """Which deadlines."""

    whose: Literal["mine", "all"] = Field("mine", description="要我办的，或看得到的全部")
    on: Day | None = Field(None, description="按哪一天看，默认今天")
    overdue: bool = Field(False, description="只列逾期的")


class SummaryOut(Schema):
    """How complete a definition is for a period."""

    definition: str
    label: str
    period: str
    first: date
    end: date
    last: date | None = Field(description="最迟哪天报")
    units: int
    there: int
    late: int


class UnitOut(Schema):
    """A unit that owes a record."""

    unit: str
    name: str
    place: str
    there: bool
    late: bool
    record: str


class UnitsAsked(PageQuery):
    """Which period, which units."""

    period: str = Field("", max_length=20, description="期间，如 2024-05；默认最近结束的一期")
    missing: bool = Field(False, description="只列没有报的")


@section.read("/records/{record}/history", VIEW, list[EventOut], area="record")
def list_history(request: Any, record: str) -> Any:
    """办理记录，新的在前，最多 200 条；不能看的个人信息不显示内容"""
    row, one = record_or_404(request, record)
    page = page_of_record(row, one, request.user)
    if page.personal:
        audit(
            by=request.user,
            action="record.read",
            kind=one.id,
            id=row.pk,
            fields=page.personal,
            request=request,
        )
    return [
        {
            "at": event.at,
            "by": event.by,
            "words": event.words,
            "reason": event.reason,
            "changes": [{"field": f, "before": b, "after": a} for f, b, a in event.lines],
        }
        for event in page.past
    ]


@section.read("/records/{record}/files", VIEW, list[FileOut], area="record")
def list_files(request: Any, record: str) -> Any:
    """附件清单；内容在网页上打开"""
    row, one = record_or_404(request, record)
    may_see = permissions.personal(request.user, one, row)
    hidden = {name for name, field in one.fields.items() if field.is_personal and not may_see}
    files = row.attachments.filter(removed_at=None).exclude(field__in=hidden).order_by("at", "id")
    columns = ("id", "field", "item", "name", "size", "kind", "at")
    return [{column: getattr(file, column) for column in columns} for file in files]


@section.read("/deadlines", VIEW, Listed[DeadlineOut])
def list_deadlines(request: Any, asked: Query[DeadlinesAsked]) -> Any:
    """待办的期限，先到期的在前"""
    day = asked.on or timezone.localdate()
    found: Any = Deadline.objects.open_on(day).filter(due__isnull=False)
    if asked.whose == "mine":
        found = reminders.mine(request.user, day, found).filter(definition__in=[one.id for one in book()])
    else:
        known = [one.id for one in book() if permissions.readable(request.user, one)]
        mine = permissions.visible(request.user, request.scope, record="record", subject="record__subject")
        found = found.filter(mine, definition__in=known)
    found = found.filter(due__lt=day) if asked.overdue else found
    ordered = found.select_related("record").order_by("due", "pk")
    return page_of(request, ordered, asked, lambda rows: [_waiting(row, day) for row in rows])


def _waiting(row: Any, day: date) -> dict[str, Any]:
    return {
        "record": row.record_id,
        "definition": row.definition,
        "title": row.record.title,
        "place": row.record.place,
        "facility": row.record.facility_id,
        "state": row.state,
        "due": row.due,
        "overdue": row.due < day,
        "provisional": row.provisional,
    }


@section.read("/completeness", VIEW, list[SummaryOut])
def list_completeness(request: Any) -> Any:
    """应报的各种记录最近一期报了多少"""
    return [
        {
            "definition": one.definition.id,
            "label": one.definition.label,
            **_period(one.period),
            "units": one.units,
            "there": one.there,
            "late": one.late,
        }
        for one in completeness.summaries(request.user, timezone.localdate())
    ]


@section.read("/completeness/{definition}", VIEW, Listed[UnitOut])
def list_owing(request: Any, definition: str, asked: Query[UnitsAsked]) -> Any:
    """一种记录某一期谁报了、谁没有报"""
    one = definition_or_404(request, definition)
    if one.due is None:
        raise Problem(404, f"“{one.label}”不要求定期填报")
    today = timezone.localdate()
    periods = completeness.owed(one, today)
    closed = next((p for p in periods if p.last is not None and p.end < today), periods[0])
    period = next((p for p in periods if p.name == asked.period), None if asked.period else closed)
    if period is None:
        known = "、".join(p.name for p in periods)
        raise Problem(422, f"没有这一期，可用：{known}", [("query.period", "请改成其中一期")])
    states = completeness.states(one, period, permissions.readable(request.user, one), today)
    found = [state for state in states if not (asked.missing and state.there)]
    return page_of(request, found, asked, lambda rows: [_unit(row) for row in rows])


def _period(period: Any) -> dict[str, Any]:
    return {"period": period.name, "first": period.start, "end": period.end, "last": period.last}


def _unit(state: Any) -> dict[str, Any]:
    return {
        "unit": state.unit.id,
        "name": state.unit.name,
        "place": state.unit.place,
        "there": state.there,
        "late": state.late,
        "record": state.record,
    }
