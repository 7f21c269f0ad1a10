"""Facility-months as SQL: events where they are reported, else reported totals, never both."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Collection
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


def monthly_flags(
    contract: Contract, on: date, make: Callable[[str, exp.Query], S], names: Collection[str]
) -> S:
    """The table ``month_flags``: unit, month and, per monthly table, whether its report is there (the tables named)."""
    unit, period = sql.column("unit", "x"), sql.column("period", "x")
    months = {f"{month:%Y-%m}": month.month for month in Window(date(on.year, 1, 1), on).months()}
    month = exp.Case(
        ifs=[
            exp.If(this=exp.EQ(this=period.copy(), expression=sql.constant(text)), true=sql.constant(number))
            for text, number in months.items()
        ]
    )
    columns = []
    for table in (contract.table(name) for name in sorted(names)):
        if table.reported is not None and table.reported.every == "month":
            same = exp.EQ(this=sql.column("table", "x"), expression=sql.constant(table.name))
            columns.append(sql.named(sql.count_if(same), table.name))
    select = exp.select(unit, sql.named(month, "m"), *columns).from_(sql.source("reporting", "x"))
    counted = sql.among(sql.column("status", "x"), COUNTED_STATUS)
    used = sql.among(sql.column("table", "x"), sorted(names))
    select = select.where(used, counted, sql.among(period, months))
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
        select = self.frame.joined(select).where(sql.loose(window), copy=False)
        return select.group_by(key.copy(), month.copy(), copy=False)


class _Cells:
    """Compiles the measures that are counted by facility and month, together."""

    def __init__(self, bounds: dict[int, Bound], contract: Contract, on: date, who: str) -> None:
        self.bounds = bounds
        self.who = who
        self.contract = contract
        self.on = on
        self.frame = Frame(Relations(contract, on), contract.table("facility"), "u")
        self.nested = Relations(contract, on)
        self.events: dict[str, Events] = {}
        self.once: dict[str, Tree] = {}
        self.amounts: dict[str, Tree] = {}

    def fact(self, condition: Tree) -> Tree:
        """A condition on the facility, found once and not month by month: a column of ``who``."""
        name = f"c{len(self.once)}"
        self.once[name] = condition
        return sql.column(name, "w")

    def event_value(self, value: Value | None, bound: Bound) -> Tree:
        """A value from the events of the month."""
        if value is None:
            return sql.constant(0)
        if isinstance(value, When):
            condition = self.fact(self.frame.holds(value.condition, bound.period))
            return sql.case(condition, self.event_value(value.value, bound), sql.constant(0))
        assert isinstance(value, Count | Sum)
        name = value.rows.table
        if name not in self.events:
            self.events[name] = Events(self.nested, self.contract.table(name), self.on)
        column = self.events[name].aggregate(value, bound.period)
        return sql.or_zero(sql.column(column, f"ev_{name}"))

    def total_value(self, value: Value | None, bound: Bound, alias: str) -> Tree:
        """The same value from reported totals."""
        if value is None:
            return sql.constant(0)
        if isinstance(value, When):
            condition = self.frame.holds(value.condition, bound.period)
            condition = self.fact(condition) if alias == "mt" else condition
            return sql.case(condition, self.total_value(value.value, bound, alias), sql.constant(0))
        assert isinstance(value, Count | Sum)
        return sql.column(str(value.rows.total), alias)

    def columns(self, index: int, bound: Bound) -> tuple[list[Tree], list[Tree]]:
        """Per facility-month: unit and state; then numerator and denominator by that state."""
        window = period_of(bound.period, self.on)
        unit = [overlaps(self.frame.table, "u", window)]
        if bound.units.where is not None:
            unit.append(self.frame.holds(bound.units.where, bound.period))
        ready = sql.both(*place_flags(bound, self.frame), *facility_flags(bound, self.frame, "year"))
        self._yearly(index, bound, sql.both(*(part.copy() for part in unit), ready.copy()))
        self.once[f"w{index}"] = sql.both(*unit)
        month = sql.both(sql.column(f"w{index}", "w"), self._month_counts(window))
        states = [
            sql.named(sql.case(month, sql.constant(1), sql.constant(0)), f"u{index}"),
            sql.named(self._state(bound, sql.both(month.copy(), self.fact(ready))), f"s{index}"),
        ]
        return states, [self._by_state(index, value, bound, name) for name, value in self._parts(bound)]

    def _parts(self, bound: Bound) -> tuple[tuple[str, Value | None], ...]:
        return (("n", bound.numerator), ("d", bound.denominator))

    def _month_counts(self, window: Window) -> Tree:
        """The month lies in the window and the facility was there on at least one day of it."""
        month, months = sql.column("m", "mm"), [first.month for first in window.months()]
        after = exp.GTE(this=month, expression=sql.constant(months[0]))
        before = exp.LTE(this=month.copy(), expression=sql.constant(months[-1]))
        inside = sql.both(after, before)
        first, last = sql.column("first", "mm"), sql.column("last", "mm")
        start, end = sql.column("valid_from", "w"), sql.column("valid_to", "w")
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

    def _by_state(self, index: int, value: Value | None, bound: Bound, name: str) -> Tree:
        state = sql.column(f"s{index}", "g")
        ifs = [self._when(state, 1, f"e{name}{index}", self.event_value(value, bound))]
        if walk.total_items(bound) is not None:
            ifs.append(self._when(state, 2, f"t{name}{index}", self.total_value(value, bound, "mt")))
        return sql.named(exp.Case(ifs=ifs, default=sql.constant(0)), f"{name}{index}")

    def _when(self, state: Tree, wanted: int, name: str, then: Tree) -> exp.If:
        """A branch on the state; its amount is a column of ``states``."""
        self.amounts[name] = then
        right = exp.EQ(this=state.copy(), expression=sql.constant(wanted))
        return exp.If(this=right, true=sql.column(name, "g"))

    def _yearly(self, index: int, bound: Bound, ready: Tree) -> None:
        """Whether yearly totals could stand in, and their values."""
        items = walk.total_items(bound)
        whole = bound.period is PeriodKind.YEAR and (self.on.month, self.on.day) == (12, 31)
        if items is None or not whole:
            self.once |= {f"y{name}{index}": sql.constant(0) for name in "snd"}
            return
        known = sql.both(ready, *(self._known(item, "yt") for item in items))
        self.once[f"ys{index}"] = sql.case(known, sql.constant(1), sql.constant(0))
        for name, value in self._parts(bound):
            amount = self.total_value(value, bound, "yt")
            self.once[f"y{name}{index}"] = sql.case(known.copy(), amount, sql.constant(0))

    def layers(self) -> tuple[exp.Select, exp.Select, exp.Select]:
        """``who``: a row per facility; ``states``: per facility and month; the grid with the amounts chosen."""
        states: list[Tree] = []
        chosen: list[Tree] = []
        for index, bound in self.bounds.items():
            found, amounts = self.columns(index, bound)
            states += found
            chosen += amounts
        columns = [sql.named(tree, name) for name, tree in self.amounts.items()]
        month = self._by_month(exp.select(_all("w"), *states, *columns))
        return self._who(), month, exp.select(_all("g"), *chosen).from_(sql.source("states", "g"))

    def _who(self) -> exp.Select:
        """Facilities that are units of at least one measure, with everything that does not change by month."""
        key = sql.column("facility", "u")
        kept = [sql.column(name, "u") for name in ("place", "valid_from", "valid_to")]
        columns = [sql.named(tree, name) for name, tree in self.once.items()]
        select = self.frame.joined(self.frame.from_().select(*kept, sql.named(key, "k"), *columns))
        same = exp.EQ(this=sql.column("k", "yt"), expression=key.copy())
        select.join(sql.source("year_totals", "yt"), on=same, join_type="left", copy=False)
        select = select.where(sql.either(*(self.once[f"w{index}"].copy() for index in self.bounds)))
        ctes = [*self.frame.relations.ctes(), ("year_totals", self._totals(False))]
        return _with(select, ctes)

    def _by_month(self, select: exp.Select) -> exp.Select:
        select = select.from_(sql.source(self.who, "w")).join(_months(self.on), join_type="cross")
        ctes = [*self.nested.ctes(), *((events.name, events.select()) for events in self.events.values())]
        sources = [(f"ev_{name}", events.name, "k") for name, events in self.events.items()]
        for alias, name, owner in [*sources, ("mf", "month_flags", "unit"), ("mt", "month_totals", "k")]:
            facility = exp.EQ(this=sql.column(owner, alias), expression=sql.column("k", "w"))
            month = exp.EQ(this=sql.column("m", alias), expression=sql.column("m", "mm"))
            on = sql.both(facility, month)
            select.join(sql.source(name, alias), on=on, join_type="left", copy=False)
        return _with(select, [*ctes, ("month_totals", self._totals(True))])

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


def _all(alias: str) -> exp.Column:
    return exp.Column(this=exp.Star(), table=exp.to_identifier(alias, quoted=True))


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
    cells = _Cells(bounds, contract, on, f"{name}_who")
    who, states, grid = cells.layers()
    plan.statements.append(Statement(cells.who, who))
    grid = _with(grid, [("states", states)])
    key, place = sql.column("k", "g"), sql.column("place", "g")
    columns: list[Tree] = [place, key]
    for index in bounds:
        columns += _facility(index)
    select = exp.select(*columns).from_(sql.source("grid", "g")).group_by(place.copy(), key.copy())
    return _with(select, [("grid", grid)])


def _with(select: exp.Select, ctes: list[tuple[str, exp.Query]]) -> exp.Select:
    for name, query in ctes:
        select.with_(exp.to_identifier(name, quoted=True), as_=query, copy=False)
    return select


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
