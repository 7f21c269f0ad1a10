"""Facts out of the database into the layout: registers whole, events by the months that changed.

Imports no Django.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from xinglin.apps.indicators import reading
from xinglin.apps.indicators.owned import Database, Owned
from xinglin.apps.indicators.records import made
from xinglin.facts import DatasetInfo, FileEntry, Manifest, Table, load_contract, write_dataset
from xinglin.facts.layout import MANIFEST, read_manifest

STATE, LOCK = "versions.json", "writing.lock"
"""Beside the manifest: which version of each month of events lies in the files; and who writes."""


@dataclass
class Export:
    """What is to be written: rows read anew, and files that stay."""

    rows: dict[str, pa.Table] = field(default_factory=dict)
    kept: dict[str, tuple[FileEntry, ...]] = field(default_factory=dict)
    state: dict[str, dict[str, str]] = field(default_factory=dict)


def export(
    database: Database,
    owned: Mapping[str, Owned],
    folder: Path,
    info: DatasetInfo,
    told: Callable[[str], None] = lambda table: None,
) -> Manifest:
    """Bring a data set up to the database.

    Registers are read whole; rows that are the same keep their file, for it is named by its content. Of events only
    the months whose version changed are read. Tables that no app owns stay as they lie there.

    Args:
        told: called with each table's label before it is read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        old = read_manifest(folder).tables if (folder / MANIFEST).exists() else {}
        found = Export(kept={name: tuple(entries) for name, entries in old.items() if name not in owned})
        with reading.reader(database) as reader:
            for name, owner in owned.items():
                told(load_contract().table(name).label)
                _read(reader, owner, old.get(name, ()), _versions(folder).get(name, {}), found)
        manifest = write_dataset(folder, found.rows, info, found.kept)
        _write_versions(folder, found.state)
    return manifest


def _read(
    reader: reading.Reader, owner: Owned, old: tuple[FileEntry, ...], before: dict[str, str], found: Export
) -> None:
    """Read a register, or the months of events that changed."""
    table = load_contract().table(owner.table)
    if not owner.versions:
        found.rows[owner.table] = _rows(reader, owner, table)
        return
    now = found.state[owner.table] = reader.versions(owner.versions)
    changed = sorted(month for month, version in now.items() if before.get(month) != version)
    pieces = [_rows(reader, owner, table, month) for month in changed]
    if pieces:
        found.rows[owner.table] = pa.concat_tables(pieces)
    found.kept[owner.table] = tuple(
        entry for entry in old if (month := _month(entry)) in now and month not in changed
    )


def _rows(reader: reading.Reader, owner: Owned, table: Table, month: str = "") -> pa.Table:
    """The rows of a table, of one month if named; made by definitions where the statement gives raw records."""
    if owner.through is not None:
        return made(reader.raw(owner.select, month), table, owner.through)
    return reader.rows(owner.select, table, reading.month_is(table, month) if month else "")


def _month(entry: FileEntry) -> str:
    """The month in the path of a file of events."""
    return next((part[6:] for part in entry.path.split("/") if part.startswith("month=")), "")


def _versions(folder: Path) -> dict[str, dict[str, str]]:
    """Versions of months as last exported; a lost or torn file only means that everything is read again."""
    try:
        content: dict[str, dict[str, str]] = json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content


def _write_versions(folder: Path, state: dict[str, dict[str, str]]) -> None:
    new = folder / f"{STATE}.new"
    new.write_text(json.dumps(state, sort_keys=True), encoding="utf-8")
    new.replace(folder / STATE)


@contextmanager
def alone(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """One writer at a time; another waits, or is told that it is not alone."""
    with (folder / LOCK).open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
