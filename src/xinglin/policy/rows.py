"""The 99 rows of the indicator cross-walk: what a target may want when no definition exists yet."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

_FILE = Path(__file__).with_name("rows.csv")


@dataclass(frozen=True, slots=True)
class Row:
    """One indicator concept found in the policy documents.

    Attributes:
        id: name of the row, as ``wants:`` writes it.
        name: short Chinese name. unit: unit of its values, several joined by “/”.
    """

    id: str
    name: str
    unit: str


@lru_cache(maxsize=1)
def load_rows() -> Mapping[str, Row]:
    """All rows by id, in the order of the cross-walk."""
    with _FILE.open(encoding="utf-8", newline="") as lines:
        rows = [Row(**line) for line in csv.DictReader(lines)]
    return MappingProxyType({row.id: row for row in rows})
