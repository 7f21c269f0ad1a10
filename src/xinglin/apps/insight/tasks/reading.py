"""Tasks of a place as they are, or as they were at the end of a day: told by their events alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from xinglin.apps.forms import permissions
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.history import derived
from xinglin.apps.forms.models import Deadline, Event, Record
from xinglin.apps.forms.models.record import RecordQuerySet
from xinglin.apps.forms.naming import masked
from xinglin.apps.forms.rows import secrets
from xinglin.apps.insight.tasks import TASK
from xinglin.apps.insight.tasks.generating import JOINED
from xinglin.apps.insight.tasks.units import labels
from xinglin.records.validation import values_of

UNASSIGNED, RUNNING, BLOCKED, SUBMITTED, CLOSED, REVOKED = (
    "unassigned",
    "running",
    "blocked",
    "submitted",
    "closed",
    "revoked",
)
"""States of a task."""
OVER = (CLOSED, REVOKED)
MOST = 3000
"""Tasks of one place that a page reads."""


@dataclass(frozen=True)
class Task:
    """A task at a moment.

    Attributes:
        values: as kept, personal ones left out. person: surname of whoever answers for it, if the reader may know.
        deadline: of its state, today only. escalated: whom an overdue state has been told to, a role.
    """

    id: str
    state: str
    values: Mapping[str, Any]
    person: str = ""
    deadline: date | None = None
    escalated: str = ""

    def __getattr__(self, name: str) -> Any:
        """A value of the record."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self.values.get(name)

    @property
    def is_over(self) -> bool:
        """Whether nothing is to be done any more."""
        return self.state in OVER

    @property
    def lead_label(self) -> str:
        """The lead unit: its name here, else the kind of department."""
        return str(self.lead_name or labels().get(str(self.lead_unit), ""))

    @property
    def co_labels(self) -> list[str]:
        """Kinds of departments that take part, in printed order."""
        return [labels().get(code, code) for code in self.co_units or ()]

    @property
    def units(self) -> tuple[str, ...]:
        """Codes of all units, the lead first."""
        return tuple(dict.fromkeys(filter(None, [self.lead_unit, *(self.co_units or ())])))

    @property
    def all_clauses(self) -> list[str]:
        """The clauses it answers."""
        return [str(self.clause), *(str(self.clauses).split(JOINED) if self.clauses else ())]

    @property
    def target_ids(self) -> list[str]:
        """Targets of the library that it is about."""
        return str(self.targets).split(JOINED) if self.targets else []

    @property
    def evidence_count(self) -> int:
        """Files and named records."""
        named = [line for line in str(self.proof or "").splitlines() if line.strip()]
        return len(self.evidence or ()) + len(named)

    @property
    def claimed(self) -> int | None:
        """Progress that was claimed, percent."""
        return None if self.progress is None else int(self.progress)

    @property
    def verified(self) -> int | None:
        """Progress that somebody else verified; none before it was settled."""
        if self.state != CLOSED or self.verified_progress is None:
            return None
        return int(self.verified_progress)

    @property
    def difference(self) -> int | None:
        """Claimed less verified, percentage points; what was claimed and not verified yet differs in full."""
        return None if self.claimed is None else self.claimed - (self.verified or 0)

    def is_late(self, day: date) -> bool:
        """Whether its own last day is past and it is not over."""
        due: date | None = self.due_on
        return due is not None and due < day and not self.is_over


def visible(user: Any, place: str, *, removed: bool = False) -> RecordQuerySet:
    """The records of exactly this place that an account may read; ``removed``: those taken out among them."""
    rows = everything(place)
    kept = rows if removed else rows.filter(removed_at=None)
    return kept.within(permissions.readable(user, definition(TASK)))


def everything(place: str) -> RecordQuerySet:
    """All tasks there ever were of a place, for the program."""
    return Record.objects.filter(definition=TASK, place=place)


def now(user: Any, place: str, *, people: bool = True) -> list[Task]:
    """The tasks of a place as they are (two queries); without ``people`` nothing personal is read."""
    known, today = definition(TASK), timezone.localdate()
    found = visible(user, place).order_by("pk")
    rows = list((found if people else found.defer("personal"))[:MOST])
    running = {one.record_id: one for one in Deadline.objects.filter(record__in=rows, closed_on=None)}
    names = people and permissions.scope_in(user, known.who.write, known).covers(place=place)
    return [_task(row, running.get(row.pk), today, names=names) for row in rows]


def _task(row: Record, running: Deadline | None, today: date, *, names: bool) -> Task:
    known = definition(TASK)
    person = str(secrets(row).get("person") or "") if names else ""
    late = running is not None and running.due is not None and running.due < today
    return Task(
        row.pk,
        row.state,
        values_of(known, row.document),
        masked(person) if person else "",
        running.due if running else None,
        running.escalate if running is not None and late else "",
    )


def at(user: Any, place: str, day: date) -> list[Task]:
    """The tasks of a place as they were at the end of a day; those made later, or taken out by then, are left out.

    Args:
        user: whose rights decide; None for the program.
    """
    rows = visible(user, place, removed=True) if user is not None else everything(place)
    events = Event.objects.filter(record__in=rows.order_by().values("pk"), at__lt=end_of(day)).order_by(
        "record", "number"
    )
    return list(_then(events.defer("personal")))


def end_of(day: date) -> datetime:
    """The moment a day is over here."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))


def _then(events: Iterable[Event]) -> Iterator[Task]:
    mine: dict[str, list[Event]] = {}
    for event in events:
        mine.setdefault(event.record_id, []).append(event)
    for record, listed in mine.items():
        document, state = _told(listed)
        if state is not None:
            yield Task(record, state, values_of(definition(TASK), document))


def _told(events: list[Event]) -> tuple[dict[str, Any], str | None]:
    """Document and state after events; no state for a record that is taken out."""
    for event in events:
        event.personal = ""
    document, _, _, state = derived(events)
    gone = [event.kind for event in events if event.kind in ("remove", "restore")]
    return document, None if gone and gone[-1] == "remove" else state
