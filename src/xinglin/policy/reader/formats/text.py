"""Plain text: one block for each line that says something."""

from __future__ import annotations

from xinglin.base.encoding import UndecodableError, decode
from xinglin.policy.reader.formats.refused import MOST_TEXT_BYTES, RefusedError, megabytes
from xinglin.policy.reader.model import Block, Source

_CONTROL = dict.fromkeys((*range(9), *range(14, 32), 0x7F, 0xFEFF))
"""Signs that print nothing; tab, line feeds and form feed stay."""


def read_text(name: str, content: bytes) -> Source:
    """The lines of a text file. Raises RefusedError: too large, or bytes of no known encoding."""
    lines = _split(decoded(name, content).translate(_CONTROL))
    blocks = (Block("paragraph", line, line=number) for number, line in enumerate(lines, 1) if _says(line))
    return Source(name, tuple(blocks))


def _says(line: str) -> bool:
    # A line of tabs alone is an empty cell of a table that was flattened to one cell a line.
    return bool(line.strip()) or "\t" in line


def _split(text: str) -> list[str]:
    # Not splitlines: it also cuts at signs that Chinese converters leave inside sentences (U+2028, U+0085).
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").split("\n")


def decoded(name: str, content: bytes) -> str:
    """Text of a file of bytes. Raises RefusedError: too large, or bytes of no known encoding."""
    if len(content) > MOST_TEXT_BYTES:
        what = f"有 {megabytes(len(content))}，文字最多读 {megabytes(MOST_TEXT_BYTES)}"
        raise RefusedError("too_large", name, what, "请确认文件没有选错")
    try:
        return decode(content)
    except UndecodableError as error:
        what = f"第 {error.line} 行有既不是 UTF-8、UTF-16 也不是 GB18030 的字节（0x{error.byte:02X}）"
        raise RefusedError("encoding", name, what, "请用 Word 或 WPS 打开，另存为“UTF-8”的 .txt") from error
