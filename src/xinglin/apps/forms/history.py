"""Writing down what happened to a record, and telling from it alone what the record must be."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db.models import Max
from django.utils import timezone

from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms.models import Event, Record
from xinglin.apps.forms.rows import changes, secrets
from xinglin.apps.protection.ids import new_id

PIECE = 500
"""Records whose history is read at once."""


class Deed:
    """One action of one account; all its events and audit rows carry its number."""

    def __init__(self, by: Any, name: str, request: Any = None) -> None:
        self.by, self.name, self.request, self.number, self.at = by, name, request, new_id(), timezone.now()

    @property
    def who(self) -> str:
        """Id of the account; empty for the program."""
        return str(getattr(self.by, "pk", None) or "")

    def event(self, record: Record, kind: str, number: int, **more: Any) -> Event:
        """An event, not saved."""
        return Event(
            record_id=record.pk, number=number, at=self.at, by=self.who, kind=kind, deed=self.number, **more
        )

    def note(self, record: Record, kind: str, **more: Any) -> Event:
        """An event, saved, with its audit row."""
        event = self.event(record, kind, next_number(record), **more)
        event.save(force_insert=True)
        hidden = json.loads(event.personal) if event.personal else {}
        self.log(record, kind, [*event.changes, *hidden])
        return event

    def log(self, record: Record, kind: str, fields: Iterable[str] = ()) -> None:
        """The audit row."""
        action = f"record.{kind}"
        audit(
            by=self.by,
            action=action,
            kind=record.definition,
            id=record.pk,
            fields=fields,
            request=self.request,
        )


def next_number(record: Record) -> int:
    """The number of a record's next event."""
    last = Event.objects.filter(record=record).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def snapshot(record: Record) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]:
    """What of a record its history tells: document, personal values, scores, state."""
    return dict(record.document), secrets(record), dict(record.scores), record.state


def difference(before: tuple[Any, ...], record: Record) -> dict[str, Any]:
    """What an event says of a change: changes of the document and scores, of personal values, of the state."""
    document, personal, scores, state = before
    hidden = changes(personal, secrets(record))
    told = changes(document, record.document)
    told |= {f"items.{name}": pair for name, pair in changes(scores, record.scores).items()}
    return {
        "changes": told,
        "personal": json.dumps(hidden, ensure_ascii=False) if hidden else "",
        "before": state,
        "after": record.state,
    }


def derived(events: Iterable[Event]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], str]:
    """What a record must be after its events, in order: document, personal values, scores, state."""
    document: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    scores: dict[str, Any] = {}
    state = ""
    for event in events:
        for name, (_, after) in event.changes.items():
            if name.startswith("items."):
                _put(scores, name.removeprefix("items."), after)
            else:
                _put(document, name, after)
        for name, (_, after) in json.loads(event.personal or "{}").items():
            _put(personal, name, after)
        state = event.after
    return document, personal, scores, state


def _put(target: dict[str, Any], name: str, value: Any) -> None:
    if value is None:
        target.pop(name, None)
    else:
        target[name] = value


def strays(records: Iterable[Record]) -> list[str]:
    """Ids of records that are not what their events say; read piece by piece."""
    waiting, found = iter(records), list[str]()
    while piece := list(islice(waiting, PIECE)):
        events: dict[str, list[Event]] = {record.pk: [] for record in piece}
        for event in Event.objects.filter(record__in=list(events)).order_by("record", "number"):
            events[event.record_id].append(event)
        found += [one.pk for one in piece if not _agrees(one, events[one.pk])]
    return found


def _agrees(record: Record, events: list[Event]) -> bool:
    numbers = [event.number for event in events]
    return numbers == list(range(1, len(events) + 1)) and derived(events) == snapshot(record)
