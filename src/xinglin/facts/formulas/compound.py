"""Streams of a compound file, the small file system in which an xls lies ([MS-CFB])."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST = 0xFFFFFFFA  # this and higher are no sectors
_ENTRY, _STREAM, _ROOT = 128, 2, 5


def is_compound(path: Path) -> bool:
    """Whether a file begins as a compound file does."""
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


@dataclass(frozen=True)
class _Sectors:
    """Equal pieces of some bytes, and which piece follows which."""

    content: bytes
    size: int
    following: Sequence[int] = ()

    def one(self, index: int) -> bytes:
        """A piece. Raises LookupError beyond the end."""
        start = index * self.size
        if start >= len(self.content):
            raise LookupError(index)
        return self.content[start : start + self.size]

    def chain(self, first: int) -> bytes:
        """A piece and all that follow it. Raises LookupError when they go round in a circle."""
        pieces: list[bytes] = []
        while first < _LAST:
            if len(pieces) > len(self.following):
                raise LookupError(first)
            pieces.append(self.one(first))
            first = self.following[first]
        return b"".join(pieces)


def read_stream(content: bytes, names: Sequence[str]) -> bytes:
    """The first of these streams that is there.

    Raises:
        LookupError: none of them, or sectors that lead nowhere. struct.error: cut short.
    """
    sectors = _sectors(content)
    first_directory, cutoff, first_small = (struct.unpack_from("<I", content, at)[0] for at in (48, 56, 60))
    entries = _entries(sectors.chain(first_directory))
    name = next((name for name in names if (_STREAM, name) in entries), "")
    start, length = entries[_STREAM, name]
    if length >= cutoff:
        return sectors.chain(start)[:length]
    root, _ = entries[_ROOT, "Root Entry"]
    small = 1 << struct.unpack_from("<H", content, 32)[0]
    following = _numbers(sectors.chain(first_small))
    return _Sectors(sectors.chain(root), small, following).chain(start)[:length]


def _sectors(content: bytes) -> _Sectors:
    """The sectors after the header (itself one), with the table of what follows what."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    plain = _Sectors(content[size:], size)
    count, more = struct.unpack_from("<I", content, 44)[0], struct.unpack_from("<I", content, 68)[0]
    tables = list(struct.unpack_from("<109I", content, 76))
    while more < _LAST and len(tables) < count:
        *further, more = _numbers(plain.one(more))
        tables += further
    return replace(plain, following=_numbers(b"".join(plain.one(index) for index in tables[:count])))


def _numbers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}I", content)


def _entries(directory: bytes) -> dict[tuple[int, str], tuple[int, int]]:
    """Kind and name → first sector and length."""
    found = {}
    for at in range(0, len(directory), _ENTRY):
        entry = directory[at : at + _ENTRY]
        length_of_name, kind = struct.unpack_from("<HB", entry, 64)
        name = entry[: max(length_of_name - 2, 0)].decode("utf-16-le")
        found[kind, name] = struct.unpack_from("<II", entry, 116)
    return found
