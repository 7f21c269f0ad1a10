"""The committed record of changes between editions, and what a former name or code became.

Prefectures and counties are in ``data/lineage.csv`` (text, so that a review is a diff); townships in
``data/lineage-townships.parquet``. ``scripts/derive_divisions.py`` writes both.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path

import pyarrow.parquet as pq

from xinglin.base.places.change import Change, ChangeKind

DATA = Path(__file__).parent / "data"
COUNTY_FILE = DATA / "lineage.csv"
TOWNSHIP_FILE = DATA / "lineage-townships.parquet"
COLUMNS = tuple(field.name for field in fields(Change))
_FLAGS = ("old_ended", "new_begun", "reviewed")
_COUNTS = ("villages", "old_villages", "new_villages")


@cache
def county_changes() -> tuple[Change, ...]:
    """Changes of prefectures and counties, in edition and code order."""
    with COUNTY_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(change_from(row) for row in csv.DictReader(file))


@cache
def township_changes() -> tuple[Change, ...]:
    """Changes of townships, in edition and code order."""
    rows: list[dict[str, str]] = pq.read_table(TOWNSHIP_FILE).to_pylist()
    return tuple(change_from(row) for row in rows)


def change_from(row: Mapping[str, str]) -> Change:
    """A change from one row of the lineage files (all values text)."""
    text = {name: row[name] for name in COLUMNS if name not in (*_FLAGS, *_COUNTS, "kind")}
    flags = {name: row[name] == "1" for name in _FLAGS}
    counts = {name: int(row[name]) for name in _COUNTS}
    return Change(kind=ChangeKind(row["kind"]), **text, **flags, **counts)  # type: ignore[arg-type]


def row_of(change: Change) -> dict[str, str]:
    """The row of a change: the inverse of ``change_from``."""
    values = {name: getattr(change, name) for name in COLUMNS}
    return {name: str(int(v)) if isinstance(v, int) else str(v) for name, v in values.items()}


def former(name_or_code: str) -> str:
    """What became of a former prefecture or county, in Chinese; "" when no such name or code ended."""
    ended = [
        change
        for change in county_changes()
        if change.old_ended and change.new_code and name_or_code in (change.old_code, change.old_name)
    ]
    return "；".join(str(change) for change in ended)
