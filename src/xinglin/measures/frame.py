"""Rows of one table as SQL: paths become joins, related rows become grouped CTEs shared by all measures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from xinglin.base.period import PeriodKind, Window, period_of, rolling
from xinglin.facts import Contract, Table
from xinglin.facts.model import AREAS
from xinglin.measures import sql, walk
from xinglin.measures.nodes import (
    All,
    AnyOf,
    AtLeastCode,
    Compare,
    Condition,
    Count,
    CountDistinct,
    Exists,
    Field,
    Latest,
    Literal,
    Not,
    OneOf,
    Operator,
    Present,
    Proportion,
    Recent,
    Rows,
    Sum,
    Value,
    When,
)
from xinglin.measures.sql import Tree

_COMPARISONS: dict[Operator, type[exp.Binary]] = {
    Operator.EQUAL: exp.EQ,
    Operator.NOT_EQUAL: exp.NEQ,
    Operator.AT_LEAST: exp.GTE,
    Operator.AT_MOST: exp.LTE,
    Operator.MORE_THAN: exp.GT,
    Operator.LESS_THAN: exp.LT,
}


def overlaps(table: Table, alias: str, window: Window) -> Tree:
    """Whether a row of a table with validity holds on at least one day of a window."""
    first, last = sql.column(str(table.time.from_), alias), sql.column(str(table.time.to), alias)
    begun = sql.either(
        exp.Is(this=first, expression=exp.Null()),
        exp.LTE(this=first.copy(), expression=sql.constant(window.end)),
    )
    lasts = sql.either(
        exp.Is(this=last, expression=exp.Null()),
        exp.GTE(this=last.copy(), expression=sql.constant(window.start)),
    )
    return sql.both(begun, lasts)


def between(column: Tree, start: date | None, end: date) -> Tree:
    """Whether a date lies in a span, both ends included; empty dates do not."""
    if start is None:
        return sql.sure(exp.LTE(this=column, expression=sql.constant(end)))
    return sql.sure(exp.Between(this=column, low=sql.constant(start), high=sql.constant(end)))


class Relations:
    """The grouped CTEs of one compilation, shared wherever table, link and window agree.

    A relation inside another lies one level deeper, so that the deepest can be written first.
    """

    def __init__(self, contract: Contract, on: date) -> None:
        self.contract = contract
        self.on = on
        self._found: dict[tuple[object, ...], Relation] = {}
        self._named = 0

    def get(self, rows: Rows, period: PeriodKind, digits: int | None, depth: int) -> Relation:
        """The relation for related rows (without their filter, which each aggregate carries itself)."""
        span = self._span(rows, period)
        key = (rows.table, rows.by, digits, span, period, depth)
        if key not in self._found:
            name = self._name()
            self._found[key] = Relation(name, self, rows, period, digits, depth)
        return self._found[key]

    def latest(self, node: Latest, period: PeriodKind, digits: int | None, depth: int) -> LatestRelation:
        """The relation that keeps the last row of each group."""
        key = ("latest", node.rows, node.path, digits, self._span(node.rows, period), period, depth)
        if key not in self._found:
            name = self._name()
            self._found[key] = LatestRelation(name, self, node, period, digits, depth)
        found = self._found[key]
        assert isinstance(found, LatestRelation)
        return found

    def _name(self) -> str:
        """A new name; a relation inside another is made before the outer one is kept."""
        self._named += 1
        return f"rel_{self._named - 1}"

    def _span(self, rows: Rows, period: PeriodKind) -> tuple[object, ...]:
        return (rows.span, walk.follows_period(self.contract.table(rows.table), period))

    def ctes(self) -> list[tuple[str, exp.Query]]:
        """Every CTE, those that others need first."""
        ordered = sorted(self._found.values(), key=lambda relation: -relation.depth)
        return [(relation.name, relation.select()) for relation in ordered]

    def in_time(
        self, rows: Rows, table: Table, alias: str, period: PeriodKind, *, ended: bool = False
    ) -> Tree:
        """Whether a related row lies in time (see `reference.Reference._in_time`); with ``ended``, also a state
        that is over."""
        if table.time.kind == "validity":
            return overlaps(table, alias, Window(self.on, self.on))
        if table.time.kind == "year":
            year = sql.column(str(table.time.year), alias)
            return sql.sure(exp.EQ(this=year, expression=sql.constant(self.on.year)))
        if table.time.kind == "event":
            return self._event_in_time(rows, table, alias, period, ended)
        return exp.true()

    def _event_in_time(self, rows: Rows, table: Table, alias: str, period: PeriodKind, ended: bool) -> Tree:
        day = sql.column(str(table.time.date), alias)
        if rows.span is not None and rows.span.since is not None:
            return between(day, rows.span.since, self.on)
        if rows.span is not None and rows.span.months is not None:
            return between(day, rolling(self.on, rows.span.months).start, self.on)
        if rows.span is None and walk.follows_period(table, period):
            return between(day, period_of(period, self.on).start, self.on)
        if table.time.until is None or ended:
            return between(day, None, self.on)
        until = sql.column(table.time.until, alias)
        open_ended = exp.Is(this=until, expression=exp.Null())
        still = exp.GTE(this=until.copy(), expression=sql.constant(self.on))
        return sql.both(between(day, None, self.on), sql.either(open_ended, still))


@dataclass
class Frame:
    """The row at hand: a table under an alias, with the joins its paths and related rows need.

    Args:
        relations: shared CTEs. table, alias: the rows. period: of the measure at hand (set per measure).
        depth: nesting of this frame (0: the units). digits: area digits when the table is `region`.
    """

    relations: Relations
    table: Table
    alias: str
    depth: int = 0
    digits: int | None = None
    joins: dict[str, tuple[exp.Table, Tree]] = field(default_factory=dict)

    def joined(self, select: exp.Select) -> exp.Select:
        """A select with all joins of this frame."""
        for table, on in self.joins.values():
            sql.left_join(select, table.copy(), on.copy())
        return select

    def from_(self) -> exp.Select:
        """An empty select from this frame's table."""
        return exp.Select().from_(sql.source(self.table.name, self.alias), copy=False)

    def path(self, path: str) -> Tree:
        """The column at the end of a path; joins are added as the path needs them."""
        alias, table = self.alias, self.table
        steps = path.split(".")
        for index, step in enumerate(steps[:-1]):
            references = table.columns[step].references
            if references is None:
                return self._area(sql.column(step, alias), AREAS[steps[index + 1]])
            target = self.relations.contract.table(references)
            name = f"{self.alias}__{'__'.join(steps[: index + 1])}"
            key = sql.column(str(target.id_column), name)
            on = exp.EQ(this=sql.column(step, alias), expression=key)
            self.joins.setdefault(name, (sql.source(target.name, name), on))
            alias, table = name, target
        return sql.column(steps[-1], alias)

    def _area(self, code: Tree, digits: int) -> Tree:
        return sql.case(sql.long_enough(code, digits), sql.prefix(code.copy(), digits))

    def _join(self, relation: Relation, matches: str) -> str:
        """Join a relation on a column of the row at hand; the alias it can be read under."""
        alias = f"{relation.name}__{matches.replace('.', '__')}"
        if alias not in self.joins:
            on = exp.EQ(this=self.path(matches), expression=sql.column("k", alias))
            self.joins[alias] = (sql.source(relation.name, alias), on)
        return alias

    def value(self, value: Value, period: PeriodKind) -> Tree:
        """The SQL of a value node."""
        if isinstance(value, Literal):
            return sql.constant(value.constant)
        if isinstance(value, Field):
            return self.path(value.path)
        if isinstance(value, When):
            then = self.value(value.value, period)
            return sql.case(self.holds(value.condition, period), then, sql.constant(0))
        digits = self.digits if value.rows.within else None
        if isinstance(value, Latest):
            last = self.relations.latest(value, period, digits, self.depth + 1)
            found = sql.column("x", self._join(last, value.rows.matches))
            if value.default is None:
                return found
            return self._defaulted(value, found, period, digits)
        relation = self.relations.get(value.rows, period, digits, self.depth + 1)
        name = relation.aggregate(value)
        return sql.or_zero(sql.column(name, self._join(relation, value.rows.matches)))

    def _defaulted(self, value: Latest, found: Tree, period: PeriodKind, digits: int | None) -> Tree:
        """The default stands for no row, not for a row whose cell is empty."""
        alias = self._join(self.relations.latest(value, period, digits, self.depth + 1), value.rows.matches)
        none = exp.Is(this=sql.column("k", alias), expression=exp.Null())
        return sql.case(none, sql.constant(value.default), found)

    def holds(self, condition: Condition, period: PeriodKind) -> Tree:
        """The SQL of a condition node, two-valued."""
        if isinstance(condition, All):
            return sql.both(*(self.holds(part, period) for part in condition.conditions))
        if isinstance(condition, AnyOf):
            return sql.either(*(self.holds(part, period) for part in condition.conditions))
        if isinstance(condition, Not):
            return sql.negated(self.holds(condition.condition, period))
        if isinstance(condition, Exists):
            count = self.value(Count(condition.rows), period)
            return exp.GT(this=count, expression=sql.constant(0))
        if isinstance(condition, Proportion):
            return self._proportion(condition, period)
        return sql.sure(self._test(condition, self.value(condition.value, period)))

    def _proportion(self, condition: Proportion, period: PeriodKind) -> Tree:
        part, whole = self.value(condition.part, period), self.value(condition.whole, period)
        enough = exp.GTE(
            this=exp.Mul(this=exp.Paren(this=part), expression=sql.constant(100)),
            expression=exp.Mul(this=exp.Paren(this=whole), expression=sql.constant(condition.percent)),
        )
        return sql.sure(sql.both(exp.NEQ(this=whole.copy(), expression=sql.constant(0)), enough))

    def _test(self, condition: Compare | OneOf | AtLeastCode | Present | Recent, value: Tree) -> Tree:
        if isinstance(condition, Present):
            return exp.Not(this=exp.Is(this=value, expression=exp.Null()))
        if isinstance(condition, OneOf):
            return sql.among(value, condition.codes)
        if isinstance(condition, AtLeastCode):
            codes = self.relations.contract.codelists[condition.codelist].from_(condition.code)
            return sql.among(value, codes)
        if isinstance(condition, Recent):
            on = self.relations.on
            start = date.fromordinal(on.toordinal() - condition.days + 1)
            return between(value, start, on)
        return _COMPARISONS[condition.operator](this=value, expression=sql.constant(condition.constant))


class Relation:
    """Related rows grouped by their link: one CTE, one column per aggregate asked for."""

    def __init__(
        self, name: str, relations: Relations, rows: Rows, period: PeriodKind, digits: int | None, depth: int
    ) -> None:
        self.name = name
        self.relations = relations
        self.rows = rows
        self.period = period
        self.digits = digits
        self.depth = depth
        table = relations.contract.table(rows.table)
        self.frame = Frame(relations, table, f"t{depth}", depth)
        self.columns: dict[Value, tuple[str, Tree]] = {}

    def aggregate(self, value: Count | CountDistinct | Sum) -> str:
        """The name of the column that holds an aggregate, added on first use."""
        if value not in self.columns:
            self.columns[value] = (f"a{len(self.columns)}", self._aggregated(value))
        return self.columns[value][0]

    def _aggregated(self, value: Count | CountDistinct | Sum) -> Tree:
        where = value.rows.where
        condition = exp.true() if where is None else self.frame.holds(where, self.period)
        if isinstance(value, Count):
            return sql.count_if(condition)
        cell = self.frame.path(value.path)
        if isinstance(value, CountDistinct):
            return exp.Count(this=exp.Distinct(expressions=[sql.case(condition, cell)]))
        return sql.total(sql.case(condition, sql.or_zero(cell), sql.constant(0)))

    def key(self) -> Tree:
        """The expression rows are grouped by."""
        link = self.frame.path(self.rows.by)
        return link if self.digits is None else sql.prefix(link, self.digits)

    def filters(self) -> list[Tree]:
        """What every row of the relation must meet: a link, and lying in time."""
        link = self.frame.path(self.rows.by)
        linked: Tree = exp.Not(this=exp.Is(this=link, expression=exp.Null()))
        if self.digits is not None:
            linked = sql.sure(sql.long_enough(link, self.digits))
        time = self.relations.in_time(self.rows, self.frame.table, self.frame.alias, self.period)
        return [linked, time]

    def select(self) -> exp.Query:
        """The CTE: key ``k`` and the aggregates."""
        key = self.key()
        columns = [sql.named(tree, name) for name, tree in self.columns.values()]
        select = self.frame.from_().select(sql.named(key, "k"), *columns, copy=False)
        select = self.frame.joined(select).where(*map(sql.loose, self.filters()), copy=False)
        return select.group_by(key.copy(), copy=False)


class LatestRelation(Relation):
    """Related rows of which only the last of each group is kept, if its state is not over: key ``k``, value ``x``."""

    def __init__(
        self,
        name: str,
        relations: Relations,
        node: Latest,
        period: PeriodKind,
        digits: int | None,
        depth: int,
    ) -> None:
        super().__init__(name, relations, node.rows, period, digits, depth)
        where = node.rows.where
        self.condition = exp.true() if where is None else self.frame.holds(where, period)
        self.cell = self.frame.path(node.path)

    def filters(self) -> list[Tree]:
        """As for every relation, but states that are over still replace those before them."""
        linked, _ = super().filters()
        return [linked, self._in_time(ended=True)]

    def _in_time(self, *, ended: bool) -> Tree:
        return self.relations.in_time(self.rows, self.frame.table, self.frame.alias, self.period, ended=ended)

    def select(self) -> exp.Query:
        """Number the rows of each group from the last backwards; keep the first where it still lies in time."""
        table, alias = self.frame.table, self.frame.alias
        order = exp.Order(
            expressions=[
                exp.Ordered(this=sql.column(str(table.time.date), alias), desc=True),
                exp.Ordered(this=sql.column(table.key[0], alias), desc=True),
            ]
        )
        rank = exp.Window(this=exp.RowNumber(), partition_by=[self.key()], order=order)
        still = sql.case(self._in_time(ended=False), sql.constant(1), sql.constant(0))
        columns = {"k": self.key(), "x": self.cell, "n": rank, "s": still}
        inner = self.frame.from_().select(
            *(sql.named(tree, name) for name, tree in columns.items()), copy=False
        )
        inner = self.frame.joined(inner).where(*self.filters(), self.condition, copy=False)
        one = sql.constant(1)
        first = sql.both(*(exp.EQ(this=sql.column(name, "q"), expression=one.copy()) for name in ("n", "s")))
        ranked = inner.subquery(sql.identifier("q"), copy=False)
        return (
            exp.select(sql.column("k", "q"), sql.column("x", "q"), copy=False)
            .from_(ranked, copy=False)
            .where(first, copy=False)
        )
