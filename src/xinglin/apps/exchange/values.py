"""Cell values as JSON holds them and as files show them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from xinglin.apps.exchange.spec import Row
from xinglin.facts.model import Column, ColumnType, technique_rows
from xinglin.facts.spelling import list_of

_FORMULA = re.compile(r"'*[=+\-@\t\r|]")
"""What a spreadsheet program takes for a formula when it stands in a CSV cell, and texts that were marked before."""
_MARKED = re.compile(r"'+[=+\-@\t\r|]")


def plain(row: Row | None) -> Row | None:
    """A row as JSON can hold it."""
    if row is None:
        return None
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def labels(column: Column) -> Mapping[str, str]:
    """Code → what a file shows for it; empty for columns without codes."""
    if column.type is ColumnType.CODE:
        return {code: entry.label for code, entry in list_of(column).codes.items()}
    if column.references == "technique":
        return {row["technique"]: row["name"] for row in technique_rows()}
    return {}


def shown(value: Any, known: Mapping[str, str]) -> Any:
    """A value as people write it: labels for codes, 是 and 否."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return known.get(value, value) if known else value


def harmless(value: Any) -> str:
    """A CSV cell that no spreadsheet program computes: one that would be has a mark before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if _FORMULA.match(text) else text


def unmarked(cell: Any) -> Any:
    """A CSV cell as it was before `harmless`."""
    return cell[1:] if isinstance(cell, str) and _MARKED.match(cell) else cell
