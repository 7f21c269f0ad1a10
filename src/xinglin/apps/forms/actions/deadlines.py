"""Deadlines of states: begun when a state is entered, moved with the date they hang on, ended when it is left.

A row is never given another day once a day has passed: it is closed and another one goes on, so that what was overdue
on a day can be told for ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from xinglin.apps.forms.book import book, calendar
from xinglin.apps.forms.models import Deadline, Record
from xinglin.apps.forms.rows import values_in
from xinglin.apps.forms.versions import former_states, state_of
from xinglin.records import Definition, flow
from xinglin.records.workdays import By, Calendar, due_by


def follow(
    record: Record,
    definition: Definition,
    values: Mapping[str, Any],
    day: date,
    known: Calendar | None = None,
    *,
    entered: bool = False,
) -> None:
    """Bring a record's deadline up to its state and values; the caller has the transaction.

    Args:
        entered: the state was entered just now, perhaps from itself: what ran in it is over.
    """
    now = state_of(record, definition)
    state = definition.states.get(now)
    wanted = state.deadline if state is not None and record.removed_at is None else None
    mine = list(Deadline.objects.filter(record=record, closed_on=None))
    names = former_states(definition, now)
    running = None if entered else next((one for one in mine if one.state in names), None)
    for one in mine:
        if one is not running or wanted is None:
            _close(one, day)
    if wanted is None:
        return
    since = running.entered_on if running else day if entered else _entered(record, names, day)
    by = due_by(wanted, since, values, known or calendar())
    if running is not None:
        if is_same(running, by):
            return
        _close(running, day)
    opened(record, now, wanted, by, since, day).save(force_insert=True)


def opened(
    record: Record, state: str, wanted: flow.Deadline, by: By | None, since: date, day: date
) -> Deadline:
    """The deadline of a record's state, not saved: entered on one day, with this due date from another on."""
    due = by.day if by is not None else None
    return Deadline(
        record_id=record.pk,
        state=state,
        entered_on=since,
        opened_on=day,
        due=due,
        warn_on=due - timedelta(days=wanted.warn) if due else None,
        provisional=by is not None and by.provisional,
        escalate=wanted.escalate or "",
        definition=record.definition,
        author=record.author,
        **_area(record),
    )


def carry(record: Record) -> None:
    """Take the deadlines of a record to the area where it lies now."""
    Deadline.objects.filter(record=record).update(**_area(record))


def _area(record: Record) -> dict[str, str | None]:
    return {"place": record.place, "facility_id": record.facility_id}


def is_same(running: Deadline, by: By | None) -> bool:
    """Whether a deadline that runs is the one that should."""
    return (running.due, running.provisional) == (
        (by.day, by.provisional) if by is not None else (None, False)
    )


def _close(row: Deadline, day: date) -> None:
    """End a row; one that did not live through a day leaves no trace."""
    if row.opened_on >= day:
        row.delete()
    else:
        row.closed_on = day
        row.save(update_fields=["closed_on"])


def _entered(record: Record, names: frozenset[str], day: date) -> date:
    """The day a state was entered: of a record put back, the day it had been entered before."""
    last = record.events.filter(kind="move", after__in=names).order_by("-number").first()
    if last is not None:
        return timezone.localdate(last.at)
    known = Deadline.objects.filter(record=record, state__in=names).order_by("-pk").first()
    return known.entered_on if known else day


def stop(record: Record, day: date) -> None:
    """End whatever runs."""
    for row in Deadline.objects.filter(record=record, closed_on=None):
        _close(row, day)


@transaction.atomic
def recompute() -> int:
    """Count provisional deadlines anew, after a year's working days became known. How many moved or became sure."""
    known, moved, today = calendar(), 0, timezone.localdate()
    rows = Deadline.objects.filter(provisional=True, closed_on=None).select_related("record")
    for row in list(rows.order_by("pk")):
        definition = book().definitions.get(row.record.definition)
        if definition is None:
            continue
        follow(row.record, definition, values_in(row.record, definition), today, known)
        still = Deadline.objects.filter(pk=row.pk, closed_on=None).exists()
        moved += not still
    return moved
