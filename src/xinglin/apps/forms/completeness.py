"""Who owes what: units, periods, records there and in time; computed, never stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate, make_aware

from xinglin.apps.access.scope import Scope
from xinglin.apps.forms import permissions
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Event, Record
from xinglin.apps.forms.rows import facts_of
from xinglin.apps.forms.versions import former_states
from xinglin.apps.organisations.models import Facility
from xinglin.base.places import Level, load_divisions
from xinglin.records import Definition
from xinglin.records.definition import Due
from xinglin.records.migrating import migrated
from xinglin.records.periods import Owed, periods

CHUNK = 2000


@dataclass(frozen=True)
class Unit:
    """A facility, a place or a parent record that owes records."""

    id: str
    name: str
    place: str


@dataclass(frozen=True)
class State:
    """A unit and a period: ``there`` if the record is, ``late`` if it came after the last day or is missing past it."""

    unit: Unit
    there: bool
    late: bool
    record: str = ""


def units(definition: Definition, scope: Scope, on: date) -> list[Unit]:
    """Units of an area that owe a definition's records on a day, in order: facilities that worked on it, parent
    records that were open.
    """
    due = definition.due
    if due is None or not scope:
        return []
    if due.per is not None:
        return list(_parents(definition, due, scope, on))
    if due.facility_kinds:
        rows = Facility.objects.within(scope).on(on).filter(kind__in=due.facility_kinds)
        return [Unit(pk, name, place) for pk, name, place in rows.values_list("pk", "name", "place")]
    assert due.level is not None
    return list(places_of(scope, Level(due.level)))


def _parents(definition: Definition, due: Due, scope: Scope, on: date) -> Iterator[Unit]:
    """Parent records that owe on a day: in the state that they had at its end."""
    parent = book()[str(definition.of)]
    seen = replace(scope, named=frozenset(one._replace(parent=False) for one in scope.named))
    over = _midnight_after(on)
    mine = Event.objects.filter(record=OuterRef("pk"))
    then = Subquery(mine.filter(at__lt=over).order_by("-number").values("after")[:1])
    first = Subquery(mine.order_by("number").values("after")[:1])  # of one that was entered after it began
    rows = Record.objects.of(parent.id).within(seen).filter(Q(until=None) | Q(until__gte=on))
    rows = rows.filter(Q(day__lte=on) | Q(day=None, created_at__lt=over))
    rows = rows.annotate(then=Coalesce(then, first, F("state")))
    listed: Iterator[Any] = rows.order_by("title", "pk").iterator(CHUNK)
    for row in listed:
        state = migrated(parent, row.version, {}, row.then)[1]
        if due.parents is not None:
            owes = due.parents.holds({**facts_of(row, parent), "state": state})
        else:
            owes = state not in parent.states or not parent.states[state].end
        if owes:
            yield Unit(row.pk, row.title, row.place)


def _midnight_after(day: date) -> datetime:
    """The first moment after a day."""
    return make_aware(datetime.combine(day + timedelta(days=1), time.min))


def places_of(scope: Scope, level: Level) -> Iterator[Unit]:
    """Real places of a level within an area."""
    for root in sorted(scope.places):
        divisions = load_divisions(None if root == "0" else root, level)
        mine = divisions.get(root)
        for place in (mine,) if mine.level is level else divisions.descendants(root, level):
            if place.kind == "real":
                yield Unit(place.code, place.name, place.code)


def owed(definition: Definition, today: date, back: int = 400) -> list[Owed]:
    """The periods of about the last year, newest first; only those that are over, and the one that runs."""
    assert definition.due is not None
    first = date.fromordinal(max(today.toordinal() - back, 1))
    return list(reversed(periods(definition.due, first, today)))


def states(definition: Definition, period: Owed, scope: Scope, today: date) -> list[State]:
    """Every unit with what there is of it for a period."""
    due = definition.due
    assert due is not None
    rows = Record.objects.of(definition.id).within(scope)
    if period.last is not None:
        rows = rows.filter(day__range=(period.start, period.end))
    first: dict[str, tuple[str, date]] = {}
    for row, came in _came(rows, definition, due):
        for key in _whose(row, due):
            if key:
                first.setdefault(key, (row["pk"], came))
    found = []
    for unit in units(definition, scope, min(period.end, today)):
        record, day = first.get(unit.id, ("", today))
        past = period.last is not None and day > period.last
        found.append(State(unit, bool(record), past, record))
    return found


def _whose(row: Mapping[str, Any], due: Due) -> tuple[str, ...]:
    """The units for which a record stands."""
    return (row["subject"],) if due.per is not None else (row["facility"], row["place"][: due.level or 0])


def _came(rows: Any, definition: Definition, due: Due) -> Iterator[tuple[Mapping[str, Any], date]]:
    """Records that count, with the day they came: when made, or when first in a state that counts; in this order."""
    at: Any = F("created_at")
    if due.states:
        names = frozenset().union(*(former_states(definition, name) for name in due.states))
        mine = Event.objects.filter(record=OuterRef("pk"), after__in=names).order_by("number")
        rows, at = rows.filter(state__in=names), Coalesce(Subquery(mine.values("at")[:1]), at)
    for row in (
        rows.annotate(came=at).order_by("came", "pk").values("pk", "facility", "place", "subject", "came")
    ):
        yield row, localdate(row["came"])


@dataclass(frozen=True)
class Summary:
    """A definition and its newest period: how many owe, are there, are late or missing past the last day."""

    definition: Definition
    period: Owed
    units: int
    there: int
    late: int

    @property
    def share(self) -> int:
        """Percent that is there."""
        return self.there * 100 // self.units if self.units else 0


def summaries(user: Any, today: date) -> list[Summary]:
    """Every definition that is owed in an account's area, with its last closed period (the running one if none is)."""
    found = []
    for definition in book():
        scope = permissions.readable(user, definition)
        if definition.due is None or not scope:
            continue
        listed = owed(definition, today)
        period = next((one for one in listed if one.last is not None and one.end < today), listed[0])
        rows = states(definition, period, scope, today)
        if rows:
            there, late = sum(row.there for row in rows), sum(row.late for row in rows)
            found.append(Summary(definition, period, len(rows), there, late))
    return found
