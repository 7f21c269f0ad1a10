"""Records whose time of keeping is over: found by their definition's ``retention``, deleted only when somebody
says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Record
from xinglin.records import Definition, Kind

PIECE = 500


@dataclass(frozen=True)
class Over:
    """A definition with records whose time is over: how many, and the day from which the oldest was over."""

    definition: Definition
    ids: list[str]


def ended_before(definition: Definition, day: date) -> Any:
    """Records that came to their end before a day: a register's last day; a state that is an end; else the record's
    day.

    Records that were taken out count from the day they were.
    """
    rows = Record.objects.filter(definition=definition.id)
    removed = Q(removed_at__date__lt=day)
    if definition.kind is Kind.REGISTER:
        return rows.filter(removed | Q(until__lt=day))
    ends = [name for name, state in definition.states.items() if state.end]
    if ends:
        left = rows.annotate(last=Max("events__at"))
        return left.filter(removed | Q(state__in=ends, last__date__lt=day))
    return rows.filter(removed | Q(day__lt=day)) if not definition.states else rows.filter(removed)


def over(today: date | None = None) -> Iterator[Over]:
    """Every definition with records that need not be kept any longer; those others belong to wait for them."""
    now = today or timezone.localdate()
    for definition in book():
        if isinstance(definition.retention, int):
            before = _years_before(now, definition.retention)
            ids = list(ended_before(definition, before).values_list("pk", flat=True))
            parents = set(Record.objects.filter(subject__in=ids).values_list("subject", flat=True))
            free = sorted(set(ids) - parents)
            if free:
                yield Over(definition, free)


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def delete(found: Over, *, by: Any = None) -> int:
    """Delete records with their history and files' rows; one audit row for every piece. How many were deleted."""
    done = 0
    for start in range(0, len(found.ids), PIECE):
        piece = found.ids[start : start + PIECE]
        with transaction.atomic():
            Record.objects.filter(pk__in=piece).delete()
            audit(by=by, action="record.expire", kind=found.definition.id, count=len(piece))
        done += len(piece)
    return done
