"""Deeds on tasks: assigning many, taking that back, making one of a target that is missed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms.actions import moving, saving
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.history import next_number
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.forms.rows import values_in
from xinglin.apps.insight.tasks import TASK
from xinglin.apps.insight.tasks.generating import GAP, JOINED
from xinglin.apps.insight.tasks.units import departments
from xinglin.policy.model import Document, Target
from xinglin.policy.responsible import responsibility
from xinglin.records import Definition

GIVEN = ("lead_unit", "lead_name", "co_units", "person", "post", "due_on")
"""What assigning fills in."""
DAYS = 90
"""Days that a task out of a gap has when the target is past its own last day."""
TAKEN_BACK = "撤销批量分派"


class Assigned(NamedTuple):
    """One task that was assigned: its revision now, and the number of its last event before."""

    record: str
    revision: int
    number: int


def assign_many(
    records: Sequence[Record], given: Mapping[str, Any], *, by: Any, request: Any = None
) -> tuple[list[Assigned], list[tuple[Record, str]]]:
    """Fill lead, units, person and last day of tasks; those that then have all three are under way.

    Each on its own: what could not be done comes back with why.
    """
    known, done, left = definition(TASK), list[Assigned](), list[tuple[Record, str]]()
    wanted = {name: value for name, value in given.items() if name in GIVEN and value not in (None, "", [])}
    for record in records:
        try:
            done.append(_assign(record, known, wanted, by=by, request=request))
        except (NotAllowed, saving.Invalid, saving.Outdated) as error:
            left.append((record, str(error)))
    if done:
        fields = sorted(wanted)
        audit(by=by, action="task.assign", kind=TASK, count=len(done), fields=fields, request=request)
    return done, left


@transaction.atomic
def _assign(
    record: Record, known: Definition, wanted: Mapping[str, Any], *, by: Any, request: Any
) -> Assigned:
    number = next_number(record) - 1
    now = {**values_in(record, known), **wanted}
    needs = known.moves["assign"].needs
    ready = record.state == known.start and all(now.get(name) for name in needs)
    row = record
    if not ready or set(wanted) - set(needs):
        row = saving.change(record, known, now, by=by, request=request)
    if ready:
        raw = {name: now[name] for name in needs}
        row = moving.move(row, known, "assign", by=by, wish=Wish(raw=raw), request=request)
    return Assigned(row.pk, row.revision, number)


def take_back(done: Sequence[Assigned], *, by: Any, request: Any = None) -> tuple[int, int]:
    """Take back an assignment where nobody changed the task since: how many, and how many stay."""
    known, back = definition(TASK), 0
    for one in done:
        record = Record.objects.of(TASK).filter(pk=one.record, revision=one.revision).first()
        if record is None:
            continue
        try:
            _take_back(record, known, one, by=by, request=request)
        except (NotAllowed, saving.Invalid, saving.Outdated):
            continue
        back += 1
    if back:
        audit(by=by, action="task.take_back", kind=TASK, count=back, request=request)
    return back, len(done) - back


@transaction.atomic
def _take_back(record: Record, known: Definition, one: Assigned, *, by: Any, request: Any) -> None:
    """Back to what the record held, as its own history tells: names of people stand nowhere else."""
    before: dict[str, Any] = {}
    moved = False
    for event in record.events.filter(number__gt=one.number).order_by("-number"):
        moved = moved or event.move == "assign"
        told = {**event.changes, **json.loads(event.personal or "{}")}
        before |= {name: pair[0] for name, pair in told.items() if name in GIVEN}
    if moved:
        wish = Wish(reason=TAKEN_BACK)
        record = moving.move(record, known, "reassign", by=by, wish=wish, request=request)
    values = {**values_in(record, known), **before}
    saving.change(record, known, values, by=by, request=request)


def prefilled(
    document: Document,
    target: Target,
    place: str,
    *,
    gap: str = "",
    nearest: Sequence[str] = (),
    today: date | None = None,
) -> dict[str, Any]:
    """Values of a task out of a missed target, for the form.

    Args:
        gap: what is lacking, in words. nearest: names of the units that could be won first.
    """
    day = today or timezone.localdate()
    answer = responsibility(document, target)
    codes = departments([*answer.lead, *answer.units])
    told = [target.summary, f"差距：{gap}" if gap else "", _nearest(nearest)]
    own = document.place == place
    return {
        "place": place,
        "date": day,
        "document": document.short,
        "origin": GAP,
        "clause": target.clauses[0],
        "clauses": JOINED.join(target.clauses[1:]) or None,
        "targets": target.id,
        "printed": JOINED.join(answer.units) or None,
        "task": "\n".join(filter(None, told))[:1500],
        "measure": target.summary[:300],
        "lead_unit": codes[0] if codes else None,
        "lead_name": answer.units[0] if answer.units and own else None,
        "co_units": list(codes[1:]) or None,
        "due_on": target.deadline if target.deadline > day else date.fromordinal(day.toordinal() + DAYS),
    }


def _nearest(names: Sequence[str]) -> str:
    return f"最近能达到的：{JOINED.join(names[:10])}" if names else ""


@transaction.atomic
def task_from_target(
    document: Document,
    target: Target,
    place: str,
    *,
    by: Any,
    gap: str = "",
    nearest: Sequence[str] = (),
    given: Mapping[str, Any] | None = None,
    request: Any = None,
) -> Record:
    """Make a task of a target that is missed at a place.

    Args:
        gap, nearest: as in `prefilled`. given: what the form says instead. pk of the record follows.

    Raises:
        Invalid: among others when the same task is there already, or the place is not the account's.
    """
    raw = {**prefilled(document, target, place, gap=gap, nearest=nearest), **(given or {})}
    known = definition(TASK)
    record = saving.create(known, raw, by=by, request=request)
    audit(by=by, action="task.from_target", kind=TASK, id=record.pk, request=request)
    needs = known.moves["assign"].needs
    if all(raw.get(name) for name in needs):
        record = moving.move(
            record, known, "assign", by=by, wish=Wish(raw={n: raw[n] for n in needs}), request=request
        )
    return record
