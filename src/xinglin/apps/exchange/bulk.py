"""Many rows at once: one prepared statement for all of them on SQLite, COPY on PostgreSQL, where it is fastest.

Values are made as the fields make them. Constraints hold; signals and ``save`` are passed by.
"""

from __future__ import annotations

import base64
import json
import secrets
import string
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import F, Lookup

from xinglin.apps.protection.ids import ALPHABET, CHANCE_DIGITS, new_id

PIECE = 5000
_BYTES = CHANCE_DIGITS * 5 // 8
_DIGITS = str.maketrans(string.ascii_uppercase + "234567", ALPHABET)
_SAME = (models.CharField, models.IntegerField, models.BooleanField)


def write(instances: Sequence[models.Model], update: Sequence[str] | None = None) -> None:
    """Insert instances of one model; a primary key is made by the database when the first has none.

    Args:
        update: fields to write where the primary key is there already; None: that would be an error.
    """
    if not instances:
        return
    model = type(instances[0])
    made = instances[0].pk is None
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.generated and not (made and field.primary_key)
    ]
    names, makers = [field.attname for field in fields], [_maker(field) for field in fields]

    def rows() -> Iterator[list[Any]]:
        for instance in instances:
            values = instance.__dict__
            yield [
                values[name] if make is None else make(values[name])
                for name, make in zip(names, makers, strict=True)
            ]

    insert(model, fields, rows(), update)


def insert(
    model: type[models.Model],
    fields: Sequence[models.Field[Any, Any]],
    rows: Iterable[Sequence[Any]],
    update: Sequence[str] | None = None,
) -> None:
    """Insert rows of values as `prepared` makes them, in the order of the fields; a primary key left out is made."""
    if connection.vendor == "postgresql" and update is None:
        _copy(model, fields, rows)
        return
    quote: Any = connection.ops.quote_name
    meta = model._meta
    columns = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    sql = f"INSERT INTO {quote(meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608 - names of our own
    if update is not None:
        own = [meta.get_field(name).column for name in update]  # type: ignore[union-attr]
        sets = ", ".join(f"{quote(column)} = EXCLUDED.{quote(column)}" for column in own)
        sql += f" ON CONFLICT ({quote(meta.pk.column)}) DO UPDATE SET {sets}"
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(rows))


def _copy(
    model: type[models.Model], fields: Sequence[models.Field[Any, Any]], rows: Iterable[Sequence[Any]]
) -> None:
    quote: Any = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    sql = f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors:
        raw: Any = cursor.cursor
        with raw.copy(sql) as copy:
            for row in rows:
                copy.write_row(row)


def prepared(field: models.Field[Any, Any], value: Any) -> Any:
    """A value as `insert` takes it."""
    make = _maker(field)
    return value if make is None else make(value)


def _maker(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """How a field's value becomes the statement's; None when it is the same."""
    target: Any = field
    while target.is_relation:
        target = target.target_field
    if type(target) in _SAME:
        return None
    if isinstance(target, models.DateField):
        return _remembered(lambda value: field.get_db_prep_save(value, connection))
    return lambda value: field.get_db_prep_save(value, connection)


def _remembered(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same values come again and again."""
    known: dict[Any, Any] = {}

    def look(value: Any) -> Any:
        if value not in known:
            known[value] = make(value)
        return known[value]

    return look


class _Among(Lookup):
    """Whether a text is one of very many: one parameter, and one pass over the table whatever the planner expects."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """SQLite: looked up in a list made once."""
        sql, params = self.process_lhs(compiler, connection)
        found = f"{sql} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - a column and a mark
        return found, [*params, json.dumps(self.rhs)]

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """PostgreSQL: a list that is hashed; a subquery may become a loop within a loop."""
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} = ANY(%s::text[])", [*params, self.rhs]


def among(name: str, values: Iterable[str]) -> Any:
    """The condition that a field, by name, holds one of very many texts."""
    return _Among(F(name), list(values))


def new_ids(count: int) -> list[str]:
    """So many new ids (`protection.ids`), all different although they are made in the same millisecond."""
    found: dict[str, None] = {}
    while len(found) < count:
        head, wanted = new_id()[:-CHANCE_DIGITS], count - len(found)
        chance = base64.b32encode(secrets.token_bytes(_BYTES * wanted)).decode().translate(_DIGITS)
        found |= {head + chance[at : at + CHANCE_DIGITS]: None for at in range(0, len(chance), CHANCE_DIGITS)}
    return list(found)
