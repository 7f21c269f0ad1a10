"""Gathered files, kept open: by each thread its own, as many as an account's history needs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from django.conf import settings

from xinglin.base.errors import DataError
from xinglin.standing.areas_file import AreasFile
from xinglin.standing.gathered import AREAS

MOST_OPEN = 24
_KEPT = threading.local()
_Known = tuple[str, int, int]


def folder_of(vintage: str) -> Path:
    """Where a vintage lies."""
    return Path(settings.XINGLIN_HOME) / "vintages" / vintage


def opened(vintage: str) -> AreasFile:
    """The gathered file of a vintage, read-only.

    Raises:
        DataError: there is none, or it is of another version of the program.
    """
    path = folder_of(vintage) / AREAS
    try:
        stat = path.stat()
    except OSError:
        raise DataError(f"期次 {vintage} 没有可以打开的数，请重新统计") from None
    kept: OrderedDict[_Known, AreasFile] = _KEPT.__dict__.setdefault("files", OrderedDict())
    known = (str(path), stat.st_mtime_ns, stat.st_ino)
    if known not in kept:
        kept[known] = AreasFile(path)
    kept.move_to_end(known)
    while len(kept) > MOST_OPEN:
        kept.popitem(last=False)[1].close()
    return kept[known]


def is_there(vintage: str) -> bool:
    """Whether a vintage can be opened."""
    return (folder_of(vintage) / AREAS).is_file()
