"""Bringing a backup back: into an empty home folder, and an empty database of either kind."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from xinglin.apps.installation.backup.archive import BackupError, BackupManifest, StoredTable, member
from xinglin.apps.installation.backup.tables import sums
from xinglin.apps.installation.backup.values import IN, converted, plain

BATCH = 5000


def load(archive: zipfile.ZipFile, manifest: BackupManifest, reached: Callable[[str], None]) -> None:
    """Make the tables as they were at the backup, fill them, then bring them up to this version.

    Args:
        reached: called with words for each step before it is done.

    Raises:
        BackupError: the database is not empty, or the backup is of a later version.
    """
    if connection.introspection.table_names():
        raise BackupError(
            "目标数据库里已有表；请给一个空的数据库。如果是上次恢复没有做完留下的，"
            "在那个数据库里运行 DROP SCHEMA public CASCADE; CREATE SCHEMA public; 再恢复"
        )
    reached("建立各表")
    _migrate_to(manifest)
    reached("写入各表")
    with transaction.atomic():
        names = [table.shape.name for table in manifest.tables]
        _empty(names)
        for table in manifest.tables:
            _fill(archive, table)
        connection.check_constraints(names)
    _reset_sequences()
    reached("升级到本版")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def _migrate_to(manifest: BackupManifest) -> None:
    """Apply exactly the migrations that the backup's tables have had."""
    executor = MigrationExecutor(connection)
    graph, wanted = executor.loader.graph, set(manifest.migrations)
    unknown = sorted(f"{app}.{name}" for app, name in wanted if (app, name) not in graph.nodes)
    if unknown:
        raise BackupError(f"备份来自别的版本（本程序没有 {'、'.join(unknown[:3])}），请用写备份的版本恢复")
    last = [
        key
        for key in wanted
        if not any(child.key in wanted and child.key[0] == key[0] for child in graph.node_map[key].children)
    ]
    executor.migrate(sorted(last))


def _empty(names: list[str]) -> None:
    """Take out what migrations put in."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DELETE FROM {quote(name)}")  # noqa: S608 - a table of our own models


def _fill(archive: zipfile.ZipFile, table: StoredTable) -> None:
    """Put the rows of one table in."""
    writers = IN[connection.vendor]
    converters = [writers.get(kind, plain) for _, kind in table.shape.columns]
    with archive.open(member(table.shape.name)) as stream:
        rows = (converted(json.loads(content), converters) for content in stream)
        if connection.vendor == "postgresql":
            _copy_in(table, rows)
        else:
            _insert(table, rows)


def _copy_in(table: StoredTable, rows: Iterator[list[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {_target(table)} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _insert(table: StoredTable, rows: Iterator[list[Any]]) -> None:
    marks = ", ".join(["%s"] * len(table.shape.columns))
    query = f"INSERT INTO {_target(table)} VALUES ({marks})"  # noqa: S608 - names of our own models
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            cursor.executemany(query, batch)


def _target(table: StoredTable) -> str:
    quote = connection.ops.quote_name
    return f"{quote(table.shape.name)} ({', '.join(quote(name) for name, _ in table.shape.columns)})"


def _reset_sequences() -> None:
    """Number new rows after the restored ones."""
    models = list(apps.get_models(include_auto_created=True))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def differences(manifest: BackupManifest) -> list[str]:
    """Tables of this database whose rows are not those of the backup, in Chinese ([]: all the same).

    A table that a later migration changed is compared by its number of rows only.
    """
    found, now = [], sums()
    for table in manifest.tables:
        name, here = table.shape.name, now.get(table.shape.name)
        if here is None or here.rows != table.rows:
            found.append(f"表 {name}：备份 {table.rows} 行，恢复后 {here.rows if here else 0} 行")
        elif here.sha256 != table.sha256 and _same_shape(table):
            found.append(f"表 {name} 的内容与备份不同")
    return found


def _same_shape(table: StoredTable) -> bool:
    from xinglin.apps.installation.backup.tables import shapes

    return any(shape == table.shape for shape in shapes())
