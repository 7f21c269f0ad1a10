"""What tests of facts out of the database share: the database as the reader sees it, an export, a data set opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path

import pytest
from django.db import connection

from xinglin.apps.indicators import export as exporting
from xinglin.apps.indicators import owners as ownership
from xinglin.apps.indicators.owned import Database, Owned
from xinglin.apps.indicators.owners import owners
from xinglin.facts import Dataset, DatasetInfo
from xinglin.facts.layout import Manifest
from xinglin.measures import load_measures
from xinglin.policy import load_documents
from xinglin.standing import Inputs, open_inputs

COUNTY, ON = "441882", date(2020, 12, 31)
INFO = DatasetInfo(title="试", demonstration=True)
committed = pytest.mark.django_db(transaction=True)
"""The reader has a connection of its own: it sees what is committed."""


def copying(folder: Path) -> Callable[[], Database]:
    """What to put in the place of `owners.database` on SQLite: there the tests' database lies in memory, and the reader
    gets a copy in a file each time.
    """
    number = count()

    def copied() -> Database:
        path = folder / f"copy{next(number)}.sqlite3"
        connection.ensure_connection()
        with sqlite3.connect(path) as copy:
            connection.connection.backup(copy)
        return Database("sqlite", str(path))

    return copied


def export(
    folder: Path, told: Callable[[str], None] = str, owned: dict[str, Owned] | None = None
) -> Manifest:
    """Export everything, or only some tables."""
    mine = owners() if owned is None else owned
    return exporting.export(ownership.database(), mine, folder, INFO, told)


def opened(dataset: Dataset) -> Inputs:
    """A data set with every measure and document, for the county of the tests."""
    book = load_measures()
    return open_inputs(dataset, book, load_documents(book), COUNTY, ON)


def in_order(dataset: Dataset, table: str) -> list[tuple[str, ...]]:
    """The rows of a table as texts, in order."""
    return sorted(tuple(map(str, row.values())) for row in dataset.rows(table))
