"""Uploads and their rows on disk, encrypted: they may hold names and document numbers.

Gone when the import is put away.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from xinglin.apps.protection import files, rotation
from xinglin.apps.protection.crypto import CryptoError

PURPOSE, ROWS, REPORT = "exchange.upload", "exchange.rows", "exchange.report"
_ENDS = {".rows": ROWS, ".report": REPORT}


def keep(id: str, content: bytes) -> None:
    """Write an upload for the program only."""
    files.write(_path(id), content, PURPOSE)


def fetch(id: str) -> bytes | None:
    """An upload, or None when it was put away."""
    return _read(_path(id), PURPOSE)


def has(id: str) -> bool:
    """Whether an upload is there."""
    return _path(id).is_file()


def keep_rows(id: str, content: bytes) -> None:
    """Write what was read from an upload, for the program only."""
    files.write(_beside(id, ROWS), content, f"{ROWS}.{id}")


def fetch_rows(id: str) -> bytes | None:
    """What was read from an upload, or None when it is not there, or is not what was written."""
    return _trusted(id, ROWS)


def keep_report(id: str, content: bytes) -> None:
    """Write an upload with its faults marked, for the program only."""
    files.write(_beside(id, REPORT), content, f"{REPORT}.{id}")


def fetch_report(id: str) -> bytes | None:
    """An upload with its faults marked, or None when it is not there, or is not what was written."""
    return _trusted(id, REPORT)


def forget(id: str) -> None:
    """Delete an upload and what was made of it, pieces that were never finished included."""
    files.forget(_folder().glob(f"{id}*"), _folder())


def forget_rows(id: str) -> None:
    """Delete what was read from an upload: it was written."""
    files.forget([_beside(id, ROWS)], _folder())


def _read(path: Path, purpose: str) -> bytes | None:
    try:
        return files.read(path, purpose)
    except FileNotFoundError:
        return None


def _trusted(id: str, what: str) -> bytes | None:
    try:
        return _read(_beside(id, what), f"{what}.{id}")
    except (CryptoError, ValueError):
        return None


def _folder() -> Path:
    return Path(settings.XINGLIN_HOME) / "files" / "imports"


def _path(id: str) -> Path:
    return _folder() / id


def _rows(id: str) -> Path:
    return _beside(id, ROWS)


def _beside(id: str, what: str) -> Path:
    return _folder() / f"{id}.{what.rpartition('.')[2]}"


def _all() -> Iterator[files.Kept]:
    """Every upload and what was made of it, for a change of the key."""
    for path in sorted(_folder().glob("*")):
        if path.suffix != files.PART:
            what = _ENDS.get(path.suffix)
            yield files.Kept(path, files.lone(f"{what}.{path.stem}" if what else PURPOSE))


rotation.register(rotation.Files("files.imports", _all))
