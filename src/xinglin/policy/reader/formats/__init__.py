"""Files as a `Source`: blocks in printed order, out of Word, PDF, web pages and plain text.

Nothing is fetched, run or believed: a file is refused with a reason when it is not what it says or holds more than a
plan can (`refused`). What could not be read of a file that is not refused stands in ``Source.problems``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from xinglin.policy.reader.formats.kinds import check_kind
from xinglin.policy.reader.formats.pdf import read_pdf
from xinglin.policy.reader.formats.refused import MOST_BYTES, RefusedError, megabytes
from xinglin.policy.reader.formats.text import read_text
from xinglin.policy.reader.formats.web import read_html
from xinglin.policy.reader.formats.word import read_docx
from xinglin.policy.reader.model import Source
from xinglin.policy.reader.normalising import is_traditional

__all__ = ["NOTE_TRADITIONAL", "READABLE", "RefusedError", "open_source", "source_of"]

_READERS: dict[str, Callable[[str, bytes], Source]] = {
    ".docx": read_docx,
    ".pdf": read_pdf,
    ".html": read_html,
    ".htm": read_html,
    ".txt": read_text,
}
NOTE_TRADITIONAL = "原文是繁体字，按简体识别（OpenCC）；引文保留原字"
"""A problem that is none: everything was read."""
_TRADITIONAL = 0.3
"""Share of paragraphs with traditional characters from which a document is taken for a traditional one."""
READABLE = tuple(_READERS)
"""Extensions that are read."""


def open_source(path: Path) -> Source:
    """The document in a file.

    Raises:
        RefusedError: the file is hostile, damaged, empty, too large or not what its name says.
        OSError: it cannot be opened.
    """
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        what = f"有 {megabytes(path.stat().st_size)}，最多读 {megabytes(MOST_BYTES)}"
        raise RefusedError("too_large", path.name, what, "请确认文件没有选错，或去掉图片后另存")
    return source_of(path.name, content)


def source_of(name: str, content: bytes) -> Source:
    """The document in some bytes; the extension of the name says how they are read. Raises RefusedError."""
    suffix = check_kind(name, content)
    source = _READERS[suffix](name, content)
    if not source.blocks:
        raise RefusedError("no_text", name, "里面没有读得出的文字", _why_empty(source))
    return _told(source)


def _told(source: Source) -> Source:
    """With a note where the reader has to go by simplified characters in place of the printed ones."""
    traditional = sum(is_traditional(block.text) for block in source.blocks if block.text)
    if traditional < _TRADITIONAL * len(source.blocks):
        return source
    return replace(source, problems=(*source.problems, NOTE_TRADITIONAL))


def _why_empty(source: Source) -> str:
    return "；".join(problem.rstrip("。") for problem in source.problems) or "请确认文件没有选错"
