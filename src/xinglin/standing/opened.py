"""One unit of a measure opened down to fact rows: which rows stand behind what it adds, and what each of them adds.

The numerators of the lines add up to the unit's numerator, the denominators to its denominator. Where only a total
was reported, the line is that total and there is nothing below it. Columns that stand for persons are never shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from xinglin.base.period import Window
from xinglin.facts import Contract, Table
from xinglin.facts.model import ColumnType
from xinglin.measures import Bound, phrase
from xinglin.measures.linked import Row
from xinglin.measures.months import Cell, From
from xinglin.measures.nodes import (
    All,
    AnyOf,
    Condition,
    Count,
    CountDistinct,
    Exists,
    Latest,
    Not,
    Proportion,
    Rows,
    Sum,
    Value,
    When,
)
from xinglin.measures.phrases import scalar_label
from xinglin.measures.reference import Reference
from xinglin.measures.results import Number
from xinglin.standing.explain import DIVIDED
from xinglin.standing.keys import unit_id
from xinglin.standing.words import exact_text

TOTALS = "facility_total"


@dataclass(frozen=True, slots=True)
class Line:
    """One fact row behind a unit.

    Attributes:
        date: ISO date of an event, "" otherwise. cells: (label, words) of its columns, persons left out.
        numerator, denominator: what it adds, exact, as text; "" where nothing is asked of it.
        role: counted, evidence (looked at by a condition, adds nothing), total (a reported total: nothing below it).
    """

    table: str
    table_label: str
    key: str
    date: str
    cells: tuple[tuple[str, str], ...]
    numerator: str
    denominator: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A unit, or the residents of an area, opened: one page of lines, and what all of them add up to.

    Attributes:
        total: lines there are in all. months_missing: months that were not reported, ``2020-03``.
        notes: what the lines do not say by themselves.
    """

    unit: str
    numerator: str
    denominator: str
    lines: tuple[Line, ...]
    total: int
    page: int
    pages: int
    months_missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Share:
    """What a row adds, while it is collected."""

    table: Table
    row: Row
    role: str = "evidence"
    numerator: Number | None = None
    denominator: Number | None = None
    reasons: list[str] = field(default_factory=list)


class Opening:
    """Collects the rows behind one unit of a measure.

    Args:
        reference: the oracle over rows that hold the unit's own. bound: the measure. row: the unit's row.
    """

    def __init__(self, reference: Reference, bound: Bound, row: Row) -> None:
        self.reference, self.bound, self.row = reference, bound, row
        self.contract: Contract = reference.contract
        self.table = self.contract.table(bound.units.table)
        self.months_missing: list[str] = []
        self.notes: list[str] = []
        self._shares: dict[tuple[str, str], _Share] = {}
        self._month: int | None = None
        """The month whose reported totals are looked at; None for those of the year."""

    def collect(self) -> Opening:
        """Find every row; itself."""
        if self.bound.cells:
            for cell in self.reference.cells(self.bound, self.row):
                self._cell(cell)
        elif not self.reference.reported(self.bound, self.row):
            self._silent()
        elif self.bound.condition is not None:
            self._judged(self.bound.condition)
        else:
            self._amounts(None, None)
        return self

    @property
    def shares(self) -> list[_Share]:
        """Rows that count first, in the order found."""
        order = {"counted": 0, "total": 0, "evidence": 1}
        return sorted(self._shares.values(), key=lambda one: order[one.role])

    def numerator(self) -> Number:
        """What all rows add to the numerator."""
        return sum((one.numerator or 0 for one in self._shares.values()), 0)

    def denominator(self) -> Number:
        """What all rows add to the denominator."""
        return sum((one.denominator or 0 for one in self._shares.values()), 0)

    # -- what a unit rests on ----------------------------------------------------------------------------------

    def _silent(self) -> None:
        missing = self.reference.missing_reports(self.bound, self.row)
        labels = "、".join(self.contract.table(name).label for name in missing)
        self.notes.append(f"未报：{labels}；没有计入" if missing else "填报不齐，作未报；没有计入")
        self._share(self.table, self.row, "evidence", "单位本身")

    def _judged(self, condition: Condition) -> None:
        """A unit that is counted itself, by a condition: its own row counts, the rows looked at are evidence."""
        holds = self.reference.holds(condition, self.row, self.table, self.bound)
        reason = "条件成立，计入分子" if holds else "条件不成立，只在分母"
        if self.bound.kind not in DIVIDED:
            reason = "条件成立，计 1" if holds else "条件不成立，计 0"
        own = self._share(self.table, self.row, "counted", reason)
        own.numerator = int(holds)
        own.denominator = 1 if self.bound.kind in DIVIDED else None
        for part in _parts(condition):
            self._evidence(part)

    def _evidence(self, condition: Condition) -> None:
        """The rows a condition looks at."""
        words = phrase(condition, self.table, self.contract)
        for rows, ended in _looked_at(condition):
            found = self.reference.rows(rows, self.row, self.table, self.bound, ended=ended)
            for row in found:
                self._share(self.contract.table(rows.table), row, "evidence", f"依据：{words}")
            if not found:
                label = self.contract.table(rows.table).label
                self.notes.append(f"“{words}”：没有符合的“{label}”记录")

    def _amounts(self, window: Window | None, totals: Mapping[str, int] | None) -> None:
        """Numerator and denominator of a unit, or of one of its months."""
        for name, value in (("numerator", self.bound.numerator), ("denominator", self.bound.denominator)):
            if value is None:
                continue
            word = "分子" if name == "numerator" else "分母"
            for table, row, amount, role, reason in self._adds(value, window, totals):
                share = self._share(table, row, role, f"{word}：{reason}")
                setattr(share, name, (getattr(share, name) or 0) + amount)

    def _cell(self, cell: Cell) -> None:
        if cell.source is From.MISSING:
            self.months_missing.append(f"{cell.month:%Y-%m}")
        elif cell.source is From.YEAR:
            self.notes.append("各月没有报，按机构报来的全年汇总数计；汇总数以下没有记录")
            self._month = None
            self._amounts(None, cell.totals)
        elif cell.source is From.TOTALS:
            self.notes.append(f"{cell.month:%Y-%m} 按机构报来的月汇总数计；汇总数以下没有记录")
            self._month = cell.month.month
            self._amounts(None, cell.totals)
        elif cell.source is From.EVENTS:
            self._amounts(cell.window, None)

    # -- what a value adds up to -------------------------------------------------------------------------------

    def _adds(
        self, value: Value, window: Window | None, totals: Mapping[str, int] | None
    ) -> Iterator[tuple[Table, Row, Number, str, str]]:
        """Rows a value is made of: table, row, what it adds, its role, why."""
        reference, bound = self.reference, self.bound
        if isinstance(value, When):
            if reference.holds(value.condition, self.row, self.table, bound):
                yield from self._adds(value.value, window, totals)
            else:
                words = phrase(value.condition, self.table, self.contract)
                yield self.table, self.row, 0, "counted", f"“{words}”不成立，计 0"
        elif totals is not None and isinstance(value, Count | Sum):
            yield from self._total(str(value.rows.total))
        elif isinstance(value, Count | Sum | CountDistinct):
            yield from self._rows(value, window)
        elif isinstance(value, Latest):
            yield from self._latest(value, window)
        else:
            found = reference.value(value, self.row, self.table, bound, window)
            words = phrase(value, self.table, self.contract)
            reason = f"{words}没有填，计 0" if found is None else words
            yield self.table, self.row, 0 if found is None else found, "counted", reason

    def _rows(
        self, value: Count | Sum | CountDistinct, window: Window | None
    ) -> Iterator[tuple[Table, Row, Number, str, str]]:
        target = self.contract.table(value.rows.table)
        found = self.reference.rows(value.rows, self.row, self.table, self.bound, window)
        seen: set[Any] = set()
        for row in found:
            if isinstance(value, Count):
                yield target, row, 1, "counted", "计 1"
                continue
            cell = self.reference.follow(row, target, value.path)
            if isinstance(value, Sum):
                yield (
                    target,
                    row,
                    0 if cell is None else cell,
                    "counted",
                    "没有填，计 0" if cell is None else "相加",
                )
                continue
            new = cell is not None and cell not in seen
            seen.add(cell)
            yield target, row, int(new), "counted", "计 1" if new else _not_again(cell, target, value.path)

    def _latest(self, value: Latest, window: Window | None) -> Iterator[tuple[Table, Row, Number, str, str]]:
        found = self.reference.value(value, self.row, self.table, self.bound, window)
        words = phrase(value, self.table, self.contract)
        yield self.table, self.row, 0 if found is None else found, "counted", words
        target = self.contract.table(value.rows.table)
        for row in self.reference.rows(value.rows, self.row, self.table, self.bound, window, ended=True):
            yield target, row, 0, "evidence", words

    def _total(self, item: str) -> Iterator[tuple[Table, Row, Number, str, str]]:
        table, facility = self.contract.table(TOTALS), self.row[str(self.table.id_column)]
        for row in self.reference.facts.get(TOTALS, ()):
            same = row["facility"] == facility and row["item"] == item and row.get("month") == self._month
            if same and row["year"] == self.reference.on.year:
                yield table, row, row["value"], "total", "机构报来的汇总数，以下没有记录"

    def _share(self, table: Table, row: Row, role: str, reason: str) -> _Share:
        key = (table.name, unit_id(table, row))
        share = self._shares.setdefault(key, _Share(table, row))
        if role != "evidence":
            share.role = role
        if reason not in share.reasons:
            share.reasons.append(reason)
        return share


def _not_again(cell: Any, table: Table, path: str) -> str:
    if cell is None:
        return "没有填，不计"
    person = table.columns[path].type is ColumnType.PERSON if path in table.columns else False
    return "同一人已在另一行计过" if person else "与另一行相同，已计过"


def _parts(condition: Condition) -> Iterator[Condition]:
    """The single tests of a condition."""
    if isinstance(condition, All | AnyOf):
        for part in condition.conditions:
            yield from _parts(part)
    elif isinstance(condition, Not):
        yield from _parts(condition.condition)
    else:
        yield condition


def _looked_at(condition: Condition) -> Iterator[tuple[Rows, bool]]:
    """Related rows that a single test looks at, and whether those that are over belong to it."""
    if isinstance(condition, Exists):
        yield condition.rows, False
    elif isinstance(condition, Proportion):
        for value in (condition.part, condition.whole):
            yield from _of_value(value)
    elif not isinstance(condition, All | AnyOf | Not):
        yield from _of_value(condition.value)


def _of_value(value: Value) -> Iterator[tuple[Rows, bool]]:
    while isinstance(value, When):
        value = value.value
    if isinstance(value, Count | CountDistinct | Sum | Latest):
        yield value.rows, isinstance(value, Latest)


def lines_of(contract: Contract, shares: Sequence[_Share]) -> tuple[Line, ...]:
    """Rows in words."""
    return tuple(_line(contract, one) for one in shares)


def _line(contract: Contract, one: _Share) -> Line:
    day = one.row.get(str(one.table.time.date)) if one.table.time.date else None
    return Line(
        one.table.name,
        one.table.label,
        unit_id(one.table, one.row),
        day.isoformat() if isinstance(day, date) else "",
        tuple(_cells(contract, one.table, one.row)),
        "" if one.numerator is None else exact_text(one.numerator),
        "" if one.denominator is None else exact_text(one.denominator),
        one.role,
        "；".join(one.reasons),
    )


def _cells(contract: Contract, table: Table, row: Row) -> Iterator[tuple[str, str]]:
    for name, column in table.columns.items():
        if column.type is not ColumnType.PERSON and row.get(name) is not None:
            yield column.label, scalar_label(row[name], column, contract)


def page_of(opening: Opening, unit: str, page: int, per_page: int) -> Opened:
    """One page of a unit's rows, with the sums of all."""
    shares = opening.shares
    pages = max(1, -(-len(shares) // per_page))
    page = min(max(page, 1), pages)
    chosen = shares[(page - 1) * per_page : page * per_page]
    denominator = exact_text(opening.denominator()) if opening.bound.kind in DIVIDED else ""
    return Opened(
        unit,
        exact_text(opening.numerator()),
        denominator,
        lines_of(opening.contract, chosen),
        len(shares),
        page,
        pages,
        tuple(opening.months_missing),
        tuple(dict.fromkeys(opening.notes)),
    )


class Residents:
    """The rows of residents that a rate divides by.

    Args:
        column: of the table of residents; "" where the measure does not divide by them. area: code.
    """

    def __init__(self, reference: Reference, column: str, area: str) -> None:
        self.reference, self.column, self.area = reference, column, area

    def opened(self) -> Opened:
        """Every row, each adding its cell to the denominator."""
        shares = list(self._shares()) if self.column else []
        total = sum((one.denominator or 0 for one in shares), 0)
        stated = self.column and self.reference.population(self.column, self.area) is not None
        notes = () if stated or not self.column else ("有县没有报人口数，所以没有分母",)
        lines = lines_of(self.reference.contract, shares)
        return Opened("", "", exact_text(total) if stated else "", lines, len(lines), 1, 1, (), notes)

    def _shares(self) -> Iterator[_Share]:
        table = self.reference.contract.table("population")
        label = table.columns[self.column].label
        for row in self.reference.facts.get(table.name, ()):
            cell = row.get(self.column)
            if row["year"] == self.reference.on.year and row["place"] in self._places and cell is not None:
                yield _Share(table, row, "counted", None, cell, [f"分母：{label}"])

    @cached_property
    def _places(self) -> frozenset[str]:
        return frozenset(self.reference.answering(self.area))
