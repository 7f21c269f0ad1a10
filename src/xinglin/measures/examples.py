"""Worked examples of definitions: small tables in, exact numbers out, on any implementation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from xinglin.base.period import Window
from xinglin.base.states import ValueState
from xinglin.facts import ColumnType, Contract, Table, technique_rows
from xinglin.facts.arrow import arrow_schema
from xinglin.measures.definition import Book, Definition, Example
from xinglin.measures.engine import Engine, count_all
from xinglin.measures.reference import Reference
from xinglin.measures.results import Counted, read

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an example expected and what an implementation gave, key by key."""

    example: str
    expected: Mapping[str, Any]
    found: Mapping[str, Any]

    @property
    def agrees(self) -> bool:
        """Whether every expected key has the value found."""
        return all(self.found[key] == value for key, value in self.expected.items())


def complete(facts: Mapping[str, Rows], example: Example, contract: Contract) -> dict[str, Rows]:
    """Fill small tables up: every column present, regions derived, everything reported unless told otherwise."""
    full: dict[str, Rows] = {name: [] for name in contract.tables}
    for name, rows in facts.items():
        columns = contract.table(name).columns
        full[name] = [{column: row.get(column) for column in columns} | row for row in rows]
    full["technique"] = [dict(row) for row in technique_rows()]
    if "region" not in facts:
        full["region"] = _regions(full, example, contract)
    if "reporting" not in facts:
        full["reporting"] = _all_reported(full, example, contract)
    return full


def _places(full: Mapping[str, Rows], contract: Contract) -> set[str]:
    found = set()
    for name, rows in full.items():
        for column, declared in contract.table(name).columns.items():
            if declared.type in (ColumnType.PLACE, ColumnType.THING):
                found |= {row[column] for row in rows if str(row[column] or "").isdigit()}
    return found


def _regions(full: Mapping[str, Rows], example: Example, contract: Contract) -> Rows:
    codes = _places(full, contract) | ({example.place} if example.place != "0" else set())
    every = {code[:digits] for code in codes for digits in (2, 4, 6, 9, 12) if len(code) >= digits}
    return [{"code": code, "name": code, "level": len(code), "kind": "real"} for code in sorted(every)]


def _all_reported(full: Mapping[str, Rows], example: Example, contract: Contract) -> Rows:
    counties = [row["code"] for row in full["region"] if row["level"] in (4, 6)]
    facilities = [row["facility"] for row in full["facility"]]
    year = Window(example.on.replace(month=1, day=1), example.on)
    rows = []
    for table in contract.tables.values():
        if table.reported is None:
            continue
        periods = (
            [f"{m:%Y-%m}" for m in year.months()]
            if table.reported.every == "month"
            else [f"{example.on.year}"]
        )
        units = facilities if table.reported.by == "facility" else counties
        rows += [
            {"unit": unit, "table": table.name, "period": period, "status": "reported", "reported_on": None}
            for unit in units
            for period in periods
        ]
    return rows


def arrow(table: Table, rows: Rows) -> pa.Table:
    """Rows of one fact table as a typed Arrow table."""
    schema = arrow_schema(table)
    plain = [{name: row.get(name) for name in schema.names} for row in rows]
    return pa.Table.from_pylist(plain, schema=schema)


def by_reference(book: Book, definition: Definition, example: Example) -> Counted:
    """An example counted by the reference."""
    facts = complete(example.facts, example, book.contract)
    bound = book.bind(definition.id, example.parameters)
    return Reference(book.contract, facts, example.on).count(bound, [example.place])[example.place]


def by_engine(book: Book, definition: Definition, example: Example, engine: Engine) -> Counted:
    """An example counted by an engine."""
    facts = complete(example.facts, example, book.contract)
    sources = {name: arrow(table, facts[name]) for name, table in book.contract.tables.items()}
    bound = book.bind(definition.id, example.parameters)
    return count_all(engine, [bound], book.contract, sources, example.on, [example.place])[0][example.place]


def outcome(book: Book, definition: Definition, example: Example, counted: Counted) -> Outcome:
    """Hold what was counted against what the example expects."""
    reading = read(book.bind(definition.id, example.parameters), counted, example.on)
    found = {
        "numerator": counted.numerator,
        "denominator": counted.denominator,
        "n_units": counted.n_units,
        "n_reported": counted.n_reported,
        "state": reading.state.value,
    }
    return Outcome(example.name, {"state": ValueState.NUMBER.value, **example.expect}, found)
