"""Rows of the log for tests, and the hands of somebody who tampers with it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from xinglin.apps.audit.chain import COLUMNS, canonical, link
from xinglin.apps.audit.models import Entry, Seal
from xinglin.apps.audit.sealing import seal_pending

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def entries(count: int, *, start: datetime = NOON, **values: Any) -> list[Entry]:
    """Rows one second apart."""
    rows = [
        Entry(
            **{
                "at": start + timedelta(seconds=n),
                "actor": f"QAuser{n:04}",
                "action": "facility.edit",
                "kind": "facility",
                "object_id": f"QAfac{n:04}",
                "fields": ["name", "phone"],
                "address": "10.0.0.7",
                "request_id": "0123456789abcdef",
                **values,
            }
        )
        for n in range(count)
    ]
    Entry.objects.bulk_create(rows)
    return list(Entry.objects.order_by("pk"))


def sealed(count: int) -> list[Seal]:
    """As many rows, sealed and anchored."""
    entries(count)
    seal_pending()
    return list(Seal.objects.order_by("sequence"))


def sql(statement: str, *values: Any) -> None:
    """What somebody does who talks to the database directly."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


__all__ = ["COLUMNS", "NOON", "canonical", "entries", "link", "sealed", "sql"]
