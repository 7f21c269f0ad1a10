"""Definitions as registers of the exchange: template, import, export and undoing come from there, nothing is
written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from xinglin.apps.access.scope import Scope
from xinglin.apps.exchange import bulk
from xinglin.apps.exchange.spec import (
    PLACE,
    SPECS,
    Area,
    Change,
    Key,
    Refers,
    Row,
    RowFault,
    Stored,
    TableSpec,
    register,
)
from xinglin.apps.forms import lookup, permissions, rows
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Record, UniqueKey, Value
from xinglin.apps.forms.models.record import COUNTY
from xinglin.apps.forms.writing import Writing
from xinglin.apps.ui.places import place_name
from xinglin.facts.fault import Fault
from xinglin.facts.model import Column, ColumnType, Table, Time
from xinglin.records import Checked, Definition, FieldType, check
from xinglin.records.cells import JOINED, code_list, shown
from xinglin.records.fields import MANY, REFERENCES
from xinglin.records.validation import Anything

CHUNK = 2000
PREFIX = "records."
"""Before the id of a definition: names of its register."""
ID, STATE = "record", "state"
LONGEST_MANY = 4000
"""Characters of a cell that holds several choices or references."""


def table_of(definition: Definition) -> Table:
    """The sheet of a definition: its id, every field but files and computed ones, the state to be read only."""
    columns = {
        ID: Column(label="记录编号", type=ColumnType.ID, meaning="本系统内不含意义的编号", required=True)
    }
    for name, one in definition.fields.items():
        if one.type is not FieldType.FILE and one.computed is None:
            columns[name] = one.column(definition.id, name)
    if definition.states:
        words = "、".join(state.label for state in definition.states.values())
        columns[STATE] = Column(
            label="状态", type=ColumnType.TEXT, meaning=f"只读：{words}；状态在页面上办理"
        )
    return Table(
        name=PREFIX + definition.id,
        label=definition.label,
        grain=definition.meaning,
        key=(ID,),
        time=Time(kind="none"),
        columns=columns,
    )


@dataclass(frozen=True)
class EngineTable(Writing, TableSpec):
    """A register that the form engine keeps."""

    definition: Definition = field(default=None, repr=False)  # type: ignore[assignment]

    def view_scope(self, user: Any) -> Scope:
        """Where an account may see it."""
        return permissions.readable(user, self.definition)

    def edit_scope(self, user: Any) -> Scope:
        """Where an account may import."""
        return permissions.writable(user, self.definition)

    def personal_area(self, user: Any) -> Scope | bool:
        """Where an account sees personal columns: where it may write or verify."""
        return permissions.scope_in(
            user, (*self.definition.who.write, *self.definition.who.verify), self.definition
        )

    @cached_property
    def held_by(self) -> tuple[str, ...]:
        """What the records are about: where they lie follows from it."""
        subject = self.refers.get(self.definition.subject_field)
        return (self.definition.subject_field,) if subject and subject.target in SPECS else ()

    def broken_since(self, changes: Sequence[Change], scope: Scope) -> Iterator[RowFault]:
        """Records whose subject is gone, or lies elsewhere; what no two may share the database keeps."""
        subject = self.definition.subject_field
        rows_ = [(number, one.after) for number, one in enumerate(changes) if one.after is not None]
        areas = lookup.areas(self.definition, [str(row[subject]) for _, row in rows_])
        for number, row in rows_:
            for column, fault in self._area_faults(row, areas, scope):
                yield RowFault(number, column, fault)

    @property
    def judges_references(self) -> bool:
        """As on the page: what a record is about lies in the area, whatever else it names only has to exist."""
        return True

    def refer_scope(self, user: Any) -> Scope:
        """Whoever may see a record may file another about it."""
        return self.view_scope(user)

    @cached_property
    def refers(self) -> dict[str, Refers]:
        """Columns whose cells are codes of places, or ids."""
        found = {}
        for name, one in self.definition.fields.items():
            kinds = {"kind": self.definition.kinds} if name == self.definition.subject_field else {}
            if name not in self.table.columns:
                continue
            if one.type in REFERENCES:
                found[name] = Refers(REFERENCES[one.type], one.type in MANY, kinds)
            elif one.type is FieldType.PLACE:
                found[name] = Refers(PLACE)
            elif one.type is FieldType.RECORD:
                found[name] = Refers(f"{PREFIX}{one.of}")
        return found

    def offered(
        self, scope: Scope, only: Mapping[str, tuple[str, ...]], most: int
    ) -> Mapping[str, str] | None:
        """Records of an area by title, where they are and day, the newest first."""
        del only
        if not scope or any(self.definition.fields[name].is_personal for name in self.definition.title):
            return None
        rows_ = self._all().within(scope).values_list("pk", "title", "facility__name", "place", "day")
        found = list(rows_[: most + 1])
        if len(found) > most:
            return None
        return {
            pk: f"{title}（{name or place_name(place, COUNTY)}）{day or ''}"
            for pk, title, name, place, day in found
        }

    def listed_choices(self) -> Mapping[str, Sequence[str]]:
        """Labels of the choices of which a record may have several."""
        fields = {n: f for n, f in self._many.items() if f.type is FieldType.CODES}
        return {
            name: [entry.label for entry in code_list(one, self.definition.id, name).codes.values()]
            for name, one in fields.items()
        }

    @cached_property
    def _many(self) -> dict[str, Any]:
        return {n: f for n, f in self.definition.fields.items() if f.type in MANY and n in self.table.columns}

    def _row(self, record: Record, *, personal: bool = True) -> Row:
        """A record as a row of its sheet."""
        found = self._cells(rows.values_in(record, self.definition, personal=personal))
        return self._with_state({ID: record.pk, **found}, record.state)

    def _cells(self, values: Mapping[str, Any]) -> Row:
        """Typed values as the sheet has them."""
        found: Row = {}
        for name in self.table.columns:
            if name in (ID, STATE):
                continue
            value = values.get(name)
            if name in self._many and value is not None:
                one = self._many[name]
                coded = one.type is FieldType.CODES
                value = shown(one, value, self.definition.id, name) if coded else JOINED.join(value)
            found[name] = value
        return found

    def _with_state(self, row: Row, name: str) -> Row:
        if STATE in self.table.columns:
            state = self.definition.states.get(name)
            row[STATE] = state.label if state else name
        return row

    def _all(self) -> Any:
        return Record.objects.of(self.definition.id)

    def _by_ids(self, ids: Collection[str]) -> Iterator[Record]:
        listed = sorted(ids)
        for start in range(0, len(listed), CHUNK):
            yield from self._all().filter(pk__in=listed[start : start + CHUNK])

    def stored(self, rows: Collection[Row], scope: Scope) -> dict[Key, Stored]:
        """Records whose id a row brings."""
        found = {}
        for record in self._by_ids({row[ID] for row in rows if row[ID]}):
            inside = permissions.lies_in(scope, self.definition, record)
            found[(record.pk,)] = Stored(record.pk, self._row(record), inside)
        return found

    def conflicts(
        self,
        rows: Mapping[int, Row],
        stored: Mapping[Key, Stored],
        scope: Scope,
        beat: Callable[[], None] = lambda: None,
    ) -> Iterator[RowFault]:
        """What the definition refuses: the same checks as the page makes, then what two records may not share."""
        known = self._primed(rows.values())
        subject = self.definition.subject_field
        areas = lookup.areas(self.definition, [str(row[subject]) for row in rows.values() if row[subject]])
        keys: dict[tuple[int, str], int] = {}
        for at, (number, row) in enumerate(rows.items(), start=1):
            if at % CHUNK == 0:
                beat()
            old = stored.get(self.key(row)) if row[ID] else None
            found = check(self.definition, self._raw(row), known)
            faults = list(self._faults(found, row, old, areas, scope))
            if faults:
                yield RowFault(number, *faults[0])
                continue
            self._settle(row, found, old)
            for key in rows_digests(self.definition, found.values):
                if key in keys:
                    yield self._twice(number, key, f"与表中另一行（第 {keys[key] + 1} 条）")
                    break
                keys[key] = number
        yield from self._taken(keys, rows)

    def _faults(
        self,
        found: Checked,
        row: Row,
        old: Stored | None,
        areas: Mapping[str, lookup.Area],
        scope: Scope,
    ) -> Iterator[tuple[str, Fault]]:
        for fault in found.errors:
            yield fault.field, fault.fault
        yield from self._area_faults(row, areas, scope)
        if STATE in self.table.columns:
            yield from self._state_faults(row, old)

    def _area_faults(
        self, row: Row, areas: Mapping[str, lookup.Area], scope: Scope
    ) -> Iterator[tuple[str, Fault]]:
        subject = self.definition.subject_field
        area = areas.get(str(row[subject]), lookup.Area())
        if area.fault is not None:
            yield subject, area.fault
        elif not scope.covers(place=area.place, facility=area.facility):
            yield subject, Fault("outside_area", "不在您可以填报的范围", "请只填自己地区或机构的")

    def _settle(self, row: Row, found: Checked, old: Stored | None) -> None:
        """Put a good row as the register will give it back: otherwise nothing would be the same, nor be undone."""
        row.update(self._cells(found.values))
        if STATE in self.table.columns:
            start = self.definition.states[str(self.definition.start)].label
            row[STATE] = start if old is None else old.row[STATE]

    def _state_faults(self, row: Row, old: Stored | None) -> Iterator[tuple[str, Fault]]:
        start = self.definition.states[str(self.definition.start)].label
        allowed = start if old is None else old.row[STATE]
        if row[STATE] not in (None, allowed):
            yield (
                STATE,
                Fault("state", f"状态“{row[STATE]}”不能由导入改成", f"请留空或写“{allowed}”，在页面上办理"),
            )
        if old is not None and old.row != row:
            name = next((n for n, s in self.definition.states.items() if s.label == old.row[STATE]), "")
            if not set(self.definition.who.write) <= permissions.editing(self.definition, name):
                fix = "请删去这一行；要改的在页面上由有权限的人改"
                yield STATE, Fault("state", f"“{old.row[STATE]}”的记录不能由导入改", fix)

    def _taken(self, keys: Mapping[tuple[int, str], int], rows: Mapping[int, Row]) -> Iterator[RowFault]:
        """Keys that records outside the file already have."""
        listed = sorted(digest for _, digest in keys)
        for start in range(0, len(listed), CHUNK):
            query = UniqueKey.objects.filter(
                definition=self.definition.id, digest__in=listed[start : start + CHUNK]
            )
            for number, digest, record in query.values_list("number", "digest", "record"):
                at = keys.get((number, digest))
                if at is not None and rows[at][ID] != record:
                    yield self._twice(at, (number, digest), "与已有的一条")

    def _twice(self, number: int, key: tuple[int, str], with_: str) -> RowFault:
        fields = self.definition.unique[key[0]]
        labels = "、".join(self.definition.fields[name].label for name in fields)
        fault = Fault("twice", f"{with_}{labels}都相同", "请核对，或删去重复的一行")
        return RowFault(number, fields[-1], fault)

    def _primed(self, found: Iterable[Row]) -> lookup.Database:
        """A lookup that has asked for everything the rows refer to, in few queries."""
        known, wanted = lookup.Database(), dict[str, set[str]]()
        listed = list(found)
        for name, one in self.definition.fields.items():
            kind = {FieldType.PLACE: "place", FieldType.RECORD: f"record:{one.of}"}.get(
                one.type, REFERENCES.get(one.type)
            )
            if kind is not None and name in self.table.columns:
                values = (row[name] for row in listed if row[name])
                parts = (p for v in values for p in (str(v).split(JOINED) if one.type in MANY else [str(v)]))
                wanted.setdefault(kind, set()).update(parts)
        for kind, ids in wanted.items():
            known.prime(kind, ids)
        return known

    def _raw(self, row: Row) -> Row:
        """Values to be checked; numbers without the noughts that a way through a file puts behind them."""
        return {name: _number(value) for name, value in row.items() if name not in (ID, STATE)}

    def _values(self, row: Row) -> dict[str, Any]:
        return dict(check(self.definition, self._raw(row), Anything()).values)

    def areas(self, ids: Collection[str], scope: Scope) -> dict[str, Area]:
        """Where records lie."""
        return {
            record.pk: Area(record.place, record.facility_id or "")
            for record in self._by_ids(ids)
            if permissions.lies_in(scope, self.definition, record)
        }

    def new_ids(self, rows: Sequence[Row]) -> list[str]:
        """Fresh ids; those that rows bring are kept."""
        fresh = iter(bulk.new_ids(sum(not row[ID] for row in rows)))
        return [str(row[ID]) if row[ID] else next(fresh) for row in rows]

    def present(self, ids: Collection[str]) -> dict[str, Row]:
        """Rows as they are now."""
        return {record.pk: self._row(record) for record in self._by_ids(ids)}

    def lock(self, ids: Collection[str]) -> None:
        """In the order of their ids, so that two imports never wait for each other."""
        listed = sorted(ids)
        for start in range(0, len(listed), CHUNK):
            rows_ = self._all().filter(pk__in=listed[start : start + CHUNK]).order_by("pk")
            list(rows_.select_for_update(no_key=True).values_list("pk"))

    def referred_to(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that records about them refer to."""
        listed, found = sorted(ids), set[str]()
        for start in range(0, len(listed), CHUNK):
            about = Record.objects.filter(subject__in=listed[start : start + CHUNK], removed_at=None)
            found |= set(about.values_list("subject", flat=True))
            named = Value.objects.filter(slot__in=self._named_in, text__in=listed[start : start + CHUNK])
            found |= {str(text) for text in named.values_list("text", flat=True)}
        return found

    @cached_property
    def _named_in(self) -> list[int]:
        """Index rows of other definitions that name records of this one."""
        return [
            rows.slot(other.id, name)
            for other in book()
            for name in rows.index_fields(other)
            if other.fields[name].of == self.definition.id
        ]

    def exceeds(self, scope: Scope, filters: Mapping[str, str], most: int) -> bool:
        """Whether more records of an area meet filters than so many."""
        return bool(self._meeting(scope, filters).order_by()[: most + 1].count() > most)

    def rows(self, scope: Scope, filters: Mapping[str, str], personal: Scope | bool) -> Iterable[Row]:
        """Rows of an area, newest first."""
        for record in self._meeting(scope, filters).iterator(CHUNK):
            seen = (
                personal
                if isinstance(personal, bool)
                else permissions.lies_in(personal, self.definition, record)
            )
            yield self._row(record, personal=seen)

    def _meeting(self, scope: Scope, filters: Mapping[str, str]) -> Any:
        from xinglin.apps.forms.listing import narrowed

        return narrowed(self._all().within(scope), self.definition, filters)


def _number(value: Any) -> Any:
    if not isinstance(value, Decimal):
        return value
    short = value.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def rows_digests(definition: Definition, values: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Number and digest of each set of fields no two records may share."""
    return list(rows.digests(definition, values))


def register_all() -> None:
    """Every definition becomes a register; those that others are about come first."""
    waiting = list(book())
    done: set[str] = set()
    while waiting:
        ready = [one for one in waiting if one.of is None or one.of in done] or waiting
        for one in ready:
            register(spec_of(one))
            done.add(one.id)
        waiting = [one for one in waiting if one.id not in done]


def spec_of(definition: Definition) -> EngineTable:
    """The register of a definition."""
    personal = tuple(name for name, one in definition.fields.items() if one.is_personal)
    lengths = {
        n: f.longest_text for n, f in definition.fields.items() if f.type in (FieldType.TEXT, FieldType.LINES)
    } | {n: LONGEST_MANY for n, f in definition.fields.items() if f.type in MANY}
    return EngineTable(
        table=table_of(definition),
        view="record.view",
        edit="record.edit",
        lengths=lengths,
        personal=personal,
        personal_view="record.edit",
        listed=False,
        definition=definition,
    )
