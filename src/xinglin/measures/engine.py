"""An engine runs a plan: register tables, make the plan's tables, fetch the sums. DuckDB is the default one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol, TypeAlias

import duckdb
import pyarrow as pa
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB as Dialect

from xinglin.facts import Contract
from xinglin.measures import walk
from xinglin.measures.compile import Plan, compile_all
from xinglin.measures.nodes import Bound, Kind
from xinglin.measures.results import Counted, Number

Source: TypeAlias = pa.Table | tuple[str, ...]
"""A fact table: Arrow rows in memory, or paths of typed Parquet files."""


class Engine(Protocol):
    """What a counting engine must be able to do."""

    name: str

    def run(self, plan: Plan, sources: Mapping[str, Source]) -> Sums:
        """Run a plan over fact tables and fetch its sums."""


class Sums:
    """What a plan gave, keyed by area."""

    def __init__(self) -> None:
        self.units: dict[int, dict[str, tuple[int, int, Number, Number]]] = {}
        self.persons: dict[int, dict[str, int]] = {}
        self.population: dict[str, dict[str, tuple[int, int, int | None]]] = {}
        self.places: dict[tuple[str, ...], dict[str, tuple[int, int]]] = {}


class DuckDB:
    """Counts in this process with DuckDB, within a memory limit.

    Args:
        memory: DuckDB's limit, e.g. ``"700MB"``; it spills to disk beyond. threads: how many it may use.
    """

    def __init__(self, memory: str = "700MB", threads: int = 2) -> None:
        self.memory = memory
        self.threads = threads
        self.name = f"duckdb {duckdb.__version__}"

    def run(self, plan: Plan, sources: Mapping[str, Source]) -> Sums:
        """Run a plan on a fresh connection; nothing is kept."""
        with duckdb.connect(config=self._config()) as connection:
            for name, source in sources.items():
                self._register(connection, name, source)
            for statement in plan.statements:
                target = exp.to_identifier(statement.name, quoted=True).sql(dialect="duckdb")
                connection.execute(f"CREATE TEMP TABLE {target} AS {self.text(statement.query)}")
            return self._fetch(connection, plan)

    def _config(self) -> dict[str, str | bool | int | float | list[str]]:
        return {
            "memory_limit": self.memory,
            "threads": self.threads,
            "preserve_insertion_order": False,
        }

    def text(self, query: exp.Expr) -> str:
        """A tree written out for DuckDB."""
        return query.sql(dialect=Dialect, copy=False)

    def _register(self, connection: duckdb.DuckDBPyConnection, name: str, source: Source) -> None:
        if isinstance(source, pa.Table):
            connection.register(name, source)
        else:
            connection.read_parquet(list(source), hive_partitioning=False).create_view(name)

    def _rows(self, connection: duckdb.DuckDBPyConnection, query: exp.Expr) -> Iterable[tuple[Any, ...]]:
        return connection.execute(self.text(query)).fetchall()

    def _fetch(self, connection: duckdb.DuckDBPyConnection, plan: Plan) -> Sums:
        sums = Sums()
        for members, query in plan.rollups:
            for row in self._rows(connection, query):
                for position, index in enumerate(members):
                    cells = row[2 + 4 * position : 6 + 4 * position]
                    sums.units.setdefault(index, {})[row[1]] = (cells[0], cells[1], cells[2], cells[3])
        for index, query in plan.marks.items():
            sums.persons[index] = {row[1]: row[2] for row in self._rows(connection, query)}
        for column, query in plan.population.items():
            sums.population[column] = {
                row[1]: (row[2], row[3], row[4]) for row in self._rows(connection, query)
            }
        for needed, query in plan.places.items():
            sums.places[needed] = {row[1]: (row[2], row[3]) for row in self._rows(connection, query)}
        return sums


def count_all(
    engine: Engine,
    bounds: Sequence[Bound],
    contract: Contract,
    sources: Mapping[str, Source],
    on: date,
    areas: Sequence[str],
) -> list[dict[str, Counted]]:
    """Count measures together: one mapping area → counted per measure, in the order given.

    ``sources`` must hold every table of the contract that a measure uses, `region` among them.
    """
    levels = sorted({0 if area == "0" else len(area) for area in areas})
    sums = engine.run(compile_all(bounds, contract, on, levels), sources)
    return [_counted(sums, index, bound, contract, areas) for index, bound in enumerate(bounds)]


def _counted(
    sums: Sums, index: int, bound: Bound, contract: Contract, areas: Sequence[str]
) -> dict[str, Counted]:
    """One measure in every area."""
    units = sums.units.get(index, {})
    persons = None if bound.distinct is None else sums.persons[index]
    counties = sums.places[walk.needed(bound, contract, "place")]
    uncounted = bound.kind in (Kind.COUNT, Kind.FLAG)
    found = {}
    for area in areas:
        n_units, n_reported, numerator, denominator = units.get(area, (0, 0, 0, 0))
        if persons is not None:
            numerator = persons.get(area, 0)
        exact: Number | None = None if uncounted else denominator
        if bound.population is not None:
            exact = _population(sums, bound.population, area)
        places, sent = counties.get(area[:6], (0, 0))
        if len(area) >= 6 and not places:
            places = 1
        found[area] = Counted(area, numerator, exact, n_units, n_reported, places, sent)
    return found


def _population(sums: Sums, column: str, area: str) -> int | None:
    wanted, stated, total = sums.population[column].get(area, (0, 0, None))
    return total if wanted and wanted == stated else None
