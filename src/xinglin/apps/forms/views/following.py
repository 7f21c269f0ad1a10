"""What is due, who has reported, reports of a definition, sending of tables."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.access.scope import Scope, union
from xinglin.apps.forms import completeness, naming, permissions, reporting, sending
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Deadline, Draft, Return
from xinglin.apps.forms.presenters import due_words
from xinglin.apps.forms.views.common import definition_or_404
from xinglin.apps.forms.views.lists import state_chip
from xinglin.apps.ui.messages import done
from xinglin.apps.ui.places import place_name
from xinglin.records import Definition

MOST = 500


class Task(NamedTuple):
    """Something that waits: what, where, by when."""

    definition: Definition
    record: str
    title: str
    where: str
    day: date | None
    words: str
    tone: str
    note: str


@route("record.view")
@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """What waits: overdue first; as it stood on another day if one is asked for."""
    today = timezone.localdate()
    day = _day(request.GET.get("on", "")) or today
    rows = Deadline.objects.within(request.scope).open_on(day)  # type: ignore[attr-defined]
    ordered = (
        rows.filter(due__isnull=False).select_related("record", "record__facility").order_by("due", "pk")
    )
    page = Paginator(ordered, 100).get_page(request.GET.get("page"))
    known = book()
    scopes = {one.id: permissions.readable(request.user, one) for one in known}
    tasks = [_task(row, known[row.record.definition], day) for row in page.object_list if _seen(row, scopes)]
    user: Any = request.user
    context = {
        "tasks": tasks,
        "page": page,
        "on": day,
        "today": today,
        "overdue": sum(task.tone == "bad" for task in tasks),
        "returns": _returns(request, scopes),
        "drafts": [
            (d, known[d.definition]) for d in Draft.objects.filter(user=user) if d.definition in known
        ],
    }
    return render(request, "forms/due.html", context)


def _seen(row: Deadline, scopes: dict[str, Scope]) -> bool:
    scope = scopes.get(row.record.definition)
    return scope is not None and scope.covers(place=row.record.place, facility=row.record.facility_id or "")


def _task(row: Deadline, definition: Definition, day: date) -> Task:
    assert row.due is not None
    tone = "bad" if row.due < day else "warn" if row.warn_on and row.warn_on <= day else "info"
    chip = state_chip(definition, row.record)
    facility = row.record.facility
    where = facility.name if facility else place_name(row.record.place, 4)
    state = (
        definition.states[row.state].label if row.state in definition.states else (chip[1] if chip else "")
    )
    note = "期限为暂定：那一年的工作日还没有公布" if row.provisional else ""
    return Task(
        definition,
        row.record_id,
        row.record.title,
        where,
        row.due,
        due_words_on(row.due, day),
        tone,
        f"{state}　{note}",
    )


def due_words_on(due: date, day: date) -> str:
    """A deadline in words, seen from a day."""
    return (
        due_words(due)
        if day == timezone.localdate()
        else (f"逾期 {(day - due).days} 天" if due < day else "未到期")
    )


def _returns(request: HttpRequest, scopes: dict[str, Scope]) -> list[tuple[Return, Definition, str]]:
    """Values sent back that the account may put right."""
    rows = Return.objects.filter(settled_at=None, record__removed_at=None).select_related("record")
    found = []
    for row in rows.filter(record__in=_mine(scopes))[:MOST]:
        definition = book()[row.record.definition]
        field = definition.fields.get(row.field)
        if _covers(scopes, row.record) and permissions.edit(request.user, definition, row.record):
            found.append((row, definition, field.label if field else row.field))
    return found


def _covers(scopes: dict[str, Scope], record: Any) -> bool:
    scope = scopes.get(record.definition)
    return scope is not None and scope.covers(place=record.place, facility=record.facility_id or "")


def _mine(scopes: dict[str, Scope]) -> Any:
    from xinglin.apps.forms.models import Record

    return Record.objects.within(union(scopes.values())).order_by().values("pk")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@route("record.view")
@require_safe
def completeness_(request: HttpRequest) -> HttpResponse:
    """How complete everything is that is owed in the account's area."""
    rows = completeness.summaries(request.user, timezone.localdate())
    return render(request, "forms/completeness.html", {"rows": rows})


@route("record.view", area="definition")
@require_safe
def owing(request: HttpRequest, definition: str) -> HttpResponse:
    """Who has reported one definition for a period, and who has not."""
    one = definition_or_404(request, definition)
    if one.due is None:
        raise Http404
    today = timezone.localdate()
    periods = completeness.owed(one, today)
    asked = request.GET.get("period", "")
    closed = next((p for p in periods if p.last is not None and p.end < today), periods[0])
    period = next((p for p in periods if p.name == asked), closed)
    scope = permissions.readable(request.user, one)
    states = completeness.states(one, period, scope, today)
    context = {
        "definition": one,
        "periods": periods,
        "period": period,
        "states": states,
        "there": sum(state.there for state in states),
        "late": sum(state.late for state in states),
        "places": {state.unit.place: place_name(state.unit.place, 4) for state in states},
    }
    return render(request, "forms/owing.html", context)


@route("record.view", area="definition")
@require_safe
def report(request: HttpRequest, definition: str, report: str) -> HttpResponse:
    """A report of one definition over the account's area."""
    one = definition_or_404(request, definition)
    if report not in one.reports:
        raise Http404
    chosen = one.reports[report]
    scope = permissions.readable(request.user, one)
    lines = reporting.lines(one, chosen, scope)
    off = [line for line in lines if line.off]
    if "off" in request.GET:
        lines = off
    context = {
        "definition": one,
        "report": chosen,
        "headings": reporting.headings(one, chosen),
        "columns": chosen.columns,
        "lines": reporting.worded(one, chosen, lines),
        "off": len(off),
        "only_off": "off" in request.GET,
    }
    return render(request, "forms/report.html", context)


@route("record.edit")
def sending_(request: HttpRequest) -> HttpResponse:
    """Say which tables are complete for a period: the word that indicators wait for."""
    units = sending.units(request.user)
    unit = next((one for one in units if one.id == request.GET.get("unit", "")), units[0] if units else None)
    year = request.GET.get("year", "")
    chosen = int(year) if year.isdigit() and len(year) == 4 else timezone.localdate().year
    if request.method == "POST" and unit is not None:
        try:
            sending.send(unit, request.POST, chosen, by=request.user, request=request)
            done(request, "已记下上报情况。")
        except permissions.NotAllowed as error:
            done(request, str(error))
        response = redirect("forms:sending")
        response["Location"] += f"?unit={unit.id}&year={chosen}"
        return response
    rows = sending.table(unit, chosen) if unit is not None else []
    context = {"units": units, "unit": unit, "year": chosen, "rows": rows, "statuses": sending.STATUSES}
    return render(request, "forms/sending.html", context)


def names_of(pairs: list[tuple[str, str]]) -> naming.Names:
    """Names of (kind, id) pairs."""
    wanted: dict[str, set[str]] = {}
    for kind, id_ in pairs:
        wanted.setdefault(kind, set()).add(id_)
    return naming.names(wanted)
