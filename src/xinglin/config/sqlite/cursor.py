"""A cursor that waits for its turn before it writes.

What ``RETURNING`` gives is read at once: until the last row is read SQLite has not ended the statement, and outside a
transaction it would keep its lock as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.db.backends.sqlite3.base import SQLiteCursorWrapper

_WRITES = re.compile(
    r"\s*(?:(?:INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|ANALYZE|REINDEX|VACUUM)\b"
    r"|WITH\b.*\b(?:INSERT|UPDATE|DELETE|REPLACE)\b)",
    re.IGNORECASE | re.DOTALL,
)


class QueueingCursor(SQLiteCursorWrapper):
    """Django's cursor for SQLite; ``turn`` gives the turn for one statement."""

    def __init__(self, connection: Any, turn: Callable[[], AbstractContextManager[None]]) -> None:
        super().__init__(connection)
        self._turn = turn
        self._rows: Iterator[Any] | None = None

    def execute(self, query: str, params: Any = None) -> Any:
        """Run a statement; if it writes, when it is its turn."""
        self._rows = None
        if not _WRITES.match(query):
            return super().execute(query, params)
        with self._turn():
            done = super().execute(query, params)
            if self.description is not None:
                self._rows = iter(super().fetchall())
        return done

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run a statement for each of many rows, in one turn."""
        self._rows = None
        with self._turn():
            return super().executemany(query, param_list)

    def fetchone(self) -> Any:
        """The next row, or None."""
        return super().fetchone() if self._rows is None else next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """So many of the next rows."""
        many = self.arraysize if size is None else size
        if self._rows is None:
            return list(super().fetchmany(many))
        return [row for _, row in zip(range(many), self._rows, strict=False)]

    def fetchall(self) -> list[Any]:
        """All rows that are left."""
        return list(super().fetchall() if self._rows is None else self._rows)

    def __next__(self) -> Any:
        """The next row."""
        return super().__next__() if self._rows is None else next(self._rows)
