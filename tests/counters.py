"""The two implementations of counting behind one signature, for spec and generated tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from xinglin.facts import load_contract
from xinglin.measures.engine import DuckDB, count_all
from xinglin.measures.examples import arrow
from xinglin.measures.nodes import Bound
from xinglin.measures.reference import Reference
from xinglin.measures.results import Counted

Facts = Mapping[str, list[dict[str, Any]]]
Counter = Callable[[Sequence[Bound], Facts, date, Sequence[str]], list[dict[str, Counted]]]


def by_reference(
    bounds: Sequence[Bound], facts: Facts, on: date, areas: Sequence[str]
) -> list[dict[str, Counted]]:
    """Count with the plain-Python reference."""
    reference = Reference(load_contract(), facts, on)
    return [reference.count(bound, areas) for bound in bounds]


def by_duckdb(
    bounds: Sequence[Bound], facts: Facts, on: date, areas: Sequence[str]
) -> list[dict[str, Counted]]:
    """Count with the compiler on DuckDB, all measures together."""
    contract = load_contract()
    sources = {name: arrow(table, facts.get(name, [])) for name, table in contract.tables.items()}
    return count_all(DuckDB(threads=1), bounds, contract, sources, on, areas)


COUNTERS: dict[str, Counter] = {"reference": by_reference, "duckdb": by_duckdb}
