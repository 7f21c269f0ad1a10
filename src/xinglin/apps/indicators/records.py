"""Raw records as rows of a fact table, by the feeds of their definitions. Imports no Django."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinglin.facts import Table, arrow_schema
from xinglin.records import load_definitions
from xinglin.records.feeding import rows


def made(raw: list[dict[str, Any]], table: Table, folders: tuple[str, ...]) -> pa.Table:
    """The rows that records give a fact table.

    Args:
        raw: records as the database has them, the document as text. folders: with definitions beside those shipped.
    """
    book = load_definitions(*map(Path, folders))
    found = list(_made(raw, table.name, book))
    return pa.Table.from_pylist(found, schema=arrow_schema(table))


def _made(raw: list[dict[str, Any]], table: str, book: Any) -> Iterator[dict[str, Any]]:
    by_definition: dict[str, list[dict[str, Any]]] = {}
    for record in raw:
        by_definition.setdefault(record["definition"], []).append(
            {**record, "document": json.loads(record["document"])}
        )
    for name, records in by_definition.items():
        if name in book:
            for feed in book[name].facts:
                if feed.table == table:
                    yield from rows(book[name], feed, records)
