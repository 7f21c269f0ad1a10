"""Values of a row in a form that SQLite and PostgreSQL share, and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

Converter = Callable[[Any], Any]


def plain(value: Any) -> Any:
    """Text and numbers as they are."""
    return value


def _moment(value: Any) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return str(aware.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds"))


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _decimal(value: Any) -> str:
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


def _iso(value: date | time | str) -> str:
    return value if isinstance(value, str) else value.isoformat()


def _micros(value: Any) -> int:
    return int(value) if isinstance(value, int) else value // timedelta(microseconds=1)


OUT: dict[str, Converter] = {
    "BooleanField": bool,
    "DateTimeField": _moment,
    "DateField": _iso,
    "TimeField": _iso,
    "DecimalField": _decimal,
    "JSONField": _json,
    "UUIDField": lambda value: UUID(str(value)).hex,
    "BinaryField": lambda value: base64.b64encode(bytes(value)).decode(),
    "DurationField": _micros,
}
"""From what the database driver gives, by Django's name of the field's type."""

_TO_BOTH: dict[str, Converter] = {
    "JSONField": lambda value: json.dumps(value, ensure_ascii=False),
    "BinaryField": base64.b64decode,
}
_TO_SQLITE: dict[str, Converter] = {
    "BooleanField": int,
    "DateTimeField": lambda text: str(datetime.fromisoformat(text)),
    **_TO_BOTH,
}
_TO_POSTGRESQL: dict[str, Converter] = {
    "DateTimeField": lambda text: f"{text}+00:00",
    "DurationField": lambda micros: f"{micros} microseconds",
    **_TO_BOTH,
}
IN = {"sqlite": _TO_SQLITE, "postgresql": _TO_POSTGRESQL}
"""Into what the database takes, by database and type."""


def converted(row: Any, converters: list[Converter]) -> list[Any]:
    """A row with each value converted; null stays null."""
    return [None if value is None else convert(value) for value, convert in zip(row, converters, strict=True)]


def line(row: list[Any]) -> bytes:
    """A row as a line: one spelling only."""
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
