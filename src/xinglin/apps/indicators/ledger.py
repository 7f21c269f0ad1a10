"""Which fact files came from outside, by source: a ledger beside the manifest. Imports no Django."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from xinglin.base.errors import DataError
from xinglin.facts import FileEntry

LEDGER = "outside.json"
"""Beside the manifest: source → when it was added, title, and its files by table."""
Entries = dict[str, tuple[FileEntry, ...]]


@dataclass(frozen=True)
class Source:
    """What one source gave. ``added``: ISO time. ``title``: what its data set says of itself."""

    name: str
    title: str
    added: str
    files: Entries

    def rows(self) -> dict[str, int]:
        """Rows by table."""
        return {table: sum(entry.rows for entry in entries) for table, entries in self.files.items()}


def sources(facts: Path) -> list[Source]:
    """Everything that came from outside, by name. Raises DataError when the ledger cannot be read."""
    path = facts / LEDGER
    if not path.exists():
        return []
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return [_source(name, one) for name, one in sorted(content.items())]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} 读不出来：{error}；请从备份恢复") from error


def _source(name: str, content: Mapping[str, Any]) -> Source:
    files = {
        table: tuple(FileEntry(**entry) for entry in entries) for table, entries in content["files"].items()
    }
    return Source(name, content["title"], content["added"], files)


def write(facts: Path, known: Iterable[Source]) -> None:
    """Write down what came from outside, in one step."""
    content = {
        one.name: {
            "title": one.title,
            "added": one.added,
            "files": {table: [asdict(entry) for entry in entries] for table, entries in one.files.items()},
        }
        for one in known
    }
    new = facts / f"{LEDGER}.new"
    new.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
    new.replace(facts / LEDGER)


def entries(facts: Path, owned: Container[str] = ()) -> Entries:
    """Files from outside by table, of tables that no app owns. Raises DataError when the ledger cannot be read."""
    found: Entries = {}
    for source in sources(facts):
        for table, files in source.files.items():
            if table not in owned:
                found[table] = (*found.get(table, ()), *files)
    return found
