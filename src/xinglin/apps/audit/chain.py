"""One link of the chain: how an entry becomes bytes, and how its MAC hangs on the one before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from xinglin.apps.protection.crypto import sm3_mac
from xinglin.apps.protection.keys import keys

COLUMNS = (
    "id",
    "at",
    "actor",
    "action",
    "kind",
    "object_id",
    "fields",
    "count",
    "outcome",
    "address",
    "request_id",
)
"""Columns of an entry in the order in which they are sealed; `id` is one, so rows cannot change places."""

START = ""
"""What stands before the first link."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def canonical(row: Sequence[Any]) -> bytes:
    """The bytes that are sealed: the same for the same entry on every database.

    Args:
        row: values in the order of `COLUMNS`.
    """
    plain = [_plain(value) for value in row]
    return json.dumps(plain, sort_keys=True, separators=(",", ":")).encode()


def link(sequence: int, previous: str, body: bytes) -> str:
    """The MAC of a link: its number, the MAC before it, and the entry's bytes."""
    return sm3_mac(audit_key(), f"entry\0{sequence}\0{previous}\0".encode() + body)


def audit_key() -> bytes:
    """The key of the chain, which lies outside the database."""
    return bytes.fromhex(keys().audit)


def _plain(value: Any) -> Any:
    """Times as whole microseconds, so that no database's way of writing them matters."""
    if isinstance(value, datetime):
        return (value - EPOCH) // MICROSECOND
    return value
