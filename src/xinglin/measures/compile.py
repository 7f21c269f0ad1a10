"""All measures of one date compiled together into a few statements: units, cells, marks, roll-up.

A statement makes a table that later ones read. The last ones give, per area, the sums that `collect` turns into
exact results. Names: ``u<i>`` unit counted, ``r<i>`` reported, ``n<i>`` numerator, ``d<i>`` denominator of the
i-th measure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from xinglin.base.period import period_of
from xinglin.facts import Contract
from xinglin.measures import cells, sql, walk
from xinglin.measures.frame import Frame, Relations, between, overlaps
from xinglin.measures.nodes import Bound
from xinglin.measures.reporting import WHO, facility_flags, flags, place_flags
from xinglin.measures.sql import Tree

LEVELS = (0, 2, 4, 6, 9, 12)


@dataclass(frozen=True)
class Statement:
    """One table to make: its name and the query that fills it."""

    name: str
    query: exp.Query


@dataclass
class Plan:
    """What to run and how to read it.

    Attributes:
        statements: tables to make, in order; each is compiled when it is asked for, so that an engine works on one
            while the next is compiled. All must be taken before the rest is read.
        rollups: names of sums, and the query giving (level, area, sums…).
        marks: per measure index, the query giving (level, area, persons).
        population: per column needed, its query. counties: the sets of registers needed and the query giving (level,
            area, counties, counties that sent the first set, the second, …).
    """

    statements: Iterator[Statement]
    rollups: list[tuple[tuple[str, ...], exp.Query]] = field(default_factory=list)
    marks: dict[int, exp.Query] = field(default_factory=dict)
    population: dict[str, exp.Query] = field(default_factory=dict)
    counties: tuple[tuple[tuple[str, ...], ...], exp.Query] | None = None


def compile_all(bounds: Sequence[Bound], contract: Contract, on: date, levels: Sequence[int]) -> Plan:
    """Compile measures for the area levels asked for (0 the nation, else digits)."""
    plan = Plan(iter(()))
    plan.statements = _statements(plan, bounds, contract, on, levels)
    return plan


def _statements(
    plan: Plan, bounds: Sequence[Bound], contract: Contract, on: date, levels: Sequence[int]
) -> Iterator[Statement]:
    """The tables of a plan; afterwards the plan knows what to read from them."""
    names = {name for bound in bounds for name in _flagged(bound, contract)}
    yield flags(contract, on, Statement, names)
    monthly = {
        name for bound in bounds if bound.cells for name in walk.needed(bound, contract, "facility", "month")
    }
    yield cells.monthly_flags(contract, on, Statement, monthly)
    groups: dict[tuple[str, int | None, bool], list[int]] = {}
    for index, bound in enumerate(bounds):
        groups.setdefault((bound.units.table, bound.units.level, bound.cells), []).append(index)
    for number, ((_, digits, by_cell), members) in enumerate(groups.items()):
        chosen = {index: bounds[index] for index in members}
        name = f"units_{number}"
        if by_cell:
            yield from cells.units(chosen, contract, on, Statement, name)
        else:
            yield Statement(name, _units(chosen, contract, on, digits))
        sums = tuple(f"{letter}{index}" for index, bound in chosen.items() for letter in letters(bound))
        plan.rollups.append((sums, _rollup(name, sums, levels)))
        for index, bound in chosen.items():
            if bound.distinct is not None:
                plan.marks[index] = _marks(name, index, bound, contract, on, levels)
    for bound in bounds:
        if bound.population is not None:
            plan.population[bound.population] = _population(bound.population, on, levels)
    needed = tuple(dict.fromkeys(walk.needed(bound, contract, "place") for bound in bounds))
    plan.counties = (needed, _counties(needed, levels))


def letters(bound: Bound) -> str:
    """The sums of a measure: only a ratio has a denominator of its own (a share's is its units reported)."""
    return "urn" if bound.denominator is None else "urnd"


def _flagged(bound: Bound, contract: Contract) -> Sequence[str]:
    """Tables whose reports are counted by the year (those looked at month by month have masks of their own)."""
    facility = walk.needed(bound, contract, "facility", "year" if bound.cells else None)
    return (*walk.needed(bound, contract, "place"), *facility)


def with_relations(select: exp.Select, relations: Relations) -> exp.Select:
    """A select with the CTEs its joins read."""
    for name, query in relations.ctes():
        select.with_(sql.identifier(name), as_=query, copy=False)
    return select


def _units(bounds: dict[int, Bound], contract: Contract, on: date, digits: int | None) -> exp.Query:
    """One row per unit, with four columns per measure.

    What measures ask of a unit is found once, in an inner query: whether it is one (``w``), whether it has reported
    (``f``), whether the condition holds or what its amounts are (``x``, ``y``).
    """
    first = next(iter(bounds.values()))
    table = contract.table(first.units.table)
    frame = Frame(Relations(contract, on), table, "u", 0, digits)
    assert table.place is not None
    asked: dict[str, Tree] = {"place": frame.path(table.place)}
    known: dict[object, str] = {}
    columns: list[Tree] = [sql.column("place", "q")]
    for index, bound in bounds.items():
        columns += _unit_columns(index, bound, frame, asked, known)
        if bound.distinct is not None:
            asked[f"k{index}"] = frame.path(bound.distinct.rows.matches)
            columns.append(sql.column(f"k{index}", "q"))
    inner = frame.from_().select(*(sql.named(tree, name) for name, tree in asked.items()), copy=False)
    rows = frame.joined(inner).subquery(sql.identifier("q"), copy=False)
    select = exp.select(*columns, copy=False).from_(rows, copy=False)
    return with_relations(select, frame.relations)


def _unit_columns(
    index: int, bound: Bound, frame: Frame, asked: dict[str, Tree], known: dict[object, str]
) -> list[Tree]:
    """The columns of one measure; what they ask of a unit goes into ``asked``, if no other measure asks it."""
    contract, on = frame.relations.contract, frame.relations.on
    unit = known.setdefault((bound.units.where, bound.period), f"w{index}")
    if unit not in asked:
        asked[unit] = sql.loose(is_unit(bound, frame, on))
    needed = (walk.needed(bound, contract, "place"), walk.needed(bound, contract, "facility"))
    reported = known.setdefault((*needed, bound.units.complete, bound.period), f"f{index}")
    if reported not in asked:
        asked[reported] = sql.loose(sql.both(*place_flags(bound, frame), *facility_flags(bound, frame)))
    counts = sql.both(sql.column(unit, "q"), sql.column(reported, "q"))
    found: Tree = sql.column(f"x{index}", "q")
    if bound.condition is not None:
        asked[f"x{index}"] = sql.loose(frame.holds(bound.condition, bound.period))
        found = sql.case(sql.both(counts.copy(), found), sql.constant(1), sql.constant(0))
    else:
        amount = _amount(bound.numerator, bound, frame) if bound.distinct is None else sql.constant(0)
        asked[f"x{index}"] = amount
        found = sql.case(counts.copy(), found, sql.constant(0))
    columns = [
        sql.named(sql.case(sql.column(unit, "q"), sql.constant(1), sql.constant(0)), f"u{index}"),
        sql.named(sql.case(counts.copy(), sql.constant(1), sql.constant(0)), f"r{index}"),
        sql.named(found, f"n{index}"),
    ]
    if bound.denominator is not None:
        asked[f"y{index}"] = _amount(bound.denominator, bound, frame)
        whole = sql.case(counts.copy(), sql.column(f"y{index}", "q"), sql.constant(0))
        columns.append(sql.named(whole, f"d{index}"))
    return columns


def _amount(value: object, bound: Bound, frame: Frame) -> Tree:
    if value is None:
        return sql.constant(0)
    return sql.or_zero(frame.value(value, bound.period))  # type: ignore[arg-type]


def is_unit(bound: Bound, frame: Frame, on: date) -> Tree:
    """Whether a row is a unit of the measure: lies in time and meets the filter."""
    conditions = [_unit_in_time(bound, frame, on)]
    if bound.units.where is not None:
        conditions.append(frame.holds(bound.units.where, bound.period))
    return sql.both(*conditions)


def _unit_in_time(bound: Bound, frame: Frame, on: date) -> Tree:
    table, alias = frame.table, frame.alias
    window = period_of(bound.period, on)
    if table.name == "region":
        level = exp.EQ(this=sql.column("level", alias), expression=sql.constant(bound.units.level))
        return sql.both(level, exp.EQ(this=sql.column("kind", alias), expression=sql.constant("real")))
    if table.time.kind == "validity":
        return overlaps(table, alias, window)
    if table.time.kind == "event":
        start = window.start if walk.follows_period(table, bound.period) else None
        return between(sql.column(str(table.time.date), alias), start, on)
    if table.time.kind == "year":
        return sql.sure(
            exp.EQ(this=sql.column(str(table.time.year), alias), expression=sql.constant(on.year))
        )
    return exp.true()


def _rollup(name: str, names: Sequence[str], levels: Sequence[int]) -> exp.Query:
    """Sums per area: first per place, then per level."""
    sums = [sql.named(exp.Sum(this=sql.column(column, "s")), column) for column in names]
    place = sql.column("place", "s")
    known = exp.Not(this=exp.Is(this=place, expression=exp.Null()))
    by_place = exp.select(place, *sums, copy=False).from_(sql.source(name, "s"), copy=False)
    by_place = by_place.where(known, copy=False).group_by(place.copy(), copy=False)
    level, code = sql.column("level", "l"), sql.column("place", "s")
    nation = exp.EQ(this=level.copy(), expression=sql.constant(0))
    area = sql.case(nation, sql.constant("0"), exp.Substring(this=code, start=sql.constant(1), length=level))
    digits = [exp.select(sql.named(sql.constant(number), "level"), copy=False) for number in levels]
    select = exp.select(
        level.copy(), sql.named(area, "area"), *(column.copy() for column in sums), copy=False
    ).from_(sql.source("by_place", "s"), copy=False)
    select.join(
        sql.stacked(digits).subquery(sql.identifier("l"), copy=False),
        join_type="cross",
        copy=False,
    )
    enough = exp.GTE(this=exp.Length(this=code.copy()), expression=level.copy())
    select = select.where(enough, copy=False).group_by(level.copy(), area.copy(), copy=False)
    return select.with_(sql.identifier("by_place"), as_=by_place, copy=False)


def _marks(
    name: str, index: int, bound: Bound, contract: Contract, on: date, levels: Sequence[int]
) -> exp.Query:
    """Different persons per area: a person's places in code order; a new area at a level adds one mark."""
    distinct = bound.distinct
    assert distinct is not None
    rows = distinct.rows
    frame = Frame(Relations(contract, on), contract.table(rows.table), "t", 1)
    person, place = frame.path(distinct.path), sql.column("place", "s")
    key = frame.path(rows.by)
    if rows.within:
        assert bound.units.level is not None
        key = sql.prefix(key, bound.units.level)
    link = exp.EQ(this=key, expression=sql.column(f"k{index}", "s"))
    where = [frame.relations.in_time(rows, frame.table, "t", bound.period)]
    where.append(exp.EQ(this=sql.column(f"r{index}", "s"), expression=sql.constant(1)))
    where.append(exp.Not(this=exp.Is(this=person, expression=exp.Null())))
    if rows.where is not None:
        where.append(frame.holds(rows.where, bound.period))
    pairs = frame.from_().select(sql.named(person.copy(), "person"), place, copy=False).distinct(copy=False)
    pairs = frame.joined(pairs).join(sql.source(name, "s"), on=link, copy=False).where(*where, copy=False)
    marked = exp.select(place.copy(), *(_mark(level) for level in levels), copy=False).from_(
        sql.source("pairs", "s"), copy=False
    )
    selects = [_mark_sum(level) for level in levels]
    tree = sql.stacked(selects)
    for cte, query in [*frame.relations.ctes(), ("pairs", pairs), ("marked", marked)]:
        tree.with_(sql.identifier(cte), as_=query, copy=False)
    return tree


def _mark(level: int) -> Tree:
    place = sql.column("place", "s")
    area = sql.prefix(place, level)
    order = exp.Order(expressions=[exp.Ordered(this=place.copy())])
    before = exp.Window(this=exp.Lag(this=area), partition_by=[sql.column("person", "s")], order=order)
    new = exp.NEQ(this=exp.Coalesce(this=before, expressions=[sql.constant("")]), expression=area.copy())
    return sql.named(sql.case(new, sql.constant(1), sql.constant(0)), f"m{level}")


def _mark_sum(level: int) -> exp.Select:
    place = sql.column("place", "s")
    area = sql.prefix(place, level)
    return (
        exp.select(
            sql.named(sql.constant(level), "level"),
            sql.named(area, "area"),
            sql.named(exp.Sum(this=sql.column(f"m{level}", "s")), "persons"),
            copy=False,
        )
        .from_(sql.source("marked", "s"), copy=False)
        .where(sql.long_enough(place.copy(), level), copy=False)
        .group_by(area.copy(), copy=False)
    )


def _answering(level: int) -> tuple[exp.Select, Tree]:
    """Counties that answer for areas of a level, and the area each counts for."""
    code = sql.column("code", "g")
    where: list[Tree] = [exp.EQ(this=sql.column("level", "g"), expression=sql.constant(6))]
    if level < 6:
        where.append(sql.among(sql.column("kind", "g"), ("real", "without_districts")))
    return exp.Select().from_(sql.source("region", "g"), copy=False).where(*where, copy=False), sql.prefix(
        code, level
    )


def _population(column: str, on: date, levels: Sequence[int]) -> exp.Query:
    """Per area: places that must state their population, those that do, and the sum."""
    year = exp.EQ(this=sql.column("year", "p"), expression=sql.constant(on.year))
    cell = sql.column(column, "p")
    selects = []
    for level in levels:
        if level <= 6:
            select, area = _answering(level)
            same = exp.EQ(this=sql.column("place", "p"), expression=sql.column("code", "g"))
            select = sql.left_join(select, sql.source("population", "p"), sql.both(same, year.copy()))
        else:
            area = sql.column("place", "p")
            digits = exp.EQ(this=exp.Length(this=area.copy()), expression=sql.constant(level))
            select = (
                exp.Select()
                .from_(sql.source("population", "p"), copy=False)
                .where(year.copy(), digits, copy=False)
            )
        sums = [
            sql.named(sql.constant(level), "level"),
            sql.named(area, "area"),
            sql.named(exp.Count(this=exp.Star()), "wanted"),
            sql.named(exp.Count(this=cell.copy()), "stated"),
            sql.named(exp.Sum(this=cell.copy()), "total"),
        ]
        selects.append(select.select(*sums, copy=False).group_by(area.copy(), copy=False))
    return sql.stacked(selects)


def _counties(needed: Sequence[tuple[str, ...]], levels: Sequence[int]) -> exp.Query:
    """Per area down to counties: how many counties answer, and how many sent each set of registers."""
    selects = []
    for level in (level for level in LEVELS[:4] if level in levels or level == 6):
        select, area = _answering(level)
        same = exp.EQ(this=sql.column(WHO, "rp"), expression=sql.column("code", "g"))
        select = sql.left_join(select, sql.source("report_flags", "rp"), same)
        columns = [
            sql.named(sql.constant(level), "level"),
            sql.named(area, "area"),
            sql.named(exp.Count(this=exp.Star()), "counties"),
        ]
        for number, names in enumerate(needed):
            sent = sql.both(*(_sent(name) for name in names))
            columns.append(sql.named(sql.count_if(sent), f"sent{number}"))
        selects.append(select.select(*columns, copy=False).group_by(area.copy(), copy=False))
    return sql.stacked(selects)


def _sent(name: str) -> Tree:
    return exp.GT(this=sql.or_zero(sql.column(name, "rp")), expression=sql.constant(0))
