"""Names of what a number opens to: a measure with its parameters, a unit by its row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from xinglin.facts import Table
from xinglin.measures import Book, Bound
from xinglin.measures.linked import Row


def measure_key(measure: str, parameters: Mapping[str, Any]) -> str:
    """A short name for a measure with its parameters, fit for addresses: ``tcm_visit_share.1a2b3c4d``.

    The same for parameters as a definition has them and as JSON has them.
    """
    text = json.dumps({name: plain(value) for name, value in parameters.items()}, sort_keys=True)
    return f"{measure}.{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def plain(value: Any) -> Any:
    """A parameter as JSON has it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return str(value)


def bound_of(book: Book, measure: str, parameters: Mapping[str, Any]) -> Bound:
    """The measure again, of its definition and parameters as JSON has them."""
    declared = book.definition(measure).parameters
    return book.bind(
        measure, {name: _typed(declared[name].type, value) for name, value in parameters.items()}
    )


def _typed(kind: str, value: Any) -> Any:
    if kind == "date" and isinstance(value, str):
        return date.fromisoformat(value)
    if kind == "decimal" and isinstance(value, str | float):
        return Decimal(str(value))
    return value


def unit_id(table: Table, row: Row) -> str:
    """The row of a unit by its whole key: ids, dates and codes joined by ``~``."""
    return "~".join("" if row[name] is None else str(row[name]) for name in table.key)
