"""Rows out of the database as Arrow, by ADBC: streaming, without the ORM, all tables as of one moment.

Imports no Django.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from xinglin.apps.indicators.owned import Database
from xinglin.facts import Table, arrow_schema


@contextmanager
def reader(database: Database) -> Iterator[Reader]:
    """Reads the database as it is now, without what is written meanwhile.

    On SQLite never in a process that has the database open otherwise: the driver brings its own copy of SQLite, and two
    copies in one process undo each other's locks (the one that closes last removes the other's write-ahead log).
    """
    with _driver(database).connect(database.address) as connection, connection.cursor() as cursor:
        if database.vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield Reader(cursor, database.vendor)


def _driver(database: Database) -> Any:
    if database.vendor == "postgresql":
        from adbc_driver_postgresql import dbapi
    else:
        from adbc_driver_sqlite import dbapi
    return dbapi


@dataclass(frozen=True)
class Reader:
    """An open snapshot."""

    cursor: Any
    vendor: str

    def rows(self, select: str, table: Table, where: str = "") -> pa.Table:
        """The rows of a statement as the contract has them.

        Args:
            where: further condition on the contract's columns, without values from outside.
        """
        columns = _columns(table, self.vendor)
        self.cursor.execute(f"SELECT {columns} FROM ({select}) AS facts {where}")  # noqa: S608
        found = self.cursor.fetch_arrow_table()
        fields = arrow_schema(table)
        cast = [_cast(found.column(one.name), one.type) for one in fields]
        return pa.Table.from_arrays(cast, schema=fields)

    def raw(self, select: str, months: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """The rows of a statement as they are, piece by piece.

        Args:
            months: only those whose ``month`` is one of these.
        """
        listed = ", ".join(f"'{month}'" for month in months or ())
        where = "" if months is None else f"WHERE month IN ({listed})"
        self.cursor.execute(f"SELECT * FROM ({select}) AS raw {where}")  # noqa: S608 - names of our own
        for piece in self.cursor.fetch_record_batch():
            yield from piece.to_pylist()

    def listed(self, statement: str) -> list[dict[str, Any]]:
        """The rows of a short statement."""
        self.cursor.execute(statement)
        found: list[dict[str, Any]] = self.cursor.fetch_arrow_table().to_pylist()
        return found

    def versions(self, statement: str) -> dict[str, str]:
        """Month → version of its events."""
        return {str(row["month"]): str(row["version"]) for row in self.listed(statement)}


def _columns(table: Table, vendor: str) -> str:
    """The columns of a table.

    On SQLite with empty texts for nulls: the driver takes a column's type from the first values it meets.
    """
    if vendor == "postgresql":
        return ", ".join(f'"{name}"' for name in table.columns)
    texts = {field.name for field in arrow_schema(table) if field.type in (pa.string(), pa.date32())}
    return ", ".join(
        f'COALESCE("{name}", \'\') AS "{name}"' if name in texts else f'"{name}"' for name in table.columns
    )


def _cast(column: pa.ChunkedArray, type_: pa.DataType) -> pa.ChunkedArray:
    """As the contract's type: SQLite gives booleans as integers, dates as texts, and integers for what has no value."""
    if column.null_count == len(column):
        return pa.chunked_array([pa.nulls(len(column), type_)])
    if pa.types.is_string(column.type):
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    return column.cast(type_)


def month_is(table: Table, month: str) -> str:
    """The condition that an event lies in a month (``2020-03``)."""
    assert table.time.date is not None
    year, number = int(month[:4]), int(month[5:])
    after = f"{year + number // 12:04d}-{number % 12 + 1:02d}-01"
    return f"WHERE \"{table.time.date}\" >= '{month}-01' AND \"{table.time.date}\" < '{after}'"
