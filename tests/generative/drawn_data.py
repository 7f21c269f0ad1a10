"""Small drawn data: few rows, many empty cells, dates on the edges of the period."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from xinglin.base.period import Window
from xinglin.facts import Column, ColumnType, Table, load_contract, technique_rows
from xinglin.measures.nodes import Bound, Field, Latest
from xinglin.measures.walk import nodes, tables

CONTRACT = load_contract()
Rows = list[dict[str, Any]]
Draw = st.DrawFn

KINDS = {
    "44": "real",
    "4401": "real",
    "4402": "real",
    "440101": "real",
    "440102": "real",
    "440171": "statistical",
    "440201": "without_districts",
    "440101001": "real",
    "440101002": "real",
    "440102001": "real",
    "440171001": "real",
    "440201001": "real",
    "440101001001": "real",
    "440101001002": "real",
}
REGION = [{"code": code, "name": code, "level": len(code), "kind": kind} for code, kind in KINDS.items()]
AREAS = ("0", *KINDS)
COUNTIES = [code for code in KINDS if len(code) in (4, 6)]
IDS = {name: [f"{name}{n}" for n in range(5)] for name, table in CONTRACT.tables.items() if table.id_column}
IDS["technique"] = ["A01", "A02", "B01", "X99"]
DAYS = (date(2020, 12, 31), date(2020, 2, 29), date(2020, 6, 15), date(2020, 1, 1))
MONTHLY = [
    name for name, table in CONTRACT.tables.items() if table.reported and table.reported.every == "month"
]


def edges(on: date) -> tuple[date, ...]:
    """Days on both sides of every edge that a period or window ending at ``on`` can have."""
    starts = (on, date(on.year, 1, 1), on.replace(day=1), on - timedelta(days=30))
    return tuple(sorted({start + timedelta(days=shift) for start in starts for shift in (-1, 0, 1)}))


def cell(column: Column, on: date) -> st.SearchStrategy[Any]:
    """A cell of a column; empty ones are frequent where the column allows them."""
    full = _full(column, on)
    rare = column.required and column.type in (ColumnType.INTEGER, ColumnType.YEAR, ColumnType.DECIMAL)
    return full if rare else st.one_of(full, full, full, st.none())


def _full(column: Column, on: date) -> st.SearchStrategy[Any]:
    if column.codes:
        codes = list(CONTRACT.codelists[column.codes].codes)
        return st.sampled_from(codes[:4] + codes[-3:])
    if column.references:
        return st.sampled_from(IDS[column.references])
    choices: dict[ColumnType, Sequence[Any]] = {
        ColumnType.THING: (*IDS["facility"][:3], *IDS["tcm_hall"][:2], *COUNTIES),
        ColumnType.PLACE: [code for code in KINDS if len(code) >= 6],
        ColumnType.PERSON: ("甲", "乙", "丙"),
        ColumnType.INTEGER: (0, 1, 2, 5, 10),
        ColumnType.YEAR: (on.year, on.year, on.year, on.year - 1),
        ColumnType.DECIMAL: (Decimal(0), Decimal("0.5"), Decimal("1.25"), Decimal(3)),
        ColumnType.BOOLEAN: (True, False),
        ColumnType.DATE: edges(on),
    }
    return st.sampled_from(choices.get(column.type, ("x", "y")))


def needed_tables(bounds: Collection[Bound]) -> list[str]:
    """Tables that measures read, with those their references lead to, in declared order."""
    found = {name for bound in bounds for name in tables(bound)} | {"facility"}
    if any(bound.population for bound in bounds):
        found.add("population")
    if any(bound.cells for bound in bounds):
        found.add("facility_total")
    waiting = list(found)
    while waiting:
        for column in CONTRACT.table(waiting.pop()).columns.values():
            if column.references and column.references not in found:
                found.add(column.references)
                waiting.append(column.references)
    return [name for name in CONTRACT.tables if name in found - {"region", "technique", "reporting"}]


@st.composite
def table_rows(draw: Draw, table: Table, on: date) -> Rows:
    """Rows of one table with different keys."""
    strategies = {name: cell(column, on) for name, column in table.columns.items()}
    if table.id_column and table.columns[table.id_column].type is ColumnType.ID:
        strategies[table.id_column] = st.sampled_from(IDS[table.name])
    if "month" in strategies:
        strategies["month"] = st.sampled_from([None, None, 1, on.month])
    if table.name == "population":
        strategies["place"] = st.sampled_from([code for code in KINDS if len(code) >= 6])

    def key(row: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(row[name] for name in table.key)

    return draw(st.lists(st.fixed_dictionaries(strategies), max_size=5, unique_by=key))


@st.composite
def reports(draw: Draw, names: Collection[str], on: date) -> Rows:
    """Who has reported what; most have, in one of the four states."""
    months = [f"{month:%Y-%m}" for month in Window(date(on.year, 1, 1), on).months()]
    status = st.sampled_from(["reported", "reported", "late", "reported_nothing", "not_reported"])
    some = st.sampled_from([months, months[:1], months[-1:], []])
    rows: Rows = []
    for name in names:
        reported = CONTRACT.table(name).reported
        if reported is None:
            continue
        for unit in IDS["facility"] if reported.by == "facility" else COUNTIES:
            for period in draw(some) if name in MONTHLY else [str(on.year)]:
                row = {"unit": unit, "table": name, "period": period, "reported_on": None}
                rows.append({**row, "status": draw(status) if name not in MONTHLY else "reported"})
    return rows


@st.composite
def facts(draw: Draw, bounds: Collection[Bound], on: date) -> dict[str, Rows]:
    """Every table that the measures need."""
    names = needed_tables(bounds)
    found: dict[str, Rows] = {name: [] for name in CONTRACT.tables}
    found |= {name: draw(table_rows(CONTRACT.table(name), on)) for name in names}
    found["region"] = REGION
    found["technique"] = [dict(row) for row in technique_rows()]
    found["reporting"] = draw(reports(names, on))
    return found


def paths(bound: Bound) -> set[str]:
    """Paths that a measure reads (for the meta-test)."""
    parts = (bound.units, bound.condition, bound.numerator, bound.denominator)
    return {node.path for part in parts for node in nodes(part) if isinstance(node, Field | Latest)}
