"""What waits, as a list, as a month and as a calendar file."""

from __future__ import annotations

from calendar import Calendar as Weeks
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms import permissions, reminders
from xinglin.apps.forms.book import book, calendar
from xinglin.apps.forms.calendar_file import Entry, calendar_of
from xinglin.apps.forms.models import Deadline
from xinglin.apps.ui.places import place_name
from xinglin.records import Definition

PER_PAGE, PER_DAY, MOST = 50, 3, 2000
MINE, ALL = "mine", "all"


class Task(NamedTuple):
    """Something that waits: what, where, in which state, by when."""

    definition: Definition
    record: str
    title: str
    where: str
    day: date
    words: str
    tone: str
    state: str
    provisional: bool


class Day(NamedTuple):
    """A day of the month that is shown: its tasks, and how many more there are."""

    day: date
    inside: bool
    today: bool
    works: bool
    tasks: list[Task]
    more: int


@route("record.view")
@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """What waits: overdue first, or as a month; as it stood on another day if one is asked for."""
    today = timezone.localdate()
    whose = request.GET.get("whose") if request.GET.get("whose") in (MINE, ALL) else MINE
    context: dict[str, Any] = {"today": today, "whose": whose}
    if request.GET.get("view") == "calendar":
        context |= _month(request, str(whose), today)
        return render(request, "forms/calendar.html", context)
    day = _day(request.GET.get("on", "")) or today
    rows = _rows(request, str(whose), day)
    exact = _day(request.GET.get("day", ""))
    if exact is not None:
        rows = rows.filter(due=exact)
    page = Paginator(rows.order_by("due", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context |= {
        "tasks": [_task(row, day) for row in page.object_list],
        "page": page,
        "on": day,
        "exact": exact,
        "overdue": rows.filter(due__lt=day).order_by().count(),
        "returns": reminders.returns(request.user),
        "drafts": reminders.drafts(request.user),
    }
    return render(request, "forms/due.html", context)


def _rows(request: HttpRequest, whose: str, day: date) -> QuerySet[Deadline]:
    """Deadlines running on a day: one's own, or all that one may see."""
    rows = Deadline.objects.open_on(day).filter(due__isnull=False).select_related("record__facility")
    if whose == MINE:
        return reminders.mine(request.user, day, rows)
    seen = [one.id for one in book() if permissions.readable(request.user, one)]
    scope = request.scope  # type: ignore[attr-defined]
    mine = permissions.visible(request.user, scope, record="record", subject="record__subject")
    return rows.filter(mine, definition__in=seen)


def _task(row: Deadline, day: date) -> Task:
    assert row.due is not None
    definition = book()[row.record.definition]
    facility = row.record.facility
    state = definition.states.get(row.state)
    return Task(
        definition,
        row.record_id,
        row.record.title,
        facility.name if facility else place_name(row.record.place, 4),
        row.due,
        reminders.due_words(row.due, day),
        reminders.tone_on(row, day),
        state.label if state else "",
        row.provisional,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _month(request: HttpRequest, whose: str, today: date) -> dict[str, Any]:
    """The weeks of a month with what ends on each day."""
    first = _day(f"{request.GET.get('month', '')}-01") or today.replace(day=1)
    if not 2000 <= first.year <= 2100:
        first = today.replace(day=1)
    weeks = Weeks().monthdatescalendar(first.year, first.month)
    shown = (weeks[0][0], weeks[-1][-1])
    rows = _rows(request, whose, today).filter(due__range=shown).order_by("due", "pk")[:MOST]
    by_day: dict[date, list[Deadline]] = {}
    for row in rows:
        assert row.due is not None
        by_day.setdefault(row.due, []).append(row)
    known = calendar()

    def cell(day: date) -> Day:
        mine = by_day.get(day, [])
        tasks = [_task(row, today) for row in mine[:PER_DAY]]
        return Day(
            day, day.month == first.month, day == today, known.works(day), tasks, len(mine) - len(tasks)
        )

    return {
        "first": first,
        "weeks": [[cell(day) for day in week] for week in weeks],
        "before": (first - timedelta(days=1)).strftime("%Y-%m"),
        "after": (first + timedelta(days=31)).strftime("%Y-%m"),
        "month": first.strftime("%Y-%m"),
        "in_month": sum(len(rows) for day, rows in by_day.items() if day.month == first.month),
        "published": first.year in known.years,
    }


@route("record.view")
@require_safe
def calendar_file(request: HttpRequest) -> HttpResponse:
    """One's own deadlines for the calendar of a telephone or mail program."""
    today = timezone.localdate()
    rows = _rows(request, MINE, today).order_by("due", "pk")[:MOST]
    entries = []
    for row in rows:
        task = _task(row, today)
        address = request.build_absolute_uri(reverse("forms:record", args=[task.record]))
        note = "（期限暂定）" if task.provisional else ""
        title = f"{task.definition.label}：{task.title}{note}"
        entries.append(Entry(f"deadline-{row.pk}", task.day, title, f"{task.where}；{task.state}", address))
    audit(by=request.user, action="record.calendar", kind="deadline", count=len(entries), request=request)
    text = calendar_of(entries, "杏林待办", timezone.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="xinglin-deadlines.ics"'
    return response
