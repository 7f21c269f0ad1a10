"""An engine runs a plan: register tables, make the plan's tables, fetch the sums. DuckDB is the default one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat
from typing import Any, Protocol, TypeAlias

import duckdb
import pyarrow as pa
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB as Dialect

from xinglin.facts import Contract
from xinglin.measures import walk
from xinglin.measures.compile import Plan, compile_all
from xinglin.measures.nodes import Bound, Kind
from xinglin.measures.results import Counts, Number

Source: TypeAlias = pa.Table | tuple[str, ...]
"""A fact table: Arrow rows in memory, or paths of typed Parquet files."""


class Engine(Protocol):
    """What a counting engine must be able to do."""

    name: str

    def run(self, plan: Plan, sources: Mapping[str, Source]) -> Sums:
        """Run a plan over fact tables and fetch its sums."""


SUM_OF_INTEGERS = pa.decimal128(38, 0)
Columns = list[Sequence[Number | None]]


@dataclass(frozen=True)
class RollUp:
    """The sums of measures rolled up together: areas that have units, and columns by name (``u3`` units of the
    fourth measure, ``r3`` units reported, ``n3`` numerator, ``d3`` denominator)."""

    areas: Sequence[str]
    columns: Mapping[str, Sequence[Number]]


@dataclass
class Sums:
    """What a plan gave: per measure its units, different persons by area; residents and counties by area."""

    rollups: list[RollUp] = field(default_factory=list)
    persons: dict[int, dict[str, int]] = field(default_factory=dict)
    population: dict[str, dict[str, int | None]] = field(default_factory=dict)
    places: dict[tuple[str, ...], dict[str, tuple[int, int]]] = field(default_factory=dict)


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
            waiting = dict(sources)
            for statement in plan.statements:
                text = self.text(statement.query)
                self._register(connection, waiting, text)
                target = exp.to_identifier(statement.name, quoted=True).sql(dialect="duckdb")
                connection.execute(f"CREATE TEMP TABLE {target} AS {text}")
            return self._fetch(connection, plan, waiting)

    def _config(self) -> dict[str, str | bool | int | float | list[str]]:
        return {
            "memory_limit": self.memory,
            "threads": self.threads,
            "preserve_insertion_order": False,
        }

    def text(self, query: exp.Expr) -> str:
        """A tree written out for DuckDB."""
        return query.sql(dialect=Dialect, copy=False)

    def _register(self, connection: duckdb.DuckDBPyConnection, waiting: dict[str, Source], text: str) -> None:
        """Make known the tables that a statement names and that are not known yet: opening one costs milliseconds."""
        for name in [name for name in waiting if f'"{name}"' in text]:
            source = waiting.pop(name)
            if isinstance(source, pa.Table):
                connection.register(name, source)
            else:
                connection.read_parquet(list(source), hive_partitioning=False).create_view(name)

    def _columns(
        self, connection: duckdb.DuckDBPyConnection, query: exp.Expr, waiting: dict[str, Source]
    ) -> list[list[Any]]:
        """The result column by column. DuckDB sums into 128 bits, which come as decimals without places and are
        made 64-bit integers at once, not number by number; a sum that does not fit is an error."""
        text = self.text(query)
        self._register(connection, waiting, text)
        columns = connection.sql(text).to_arrow_table().columns
        return [
            (column.cast(pa.int64()) if column.type == SUM_OF_INTEGERS else column).to_pylist()
            for column in columns
        ]

    def _fetch(self, connection: duckdb.DuckDBPyConnection, plan: Plan, waiting: dict[str, Source]) -> Sums:
        sums = Sums()
        for names, query in plan.rollups:
            _, areas, *columns = self._columns(connection, query, waiting)
            sums.rollups.append(RollUp(areas, dict(zip(names, columns, strict=True))))
        for index, query in plan.marks.items():
            _, areas, persons = self._columns(connection, query, waiting)
            sums.persons[index] = dict(zip(areas, persons, strict=True))
        for column, query in plan.population.items():
            sums.population[column] = {
                area: total if wanted and wanted == stated else None
                for _, area, wanted, stated, total in zip(
                    *self._columns(connection, query, waiting), strict=True
                )
            }
        if plan.counties is not None:
            needed, query = plan.counties
            _, areas, counties, *sent = self._columns(connection, query, waiting)
            for registers, counts in zip(needed, sent, strict=True):
                sums.places[registers] = dict(zip(areas, zip(counties, counts, strict=True), strict=True))
        return sums


def count_all(
    engine: Engine,
    bounds: Sequence[Bound],
    contract: Contract,
    sources: Mapping[str, Source],
    on: date,
    areas: Sequence[str],
) -> list[Counts]:
    """Count measures together: one mapping area → counted per measure, in the order given; areas must not be empty.

    ``sources`` must hold every table of the contract that a measure uses, `region` among them.
    """
    levels = sorted({0 if area == "0" else len(area) for area in areas})
    sums = engine.run(compile_all(bounds, contract, on, levels), sources)
    positions = {area: position for position, area in enumerate(areas)}
    units = _units(sums, areas)
    keys = [area[:6] for area in areas]
    there: dict[tuple[str, ...], Columns] = {}
    found = []
    for index, bound in enumerate(bounds):
        needed = walk.needed(bound, contract, "place")
        if needed not in there:
            there[needed] = _counties(sums.places[needed], keys)
        found.append(Counts(positions, [*_counted(sums, units, index, bound, areas), *there[needed]]))
    return found


def _units(sums: Sums, areas: Sequence[str]) -> dict[str, Sequence[Number]]:
    """The columns of all roll-ups in the order of the areas asked for, with 0 where an area has no unit."""
    found: dict[str, Sequence[Number]] = {}
    for rollup in sums.rollups:
        last = len(rollup.areas)
        positions = {area: position for position, area in enumerate(rollup.areas)}
        order = [positions.get(area, last) for area in areas]
        for name, column in rollup.columns.items():
            found[name] = list(map([*column, 0].__getitem__, order))
    return found


def _counties(sent: Mapping[str, tuple[int, int]], keys: Sequence[str]) -> Columns:
    """Per area, how many counties answer for it and how many sent what is needed; within a county it answers alone.

    ``keys`` are the areas, those within a county by the county's code.
    """
    found = {key: sent.get(key, (0, 0)) for key in set(keys)}
    places = {key: count or (1 if len(key) == 6 else 0) for key, (count, _) in found.items()}
    reported = {key: count for key, (_, count) in found.items()}
    return [list(map(places.__getitem__, keys)), list(map(reported.__getitem__, keys))]


def _counted(
    sums: Sums, units: Mapping[str, Sequence[Number]], index: int, bound: Bound, areas: Sequence[str]
) -> Columns:
    """One measure in every area: numerators, denominators, units, units reported."""
    numerator: Sequence[Number] = units[f"n{index}"]
    # A share's denominator is its units reported; a ratio has one of its own; counts and flags have none.
    denominator: Sequence[Number | None] = units.get(f"d{index}", units[f"r{index}"])
    if bound.distinct is not None:
        numerator = list(map(sums.persons[index].get, areas, repeat(0)))
    if bound.population is not None:
        denominator = list(map(sums.population[bound.population].get, areas))
    elif bound.kind in (Kind.COUNT, Kind.FLAG):
        denominator = [None] * len(areas)
    return [numerator, denominator, units[f"u{index}"], units[f"r{index}"]]
