"""An engine runs a plan: register tables, make the plan's tables, fetch the sums. DuckDB is the default one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from itertools import repeat
from threading import Lock
from typing import Any, Protocol, TypeAlias, TypeVar

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB as Dialect

from xinglin.facts import Contract
from xinglin.measures import sql, walk
from xinglin.measures.compile import Plan, Statement, compile_all
from xinglin.measures.nodes import Bound, Kind
from xinglin.measures.results import Counts, Number

Source: TypeAlias = pa.Table | tuple[str, ...]
"""A fact table: Arrow rows in memory, or paths of typed Parquet files."""
Found = TypeVar("Found")


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
    fourth measure, ``r3`` units reported, ``n3`` numerator, ``d3`` denominator), as Arrow."""

    areas: pa.ChunkedArray
    columns: Mapping[str, pa.ChunkedArray]


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
        """Run a plan on a fresh connection; nothing is kept.

        Statements that do not read one another run at the same time, while this thread writes the next ones and makes
        columns of what came: small ones fill the cores that the last steps of a large one leave idle.
        """
        with duckdb.connect(config=self._config()) as connection, ThreadPoolExecutor(WORKERS) as workers:
            asked = _Asked(connection, workers, sources, self.text)
            for statement in plan.statements:
                asked.make(statement)
            return _fetch(asked, plan)

    def _config(self) -> dict[str, str | bool | int | float | list[str]]:
        return {
            "memory_limit": self.memory,
            "threads": self.threads,
            "preserve_insertion_order": False,
        }

    def text(self, query: exp.Expr) -> str:
        """A tree written out for DuckDB."""
        return query.sql(dialect=Dialect, copy=False)


WORKERS = 4
"""Statements that run or wait at the same time; DuckDB's own threads do the work of all of them."""


class _Asked:
    """Questions to one database, each put as soon as the tables it reads are made; an error of theirs is its own."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        workers: ThreadPoolExecutor,
        sources: Mapping[str, Source],
        text: Callable[[exp.Expr], str],
    ) -> None:
        self._connection, self._workers, self._sources, self._text = connection, workers, sources, text
        self._made: dict[str, Future[None]] = {}
        self._views: set[str] = set()
        self._opening = Lock()

    def make(self, statement: Statement) -> None:
        """Make a table of a query's result."""
        self._made[statement.name] = self._submit(self._make, self._text(statement.query), statement.name)

    def columns(self, query: exp.Expr) -> Future[pa.Table]:
        """Ask for a query's result."""
        return self._submit(self._rows, self._text(query))

    def _submit(self, work: Callable[..., Found], text: str, *more: str) -> Future[Found]:
        read = [made for name, made in self._made.items() if f'"{name}"' in text]
        return self._workers.submit(self._when, read, work, text, *more)

    def _when(self, read: list[Future[None]], work: Callable[..., Found], text: str, *more: str) -> Found:
        for made in read:
            made.result()
        with self._connection.cursor() as cursor:
            self._register(cursor, text)
            return work(cursor, text, *more)

    def _make(self, cursor: duckdb.DuckDBPyConnection, text: str, name: str) -> None:
        target = sql.identifier(name).sql(dialect="duckdb")
        cursor.execute(f"CREATE TABLE {target} AS {text}")

    def _rows(self, cursor: duckdb.DuckDBPyConnection, text: str) -> pa.Table:
        return cursor.sql(text).to_arrow_table()

    def _register(self, cursor: duckdb.DuckDBPyConnection, text: str) -> None:
        """Make known the tables that a statement names: files once for all, Arrow to this cursor alone."""
        for name, source in self._sources.items():
            if f'"{name}"' not in text:
                continue
            if isinstance(source, pa.Table):
                cursor.register(name, source)
                continue
            with self._opening:  # opening a file costs milliseconds
                if name not in self._views:
                    cursor.read_parquet(list(source), hive_partitioning=False).create_view(name)
                    self._views.add(name)


def _columns(table: pa.Table) -> list[list[Any]]:
    """A result column by column. DuckDB sums into 128 bits, which come as decimals without places and are made 64-bit
    integers at once, not number by number; a sum that does not fit is an error."""
    return [_integers(column).to_pylist() for column in table.columns]


def _integers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.int64()) if column.type == SUM_OF_INTEGERS else column


def _fetch(asked: _Asked, plan: Plan) -> Sums:
    """Everything a plan sums up; all questions are put before the first answer is read."""
    rollups = [(names, asked.columns(query)) for names, query in plan.rollups]
    marks = {index: asked.columns(query) for index, query in plan.marks.items()}
    population = {column: asked.columns(query) for column, query in plan.population.items()}
    counties = None if plan.counties is None else asked.columns(plan.counties[1])
    sums = Sums()
    for names, answer in rollups:
        _, areas, *columns = answer.result().columns
        sums.rollups.append(RollUp(areas, dict(zip(names, map(_integers, columns), strict=True))))
    for index, answer in marks.items():
        _, areas, persons = _columns(answer.result())
        sums.persons[index] = dict(zip(areas, persons, strict=True))
    for column, answer in population.items():
        sums.population[column] = {
            area: total if wanted and wanted == stated else None
            for _, area, wanted, stated, total in zip(*_columns(answer.result()), strict=True)
        }
    if plan.counties is not None and counties is not None:
        _, areas, there, *sent = _columns(counties.result())
        for registers, counts in zip(plan.counties[0], sent, strict=True):
            sums.places[registers] = dict(zip(areas, zip(there, counts, strict=True), strict=True))
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
    wanted = pa.array(areas, pa.string())
    for rollup in sums.rollups:
        order = pc.index_in(wanted, value_set=rollup.areas)
        for name, column in rollup.columns.items():
            found[name] = column.take(order).fill_null(0).to_pylist()
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
