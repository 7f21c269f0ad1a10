"""What a register must offer so that it can be imported and exported; registered by its app.

A `TableSpec` knows nothing of files, and what reads files knows nothing of databases. `modeltable.ModelTable` is one
for a Django model; a register kept by a form engine offers the same seven answers.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from xinglin.apps.access.scope import Scope
from xinglin.facts.fault import Fault
from xinglin.facts.model import Column, ColumnType, Table

Row = dict[str, Any]
"""Column name → str, int, Decimal, bool, date or None."""
Key = tuple[Any, ...]


class Area(NamedTuple):
    """Where a row lies: code of its place, and the facility it belongs to (either may be empty)."""

    place: str = ""
    facility: str = ""


class Stored(NamedTuple):
    """A row as the database has it; ``inside``: it lies in the area of whoever imports."""

    id: str
    row: Row
    inside: bool


class Change(NamedTuple):
    """One row written, by id: what it was (None: new) and what it is (None: deleted)."""

    id: str
    before: Row | None
    after: Row | None


class Refers(NamedTuple):
    """What the cells of a column name by code.

    Attributes:
        target: a register, or `PLACE`. several: a cell may name several. only: which of its rows may be named, by
            attribute, as the register understands it.
    """

    target: str
    several: bool = False
    only: Mapping[str, tuple[str, ...]] = {}


SOUGHT = "sought"
"""Among the filters of an export: the text by which somebody was looked for; it never comes from an address."""
PLACE = "place"
"""What a column refers to whose cells are codes of places."""


class RowFault(NamedTuple):
    """A fault at a row of the file, by its number from 0, in a column."""

    number: int
    column: str
    fault: Fault


@dataclass(frozen=True)
class TableSpec(ABC):
    """A register.

    Attributes:
        table: its declaration; columns beyond the contract's may be added. view, edit: permissions.
        natural: columns that tell two things apart when a row has no id yet.
        lengths: longest text of a column. personal: columns that only ``personal_view`` may see.
        listed: on the page of all registers; others have a page of their own that leads here.
    """

    table: Table
    view: str
    edit: str
    natural: tuple[str, ...] = ()
    lengths: Mapping[str, int] = field(default_factory=dict)
    personal: tuple[str, ...] = ()
    personal_view: str = ""
    listed: bool = True

    @property
    def judges_references(self) -> bool:
        """Whether `conflicts` says itself what rows may refer to; else it must lie where the account may write."""
        return False

    @property
    def by_name(self) -> bool:
        """Whether somebody can be looked for in it (`SOUGHT`)."""
        return False

    def view_scope(self, user: Any) -> Scope:
        """Where an account may see rows."""
        scope: Scope = user.scope_for(self.view)
        return scope

    def edit_scope(self, user: Any) -> Scope:
        """Where an account may write rows."""
        scope: Scope = user.scope_for(self.edit)
        return scope

    def personal_area(self, user: Any) -> Scope | bool:
        """Where an account is shown personal columns: an area, everywhere it sees rows (True), nowhere (False)."""
        return user.scope_for(self.personal_view) if self.personal else False

    def exceeds(self, scope: Scope, filters: Mapping[str, str], most: int) -> bool:
        """Whether more rows of an area meet filters than so many."""
        return next(islice(iter(self.rows(scope, filters, False)), most, None), None) is not None

    @property
    def name(self) -> str:
        """Machine name, as in the contract."""
        return self.table.name

    @property
    def label(self) -> str:
        """Chinese name."""
        return self.table.label

    @cached_property
    def id_column(self) -> str | None:
        """The key column that holds an id of ours, if there is one; empty in a file for what is new."""
        first = self.table.key[0]
        alone = len(self.table.key) == 1 and self.table.columns[first].type is ColumnType.ID
        return first if alone else None

    def key(self, row: Row) -> Key:
        """What tells rows of the register apart."""
        return tuple(row[name] for name in self.table.key)

    @cached_property
    def form(self) -> Table:
        """The declaration as a file must follow it: the id of what is new is left empty."""
        if self.id_column is None:
            return self.table
        old = self.table.columns[self.id_column]
        words = f"新登记的留空，系统自动编号；修改已有的，保留导出文件里的编号。{old.meaning}"
        changed: dict[str, Column] = {
            **self.table.columns,
            self.id_column: old.model_copy(update={"required": False, "meaning": words}),
        }
        return self.table.model_copy(update={"columns": changed})

    @cached_property
    def form_as_text(self) -> str:
        """`form` as it can be compared with that of another day."""
        return self.form.model_dump_json()

    @cached_property
    def refers(self) -> dict[str, Refers]:
        """Columns whose cells are codes of places, or ids of rows of registers."""
        found = {
            n: c.references for n, c in self.table.columns.items() if c.references not in (None, "technique")
        }
        places = {n: PLACE for n, c in self.table.columns.items() if c.type is ColumnType.PLACE}
        return {name: Refers(str(target)) for name, target in (found | places).items()}

    def refer_scope(self, user: Any) -> Scope:
        """Where rows may be referred to by what an account imports."""
        return self.edit_scope(user)

    def reach(self, user: Any, target: TableSpec) -> Scope:
        """Where a template of this register offers rows of another."""
        return target.refer_scope(user)

    def completed(self, row: Row) -> Row:
        """A row of a file with what follows from its other cells; asked before anything is compared."""
        return row

    def beyond(self, row: Row) -> bool:
        """Whether a row, as it was before an import, lay outside the area of whoever imported."""
        del row
        return False

    def offered(
        self, scope: Scope, only: Mapping[str, tuple[str, ...]], most: int
    ) -> Mapping[str, str] | None:
        """Id → name of the rows of an area that may be chosen from today; None: too many, or names that may not
        stand in a file for many hands.
        """
        del scope, only, most
        return None

    def listed_choices(self) -> Mapping[str, Sequence[str]]:
        """Column → texts of which a cell may hold several."""
        return {}

    @abstractmethod
    def stored(self, rows: Collection[Row], scope: Scope) -> dict[Key, Stored]:
        """Rows of the database that could be, or stand in the way of, rows of a file, by key."""

    @abstractmethod
    def conflicts(
        self,
        rows: Mapping[int, Row],
        stored: Mapping[Key, Stored],
        scope: Scope,
        beat: Callable[[], None] = lambda: None,
    ) -> Iterator[RowFault]:
        """Rows of a file that together with the stored ones break a rule of the register; ``beat`` as in `write`."""

    @abstractmethod
    def areas(self, ids: Collection[str], scope: Scope) -> dict[str, Area]:
        """Where those of the ids lie that exist inside an area."""

    @abstractmethod
    def new_ids(self, rows: Sequence[Row]) -> list[str]:
        """An id for each new row: the one it brings, or a fresh one."""

    @abstractmethod
    def write(
        self, changes: Sequence[Change], *, by: Any, deed: str, beat: Callable[[], None] = lambda: None
    ) -> None:
        """Write the changes, history included, in the caller's transaction; ``beat`` is called now and then."""

    @abstractmethod
    def present(self, ids: Collection[str]) -> dict[str, Row]:
        """Rows as they are now, by id."""

    @abstractmethod
    def lock(self, ids: Collection[str]) -> None:
        """Keep others from changing rows until the caller's transaction ends, where the database can (PostgreSQL)."""

    @cached_property
    def held_by(self) -> tuple[str, ...]:
        """Columns that name rows of other registers which are held while a row is written: those it belongs to."""
        return tuple(name for name, refers in self.refers.items() if refers.target in SPECS)

    def hold_more(self, rows: Sequence[Row]) -> None:
        """Hold what is no row, until the caller's transaction ends."""
        del rows

    def broken_since(self, changes: Sequence[Change], scope: Scope) -> Iterator[RowFault]:
        """Rows that the check found good and that others have made wrong since; asked with everything held."""
        rows = {number: one.after for number, one in enumerate(changes) if one.after is not None}
        gone = {one.id for one in changes if one.after is None}
        stored = self.stored(rows.values(), scope)
        yield from self.conflicts(rows, {k: one for k, one in stored.items() if one.id not in gone}, scope)

    @abstractmethod
    def referred_to(self, ids: Collection[str]) -> set[str]:
        """Those of the ids that rows of other registers refer to."""

    @abstractmethod
    def rows(self, scope: Scope, filters: Mapping[str, str], personal: Scope | bool) -> Iterable[Row]:
        """Rows of an area that meet filters (column → value), in the register's order, read piece by piece.

        Personal columns are filled as `personal_area` says.
        """


def holds(wide: Scope | bool, narrow: Scope, places: Mapping[str, str] | None = None) -> bool:
    """Whether an area lies wholly inside another; ``places`` says where its facilities are."""
    if isinstance(wide, bool):
        return wide or not narrow
    above = all(code in wide.above or wide.covers(place=code) for code in narrow.above)
    named = all(one in wide.named or wide.covers(place=one.place) for one in narrow.named)
    return above and named and wide.contains(narrow, dict(places or {}))


SPECS: dict[str, TableSpec] = {}
"""Registers by name, in the order in which they are written: what is referred to comes first."""


def register(spec: TableSpec) -> None:
    """Make a register known; a second one of the same name takes the place of the first."""
    SPECS[spec.name] = spec


def permitted(user: Any, permission: str) -> list[TableSpec]:
    """Registers that an account may view (``"view"``) or edit (``"edit"``) somewhere."""
    return [spec for spec in SPECS.values() if getattr(spec, f"{permission}_scope")(user)]
