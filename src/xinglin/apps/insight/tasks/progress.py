"""领导小组进展报告: how far the tasks of a place are, by document and by unit, and what changed since the last one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from xinglin.apps.forms import permissions
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Record
from xinglin.apps.insight.tasks import ISSUE
from xinglin.apps.insight.tasks.listing import Counts, counted
from xinglin.apps.insight.tasks.reading import BLOCKED, CLOSED, REVOKED, UNASSIGNED, Task, at
from xinglin.apps.insight.tasks.units import labels

NOBODY = "还没有牵头单位"
MEETING = "leading_group_meeting"
DAYS = 30
"""Days back when no meeting was held before."""
SOLVED = ("settled",)


@dataclass(frozen=True)
class Group:
    """One document or unit: counts on the day, and what is settled more than last time."""

    name: str
    counts: Counts
    more_closed: int
    more_tasks: int


@dataclass(frozen=True)
class Issue:
    """Something that a unit cannot solve alone."""

    id: str
    what: str
    unit: str
    due: date | None
    late: bool
    task: bool


@dataclass(frozen=True)
class Report:
    """The whole report.

    Attributes:
        day, since: of this one and the last. closed: settled since. late, unassigned: tasks. issues: stuck.
    """

    place: str
    day: date
    since: date
    counts: Counts
    before: Counts
    documents: list[Group]
    units: list[Group]
    closed: list[Task]
    late: list[Task]
    unassigned: list[Task]
    issues: list[Issue]


def report(user: Any, place: str, day: date, since: date) -> Report:
    """The report of a day, against an earlier one: both told by the histories of the tasks."""
    tasks, earlier = at(user, place, day), at(user, place, since)
    was = {task.id: task.state for task in earlier}
    live = [task for task in tasks if task.state != REVOKED]
    return Report(
        place,
        day,
        since,
        counted(tasks, day),
        counted(earlier, since),
        _grouped(tasks, earlier, day, since, lambda task: str(task.document)),
        _grouped(tasks, earlier, day, since, lead_of),
        [task for task in live if task.state == CLOSED and was.get(task.id) != CLOSED],
        sorted((task for task in live if task.is_late(day)), key=lambda task: (task.due_on, task.id)),
        [task for task in live if task.state == UNASSIGNED],
        [*_blocked(live, day), *_issues(user, place, day)],
    )


def lead_of(task: Task) -> str:
    """The kind of department that leads; words for none."""
    return labels().get(str(task.lead_unit), NOBODY)


def _grouped(
    tasks: Iterable[Task], earlier: Iterable[Task], day: date, since: date, key: Callable[[Task], str]
) -> list[Group]:
    mine: dict[str, list[Task]] = {}
    before: dict[str, list[Task]] = {}
    for task in tasks:
        mine.setdefault(key(task), []).append(task)
    for task in earlier:
        before.setdefault(key(task), []).append(task)
    found = []
    for name, listed in mine.items():
        now, old = counted(listed, day), counted(before.get(name, ()), since)
        found.append(Group(name, now, now.closed - old.closed, now.total - old.total))
    return sorted(found, key=lambda group: (group.name != NOBODY, -group.counts.total, group.name))


def _blocked(tasks: Iterable[Task], day: date) -> list[Issue]:
    return [
        Issue(task.id, str(task.obstacle or task.task), task.lead_label, task.due_on, task.is_late(day), True)
        for task in tasks
        if task.state == BLOCKED
    ]


def _issues(user: Any, place: str, day: date) -> list[Issue]:
    """Items that a meeting decided on and that are not solved: as they are now, those begun by the day."""
    known = definition(ISSUE)
    rows = Record.objects.of(ISSUE).filter(place=place, day__lte=day).exclude(state__in=SOLVED)
    found = []
    for row in rows.within(permissions.readable(user, known)).order_by("day", "pk"):
        due = date.fromisoformat(row.document["due_on"]) if row.document.get("due_on") else None
        unit = labels().get(str(row.document.get("unit")), "")
        found.append(Issue(row.pk, row.title, unit, due, due is not None and due < day, False))
    return found


def last_time(place: str, day: date) -> date:
    """The day of the last report: that of the leading group's last meeting before, else a month back."""
    rows = Record.objects.of(MEETING).filter(place=place, day__lt=day).order_by("-day")
    return rows.values_list("day", flat=True).first() or day - timedelta(days=DAYS)
