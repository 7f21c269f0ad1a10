"""Which definition takes a fact row, and the record that gives the row back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from xinglin.apps.forms import lookup
from xinglin.apps.forms.book import book
from xinglin.apps.forms.loading.adapting import ADAPTED, Numbered
from xinglin.apps.forms.loading.writing import Wanted, Writer
from xinglin.apps.organisations.models import Facility, Post
from xinglin.apps.protection.ids import new_id
from xinglin.facts import load_contract
from xinglin.facts.model import ColumnType
from xinglin.records import Definition, FieldType, Subject, check
from xinglin.records.feed import Feed
from xinglin.records.feeding import feeds, id_of, raw_of
from xinglin.records.feeding import rows as rows_of
from xinglin.records.samples import sample_of
from xinglin.records.validation import Anything, document

Row = Mapping[str, Any]
PREFERRED = {
    "training": ("trainee",),
    "education_activity": ("lecture",),
    "supervision_visit": ("supervision_visit", "supervision_round"),
}
"""Definitions to be tried first."""
STATES = {"supervision_visit": "closed"}
"""States other than the first of those that count."""
AHEAD = 240
"""Deadlines of loaded records lie within so many days from today: what is years old is not overdue for it."""
_TRIES = 4
_SEVERAL = (FieldType.FACILITIES, FieldType.PRACTITIONERS)


class Finder:
    """Finds records for fact rows and hands them to a writer."""

    def __init__(self, writer: Writer) -> None:
        self.book, self.writer, self.numbered = book(), writer, Numbered()
        self.facilities = {row.pk: row for row in Facility.objects.order_by("place", "pk")}
        posts = Post.objects.filter(valid_to=None).order_by("-main", "practitioner")
        self.people: dict[str, list[str]] = {}
        for facility, person in posts.values_list("facility", "practitioner"):
            self.people.setdefault(facility, []).append(person)
        self.host = next((f for f in self.facilities.values() if f.kind == "tcm_hospital"), None)
        self._areas: dict[tuple[str, str], lookup.Area | None] = {}
        self._parents: dict[tuple[str, ...], str] = {}
        self._turn: Counter[str] = Counter()

    def add(self, table: str, row: Row) -> bool:
        """Hand the record of a row on; False when no definition takes it."""
        for definition, feed in self._candidates(table):
            wanted = self._wanted(definition, feed, row)
            if wanted is not None:
                self._parents.setdefault((definition.id,), self.writer.add(definition, wanted))
                return True
        return False

    def _candidates(self, table: str) -> Iterator[tuple[Definition, Feed]]:
        first = PREFERRED.get(table, ())
        found = [one for one in feeds(self.book, table) if one[0].survey is None and one[1].each is None]
        rank = {name: number for number, name in enumerate(first)}
        yield from sorted(found, key=lambda one: rank.get(one[0].id, len(rank)))

    def _wanted(self, definition: Definition, feed: Feed, row: Row) -> Wanted | None:
        things = self.things(definition, row)
        raw = raw_of(definition, feed, row, things)
        if raw is None:
            return None
        state = STATES.get(definition.id) or next(iter(feed.states), definition.start or "")
        raw = self.ahead(definition, state, raw, feed)
        made = self.fitting(definition, raw, row, {s.field for s in feed.columns.values() if s.field})
        if made is None:
            return None
        result = str(row.get("result")) if definition.standard is not None else None
        wanted = Wanted(made, state, result, id_of(feed, row) or new_id())
        return wanted if self._gives_back(definition, feed, wanted, row) else None

    def fitting(
        self, definition: Definition, raw: dict[str, Any], row: Row, fixed: set[str]
    ) -> dict[str, Any] | None:
        """The values as the definition takes them: adapted, numbered, without samples that contradict the row."""
        adapt = ADAPTED.get(definition.id)
        raw = dict(raw) if adapt is None else adapt(dict(raw), row)
        facility = self.facilities.get(str(raw.get("facility", "")))
        raw = self.numbered.named(definition, raw, facility.name if facility else "")
        for _ in range(_TRIES):
            faults = {fault.field for fault in check(definition, raw, Anything()).errors}
            loose = {name for name in faults - fixed if not self._needed(definition, name)}
            if not faults:
                return self.numbered.unique(definition, raw)
            if not loose:
                return None
            raw = {name: value for name, value in raw.items() if name not in loose}
        return None

    def _needed(self, definition: Definition, name: str) -> bool:
        one = definition.fields.get(name)
        return one is None or (one.required and one.when is None)

    def ahead(
        self, definition: Definition, state: str, raw: dict[str, Any], feed: Feed | None = None
    ) -> dict[str, Any]:
        """The values with the date that the state's deadline hangs on in the coming months, unless facts need it."""
        known = definition.states.get(state)
        name = known.deadline.field if known is not None and known.deadline is not None else None
        used = {source.field for source in feed.columns.values()} if feed is not None else set()
        if name is None or name in used or name == definition.day_field or definition.id in ADAPTED:
            return raw
        self._turn[definition.id] += 1
        days = 20 + self._turn[definition.id] * 37 % AHEAD
        return {**raw, name: (timezone.localdate() + timedelta(days=days)).isoformat()}

    def things(self, definition: Definition, row: Row) -> dict[str, Any]:
        """What stands for references that a row does not name."""
        facility = row.get("facility") or (self.host.pk if self.host else None)
        people = self.people.get(str(facility)) or next(iter(self.people.values()), [])
        found: dict[str, Any] = {"facility": facility, "place": row.get("place")}
        if people:
            self._turn[str(facility)] += 1
            found["practitioner"] = people[self._turn[str(facility)] % len(people)]
        for name, one in definition.fields.items():
            if one.required and one.type is FieldType.RECORD:
                found[name] = self.parent(str(one.of), row)
            elif not one.required and one.type in _SEVERAL:
                found[name] = []
            elif not one.required and one.type in (FieldType.FACILITY, FieldType.RECORD):
                found[name] = None
        return found

    def parent(self, of: str, row: Row) -> str | None:
        """A record that others are about: one that is loaded already, or one of its own out of samples."""
        key = (of, str(row["supporter"]), str(row["facility"])) if row.get("supporter") else (of,)
        if key not in self._parents:
            definition = self.book[of]
            more = {"supporter": row.get("supporter")} if row.get("supporter") else {}
            sample = sample_of(definition, {**self.things(definition, row), **more})
            raw = self.fitting(definition, self.ahead(definition, definition.start or "", sample), row, set())
            if raw is None:
                return None
            self._parents[key] = self.writer.add(definition, Wanted(raw, definition.start or ""))
        return self._parents[key]

    def area(self, definition: Definition, subject: str) -> lookup.Area | None:
        """Where records about a subject lie; None if there can be none."""
        facility = self.facilities.get(subject) if definition.subject is Subject.FACILITY else None
        if facility is not None:
            allowed = not definition.kinds or facility.kind in definition.kinds
            return lookup.Area(facility.place, facility.pk) if allowed else None
        key = (definition.id, subject)
        if key not in self._areas:
            found = lookup.areas(definition, [subject]).get(subject)
            self._areas[key] = None if found is None or found.fault is not None else found
        return self._areas[key]

    def _gives_back(self, definition: Definition, feed: Feed, wanted: Wanted, row: Row) -> bool:
        """Whether the record gives the row, in all that the row says and the feed carries."""
        area = self.area(definition, str(wanted.raw[definition.subject_field]))
        if area is None:
            return False
        values = check(definition, wanted.raw, Anything()).values
        kept = {
            "id": wanted.id,
            "version": definition.version,
            "state": wanted.state,
            "place": area.place,
            "facility": area.facility or None,
            "document": document(definition, values),
            "result": wanted.result,
        }
        made = [one for one in rows_of(definition, feed.table, kept) if not one.lacking]
        if len(made) != 1:
            return False
        columns = load_contract().table(feed.table).columns
        said = {
            n: row.get(n) for n in feed.columns if row.get(n) is not None or columns[n].type is ColumnType.REF
        }
        return all(made[0].row[name] == value for name, value in said.items())
