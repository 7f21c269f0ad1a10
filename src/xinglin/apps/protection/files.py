"""Files that only the program can read: written whole or not at all, encrypted, and encrypted anew by a rotation.

A file is one or several pieces, a cipher text on each line; the purpose of a piece tells which file and which place in
it the piece belongs to. Whoever keeps files says where they lie (`rotation.register`), so that a change of the key
finds them.
"""

from __future__ import annotations

import base64
import fcntl
import os
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from xinglin.apps.protection.crypto import decrypt, encrypt, key_of

PART = ".part"
"""End of the name of a file that is being written; backups leave such files out."""

Purpose = Callable[[int], str]
"""What the piece with a number, from 0, is encrypted for."""


@dataclass(frozen=True)
class Kept:
    """An encrypted file: where it lies, and what its pieces were encrypted for."""

    path: Path
    purpose: Purpose

    def __str__(self) -> str:
        return str(self.path)


def lone(purpose: str) -> Purpose:
    """The purpose of the piece of a file that has one only."""
    return lambda number: purpose


def write(path: Path, content: bytes, purpose: str) -> None:
    """Write a file of one piece, for the program only. A reader never meets half of it."""
    write_pieces(path, [base64.b64encode(content).decode()], lone(purpose))


def read(path: Path, purpose: str) -> bytes:
    """What `write` was given.

    Raises:
        FileNotFoundError. CryptoError, ValueError: it was changed, or is not that file.
    """
    return base64.b64decode(decrypt(path.read_text(encoding="ascii"), purpose))


def write_pieces(
    path: Path, texts: Iterable[str], purpose: Purpose, beat: Callable[[], None] = lambda: None
) -> None:
    """Write a file of several pieces, one after the other, whole or not at all.

    Args:
        texts: pieces in the clear, each in its turn in memory. beat: called after each.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _replacing(path) as part:
        with part.open("w", encoding="ascii") as file:
            for number, text in enumerate(texts):
                file.write(("\n" if number else "") + encrypt(text, purpose(number)))
                beat()
            _to_disk(file.fileno(), file.flush)
        with alone(path.parent):
            part.replace(path)


def pieces(path: Path, purpose: Purpose) -> Generator[str, None, None]:
    """The pieces of a file in the clear, one at a time. Raises as `read`."""
    with path.open(encoding="ascii") as lines:
        for number, line in enumerate(lines):
            yield decrypt(line.strip(), purpose(number))


def forget(paths: Iterable[Path], folder: Path) -> None:
    """Delete files of a folder; a rotation at work on one of them does not bring it back."""
    if folder.is_dir():
        with alone(folder):
            for path in paths:
                path.unlink(missing_ok=True)


def is_old(path: Path, current: str) -> bool:
    """Whether a file has a piece that another key than the current one encrypted; false if it is gone."""
    with suppress(FileNotFoundError), path.open(encoding="ascii", errors="replace") as lines:
        return any(key_of(line) != current for line in lines)
    return False


def renew(kept: Kept) -> bool:
    """Encrypt a file anew with the current key; false if it was deleted or written anew meanwhile.

    Raises:
        CryptoError, ValueError: it cannot be read, and is left as it is.
    """
    try:
        source = kept.path.open(encoding="ascii")
    except FileNotFoundError:
        return False
    with source, _replacing(kept.path) as part:
        with part.open("w", encoding="ascii") as file:
            for number, line in enumerate(source):
                purpose = kept.purpose(number)
                file.write(("\n" if number else "") + encrypt(decrypt(line.strip(), purpose), purpose))
            _to_disk(file.fileno(), file.flush)
        with alone(kept.path.parent):
            if not _is(kept.path, source.fileno()):
                return False
            part.replace(kept.path)
    return True


def _to_disk(number: int, flush: Callable[[], None]) -> None:
    flush()
    os.fsync(number)


def _is(path: Path, number: int) -> bool:
    """Whether an open file is still the one of that name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(number))
    except FileNotFoundError:
        return False


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A file beside another one that is to take its place; gone afterwards if it did not."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=PART)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes from replacing or deleting files of a folder meanwhile."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
