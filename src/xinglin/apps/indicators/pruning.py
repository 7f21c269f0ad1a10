"""Old fact files: what neither the present manifest nor a vintage lists goes after a time of grace.

A reader opens a manifest and then, for as long as it counts, the files it lists. So a file is not removed when it
stops being listed, but `GRACE` later: the first run that finds it unlisted writes the moment down beside the manifest,
and only a run that finds it unlisted still, so much later, removes it. No reader works as long as that, and a vintage
that one publishes meanwhile lists its files itself. Files are removed only while nobody writes, for a writer may list
an old file again (the same rows have the same name). Imports no Django.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from xinglin.apps.indicators.export import alone
from xinglin.base.errors import DataError
from xinglin.facts.layout import MANIFEST

GRACE = timedelta(days=2)
LEDGER = "unlisted.json"
"""Beside the manifest: file → when it was first found unlisted."""
FILES, FROZEN = "facts", "facts.json"
"""Where files lie below the data set, and the manifest that a vintage keeps."""


@dataclass(frozen=True)
class Pruned:
    """What a run did: files listed somewhere, files that wait, files removed and their bytes."""

    listed: int
    waiting: int
    removed: int
    freed: int


def prune(folder: Path, vintages: Path, now: datetime | None = None) -> Pruned | None:
    """Remove files that have been unlisted for the time of grace; None while somebody writes.

    Args:
        folder: the data set. vintages: the folder of published vintages, whose facts are kept for good.

    Raises:
        DataError: a manifest cannot be read: nobody knows what it needs, so nothing is removed.
    """
    if not (folder / MANIFEST).exists():
        return Pruned(0, 0, 0, 0)
    with alone(folder, wait=False) as ours:
        if not ours:
            return None
        return _prune(folder, _listed(folder, vintages), now or datetime.now(UTC))


def _prune(folder: Path, listed: set[str], now: datetime) -> Pruned:
    here = {path.relative_to(folder).as_posix(): path for path in _files(folder)}
    before = _ledger(folder)
    since = {name: min(before.get(name, now), now) for name in here.keys() - listed}
    due = sorted(name for name, moment in since.items() if now - moment >= GRACE)
    freed = 0
    for name in due:
        freed += here[name].stat().st_size
        here[name].unlink()
        _drop_empty(here[name].parent, folder / FILES)
    waiting = {name: moment.isoformat() for name, moment in since.items() if name not in due}
    _write_ledger(folder, waiting)
    return Pruned(len(here) - len(since), len(waiting), len(due), freed)


def _listed(folder: Path, vintages: Path) -> set[str]:
    """Files that the present manifest or that of a vintage lists."""
    found = _paths(folder / MANIFEST)
    for vintage in sorted(path for path in vintages.glob("*") if path.is_dir()):
        if (vintage / FROZEN).exists():
            found |= _paths(vintage / FROZEN)
        elif (vintage / "receipt.json").exists():
            raise DataError(f"{vintage} 里没有 {FROZEN}：请从备份恢复这个期次，旧事实文件暂不清理")
    return found


def _paths(manifest: Path) -> set[str]:
    try:
        tables = json.loads(manifest.read_text(encoding="utf-8"))["tables"]
        return {str(entry["path"]) for entries in tables.values() for entry in entries}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise DataError(f"{manifest} 读不出来：请从备份恢复，旧事实文件暂不清理") from None


def _files(folder: Path) -> Iterator[Path]:
    """Whole fact files, and what a broken-off writer left; nothing that points elsewhere."""
    for path in (folder / FILES).rglob("*"):
        if path.suffix in (".parquet", ".new") and path.is_file() and not path.is_symlink():
            yield path


def _drop_empty(folder: Path, top: Path) -> None:
    """Remove folders that have nothing in them any more."""
    with suppress(OSError):
        while folder != top:
            folder.rmdir()
            folder = folder.parent


def _ledger(folder: Path) -> dict[str, datetime]:
    """Since when files are unlisted; a lost or torn ledger only means that the grace begins anew."""
    try:
        content = json.loads((folder / LEDGER).read_text(encoding="utf-8"))
        return {str(name): datetime.fromisoformat(moment) for name, moment in content.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _write_ledger(folder: Path, content: dict[str, str]) -> None:
    new = folder / f"{LEDGER}.new"
    new.write_text(json.dumps(content, indent=1, sort_keys=True), encoding="utf-8")
    new.replace(folder / LEDGER)
