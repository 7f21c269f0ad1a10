"""Raw records as rows of a fact table, by the feeds of their definitions. Imports no Django."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinglin.facts import Table, arrow_schema
from xinglin.records import Definition, load_definitions
from xinglin.records.feeding import rows

PIECE = 20_000
Raw = dict[str, Any]
Left = Counter[tuple[str, str]]
"""(definition, column) → records that count nowhere because a value that the fact table requires is missing."""


@dataclass
class Records:
    """What records gave a fact table: the rows, and what was left out, by month (empty for registers)."""

    table: pa.Table
    left: dict[str, Left] = field(default_factory=dict)


def made(raw: Iterable[Raw], table: Table, folders: tuple[str, ...]) -> Records:
    """The rows that records give a fact table.

    Args:
        raw: records as the database has them, the document as text; each with the month of the rows wanted of it.
        folders: with definitions beside those shipped.
    """
    book = load_definitions(*map(Path, folders))
    schema, pieces, piece = arrow_schema(table), [], list[dict[str, Any]]()
    left: dict[str, Left] = {}
    for row in _rows(raw, table, book.definitions, left):
        piece.append(row)
        if len(piece) == PIECE:
            pieces.append(pa.Table.from_pylist(piece, schema=schema))
            piece.clear()
    pieces.append(pa.Table.from_pylist(piece, schema=schema))
    return Records(pa.concat_tables(pieces), left)


def _rows(
    raw: Iterable[Raw], table: Table, book: dict[str, Definition], left: dict[str, Left]
) -> Iterator[dict[str, Any]]:
    for record in raw:
        definition = book.get(record["definition"])
        for one in rows(definition, table.name, _kept(record)) if definition is not None else ():
            if _month(table, one.row) != record["month"]:
                continue
            if one.lacking:
                left.setdefault(record["month"], Counter())[record["definition"], one.lacking[0]] += 1
            else:
                yield one.row


def _month(table: Table, row: dict[str, Any]) -> str:
    """The month in which a row lies; empty for registers, and for an event without a date."""
    day: date | None = row[table.time.date] if table.time.date is not None else None
    return "" if day is None else f"{day:%Y-%m}"


def _kept(record: Raw) -> dict[str, Any]:
    kept = {**record, "facility": record["facility"] or None, "document": _document(record["document"])}
    return {**kept, "answer": _answer(record) if record["answer"] else None}


def _answer(record: Raw) -> dict[str, Any]:
    return {
        "id": record["answer"],
        "place": record["answer_place"],
        "date": date.fromisoformat(record["answer_date"]),
        "weight": Decimal(record["weight"]),
        "score": Decimal(record["score"]) if record["score"] else None,
        "reached": record["reached"] == "1",
    }


@lru_cache(maxsize=64)
def _document(text: str) -> dict[str, Any]:
    """A document; answers of one round share theirs."""
    found: dict[str, Any] = json.loads(text)
    return found
