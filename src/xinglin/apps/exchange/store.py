"""Uploads and their rows on disk, encrypted: they may hold names and document numbers.

Gone when the import is put away.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

from django.conf import settings

from xinglin.apps.protection.crypto import CryptoError, decrypt, encrypt

PURPOSE, ROWS = "exchange.upload", "exchange.rows"


def keep(id: str, content: bytes) -> None:
    """Write an upload for the program only."""
    _write(_path(id), content, PURPOSE)


def fetch(id: str) -> bytes | None:
    """An upload, or None when it was put away."""
    return _read(_path(id), PURPOSE)


def keep_rows(id: str, content: bytes) -> None:
    """Write what was read from an upload, for the program only."""
    _write(_rows(id), content, f"{ROWS}.{id}")


def fetch_rows(id: str) -> bytes | None:
    """What was read from an upload, or None when it is not there, or is not what was written."""
    try:
        return _read(_rows(id), f"{ROWS}.{id}")
    except (CryptoError, ValueError):
        return None


def forget(id: str) -> None:
    """Delete an upload and what was read from it, pieces that were never finished included."""
    for path in _path(id).parent.glob(f"{id}*"):
        path.unlink(missing_ok=True)


def forget_rows(id: str) -> None:
    """Delete what was read from an upload: it was written."""
    _rows(id).unlink(missing_ok=True)


def _write(path: Path, content: bytes, purpose: str) -> None:
    """Whole or not at all: a reader never meets half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f"{path.suffix}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(encrypt(base64.b64encode(content).decode(), purpose))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _read(path: Path, purpose: str) -> bytes | None:
    try:
        return base64.b64decode(decrypt(path.read_text(encoding="ascii"), purpose))
    except FileNotFoundError:
        return None


def _path(id: str) -> Path:
    return Path(settings.XINGLIN_HOME) / "files" / "imports" / id


def _rows(id: str) -> Path:
    return _path(id).with_name(f"{id}.rows")
