"""Facility-months as SQL: events where they are reported, else reported totals, never both."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from sqlglot import exp

from xinglin.base.period import PeriodKind, Window, period_of
from xinglin.facts import Contract, Table
from xinglin.measures import sql, walk
from xinglin.measures.frame import Frame, Relations, between, overlaps
from xinglin.measures.nodes import Bound, Count, Sum, Value, When
from xinglin.measures.reporting import COUNTED_STATUS, facility_flags, place_flags
from xinglin.measures.sql import Tree

S = TypeVar("S")


def monthly_flags(
    contract: Contract, on: date, make: Callable[[str, exp.Query], S], names: Collection[str]
) -> S:
    """The table ``month_flags``: a row per unit and, per monthly table named, the months whose report is there."""
    periods: dict[object, int] = {
        f"{month:%Y-%m}": month.month for month in Window(date(on.year, 1, 1), on).months()
    }
    unit, period = sql.column("unit", "x"), sql.column("period", "x")
    table = sql.column("table", "x")
    monthly = [
        name
        for name in sorted(names)
        if (reported := contract.table(name).reported) is not None and reported.every == "month"
    ]
    counted = sql.among(sql.column("status", "x"), COUNTED_STATUS)
    used = sql.among(table.copy(), monthly)
    rows = exp.select(unit, table, sql.named(_bit(period, periods), "bit"), copy=False).from_(
        sql.source("reporting", "x"), copy=False
    )
    rows = rows.where(used, counted, sql.among(period.copy(), periods), copy=False)
    columns = []
    for name in monthly:
        same = exp.EQ(this=sql.column("table", "y"), expression=sql.constant(name))
        columns.append(sql.named(_together(sql.case(same, sql.column("bit", "y"))), name))
    owner = sql.column("unit", "y")
    select = exp.select(owner, *columns, copy=False).from_(rows.subquery(sql.identifier("y"), copy=False))
    return make("month_flags", select.group_by(owner.copy(), copy=False))


def _bit(value: Tree, months: Mapping[object, int]) -> exp.Case:
    """The bit of a month (January 1, February 2, March 4, …), null for a value that is none of ``months``.

    Months are bits of one number: what a facility was open for, or has reported, is then one ``&`` away.
    """
    ifs = [
        exp.If(this=sql.constant(key), true=sql.constant(1 << (month - 1))) for key, month in months.items()
    ]
    return exp.Case(this=value, ifs=ifs)


def _together(bits: Tree) -> Tree:
    return sql.or_zero(exp.BitwiseOrAgg(this=bits))


def _shared(*masks: Tree) -> Tree:
    """The months that lie in all masks."""
    tree = masks[0]
    for mask in masks[1:]:
        tree = exp.Paren(this=exp.BitwiseAnd(this=tree, expression=mask))
    return tree


def _number(mask: Tree) -> Tree:
    """How many months a mask holds."""
    return exp.BitwiseCount(this=mask)


def _holds(mask: Tree, bit: Tree) -> Tree:
    return exp.GT(this=exp.Paren(this=exp.BitwiseAnd(this=mask, expression=bit)), expression=sql.constant(0))


@dataclass
class Events:
    """One monthly event table summed by facility and month: one column per aggregate asked for.

    A table of its own that waits for no other: the events are by far the most rows, and reading them begins at once.
    """

    contract: Contract
    table: Table
    on: date
    name: str
    columns: dict[tuple[Value, PeriodKind], tuple[str, Tree]] = field(default_factory=dict)
    frame: Frame = field(init=False)

    def __post_init__(self) -> None:
        self.frame = Frame(Relations(self.contract, self.on), self.table, "t", 1)

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
        """Facility ``k``, month ``m``, aggregates."""
        day = sql.column(str(self.table.time.date), "t")
        key, month = sql.column("facility", "t"), _month(day)
        columns = [sql.named(tree, name) for name, tree in self.columns.values()]
        select = self.frame.from_().select(sql.named(key, "k"), sql.named(month, "m"), *columns, copy=False)
        window = between(day.copy(), date(self.on.year, 1, 1), self.on)
        select = self.frame.joined(select).where(sql.loose(window), copy=False)
        return _with(select.group_by(key.copy(), month.copy(), copy=False), [*self.frame.relations.ctes()])


class _Cells:
    """Compiles the measures that are counted by facility and month, together.

    ``who`` has a row per facility with everything that does not change by month, the months of measure i as masks
    among it: ``o<i>`` the facility was open, ``e<i>`` counted from events, ``t<i>`` from monthly totals. Events and
    totals then only add up what their mask holds; yearly totals stand in where no month could be counted.
    """

    def __init__(self, bounds: dict[int, Bound], contract: Contract, on: date, name: str) -> None:
        self.bounds = bounds
        self.name = name
        self.who = f"{name}_who"
        self.month_totals = f"{name}_totals"
        self.contract = contract
        self.on = on
        self.frame = Frame(Relations(contract, on), contract.table("facility"), "u")
        self.events: dict[str, Events] = {}
        self.once: dict[str, Tree] = {}
        self.masks: dict[str, Tree] = {}
        self.amounts: dict[str, dict[str, Tree]] = {}
        self.flags: set[str] = set()
        self.known: dict[tuple[str, ...], str] = {}
        for index, bound in bounds.items():
            self._add(index, bound)

    def _add(self, index: int, bound: Bound) -> None:
        """Take in a measure: its columns of ``who``, its masks, its amounts."""
        window = period_of(bound.period, self.on)
        unit = [overlaps(self.frame.table, "u", window)]
        if bound.units.where is not None:
            unit.append(self.frame.holds(bound.units.where, bound.period))
        ready = sql.both(*place_flags(bound, self.frame), *facility_flags(bound, self.frame, "year"))
        self._yearly(index, bound, sql.both(*(part.copy() for part in unit), ready.copy()))
        self.once[f"w{index}"] = sql.both(*unit)
        self.once[f"r{index}"] = ready
        opened = f"open_{bound.period}"
        if opened not in self.once:
            self.once[opened] = self._open(window)
        self._masks(index, bound, opened)
        for letter, value in _parts(bound):
            if value is not None:
                self._amount(index, letter, value, bound)

    def _open(self, window: Window) -> Tree:
        """The months of a window in which the facility was there on at least one day.

        All bits up to the last month less those before the first; a window lies within one year.
        """
        time = self.frame.table.time
        first, last = sql.column(str(time.from_), "u"), sql.column(str(time.to), "u")
        later = exp.GT(this=first, expression=sql.constant(window.start))
        sooner = exp.LT(this=last, expression=sql.constant(window.end))
        begins = sql.case(later, _month(first.copy()), sql.constant(window.start.month))
        ends = sql.case(sooner, _month(last.copy()), sql.constant(window.end.month))
        before = exp.Sub(this=begins, expression=sql.constant(1))
        months = exp.Sub(this=_shifted(ends), expression=_shifted(before))
        some = exp.Greatest(this=months, expressions=[sql.constant(0)], ignore_nulls=True)
        return sql.case(overlaps(self.frame.table, "u", window), some, sql.constant(0))

    def _masks(self, index: int, bound: Bound, opened: str) -> None:
        monthly = walk.needed(bound, self.contract, "facility", "month")
        self.flags.update(monthly)
        unit, ready, months = (sql.column(name, "q") for name in (f"w{index}", f"r{index}", opened))
        counts = sql.both(unit, ready)
        none = sql.constant(0)
        events = _shared(months, *(sql.column(f"f_{name}", "q") for name in monthly))
        self.masks[f"o{index}"] = sql.case(unit.copy(), months.copy(), none)
        self.masks[f"e{index}"] = sql.case(counts, events, none.copy())
        items = walk.total_items(bound)
        if items is not None:
            known = sql.column(self.known.setdefault(items, f"known_{len(self.known)}"), "q")
            totals = _shared(months.copy(), known, exp.BitwiseNot(this=exp.Paren(this=events.copy())))
            self.masks[f"t{index}"] = sql.case(counts.copy(), totals, none.copy())

    def _amount(self, index: int, letter: str, value: Value, bound: Bound) -> None:
        """Add up a value over the months of its masks, by facility."""
        base = value
        while isinstance(base, When):
            base = base.value
        assert isinstance(base, Count | Sum)
        name = base.rows.table
        if name not in self.events:
            self.events[name] = Events(
                self.contract, self.contract.table(name), self.on, f"{self.name}_{name}"
            )
        self._added(f"e{index}", name, letter, self.event_value(value, bound))
        if walk.total_items(bound) is not None:
            self._added(f"t{index}", self.month_totals, letter, self.total_value(value, bound, "s"))

    def _added(self, mask: str, source: str, letter: str, amount: Tree) -> None:
        inside = _holds(sql.column(mask, "w"), sql.column("bit", "s"))
        self.amounts.setdefault(source, {})[letter + mask] = sql.case(inside, amount, sql.constant(0))

    def fact(self, condition: Tree) -> Tree:
        """A condition on the facility, found once and not month by month: a column of ``who``."""
        name = f"c{len(self.once)}"
        self.once[name] = condition
        return sql.column(name, "w")

    def event_value(self, value: Value, bound: Bound) -> Tree:
        """A value from the events of the month."""
        if isinstance(value, When):
            condition = self.fact(self.frame.holds(value.condition, bound.period))
            return sql.case(condition, self.event_value(value.value, bound), sql.constant(0))
        assert isinstance(value, Count | Sum)
        return sql.column(self.events[value.rows.table].aggregate(value, bound.period), "s")

    def total_value(self, value: Value, bound: Bound, alias: str) -> Tree:
        """The same value from reported totals: of the month (``s``) or of the year (``yt``)."""
        if isinstance(value, When):
            condition = self.frame.holds(value.condition, bound.period)
            condition = self.fact(condition) if alias == "s" else condition
            return sql.case(condition, self.total_value(value.value, bound, alias), sql.constant(0))
        assert isinstance(value, Count | Sum)
        return sql.column(str(value.rows.total), alias)

    def _yearly(self, index: int, bound: Bound, ready: Tree) -> None:
        """Whether yearly totals could stand in, and their values."""
        items = walk.total_items(bound)
        whole = bound.period is PeriodKind.YEAR and (self.on.month, self.on.day) == (12, 31)
        if items is None or not whole:
            self.once |= {f"y{name}{index}": sql.constant(0) for name in "snd"}
            return
        known = sql.both(ready, *(_stated(item, "yt") for item in items))
        self.once[f"ys{index}"] = sql.case(known, sql.constant(1), sql.constant(0))
        for name, value in _parts(bound):
            amount = sql.constant(0) if value is None else self.total_value(value, bound, "yt")
            self.once[f"y{name}{index}"] = sql.case(known.copy(), amount, sql.constant(0))

    def totals(self, monthly: bool) -> exp.Query:
        """Reported totals by facility (``k``), and by month (``m``) if asked for: one column per item."""
        key, month = sql.column("facility", "x"), sql.column("month", "x")
        columns: list[Tree] = [sql.named(key, "k")]
        if monthly:
            columns.append(sql.named(month, "m"))
        for item in sorted(
            {item for bound in self.bounds.values() for item in walk.total_items(bound) or ()}
        ):
            same = exp.EQ(this=sql.column("item", "x"), expression=sql.constant(item))
            columns.append(sql.named(exp.Sum(this=sql.case(same, sql.column("value", "x"))), item))
        yearly = exp.Is(this=month.copy(), expression=exp.Null())
        year = exp.EQ(this=sql.column("year", "x"), expression=sql.constant(self.on.year))
        select = exp.select(*columns, copy=False).from_(sql.source("facility_total", "x"), copy=False)
        select = select.where(year, sql.negated(yearly) if monthly else yearly, copy=False)
        return select.group_by(key.copy(), *([month.copy()] if monthly else []), copy=False)

    def facilities(self) -> exp.Select:
        """``who``: facilities that are units of at least one measure."""
        key = sql.column("facility", "u")
        columns = [sql.named(tree, name) for name, tree in self.once.items()]
        for name in sorted(self.flags):
            columns.append(sql.named(sql.or_zero(sql.column(name, "mf")), f"f_{name}"))
        for name in self.known.values():
            columns.append(sql.named(sql.or_zero(sql.column(name, "kt")), name))
        select = self.frame.from_().select(
            sql.column("place", "u"), sql.named(key, "k"), *columns, copy=False
        )
        select = self.frame.joined(select)
        for table, alias, owner in self._beside():
            same = exp.EQ(this=sql.column(owner, alias), expression=key.copy())
            sql.left_join(select, sql.source(table, alias), same)
        select = select.where(
            sql.either(*(self.once[f"w{index}"].copy() for index in self.bounds)), copy=False
        )
        ctes = [*self.frame.relations.ctes(), ("year_totals", self.totals(False)), ("known", self._known())]
        masks = [sql.named(tree, name) for name, tree in self.masks.items()]
        everything = exp.Column(this=exp.Star(), table=sql.identifier("q"))
        outer = exp.select(everything, *masks, copy=False).from_(
            select.subquery(sql.identifier("q"), copy=False)
        )
        return _with(outer, ctes)

    def _beside(self) -> list[tuple[str, str, str]]:
        """Tables joined to the facility: name, alias, column of the facility."""
        return [("year_totals", "yt", "k"), ("known", "kt", "k"), ("month_flags", "mf", "unit")]

    def _known(self) -> exp.Query:
        """Per facility, the months whose totals hold all items of a set."""
        key = sql.column("k", "x")
        columns = []
        for items, name in self.known.items():
            stated = sql.both(*(_stated(item, "x") for item in items))
            columns.append(sql.named(_together(sql.case(stated, _month_bit("x"))), name))
        select = exp.select(sql.named(key, "k"), *columns, copy=False).from_(
            sql.source(self.month_totals, "x"), copy=False
        )
        return select.group_by(key.copy(), copy=False)

    def units(self) -> exp.Select:
        """One row per facility with four columns per measure."""
        select = exp.select(sql.column("place", "w"), sql.column("k", "w"), copy=False).from_(
            sql.source(self.who, "w"), copy=False
        )
        ctes: list[tuple[str, exp.Query]] = []
        for source, amounts in self.amounts.items():
            rows = source if source == self.month_totals else self.events[source].name
            ctes.append((f"sum_{source}", self._summed(rows, amounts)))
            same = exp.EQ(this=sql.column("k", f"s_{source}"), expression=sql.column("k", "w"))
            sql.left_join(select, sql.source(f"sum_{source}", f"s_{source}"), same)
        for index in self.bounds:
            select.select(*self._columns(index), copy=False)
        return _with(select, ctes)

    def _summed(self, rows: str, amounts: dict[str, Tree]) -> exp.Select:
        months = exp.select(
            exp.Column(this=exp.Star(), table=sql.identifier("x")),
            sql.named(_month_bit("x"), "bit"),
            copy=False,
        ).from_(sql.source(rows, "x"), copy=False)
        key = sql.column("k", "s")
        columns = [sql.named(exp.Sum(this=tree), name) for name, tree in amounts.items()]
        select = exp.select(sql.named(key, "k"), *columns, copy=False).from_(
            months.subquery(sql.identifier("s"), copy=False)
        )
        same = exp.EQ(this=sql.column("k", "w"), expression=key.copy())
        select.join(sql.source(self.who, "w"), on=same, copy=False)
        return select.group_by(key.copy(), copy=False)

    def _columns(self, index: int) -> list[Tree]:
        opened, events = sql.column(f"o{index}", "w"), sql.column(f"e{index}", "w")
        counted: Tree = events
        if f"t{index}" in self.masks:
            counted = exp.Paren(this=exp.BitwiseOr(this=events, expression=sql.column(f"t{index}", "w")))
        months, cells = _number(opened), _number(counted)
        nothing = sql.constant(0)
        yearly = sql.both(
            exp.EQ(this=counted.copy(), expression=nothing),
            exp.GT(this=sql.column(f"ys{index}", "w"), expression=nothing.copy()),
            exp.GT(this=opened.copy(), expression=nothing.copy()),
        )
        columns = [sql.named(months, f"u{index}")]
        columns.append(sql.named(sql.case(yearly, months.copy(), cells), f"r{index}"))
        for letter, value in _parts(self.bounds[index]):
            if value is None:
                continue
            whole = sql.column(f"y{letter}{index}", "w")
            total = self._total(index, letter)
            columns.append(sql.named(sql.case(yearly.copy(), whole, total), f"{letter}{index}"))
        return columns

    def _total(self, index: int, letter: str) -> Tree:
        names = (f"{letter}e{index}", f"{letter}t{index}")
        terms = [
            sql.or_zero(sql.column(name, f"s_{source}"))
            for source, amounts in self.amounts.items()
            for name in names
            if name in amounts
        ]
        tree: Tree = terms[0] if terms else sql.constant(0)
        for term in terms[1:]:
            tree = exp.Add(this=tree, expression=term)
        return tree


def _parts(bound: Bound) -> tuple[tuple[str, Value | None], ...]:
    return (("n", bound.numerator), ("d", bound.denominator))


def _stated(item: str, alias: str) -> Tree:
    return exp.Not(this=exp.Is(this=sql.column(item, alias), expression=exp.Null()))


def _month_bit(alias: str) -> Tree:
    return _shifted(exp.Sub(this=sql.column("m", alias), expression=sql.constant(1)))


def _shifted(places: Tree) -> Tree:
    """The bit that lies so many places up."""
    number = exp.Cast(this=exp.Paren(this=places), to=exp.DataType.build(exp.DataType.Type.INT))
    return exp.Paren(this=exp.BitwiseLeftShift(this=sql.constant(1), expression=number))


def _month(day: Tree) -> Tree:
    return exp.Extract(this=exp.Var(this="MONTH"), expression=day)


def units(
    bounds: dict[int, Bound], contract: Contract, on: date, make: Callable[[str, exp.Query], S], name: str
) -> Iterator[S]:
    """The tables that end in one row per facility with four columns per measure, from its months or yearly totals."""
    cells = _Cells(bounds, contract, on, name)
    for events in cells.events.values():
        yield make(events.name, events.select())
    yield make(cells.month_totals, cells.totals(True))
    yield make(cells.who, cells.facilities())
    yield make(name, cells.units())


def _with(select: exp.Select, ctes: list[tuple[str, exp.Query]]) -> exp.Select:
    for name, query in ctes:
        select.with_(sql.identifier(name), as_=query, copy=False)
    return select
