"""Uploads on disk, encrypted: they may hold names and document numbers. Gone when the import is put away."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from django.conf import settings

from xinglin.apps.protection.crypto import decrypt, encrypt

PURPOSE = "exchange.upload"


def keep(id: str, content: bytes) -> None:
    """Write an upload for the program only."""
    path = _path(id)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(encrypt(base64.b64encode(content).decode(), PURPOSE))
        file.flush()
        os.fsync(file.fileno())


def fetch(id: str) -> bytes | None:
    """An upload, or None when it was put away."""
    try:
        return base64.b64decode(decrypt(_path(id).read_text(encoding="ascii"), PURPOSE))
    except FileNotFoundError:
        return None


def forget(id: str) -> None:
    """Delete an upload."""
    _path(id).unlink(missing_ok=True)


def _path(id: str) -> Path:
    return Path(settings.XINGLIN_HOME) / "files" / "imports" / id
