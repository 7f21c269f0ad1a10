"""A register that is a Django model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import ForeignKey, Model, Q, QuerySet, UniqueConstraint

from xinglin.apps.access.scope import Scope
from xinglin.apps.exchange import bulk
from xinglin.apps.exchange.constraints import broken
from xinglin.apps.exchange.spec import Area, Change, Key, Row, RowFault, Stored, TableSpec
from xinglin.apps.protection.ids import new_id
from xinglin.facts.model import ColumnType

CHUNK = 2000
"""Values asked for in one query."""


def nothing_to_tell(changes: Sequence[Change], by: Any, deed: str) -> None:
    """The history of a register without one."""
    del changes, by, deed


@dataclass(frozen=True)
class ModelTable(TableSpec):
    """Rows are instances of a model whose fields are named as the columns are.

    Attributes:
        model: the model. within: rows of an area. prepare: fills what is derived (sort keys, hashes) into an instance
            about to be written. wrote: told after every write, for the history. rules: further checks of the register,
            called with rows of the file by number and stored rows by key.
        derived: fields that ``prepare`` fills.
    """

    model: type[Model] = Model
    within: Callable[[Scope], QuerySet[Any]] = field(default=lambda scope: NotImplemented)
    prepare: Callable[[Any, Any], None] = field(default=lambda instance, by: None)
    wrote: Callable[[Sequence[Change], Any, str], None] = nothing_to_tell
    rules: Callable[[Mapping[int, Row], Mapping[Key, Stored], Scope], Iterator[RowFault]] | None = None
    derived: tuple[str, ...] = ()

    @cached_property
    def attributes(self) -> dict[str, str]:
        """Column → attribute of the model that holds its plain value (``facility`` → ``facility_id``)."""
        fields = {one.name: one for one in self.model._meta.concrete_fields}
        return {name: fields[name].attname for name in self.table.columns}

    @cached_property
    def _never_null(self) -> frozenset[str]:
        return frozenset(one.attname for one in self.model._meta.concrete_fields if not one.null)

    @property
    def _pk(self) -> str:
        pk = self.model._meta.pk
        assert pk is not None
        return pk.attname

    @property
    def _unique(self) -> list[UniqueConstraint]:
        found = self.model._meta.constraints
        return [one for one in found if isinstance(one, UniqueConstraint) and not one.expressions]

    def stored(self, rows: Collection[Row], scope: Scope) -> dict[Key, Stored]:
        """Rows with a key column, or the first column of a unique constraint, in common with the file's."""
        firsts = dict.fromkeys(
            [self.table.key[0], *(one.fields[0] for one in self._unique), *self.natural[:1]]
        )
        found: dict[str, Row] = {}
        for column in firsts:
            if column in self.table.columns:
                values = {row[column] for row in rows if row[column] is not None}
                for chunk in chunks(sorted(values)):
                    found |= self._read(Q(**{f"{self.attributes[column]}__in": chunk}))
        inside = self._inside(found, scope)
        return {self.key(row): Stored(pk, row, pk in inside) for pk, row in found.items()}

    def _read(self, condition: Q) -> dict[str, Row]:
        names = list(self.attributes)
        values = self.model._default_manager.filter(condition).values_list(
            self._pk, *self.attributes.values()
        )
        return {
            row[0]: {n: None if v == "" else v for n, v in zip(names, row[1:], strict=True)} for row in values
        }

    def _inside(self, ids: Collection[str], scope: Scope) -> set[str]:
        found: set[str] = set()
        for chunk in chunks(sorted(ids)):
            found |= set(self.within(scope).filter(pk__in=chunk).values_list("pk", flat=True))
        return found

    def conflicts(
        self, rows: Mapping[int, Row], stored: Mapping[Key, Stored], scope: Scope
    ) -> Iterator[RowFault]:
        """What unique constraints and the register's own rules refuse; of each row the first."""
        told: set[int] = set()
        for fault in self._refused(rows, stored, scope):
            if fault.number not in told:
                told.add(fault.number)
                yield fault

    def _refused(
        self, rows: Mapping[int, Row], stored: Mapping[Key, Stored], scope: Scope
    ) -> Iterator[RowFault]:
        for constraint in self._unique:
            if all(name in self.table.columns for name in constraint.fields):
                yield from broken(self, constraint, rows, stored)
        if self.rules is not None:
            yield from self.rules(rows, stored, scope)

    def areas(self, ids: Collection[str], scope: Scope) -> dict[str, Area]:
        """Where rows lie, by the path that the contract declares."""
        steps = (self.table.place or "").split(".")
        place = "__".join(steps)
        facility = "__".join(steps[:-1]) or (self._pk if self.name == "facility" else "")
        columns = [name for name in (place, facility) if name]
        found: dict[str, Area] = {}
        for chunk in chunks(sorted(ids)):
            rows = self.within(scope).filter(pk__in=chunk).values(*dict.fromkeys([self._pk, *columns]))
            for row in rows:
                found[str(row[self._pk])] = Area(
                    str(row[place] or "") if place else "", str(row[facility] or "") if facility else ""
                )
        return found

    def new_id(self, row: Row) -> str:
        """The id in the row, or a fresh one; a one-to-one register is known by what it belongs to."""
        column = next((name for name, attribute in self.attributes.items() if attribute == self._pk), None)
        return str(row[column]) if column and row[column] else new_id()

    def write(self, changes: Sequence[Change], *, by: Any, deed: str) -> None:
        """New and changed rows as prepared statements, deletions by id; then the history."""
        fields = [one.name for one in self.model._meta.concrete_fields if not one.primary_key]
        touched = [name for name in fields if name in self.table.columns or name in self.derived]
        kept = [change for change in changes if change.after is not None]
        bulk.write([self._instance(change, by) for change in kept if change.before is None])
        old = [self._instance(change, by) for change in kept if change.before is not None]
        bulk.write(old, update=touched)
        gone = [change.id for change in changes if change.after is None]
        for chunk in chunks(gone):
            self.model._default_manager.filter(pk__in=chunk).delete()
        self.wrote(changes, by, deed)

    def instance(self, id: str, row: Row) -> Any:
        """An instance with these values, not saved; a text field that may not be null holds an empty text."""
        values = {
            attribute: "" if row[name] is None and attribute in self._never_null else row[name]
            for name, attribute in self.attributes.items()
        }
        return self.model(**{**values, self._pk: id})

    def _instance(self, change: Change, by: Any) -> Any:
        assert change.after is not None
        instance = self.instance(change.id, change.after)
        self.prepare(instance, by)
        return instance

    def present(self, ids: Collection[str]) -> dict[str, Row]:
        """Rows as they are now."""
        found: dict[str, Row] = {}
        for chunk in chunks(sorted(ids)):
            found |= self._read(Q(pk__in=chunk))
        return found

    def referred_to(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that rows of other registers refer to."""
        found: set[str] = set()
        for relation in self.model._meta.related_objects:
            if isinstance(relation.field, ForeignKey):
                other, name = relation.related_model, relation.field.attname
                for chunk in chunks(sorted(ids)):
                    rows = other._default_manager.filter(**{f"{name}__in": chunk})
                    found |= set(map(str, rows.values_list(name, flat=True)))
        return found

    def rows(self, scope: Scope, filters: Mapping[str, str], personal: bool) -> Iterable[Row]:
        """Rows of an area, personal columns empty for those who may not see them."""
        shown = [name for name in self.table.columns if personal or name not in self.personal]
        query = self.within(scope).filter(self._filter(filters))
        for values in query.values_list(*(self.attributes[name] for name in shown)).iterator(CHUNK):
            told = (None if value == "" else value for value in values)
            yield {**dict.fromkeys(self.table.columns), **dict(zip(shown, told, strict=True))}

    def _filter(self, filters: Mapping[str, str]) -> Q:
        """Equal values; places by the beginning of their code. What is no column, or personal, filters nothing."""
        wanted = Q()
        for name, value in filters.items():
            column = self.table.columns.get(name)
            if column is None or not value or name in self.personal:
                continue
            if column.type is ColumnType.PLACE:
                wanted &= Q(**{f"{name}__startswith": value})
            elif column.type is ColumnType.BOOLEAN:
                wanted &= Q(**{name: value in ("1", "true", "是")})
            elif column.type in (ColumnType.CODE, ColumnType.REF, ColumnType.ID):
                wanted &= Q(**{self.attributes[name]: value})
        return wanted


def chunks(values: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """The values in pieces."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
