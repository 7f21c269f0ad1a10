"""What is refused, and how much is too much: a file is judged before anything in it is believed."""

from __future__ import annotations

from xinglin.base.errors import XinglinError

MEGABYTE = 1 << 20
MOST_BYTES = 50 * MEGABYTE
"""Of a file as it lies on the disk; plans with their annexes have some hundred kilobytes."""
MOST_TEXT_BYTES = 10 * MEGABYTE
"""Of a file that is nothing but text (txt, html): five million characters."""
MOST_PAGES = 500
"""Of a PDF."""
MOST_CHARACTERS = 2_000_000
"""Of all that is read from one document: a thousand dense pages."""
MOST_CHARACTERS_OF_PAGE = 50_000
"""Of one page of a PDF; the densest print has six thousand."""
MOST_RULES = 2_000
"""Lines drawn on one page of a PDF; what has more is a drawing and no table."""
MOST_SECONDS = 30
"""Of processor time that opening a PDF may take; a plan of fifty pages takes a quarter of one."""
MOST_MEMORY = 1_500 * MEGABYTE
"""Of the process that opens a PDF."""
MOST_PARTS = 2_000
"""Files inside a docx."""
MOST_UNPACKED = 200 * MEGABYTE
"""Of a docx when all its parts are unpacked."""
MOST_PART = 30 * MEGABYTE
"""Of one part of text (XML) inside a docx."""
MOST_CELLS = 200_000
"""Of the tables of one document."""


class RefusedError(XinglinError):
    """A file that is not read.

    Attributes:
        kind: stable machine word, one for each row of the tests' table.
        name: file name. what: why. fix: what to do (both Chinese, without a full stop).
    """

    def __init__(self, kind: str, name: str, what: str, fix: str) -> None:
        super().__init__(f"“{name}”{what}。{fix}。")
        self.kind, self.name, self.what, self.fix = kind, name, what, fix


def too_large(name: str, found: int, most: int, what: str) -> RefusedError:
    """The refusal of a file that has more of something than is read; bytes are told in megabytes."""
    fix = "政策文件不会这样大；请确认文件没有选错，或只留下正文和附件再读"
    return RefusedError("too_large", name, f"{what}有 {found}，最多读 {most}", fix)


def megabytes(count: int) -> str:
    """A number of bytes for a reader."""
    return f"{max(count / MEGABYTE, 0.1):.1f} MB"
