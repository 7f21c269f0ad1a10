"""Deadlines of states: begun when a state is entered, moved with the date they hang on, ended when it is left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from xinglin.apps.forms.book import book, calendar
from xinglin.apps.forms.models import Deadline, Record
from xinglin.apps.forms.rows import values_in
from xinglin.records import Definition
from xinglin.records.workdays import By, Calendar, due_by


def follow(
    record: Record,
    definition: Definition,
    values: Mapping[str, Any],
    day: date,
    known: Calendar | None = None,
) -> None:
    """Bring a record's deadline up to its state and values; the caller has the transaction."""
    state = definition.states.get(record.state)
    wanted = state.deadline if state is not None and record.removed_at is None else None
    mine = list(Deadline.objects.filter(record=record, closed_on=None))
    running = next((one for one in mine if one.state == record.state), None)
    for one in mine:
        if one is not running or wanted is None:
            one.closed_on = day
            one.save(update_fields=["closed_on"])
    if wanted is None:
        return
    row = running or Deadline(
        record=record, state=record.state, opened_on=day, escalate=wanted.escalate or ""
    )
    by = due_by(wanted, row.opened_on, values, known or calendar())
    if running is None or (row.due, row.provisional) != _plain(by):
        row.due, row.provisional = _plain(by)
        row.warn_on = row.due - timedelta(days=wanted.warn) if row.due else None
        row.save()


def _plain(by: By | None) -> tuple[date | None, bool]:
    return (by.day, by.provisional) if by is not None else (None, False)


def stop(record: Record, day: date) -> None:
    """End whatever runs."""
    Deadline.objects.filter(record=record, closed_on=None).update(closed_on=day)


@transaction.atomic
def recompute() -> int:
    """Count provisional deadlines anew, after a year's working days became known. How many moved."""
    known, moved = calendar(), 0
    rows = Deadline.objects.filter(provisional=True, closed_on=None).select_related("record")
    for row in rows.iterator(500):
        definition = book().definitions.get(row.record.definition)
        if definition is None:
            continue
        before = (row.due, row.provisional)
        follow(row.record, definition, values_in(row.record, definition), timezone.localdate(), known)
        row.refresh_from_db()
        moved += (row.due, row.provisional) != before
    return moved
