"""A second fence: the database itself refuses to change or delete rows of the log.

The chain finds what was changed; the fence stops mistakes, stray code and whoever has no right to alter tables.
SQLite drops the triggers of a table that a migration rebuilds: such a migration calls `install` again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

TABLES = ("audit_entry", "audit_seal")
WORDS = "audit rows are never changed or deleted"

_SQLITE = (
    "CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{words}'); END",
    "CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{words}'); END",
)
_SQLITE_REMOVE = ("DROP TRIGGER IF EXISTS {table}_no_update", "DROP TRIGGER IF EXISTS {table}_no_delete")

_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '{words}'; END $$",
    "CREATE OR REPLACE TRIGGER {table}_fence BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE OR REPLACE TRIGGER {table}_fence_truncate BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
)
_POSTGRESQL_REMOVE = (
    "DROP TRIGGER IF EXISTS {table}_fence ON {table}",
    "DROP TRIGGER IF EXISTS {table}_fence_truncate ON {table}",
)


def install(on: Any = connection) -> None:
    """Put the fence up; nothing happens where it stands."""
    _run(on, _SQLITE if on.vendor == "sqlite" else _POSTGRESQL)


def remove(on: Any = connection) -> None:
    """Take the fence down: for a restore into this database, and for tests that empty it."""
    _run(on, _SQLITE_REMOVE if on.vendor == "sqlite" else _POSTGRESQL_REMOVE)


@contextmanager
def lifted(on: Any = connection) -> Iterator[None]:
    """Without the fence for a while; it stands again even after an error."""
    remove(on)
    try:
        yield
    finally:
        install(on)


def _run(on: Any, statements: tuple[str, ...]) -> None:
    with on.cursor() as cursor:
        for table in TABLES:
            for statement in statements:
                cursor.execute(statement.format(table=table, words=WORDS))
