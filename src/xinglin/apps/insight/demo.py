"""Tasks of the demonstration: made of the county's documents, then moved by the demonstration's accounts so that every
state is there. What is made up is marked （演示）; the clauses themselves are real.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any

from xinglin.apps.forms.actions import moving
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Record
from xinglin.apps.insight.tasks import TASK, actions, stocktaking
from xinglin.apps.insight.tasks.generating import library, make, plan

MARK = "（演示）"
PEOPLE = ("李卫", "黄敏", "陈志", "邓芳")
DUE = (-20, -6, 9, 25, 40, 75, 120)
"""Days from today by which tasks are to be done, one after the other."""
CLOSED, SUBMITTED, BLOCKED, REJECTED, REVOKED = 5, 3, 2, 1, 1
"""How many come to each of these ends; the others are under way."""
NOBODY = 4
"""Every fourth task is left without anybody."""


def lively_tasks(place: str, by: Mapping[str, Any], today: date) -> None:
    """Make and move the tasks of a county. ``by``: role → the demonstration's account."""
    officer = by["county_officer"]
    wanted = plan(library(), place)
    make(wanted, by=officer)
    rows = {row.document["source"]: row for row in Record.objects.of(TASK).filter(place=place)}
    mine = [rows[item.id] for number, item in enumerate(wanted.new, start=1) if number % NOBODY]
    for number, row in enumerate(mine):
        person = PEOPLE[number % len(PEOPLE)]
        due = today + timedelta(days=DUE[number % len(DUE)])
        given: dict[str, Any] = {"person": person + MARK, "due_on": due}
        given["lead_unit"] = row.document.get("lead_unit") or "health"
        actions.assign_many([row], given, by=officer)
    _move_on(Record.objects.in_bulk([row.pk for row in mine]), [row.pk for row in mine], by, today)
    stocktaking.take(place, "", today, by=officer)


def _move_on(rows: Mapping[str, Record], order: Sequence[str], by: Mapping[str, Any], today: date) -> None:
    waiting = iter(order)
    known = definition(TASK)

    def some(number: int) -> list[Record]:
        return [rows[pk] for pk in islice(waiting, number)]

    def move(row: Record, name: str, role: str, reason: str = "", **raw: Any) -> Record:
        return moving.move(row, known, name, by=by[role], wish=Wish(reason=reason, raw=raw or None))

    done: dict[str, Any] = {
        "measure": "经核验合格",
        "progress": 100,
        "result": "已办完" + MARK,
        "done_on": today,
    }
    handed = [move(row, "submit", "county_officer", **done) for row in some(CLOSED + SUBMITTED + REJECTED)]
    for number, row in enumerate(handed[:CLOSED]):
        move(row, "accept", "inspector", verified_progress=100 if number % 3 else 80)
    for row in handed[CLOSED : CLOSED + REJECTED]:
        move(row, "reject", "inspector", "缺核验记录" + MARK)
    for row in some(BLOCKED):
        move(row, "raise", "county_officer", obstacle="改造经费缺口八万元" + MARK)
    for row in some(REVOKED):
        move(row, "revoke", "regional_officer", "与另一项合并" + MARK)
