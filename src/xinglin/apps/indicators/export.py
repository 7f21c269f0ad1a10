"""Facts out of the database into the layout: registers whole, events by the months that changed.

Imports no Django.
"""

from __future__ import annotations

import fcntl
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinglin.apps.indicators import beside, ledger, reading
from xinglin.apps.indicators.owned import Database, Owned
from xinglin.apps.indicators.records import made
from xinglin.facts import DatasetInfo, FileEntry, Manifest, Table, load_contract, write_dataset
from xinglin.facts.layout import MANIFEST, is_partitioned, read_manifest

MADE, SIFTED = "/made", "/sifted"
"""Behind the name of a table: the files that exports made; the months in which rows from outside were left out."""
STATE, LEFT, LOCK = "versions.json", "left.json", "writing.lock"
"""Beside the manifest: which version of each month of events lies in the files; which records count nowhere, and why;
and who writes.
"""
Left = dict[str, dict[str, list[Any]]]
"""Table → month → [definition, column that is empty, records]."""


@dataclass
class Export:
    """What is to be written: rows read anew, and files that stay.

    Attributes:
        outside: table → paths of files from outside that stay, of tables that outside sources give too.
    """

    rows: dict[str, pa.Table | list[pa.Table]] = field(default_factory=dict)
    kept: dict[str, tuple[FileEntry, ...]] = field(default_factory=dict)
    state: dict[str, dict[str, str]] = field(default_factory=dict)
    left: Left = field(default_factory=dict)
    outside: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Before:
    """What lies there of a table: its files, the version of each of its months, what was left out."""

    files: tuple[FileEntry, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    left: dict[str, list[Any]] = field(default_factory=dict)


def export(
    database: Database,
    owned: Mapping[str, Owned],
    folder: Path,
    info: DatasetInfo,
    told: Callable[[str], None] = lambda table: None,
) -> Manifest:
    """Bring a data set up to the database.

    Registers are read whole; rows that are the same keep their file, for it is named by its content. Of events only
    the months whose version changed are read. Tables that no app owns stay as they lie there, or as they came from
    outside (after a restore their files are there, and no manifest).

    Args:
        told: called with each table's label before it is read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with alone(folder):
        old = read_manifest(folder).tables if (folder / MANIFEST).exists() else {}
        kept = {name: tuple(entries) for name, entries in old.items() if name not in owned}
        found = Export(kept={**kept, **ledger.entries(folder, owned)})
        state, left = _said(folder / STATE), _said(folder / LEFT)
        with reading.reader(database) as reader:
            for name, owner in owned.items():
                told(load_contract().table(name).label)
                lies = (
                    Before(tuple(old[name]), state.get(name, {}), left.get(name, {}))
                    if name in old
                    else Before()
                )
                if owner.beside:
                    _read_beside(reader, owner, lies, found, folder, state)
                else:
                    _read(reader, owner, lies, found)
        manifest = write_dataset(folder, found.rows, info, found.kept)
        _note_made(found, manifest)
        _say(folder / STATE, found.state)
        _say(folder / LEFT, found.left)
    return manifest


def _read(reader: reading.Reader, owner: Owned, before: Before, found: Export) -> None:
    """Read a register, or the months of events that changed; events that lie in one file all at once."""
    table = load_contract().table(owner.table)
    if not owner.versions:
        found.rows[owner.table] = _rows(reader, owner, table, None, found)
        return
    now = found.state[owner.table] = reader.versions(owner.versions)
    changed = sorted(month for month, version in now.items() if before.versions.get(month) != version)
    if not is_partitioned(table) and now != before.versions:
        changed = sorted(now)
    stays = now.keys() - set(changed)
    if changed:
        found.rows[owner.table] = _rows(reader, owner, table, changed, found)
    found.kept[owner.table] = tuple(
        entry
        for entry in before.files
        if (beside.month_of(entry) in stays if is_partitioned(table) else now and not changed)
    )
    still = {month: rows for month, rows in before.left.items() if month in stays}
    found.left[owner.table] = {**still, **found.left.get(owner.table, {})}


def _read_beside(
    reader: reading.Reader,
    owner: Owned,
    before: Before,
    found: Export,
    folder: Path,
    state: Mapping[str, Mapping[str, str]],
) -> None:
    """Read a table that outside sources give too: the app's rows, and those from outside that they do not replace.

    Files that no export made came from outside. Months in which something is left out are written anew each time.
    """
    name = owner.table
    made, sifted = state.get(name + MADE, {}), state.get(name + SIFTED, {})
    ledgered = ledger.entries(folder).get(name, ())
    strange = [one for one in before.files if one.path not in made and one not in ledgered]
    other = beside.sift(folder, [*ledgered, *strange], beside.own(reader, owner))
    anew = other.months | set(sifted)
    versions = {month: version for month, version in before.versions.items() if month not in anew}
    mine = tuple(one for one in before.files if one.path in made and one not in ledgered)
    _read(reader, owner, replace(before, files=mine, versions=versions), found)
    own = found.rows.pop(name, None)
    pieces = [*([own] if isinstance(own, pa.Table) else []), *other.rest]
    if pieces:
        found.rows[name] = pieces
    found.kept[name] = (*found.kept[name], *other.kept)
    found.state[name + SIFTED] = dict.fromkeys(other.months, "")
    found.outside[name] = {one.path for one in other.kept}


def _note_made(found: Export, manifest: Manifest) -> None:
    """Remember which files of such tables are the export's own."""
    for name, outside in found.outside.items():
        paths = (one.path for one in manifest.tables.get(name, ()))
        found.state[name + MADE] = dict.fromkeys((path for path in paths if path not in outside), "")


def forget(folder: Path, tables: Iterable[str]) -> None:
    """Let the next export read tables anew: what came from outside has changed."""
    gone = set(tables)
    state = {name: said for name, said in _said(folder / STATE).items() if name not in gone}
    _say(folder / STATE, state)


def _rows(
    reader: reading.Reader, owner: Owned, table: Table, months: Sequence[str] | None, found: Export
) -> pa.Table:
    """The rows of a table, of some months if named; made by definitions where the statement gives raw records."""
    if owner.through is not None:
        records = made(reader.raw(owner.select, months), table, owner.through)
        found.left[owner.table] = {
            month: [[*what, number] for what, number in sorted(counts.items())]
            for month, counts in records.left.items()
        }
        return records.table
    if months is None:
        return reader.rows(owner.select, table)
    return pa.concat_tables(
        reader.rows(owner.select, table, reading.month_is(table, month)) for month in months
    )


def left_out(folder: Path) -> list[tuple[str, str, str, int]]:
    """Records that count nowhere: fact table, definition, column that is empty, how many."""
    found: Counter[tuple[str, str, str]] = Counter()
    for table, months in _said(folder / LEFT).items():
        for definition, column, number in (one for rows in months.values() for one in rows):
            found[table, definition, column] += number
    return [(*what, number) for what, number in sorted(found.items())]


def _said(path: Path) -> dict[str, Any]:
    """What was written down at the last export; a lost or torn file only means that everything is read again."""
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content


def _say(path: Path, content: dict[str, Any]) -> None:
    new = path.with_name(f"{path.name}.new")
    new.write_text(json.dumps(content, sort_keys=True), encoding="utf-8")
    new.replace(path)


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
