"""Facility-months as SQL: events where they are reported, else reported totals, never both."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from sqlglot import exp

from xinglin.base.period import PeriodKind, Window, month_end, period_of
from xinglin.facts import Contract, Table
from xinglin.measures import sql, walk
from xinglin.measures.frame import Frame, Relations, between, overlaps
from xinglin.measures.nodes import Bound, Count, Sum, Value, When
from xinglin.measures.reporting import COUNTED_STATUS, facility_flags, place_flags
from xinglin.measures.sql import Tree

if TYPE_CHECKING:
    from xinglin.measures.compile import Plan

S = TypeVar("S")


def monthly_flags(contract: Contract, on: date, make: Callable[[str, exp.Query], S]) -> S:
    """The table ``month_flags``: unit, month and, per monthly table, whether its report is there."""
    unit, period = sql.column("unit", "x"), sql.column("period", "x")
    months = {f"{month:%Y-%m}": month.month for month in Window(date(on.year, 1, 1), on).months()}
    month = exp.Case(
        ifs=[
            exp.If(this=exp.EQ(this=period.copy(), expression=sql.constant(text)), true=sql.constant(number))
            for text, number in months.items()
        ]
    )
    columns = []
    for table in contract.tables.values():
        if table.reported is not None and table.reported.every == "month":
            same = exp.EQ(this=sql.column("table", "x"), expression=sql.constant(table.name))
            columns.append(sql.named(sql.count_if(same), table.name))
    select = exp.select(unit, sql.named(month, "m"), *columns).from_(sql.source("reporting", "x"))
    counted = sql.among(sql.column("status", "x"), COUNTED_STATUS)
    select = select.where(counted, sql.among(period, months))
    return make("month_flags", select.group_by(unit.copy(), month.copy()))


@dataclass
class Events:
    """One monthly event table summed by facility and month: one column per aggregate asked for."""

    relations: Relations
    table: Table
    on: date
    columns: dict[tuple[Value, PeriodKind], tuple[str, Tree]] = field(default_factory=dict)
    frame: Frame = field(init=False)

    def __post_init__(self) -> None:
        self.frame = Frame(self.relations, self.table, "t", 1)

    @property
    def name(self) -> str:
        """The name of its CTE."""
        return f"events_{self.table.name}"

    def aggregate(self, value: Count | Sum, period: PeriodKind) -> str:
        """The column that holds an aggregate, added on first use."""
        if (value, period) not in self.columns:
            where = value.rows.where
            condition = exp.true() if where is None else self.frame.holds(where, period)
            if isinstance(value, Count):
                tree = sql.count_if(condition)
            else:
                cell = sql.or_zero(self.frame.path(value.path))
                tree = sql.total(sql.case(condition, cell, sql.constant(0)))
            self.columns[value, period] = (f"e{len(self.columns)}", tree)
        return self.columns[value, period][0]

    def select(self) -> exp.Query:
        """The CTE: facility ``k``, month ``m``, aggregates."""
        day = sql.column(str(self.table.time.date), "t")
        key, month = sql.column("facility", "t"), exp.Extract(this=exp.Var(this="MONTH"), expression=day)
        columns = [sql.named(tree, name) for name, tree in self.columns.values()]
        select = self.frame.from_().select(sql.named(key, "k"), sql.named(month, "m"), *columns)
        window = between(day.copy(), date(self.on.year, 1, 1), self.on)
        return self.frame.joined(select).where(window).group_by(key.copy(), month.copy())


class _Cells:
    """Compiles the measures that are counted by facility and month, together."""

    def __init__(self, bounds: dict[int, Bound], contract: Contract, on: date) -> None:
        self.bounds = bounds
        self.contract = contract
        self.on = on
        self.frame = Frame(Relations(contract, on), contract.table("facility"), "u")
        self.events: dict[str, Events] = {}

    def event_value(self, value: Value | None, bound: Bound) -> Tree:
        """A value from the events of the month."""
        if value is None:
            return sql.constant(0)
        if isinstance(value, When):
            condition = self.frame.holds(value.condition, bound.period)
            return sql.case(condition, self.event_value(value.value, bound), sql.constant(0))
        assert isinstance(value, Count | Sum)
        name = value.rows.table
        if name not in self.events:
            self.events[name] = Events(self.frame.relations, self.contract.table(name), self.on)
        column = self.events[name].aggregate(value, bound.period)
        return sql.or_zero(sql.column(column, f"ev_{name}"))

    def total_value(self, value: Value | None, bound: Bound, alias: str) -> Tree:
        """The same value from reported totals."""
        if value is None:
            return sql.constant(0)
        if isinstance(value, When):
            condition = self.frame.holds(value.condition, bound.period)
            return sql.case(condition, self.total_value(value.value, bound, alias), sql.constant(0))
        assert isinstance(value, Count | Sum)
        return sql.column(str(value.rows.total), alias)

    def columns(self, index: int, bound: Bound) -> list[Tree]:
        """Per facility-month: unit, reported, numerator, denominator; ``y…`` from yearly totals."""
        window = period_of(bound.period, self.on)
        unit = [overlaps(self.frame.table, "u", window)]
        if bound.units.where is not None:
            unit.append(self.frame.holds(bound.units.where, bound.period))
        ready = sql.both(*place_flags(bound, self.frame), *facility_flags(bound, self.frame, "year"))
        month = sql.both(*unit, self._month_counts(window))
        state = self._state(bound, sql.both(month.copy(), ready))
        return [
            sql.named(sql.case(month, sql.constant(1), sql.constant(0)), f"u{index}"),
            sql.named(state, f"s{index}"),
            *(self._by_state(state, value, bound, name, index) for name, value in self._parts(bound)),
            *self._yearly(index, bound, sql.both(*(part.copy() for part in unit), ready.copy())),
        ]

    def _parts(self, bound: Bound) -> tuple[tuple[str, Value | None], ...]:
        return (("n", bound.numerator), ("d", bound.denominator))

    def _month_counts(self, window: Window) -> Tree:
        """The month lies in the window and the facility was there on at least one day of it."""
        month = sql.column("m", "mm")
        inside = sql.among(month, [first.month for first in window.months()])
        first, last = sql.column("first", "mm"), sql.column("last", "mm")
        start, end = sql.column("valid_from", "u"), sql.column("valid_to", "u")
        begun = sql.either(
            exp.Is(this=start, expression=exp.Null()), exp.LTE(this=start.copy(), expression=last)
        )
        lasts = sql.either(
            exp.Is(this=end, expression=exp.Null()), exp.GTE(this=end.copy(), expression=first)
        )
        return sql.both(inside, begun, lasts)

    def _state(self, bound: Bound, counts: Tree) -> Tree:
        """1: from events; 2: from monthly totals; 0: not reported."""
        monthly = walk.needed(bound, self.contract, "facility", "month")
        events = sql.both(*(self._flag(name) for name in monthly))
        ifs = [exp.If(this=sql.both(counts, events), true=sql.constant(1))]
        items = walk.total_items(bound)
        if items is not None:
            known = sql.both(counts.copy(), *(self._known(item, "mt") for item in items))
            ifs.append(exp.If(this=known, true=sql.constant(2)))
        return exp.Case(ifs=ifs, default=sql.constant(0))

    def _flag(self, name: str) -> Tree:
        return exp.GT(this=sql.or_zero(sql.column(name, "mf")), expression=sql.constant(0))

    def _known(self, item: str, alias: str) -> Tree:
        return exp.Not(this=exp.Is(this=sql.column(item, alias), expression=exp.Null()))

    def _by_state(self, state: Tree, value: Value | None, bound: Bound, name: str, index: int) -> Tree:
        ifs = [self._when(state, 1, self.event_value(value, bound))]
        if walk.total_items(bound) is not None:
            ifs.append(self._when(state, 2, self.total_value(value, bound, "mt")))
        return sql.named(exp.Case(ifs=ifs, default=sql.constant(0)), f"{name}{index}")

    def _when(self, state: Tree, wanted: int, then: Tree) -> exp.If:
        return exp.If(
            this=exp.EQ(this=exp.Paren(this=state.copy()), expression=sql.constant(wanted)), true=then
        )

    def _yearly(self, index: int, bound: Bound, ready: Tree) -> list[Tree]:
        """Whether yearly totals could stand in, and their values."""
        items = walk.total_items(bound)
        whole = bound.period is PeriodKind.YEAR and (self.on.month, self.on.day) == (12, 31)
        if items is None or not whole:
            zeros = [sql.named(sql.constant(0), f"y{name}{index}") for name in "snd"]
            return list(zeros)
        known = sql.both(ready, *(self._known(item, "yt") for item in items))
        columns = [sql.named(sql.case(known, sql.constant(1), sql.constant(0)), f"ys{index}")]
        for name, value in self._parts(bound):
            amount = sql.case(known.copy(), self.total_value(value, bound, "yt"), sql.constant(0))
            columns.append(sql.named(amount, f"y{name}{index}"))
        return columns

    def grid(self) -> exp.Select:
        """One row per facility and month of the year."""
        place, key = sql.column("place", "u"), sql.column("facility", "u")
        columns: list[Tree] = [place, sql.named(key, "k")]
        for index, bound in self.bounds.items():
            columns += self.columns(index, bound)
        select = self.frame.from_().select(*columns)
        select = select.join(_months(self.on), join_type="cross")
        select = self.frame.joined(select)
        for alias, name, monthly in self._sources():
            owner = sql.column("unit" if alias == "mf" else "k", alias)
            on: Tree = exp.EQ(this=owner, expression=key.copy())
            if monthly:
                on = sql.both(on, exp.EQ(this=sql.column("m", alias), expression=sql.column("m", "mm")))
            select.join(sql.source(name, alias), on=on, join_type="left", copy=False)
        return select

    def _sources(self) -> list[tuple[str, str, bool]]:
        events = [(f"ev_{name}", events.name, True) for name, events in self.events.items()]
        return [
            *events,
            ("mf", "month_flags", True),
            ("mt", "month_totals", True),
            ("yt", "year_totals", False),
        ]

    def ctes(self) -> list[tuple[str, exp.Query]]:
        """What the grid reads, in order."""
        events = [(events.name, events.select()) for events in self.events.values()]
        totals = [("month_totals", self._totals(True)), ("year_totals", self._totals(False))]
        return [*self.frame.relations.ctes(), *events, *totals]

    def _totals(self, monthly: bool) -> exp.Query:
        key, month = sql.column("facility", "x"), sql.column("month", "x")
        columns: list[Tree] = [sql.named(key, "k")]
        if monthly:
            columns.append(sql.named(month, "m"))
        for item in self.contract.codelists["total_item"].codes:
            same = exp.EQ(this=sql.column("item", "x"), expression=sql.constant(item))
            columns.append(sql.named(exp.Sum(this=sql.case(same, sql.column("value", "x"))), item))
        yearly = exp.Is(this=month.copy(), expression=exp.Null())
        year = exp.EQ(this=sql.column("year", "x"), expression=sql.constant(self.on.year))
        select = exp.select(*columns).from_(sql.source("facility_total", "x"))
        select = select.where(year, sql.negated(yearly) if monthly else yearly)
        return select.group_by(key.copy(), *([month.copy()] if monthly else []))


def _months(on: date) -> exp.Subquery:
    """The months of the year up to the date of the data: number, first day, last day counted."""
    rows = []
    for number in range(1, on.month + 1):
        first = date(on.year, number, 1)
        last = min(month_end(first), on)
        assert last.day <= calendar.monthrange(on.year, number)[1]
        values = (("m", number), ("first", first), ("last", last))
        rows.append(exp.select(*(sql.named(sql.constant(value), name) for name, value in values)))
    return sql.stacked(rows).subquery(exp.to_identifier("mm", quoted=True))


def units(
    bounds: dict[int, Bound], contract: Contract, on: date, digits: int | None, plan: Plan, name: str
) -> exp.Query:
    """One row per facility with four columns per measure, from its months or its yearly totals."""
    from xinglin.measures.compile import Statement

    del digits
    cells = _Cells(bounds, contract, on)
    grid = cells.grid()
    for cte, query in cells.ctes():
        grid.with_(exp.to_identifier(cte, quoted=True), as_=query, copy=False)
    plan.statements.append(Statement(f"{name}_grid", grid))
    key, place = sql.column("k", "g"), sql.column("place", "g")
    columns: list[Tree] = [place, key]
    for index in bounds:
        columns += _facility(index)
    return exp.select(*columns).from_(sql.source(f"{name}_grid", "g")).group_by(place.copy(), key.copy())


def _facility(index: int) -> list[Tree]:
    months = exp.Sum(this=sql.column(f"u{index}", "g"))
    cells = sql.count_if(exp.GT(this=sql.column(f"s{index}", "g"), expression=sql.constant(0)))
    none = exp.EQ(this=cells, expression=sql.constant(0))
    usable = exp.GT(this=exp.Max(this=sql.column(f"ys{index}", "g")), expression=sql.constant(0))
    yearly = sql.both(none, usable, exp.GT(this=months.copy(), expression=sql.constant(0)))
    columns = [sql.named(months, f"u{index}")]
    columns.append(sql.named(sql.case(yearly, months.copy(), cells.copy()), f"r{index}"))
    for letter in "nd":
        total = exp.Sum(this=sql.column(f"{letter}{index}", "g"))
        whole = exp.Max(this=sql.column(f"y{letter}{index}", "g"))
        columns.append(sql.named(sql.case(yearly.copy(), whole, total), f"{letter}{index}"))
    return columns
