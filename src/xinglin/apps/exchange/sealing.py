"""Exports on disk, encrypted piece by piece, since they may hold names and be large.

Every line is a piece, bound to its job and to its number; the last one says that it is the last. The first tells what
the file holds, for whoever decides whether it may still be handed out.
"""

from __future__ import annotations

import base64
import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from xinglin.apps.protection import files
from xinglin.apps.protection.crypto import CryptoError

PURPOSE = "exchange.export.file"
PIECE = 1024 * 1024
_END = "end"


def seal(source: IO[bytes], path: Path, head: Any, of: str, beat: Callable[[], None]) -> None:
    """Write what is left of an open file, for the program only, whole or not at all."""
    files.write_pieces(path, _texts(source, head), purpose(of), beat)


def purpose(of: str) -> files.Purpose:
    """What the pieces of a job's file are encrypted for."""
    return lambda number: f"{PURPOSE}.{of}.{number}"


def _texts(source: IO[bytes], head: Any) -> Iterator[str]:
    yield json.dumps(head)
    while piece := source.read(PIECE):
        yield base64.b64encode(piece).decode()
    yield _END


def unseal(path: Path, of: str, may: Callable[[Any], bool]) -> IO[bytes] | None:
    """The file in the clear, without a name and open at its beginning; None where ``may`` says no to its head.

    Raises:
        CryptoError: it was changed, cut short, or is another job's.
    """
    texts = files.pieces(path, purpose(of))
    with contextlib.closing(texts):
        if not may(json.loads(next(texts, "null"))):
            return None
        file = tempfile.TemporaryFile(prefix="xinglin-")  # noqa: SIM115 - whoever sends it closes it
        try:
            _fill(file, texts)
        except BaseException:
            file.close()
            raise
    file.seek(0)
    return file


def _fill(file: IO[bytes], texts: Iterator[str]) -> None:
    for text in texts:
        if text == _END:
            return
        file.write(base64.b64decode(text))
    raise CryptoError("导出的文件不完整：请重新导出")
