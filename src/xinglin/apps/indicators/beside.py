"""Rows from outside beside those of an app: whose rows count for a facility and a month.

Where the app has rows of a facility in a month, it is the source: what came from outside for them is left out, and the
rest of the file is written anew. The files from outside themselves stay as they came. Imports no Django.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinglin.apps.indicators.owned import Owned
from xinglin.apps.indicators.reading import Reader
from xinglin.facts import FileEntry

Months = Mapping[str, frozenset[str]]
"""Month → facilities."""


@dataclass
class Beside:
    """What came from outside of one table.

    Attributes:
        kept: files that stay as they are. rest: what is left of the others, a piece for each file.
        months: in which something was left out.
    """

    kept: list[FileEntry] = field(default_factory=list)
    rest: list[pa.Table] = field(default_factory=list)
    months: set[str] = field(default_factory=set)


def own(reader: Reader, owned: Owned) -> Months:
    """The facilities of which the app has rows, by month."""
    month = 'substr(CAST("date" AS TEXT), 1, 7)'
    query = f"SELECT DISTINCT facility, {month} AS month FROM ({owned.select}) AS own"  # noqa: S608 - names of our own
    found: dict[str, set[str]] = {}
    for row in reader.listed(query):
        found.setdefault(str(row["month"]), set()).add(str(row["facility"]))
    return {name: frozenset(facilities) for name, facilities in found.items()}


def sift(folder: Path, entries: Iterable[FileEntry], mine: Months) -> Beside:
    """Part files from outside into those that stay and what is left of the others."""
    found = Beside()
    for entry in entries:
        month = month_of(entry)
        rest = _without(folder / entry.path, mine.get(month, frozenset()))
        if rest is None:
            found.kept.append(entry)
            continue
        found.months.add(month)
        if rest.num_rows:
            found.rest.append(rest)
    return found


def _without(path: Path, facilities: frozenset[str]) -> pa.Table | None:
    """The rows of a file that are of other facilities; None when all are."""
    if not facilities:
        return None
    column = pq.read_table(path, columns=["facility"])["facility"]
    theirs = pc.is_in(column, value_set=pa.array(sorted(facilities), pa.string()))
    if not pc.any(theirs).as_py():
        return None
    return pq.read_table(path, partitioning=None).filter(pc.invert(theirs))


def month_of(entry: FileEntry) -> str:
    """The month in the path of a file of events."""
    return next((part[6:] for part in entry.path.split("/") if part.startswith("month=")), "")
