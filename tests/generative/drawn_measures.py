"""Drawn measures: trees of every node over several unit tables, all of which make sense to both implementations."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from drawn_data import CONTRACT, KINDS, MONTHLY, edges
from hypothesis import strategies as st

from xinglin.base.period import PeriodKind
from xinglin.facts import Column, ColumnType, Table
from xinglin.measures.nodes import (
    All,
    AnyOf,
    AtLeastCode,
    Bound,
    Compare,
    Condition,
    Count,
    CountDistinct,
    Exists,
    Field,
    Kind,
    Latest,
    Literal,
    Not,
    OneOf,
    Operator,
    Present,
    Proportion,
    Recent,
    Rows,
    Span,
    Sum,
    Units,
    Value,
    When,
)

Draw = st.DrawFn
UNIT_TABLES = (
    "facility",
    "facility",
    "facility",
    "tcm_hall",
    "region",
    "region",
    "consortium",
    "survey_response",
    "population",
    "post",
    "unit",
    "training",
)
NUMBERS = (ColumnType.INTEGER, ColumnType.YEAR, ColumnType.DECIMAL)
RELATED = [name for name in CONTRACT.tables if name not in ("reporting", "technique")]
Link = tuple[str, str, str, bool]


def _typed(table: Table, depth: int = 2) -> dict[str, Column]:
    """Paths of a table, through references, with the column each ends at."""
    found = dict(table.columns)
    for name, column in table.columns.items():
        if column.type is ColumnType.PLACE:
            found[f"{name}.county"] = CONTRACT.follow(table.name, f"{name}.county")[1]
        if column.references and depth:
            below = _typed(CONTRACT.table(column.references), depth - 1)
            found |= {f"{name}.{path}": end for path, end in below.items()}
    return found


PATHS = {name: _typed(table) for name, table in CONTRACT.tables.items()}
RANKED = {
    name: [path for path, end in found.items() if end.codes and CONTRACT.codelists[end.codes].ordered]
    for name, found in PATHS.items()
}


def _links(table: Table) -> list[Link]:
    """Ways from a row of a table to rows of others."""
    found: list[Link] = []
    for name in RELATED:
        target = CONTRACT.table(name)
        for path, column in target.columns.items():
            if table.id_column and (column.references == table.name or column.type is ColumnType.THING):
                found.append((name, path, table.id_column, False))
            if column.references == "facility" and "facility" in table.columns and table.name != "facility":
                found.append((name, path, "facility", False))
        if "person" in table.columns and "person" in target.columns:
            found += [(name, "person", "person", False)] * 20  # or they are hardly ever drawn
        if table.place and f"{table.place}.county" in PATHS[table.name] and name in ("population", "region"):
            found.append((name, str(target.place), f"{table.place}.county", False))
        if table.name == "region" and target.place:
            found.append((name, target.place, "code", True))
    return found


LINKS = {name: _links(CONTRACT.table(name)) for name in RELATED}


def _choose(draw: Draw, table: str, types: tuple[ColumnType, ...] | None) -> str | None:
    chosen = [path for path, column in PATHS[table].items() if types is None or column.type in types]
    return draw(st.sampled_from(chosen)) if chosen else None


@st.composite
def related(draw: Draw, table: str, depth: int, on: date, events: bool = False) -> Rows | None:
    """Related rows of a row of a table; None when there is no way to any."""
    links = [link for link in LINKS[table] if depth == 2 or not link[3]]
    if events:
        links = [link for link in links if CONTRACT.table(link[0]).time.kind == "event"]
        links += [link for link in links if RANKED[link[0]]] * 3  # grades, or they are hardly ever drawn
    if not links:
        return None
    name, by, matches, within = draw(st.sampled_from(links))
    where = draw(st.none() | conditions(name, depth - 1, on)) if depth else None
    span = None
    if CONTRACT.table(name).time.kind == "event":
        since = st.builds(Span, since=st.sampled_from(edges(on)))
        span = draw(st.none() | st.builds(Span, months=st.sampled_from([1, 2, 13])) | since)
    return Rows(name, by, matches, within, where, span)


@st.composite
def numbers(draw: Draw, table: str, depth: int, on: date) -> Value:
    """A value that is a number."""
    kind = draw(st.sampled_from(["literal", "field", "count", "distinct", "sum", "latest", "when"]))
    if kind == "when" and depth:
        return When(draw(conditions(table, depth - 1, on)), draw(numbers(table, depth - 1, on)))
    rows = (
        draw(related(table, depth, on, kind == "latest"))
        if depth and kind not in ("literal", "field")
        else None
    )
    path = _choose(draw, rows.table if rows else table, None if kind == "distinct" else NUMBERS)
    if rows is None or path is None:
        return (
            Field(path)
            if path and kind == "field"
            else Literal(draw(st.sampled_from([0, 1, 2, Decimal("0.5")])))
        )
    if kind == "latest":
        return Latest(rows, path, draw(st.none() | st.sampled_from([0, 1])))
    if kind == "count":
        return Count(rows)
    return CountDistinct(rows, path) if kind == "distinct" else Sum(rows, path)


def _constants(column: Column | None, on: date) -> st.SearchStrategy[Any]:
    if column is None or column.type in NUMBERS:
        return st.sampled_from([0, 1, 2, 5, Decimal("1.5"), on.year])
    if column.codes:
        codes = list(CONTRACT.codelists[column.codes].codes)
        return st.sampled_from(codes[:4] + codes[-3:])
    if column.type is ColumnType.BOOLEAN:
        return st.booleans()
    if column.type is ColumnType.DATE:
        return st.sampled_from(edges(on))
    return st.sampled_from(["x", "facility0", "甲", *KINDS])


@st.composite
def values(draw: Draw, table: str, depth: int, on: date) -> tuple[Value, Column | None]:
    """Any value with the column that gives its type (None: a number)."""
    kind = draw(st.sampled_from(["number", "field", "latest"]))
    if kind == "number":
        return draw(numbers(table, depth, on)), None
    if kind == "latest" and depth and (rows := draw(related(table, depth, on, True))) is not None:
        path = draw(st.sampled_from([*PATHS[rows.table], *RANKED[rows.table] * 3]))
        column = PATHS[rows.table][path]
        return Latest(rows, path, draw(st.none() | _constants(column, on))), column
    path = draw(st.sampled_from([*PATHS[table], *RANKED[table] * 3]))
    return Field(path), PATHS[table][path]


@st.composite
def tests(draw: Draw, table: str, depth: int, on: date) -> Condition:
    """One value with one test that fits its type."""
    if draw(st.integers(0, 15)) == 0:
        return Compare(Literal(draw(st.booleans())), Operator.EQUAL, draw(st.booleans()))
    value, column = draw(values(table, depth, on))
    choices: list[str] = ["present", "compare", "compare"]
    ordered = bool(column and column.codes and CONTRACT.codelists[column.codes].ordered)
    if column is not None and column.codes:
        choices += ["one_of", "one_of", *(["at_least"] * 4 * ordered)]
    if column is not None and column.type is ColumnType.DATE:
        choices += ["recent", "recent"]
    kind = draw(st.sampled_from(choices))
    if kind == "present":
        return Present(value)
    if kind == "recent":
        return Recent(value, draw(st.sampled_from([1, 2, 30, 31])))
    constant = draw(_constants(column, on))
    if kind == "one_of":
        return OneOf(value, tuple(draw(st.lists(_constants(column, on), max_size=2))))
    if kind == "at_least":
        assert column is not None
        return AtLeastCode(value, str(column.codes), constant)
    orders = column is None or column.type in (*NUMBERS, ColumnType.DATE)
    operators = list(Operator) if orders else [Operator.EQUAL, Operator.NOT_EQUAL]
    return Compare(value, draw(st.sampled_from(operators)), constant)


@st.composite
def conditions(draw: Draw, table: str, depth: int, on: date) -> Condition:
    """Any condition on a row of a table."""
    kind = draw(st.sampled_from(["test", "test", "exists", "all", "any", "not", "part"])) if depth else "test"
    if kind in ("all", "any"):
        parts = tuple(draw(st.lists(conditions(table, depth - 1, on), max_size=3)))
        return All(parts) if kind == "all" else AnyOf(parts)
    if kind == "not":
        return Not(draw(conditions(table, depth, on) if draw(st.booleans()) else tests(table, depth, on)))
    if kind == "part":
        percent = draw(st.sampled_from([Decimal(0), Decimal(25), Decimal("33.3"), Decimal(100)]))
        return Proportion(draw(numbers(table, depth, on)), draw(numbers(table, depth, on)), percent)
    if kind == "exists" and (rows := draw(related(table, depth, on))) is not None:
        return Exists(rows)
    return draw(tests(table, depth, on))


@st.composite
def monthly(draw: Draw, on: date) -> Value:
    """A value that can be counted by facility and month."""
    if draw(st.integers(0, 3)) == 0:
        return When(draw(conditions("facility", 1, on)), draw(monthly(on)))
    name = draw(st.sampled_from(MONTHLY))
    where = draw(st.none() | conditions(name, 1, on))
    total = draw(st.sampled_from(["visits", "visits", "tcm_visits", None]))
    rows = Rows(name, "facility", "facility", False, where, None, total)
    return Sum(rows, "facility.beds") if draw(st.integers(0, 3)) == 0 else Count(rows)


def _complete(table: str, on: date) -> st.SearchStrategy[Condition | None]:
    """Mostly nothing: a condition draws many units out."""
    return st.none() | st.none() | conditions(table, 1, on)


@st.composite
def cell_bounds(draw: Draw, on: date) -> Bound:
    """A measure counted by facility and month."""
    kind = draw(st.sampled_from([Kind.RATIO, Kind.COUNT]))
    return Bound(
        "drawn",
        kind,
        Units(
            "facility",
            draw(st.none() | conditions("facility", 1, on)),
            complete=draw(_complete("facility", on)),
        ),
        draw(st.sampled_from([PeriodKind.YEAR, PeriodKind.MONTH])),
        numerator=draw(monthly(on)),
        denominator=draw(monthly(on)) if kind is Kind.RATIO else None,
        cells=True,
    )


@st.composite
def plain_bounds(draw: Draw, on: date) -> Bound:
    """A measure counted unit by unit."""
    table = draw(st.sampled_from(UNIT_TABLES))
    units = Units(
        table,
        draw(st.none() | conditions(table, 2, on)),
        draw(st.sampled_from([4, 6])) if table == "region" else None,
        draw(_complete(table, on)),
    )
    kind = draw(st.sampled_from(list(Kind)))
    period = draw(st.sampled_from(list(PeriodKind)))
    if kind in (Kind.SHARE, Kind.FLAG):
        return Bound("drawn", kind, units, period, condition=draw(conditions(table, 2, on)))
    numerator: Value = draw(numbers(table, 2, on))
    if draw(st.integers(0, 3)) == 0 and (rows := draw(related(table, 2, on))) is not None:
        numerator = CountDistinct(rows, draw(st.sampled_from(list(PATHS[rows.table]))))
    return Bound(
        "drawn",
        kind,
        units,
        period,
        numerator=numerator,
        denominator=draw(numbers(table, 2, on)) if kind is Kind.RATIO else None,
        population=draw(st.sampled_from(["residents", "aged_65_plus"])) if kind is Kind.RATE else None,
    )


def bounds(on: date) -> st.SearchStrategy[list[Bound]]:
    """Several measures, to be compiled together."""
    return st.lists(plain_bounds(on) | plain_bounds(on) | cell_bounds(on), min_size=1, max_size=5)
