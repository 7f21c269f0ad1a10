"""A piece of an import written: records with index rows, unique keys, history and deadlines, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.utils import timezone

from xinglin.apps.exchange import bulk
from xinglin.apps.exchange.spec import Change, Row
from xinglin.apps.forms import lookup, rows
from xinglin.apps.forms.actions.deadlines import carry, follow, is_same, opened
from xinglin.apps.forms.book import calendar
from xinglin.apps.forms.history import Deed, difference, snapshot
from xinglin.apps.forms.models import Deadline, Event, Record, UniqueKey, Value
from xinglin.apps.forms.versions import bring_up
from xinglin.records import Definition, FieldType
from xinglin.records.workdays import Calendar, due_by

CHUNK = 2000


class Writing:
    """The writing half of a register (`tables.EngineTable`)."""

    definition: Definition

    def _values(self, row: Row) -> dict[str, Any]:
        """Checked values of a row."""
        raise NotImplementedError

    def _by_ids(self, ids: Collection[str]) -> Iterator[Record]:
        """Records of some ids."""
        raise NotImplementedError

    def write(
        self, changes: Sequence[Change], *, by: Any, deed: str, beat: Callable[[], None] = lambda: None
    ) -> None:
        """New and changed records with index rows, unique keys, history and deadlines; deletions of what was new."""
        act = Deed(by, deed)
        waiting = iter(changes)
        while piece := list(islice(waiting, bulk.PIECE)):
            gone = [change.id for change in piece if change.after is None]
            Record.objects.filter(pk__in=gone).delete()
            self._write([change for change in piece if change.after is not None], act)
            beat()

    def _write(self, changes: Sequence[Change], act: Deed) -> None:
        values = {change.id: self._values(change.after or {}) for change in changes}
        subjects = [str(one[self.definition.subject_field]) for one in values.values()]
        areas = lookup.areas(self.definition, subjects)
        old = {record.pk: record for record in self._by_ids([c.id for c in changes if c.before is not None])}
        numbers = _numbers(old)
        new: list[Record] = []
        changed: list[Record] = []
        elsewhere: list[Record] = []
        events: list[Event] = []
        for change in changes:
            record = old.get(change.id) or self._new(change.id, act)
            before = snapshot(record) if change.id in old else ({}, {}, {}, "")
            if change.id in old:
                bring_up(record, self.definition)
                values[change.id] |= self._beside(record)
            area = areas[str(values[change.id][self.definition.subject_field])]
            if change.id in old and (record.place, record.facility_id or "") != (area.place, area.facility):
                elsewhere.append(record)
            record.place, record.facility_id = area.place, area.facility or None
            rows.fill(record, self.definition, values[change.id])
            record.changed_at = act.at
            record.revision += change.id in old
            (changed if change.id in old else new).append(record)
            told = difference(before, record)
            events.append(act.event(record, act.name[:10], numbers.get(record.pk, 0) + 1, **told))
        bulk.write(new)
        bulk.write(changed, update=[f.name for f in Record._meta.concrete_fields if not f.primary_key])
        self._index([*new, *changed], values, list(old))
        bulk.write(events)
        self._follow(new, changed, values, act)
        for record in elsewhere:
            carry(record)

    def _beside(self, record: Record) -> dict[str, Any]:
        """What a record holds that no sheet can: its files."""
        files = [n for n, f in self.definition.fields.items() if f.type is FieldType.FILE]
        kept = rows.values_in(record, self.definition) if files else {}
        return {name: kept[name] for name in files}

    def _new(self, id_: str, act: Deed) -> Record:
        start = self.definition.start or ""
        return Record(
            id=id_, definition=self.definition.id, state=start, author=act.who, created_at=act.at, revision=1
        )

    def _index(
        self, records: Sequence[Record], values: Mapping[str, Mapping[str, Any]], old: Sequence[str]
    ) -> None:
        for model in (Value, UniqueKey):
            for start in range(0, len(old), CHUNK):
                model.objects.filter(record__in=old[start : start + CHUNK]).delete()
        indexed = [row for r in records for row in rows.index_rows(r, self.definition, values[r.pk])]
        bulk.write(indexed)
        bulk.write([k for r in records for k in rows.unique_rows(r, self.definition, values[r.pk])])

    def _follow(
        self,
        new: Sequence[Record],
        changed: Sequence[Record],
        values: Mapping[str, Mapping[str, Any]],
        act: Deed,
    ) -> None:
        """Deadlines: those of new records at once; of the others only where the day moves."""
        if not any(state.deadline for state in self.definition.states.values()):
            return
        known, today = calendar(), timezone.localdate(act.at)
        begun = []
        for record in new:
            wanted = self.definition.states[record.state].deadline
            if wanted is not None:
                by = due_by(wanted, today, values[record.pk], known)
                begun.append(opened(record, record.state, wanted, by, today, today))
        bulk.write(begun)
        for record in self._moved(changed, values, known):
            follow(record, self.definition, values[record.pk], today, known)

    def _moved(
        self, changed: Sequence[Record], values: Mapping[str, Mapping[str, Any]], known: Calendar
    ) -> Iterator[Record]:
        """Records whose deadline is not the one that runs."""
        running: dict[str, list[Deadline]] = {}
        for row in Deadline.objects.filter(record__in=[one.pk for one in changed], closed_on=None):
            running.setdefault(row.record_id, []).append(row)
        for record in changed:
            rows_, state = running.get(record.pk, []), self.definition.states.get(record.state)
            limit = state.deadline if state is not None else None
            same = [one for one in rows_ if limit is not None and one.state == record.state]
            if limit is None and not rows_:
                continue
            alone = same[0] if len(same) == len(rows_) == 1 else None
            due = due_by(limit, alone.entered_on, values[record.pk], known) if limit and alone else None
            if limit is None or alone is None or not is_same(alone, due):
                yield record


def _numbers(old: Mapping[str, Record]) -> dict[str, int]:
    """The number of the last event of each record."""
    from django.db.models import Max

    found = Event.objects.filter(record__in=list(old)).values("record").annotate(last=Max("number"))
    return {row["record"]: row["last"] for row in found}
