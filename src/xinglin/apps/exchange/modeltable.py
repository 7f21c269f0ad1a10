"""A register that is a Django model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import (
    BooleanField,
    ExpressionWrapper,
    ForeignKey,
    Model,
    Q,
    QuerySet,
    UniqueConstraint,
    Value,
)

from xinglin.apps.access.scope import Scope
from xinglin.apps.exchange import bulk
from xinglin.apps.exchange.constraints import broken
from xinglin.apps.exchange.spec import Area, Change, Key, Row, RowFault, Stored, TableSpec, holds
from xinglin.facts.model import ColumnType

CHUNK = 2000
"""Values asked for in one query."""


def nothing_to_tell(changes: Sequence[Change], by: Any, deed: str, beat: Callable[[], None]) -> None:
    """The history of a register without one."""
    del changes, by, deed, beat


@dataclass(frozen=True)
class ModelTable(TableSpec):
    """Rows are instances of a model whose fields are named as the columns are.

    Attributes:
        model: the model. within: rows of an area. prepare: fills what is derived (sort keys, hashes) into an instance
            about to be written. wrote: told after every write, for the history. rules: further checks of the register,
            called with rows of the file by number and stored rows by key.
        derived: fields that ``prepare`` fills. called: id and name of the rows of an area that may be chosen from, the
            first so many that meet further conditions; None where names may not stand in a file for many hands.
        holding: holds what is no row of a register. narrow: rows of an area as a list of the site narrows them down,
            with its filters and where personal columns are shown.
    """

    model: type[Model] = Model
    within: Callable[[Scope], QuerySet[Any]] = field(default=lambda scope: NotImplemented)
    prepare: Callable[[Any, Any], None] = field(default=lambda instance, by: None)
    wrote: Callable[[Sequence[Change], Any, str, Callable[[], None]], None] = nothing_to_tell
    rules: Callable[[Mapping[int, Row], Mapping[Key, Stored], Scope], Iterator[RowFault]] | None = None
    derived: tuple[str, ...] = ()
    called: Callable[[Scope, Mapping[str, tuple[str, ...]], int], Sequence[tuple[str, str]]] | None = None

    holding: Callable[[Sequence[Row]], None] | None = None
    narrow: Callable[[QuerySet[Any], Scope, Mapping[str, str], Scope], QuerySet[Any]] | None = None

    @property
    def by_name(self) -> bool:
        """Where a list of the site narrows rows down."""
        return self.narrow is not None

    def hold_more(self, rows: Sequence[Row]) -> None:
        """As ``holding`` says."""
        if self.holding is not None:
            self.holding(rows)

    def broken_since(self, changes: Sequence[Change], scope: Scope) -> Iterator[RowFault]:
        """Only where rows belong to others; what a row alone must be, and what no two may share, the database keeps."""
        return super().broken_since(changes, scope) if self.held_by else iter(())

    def offered(
        self, scope: Scope, only: Mapping[str, tuple[str, ...]], most: int
    ) -> Mapping[str, str] | None:
        """As ``called`` says, if they are not too many."""
        rows = self.called(scope, only, most + 1) if self.called is not None and scope else ()
        return dict(rows) if len(rows) <= most else None

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
                for condition in _in(self.attributes[column], values):
                    found |= self._read(condition)
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
        for condition in _in("pk", ids):
            found |= set(self.within(scope).filter(condition).values_list("pk", flat=True))
        return found

    def conflicts(
        self,
        rows: Mapping[int, Row],
        stored: Mapping[Key, Stored],
        scope: Scope,
        beat: Callable[[], None] = lambda: None,
    ) -> Iterator[RowFault]:
        """What unique constraints and the register's own rules refuse; of each row the first."""
        del beat  # few statements answer for all rows
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
        for condition in _in("pk", ids):
            rows = self.within(scope).filter(condition).values(*dict.fromkeys([self._pk, *columns]))
            for row in rows:
                found[str(row[self._pk])] = Area(
                    str(row[place] or "") if place else "", str(row[facility] or "") if facility else ""
                )
        return found

    def new_ids(self, rows: Sequence[Row]) -> list[str]:
        """The ids in the rows, or fresh ones; a one-to-one register is known by what it belongs to."""
        column = next((name for name, attribute in self.attributes.items() if attribute == self._pk), None)
        told = [row[column] if column else None for row in rows]
        fresh = iter(bulk.new_ids(sum(not one for one in told)))
        return [str(one) if one else next(fresh) for one in told]

    def write(
        self, changes: Sequence[Change], *, by: Any, deed: str, beat: Callable[[], None] = lambda: None
    ) -> None:
        """New and changed rows as prepared statements, deletions by id; then the history."""
        fields = [one.name for one in self.model._meta.concrete_fields if not one.primary_key]
        touched = [name for name in fields if name in self.table.columns or name in self.derived]
        kept = [change for change in changes if change.after is not None]
        for update, wanted in ((None, True), (touched, False)):
            mine = [change for change in kept if (change.before is None) is wanted]
            for chunk in chunks(mine, bulk.PIECE):
                bulk.write(self._instances(chunk, by), update)
                beat()
        self._delete([change.id for change in changes if change.after is None])
        self.wrote(changes, by, deed, beat)

    def _delete(self, ids: Sequence[str]) -> None:
        """Without looking for what refers to them: the caller has asked, and the database refuses at the end."""
        for condition in _in("pk", ids):
            rows = self.model._default_manager.filter(condition)
            rows._raw_delete(rows.db)

    def _instances(self, changes: Sequence[Change], by: Any) -> list[Any]:
        """Instances with these values, not saved; made without ``__init__``, which costs more than the writing.

        A text field that may not be null holds an empty text.
        """
        fields = [one for one in self.model._meta.concrete_fields if not one.primary_key]
        defaults = {one.attname: one.get_default() for one in fields}
        filled = [(name, at, "" if at in self._never_null else None) for name, at in self.attributes.items()]
        found = []
        for change in changes:
            row = change.after
            assert row is not None
            instance = self.model.__new__(self.model)
            values = {at: empty if row[name] is None else row[name] for name, at, empty in filled}
            instance.__dict__.update(defaults, **values)
            instance.__dict__[self._pk] = change.id
            self.prepare(instance, by)
            found.append(instance)
        return found

    def present(self, ids: Collection[str]) -> dict[str, Row]:
        """Rows as they are now."""
        found: dict[str, Row] = {}
        for condition in _in("pk", ids):
            found |= self._read(condition)
        return found

    def lock(self, ids: Collection[str]) -> None:
        """In the order of their ids, so that two imports never wait for each other."""
        for condition in _in("pk", ids):
            rows = self.model._default_manager.filter(condition).order_by("pk")
            list(rows.select_for_update(no_key=True).values_list("pk"))

    def referred_to(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that rows of other registers refer to."""
        found: set[str] = set()
        for relation in self.model._meta.related_objects:
            if isinstance(relation.field, ForeignKey):
                other, name = relation.related_model, relation.field.attname
                for condition in _in(name, ids):
                    rows = other._default_manager.filter(condition)
                    found |= set(map(str, rows.values_list(name, flat=True)))
        return found

    def exceeds(self, scope: Scope, filters: Mapping[str, str], most: int) -> bool:
        """Whether more rows of an area meet filters than so many."""
        return self._narrowed(scope, filters, scope)[: most + 1].count() > most

    def rows(self, scope: Scope, filters: Mapping[str, str], personal: Scope | bool) -> Iterable[Row]:
        """Rows of an area, personal columns empty where they may not be seen."""
        everywhere = holds(personal, scope)
        shown = [name for name in self.table.columns if personal or name not in self.personal]
        names = personal if isinstance(personal, Scope) else scope if personal else Scope()
        query = self._narrowed(scope, filters, names).annotate(_seen=self._seen(personal, everywhere))
        nothing, hidden = dict.fromkeys(self.table.columns), dict.fromkeys(self.personal)
        for *values, seen in query.values_list(*(self.attributes[name] for name in shown), "_seen").iterator(
            CHUNK
        ):
            told = (None if value == "" else value for value in values)
            row = {**nothing, **dict(zip(shown, told, strict=True))}
            yield row if seen else {**row, **hidden}

    def _seen(self, personal: Scope | bool, everywhere: bool) -> Any:
        """In the one statement that reads the rows: whether personal columns of a row are shown."""
        if everywhere or isinstance(personal, bool) or not self.personal:
            return Value(everywhere)
        return ExpressionWrapper(Q(pk__in=self.within(personal).values("pk")), BooleanField())

    def _narrowed(self, scope: Scope, filters: Mapping[str, str], names: Scope) -> QuerySet[Any]:
        """Rows of an area that meet filters."""
        rows = self.within(scope).filter(self._filter(filters))
        return self.narrow(rows, scope, filters, names) if self.narrow is not None else rows

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


def _in(name: str, values: Collection[Any]) -> Iterator[Q]:
    """Conditions that together pick the rows with one of the values: none, one plain, or one for very many texts."""
    listed = sorted(values)
    if len(listed) > CHUNK and all(isinstance(value, str) for value in listed):
        yield Q(bulk.among(name, listed))
    else:
        yield from (Q(**{f"{name}__in": chunk}) for chunk in chunks(listed))


def chunks(values: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """The values in pieces."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
