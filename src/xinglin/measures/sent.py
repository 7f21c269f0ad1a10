"""Reports that have come in, as the oracle sees them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Report = tuple[Any, str, str]  # unit, table, period
COUNTED_STATUS = ("reported", "late", "reported_nothing")


def reports_in(rows: Sequence[Mapping[str, Any]]) -> frozenset[Report]:
    """The reports of `reporting` rows that count as having come in."""
    counted = (row for row in rows if row["status"] in COUNTED_STATUS)
    return frozenset((row["unit"], row["table"], row["period"]) for row in counted)
