"""The tables of the site, and their rows read at one moment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connection, models, transaction
from django.db.migrations.loader import MigrationLoader

from xinglin.apps.installation.backup.values import OUT, converted, line, plain

TEXTS = frozenset({"CharField", "TextField", "SlugField"})


@dataclass(frozen=True)
class TableShape:
    """A table: its columns with Django's names of their types, and the column it is ordered by."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: str

    def order(self, vendor: str) -> str:
        """The ORDER BY that gives both databases one order: by bytes for text."""
        quoted = connection.ops.quote_name(self.key)
        text = dict(self.columns)[self.key] in TEXTS
        return f'{quoted} COLLATE "C"' if text and vendor == "postgresql" else quoted


@dataclass
class Sum:
    """Number and checksum of the rows of a table."""

    rows: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, content: bytes) -> None:
        """Take one line in."""
        self.rows += 1
        self.digest.update(content)

    @property
    def sha256(self) -> str:
        """Hex digest of the lines so far."""
        return str(self.digest.hexdigest())


def shapes() -> list[TableShape]:
    """Every table of the database, in the order of their names.

    Sessions are left out: whoever works after a restore signs in again.
    """
    sessions = {model._meta.db_table for model in apps.get_models() if issubclass(model, AbstractBaseSession)}
    kept = (model for model in _models() if model._meta.managed and not model._meta.proxy)
    found = [_shape(model) for model in kept if model._meta.db_table not in sessions]
    return sorted(found, key=lambda shape: shape.name)


def _models() -> Iterable[type[models.Model]]:
    """The models as the database has them: before an upgrade, as its migrations so far describe them."""
    loader = MigrationLoader(connection)
    had = [key for key in loader.graph.nodes if key in loader.applied_migrations]
    if len(had) == len(loader.graph.nodes):
        return apps.get_models(include_auto_created=True)
    found: Iterable[type[models.Model]] = loader.project_state(had).apps.get_models(include_auto_created=True)
    return found


def _shape(model: type[models.Model]) -> TableShape:
    columns = tuple((one.column, _kind(one)) for one in model._meta.local_concrete_fields if one.column)
    assert model._meta.pk is not None
    return TableShape(model._meta.db_table, columns, str(model._meta.pk.column))


def _kind(one: Any) -> str:
    """The type's name; a foreign key has that of what it points to."""
    target = one.target_field if isinstance(one, models.ForeignKey) else one
    return str(target.get_internal_type())


@contextmanager
def snapshot() -> Iterator[None]:
    """All reads within see the database as it was at one moment; writers go on."""
    if connection.vendor == "sqlite":
        with _deferred(), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")  # the first read fixes the moment
            yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


@contextmanager
def _deferred() -> Iterator[None]:
    """On SQLite, a transaction that only reads and therefore takes no lock."""
    connection.ensure_connection()
    database: Any = connection
    before = database.transaction_mode
    database.transaction_mode = "DEFERRED"
    try:
        yield
    finally:
        database.transaction_mode = before


def lines(shape: TableShape) -> Iterator[bytes]:
    """The rows of a table, one line each, in the order of its key; call within `snapshot`."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(name) for name, _ in shape.columns)
    converters = [OUT.get(kind, plain) for _, kind in shape.columns]
    query = f"SELECT {names} FROM {quote(shape.name)} ORDER BY {shape.order(connection.vendor)}"  # noqa: S608
    with connection.chunked_cursor() as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(2000):
            for row in rows:
                yield line(converted(row, converters))


def sums() -> dict[str, Sum]:
    """Number and checksum of the rows of every table."""
    found = {}
    with snapshot():
        for shape in shapes():
            total = found[shape.name] = Sum()
            for content in lines(shape):
                total.add(content)
    return found


def applied_migrations() -> list[tuple[str, str]]:
    """Migrations the database has had, in the order of names."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return sorted((str(app), str(name)) for app, name in cursor.fetchall())
