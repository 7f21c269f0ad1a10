"""Broken cells of an ods, out of its content.xml."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator

from xinglin.facts.formulas.archive import attributes, read_part
from xinglin.facts.formulas.broken import Broken, Cells

MAIN = "content.xml"

_REST = r"""(?=[\s/>])((?:[^>"']++|"[^"]*"|'[^']*')*+)>"""
_TABLE = re.compile(rf"<(/?)table:table{_REST}")
_TAG = re.compile(rf"<table:(table-row|table-cell|covered-table-cell){_REST}")
_ERROR = re.compile(r"""\bcalcext:value-type=["']error["']""")
_NOTE = re.compile(r"<office:annotation\b.*?</office:annotation>", re.DOTALL)
_PARAGRAPH = re.compile(r"<text:p\b[^>]*>(.*?)</text:p>", re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")
_MOST = 1000  # how often a repeated row or cell is written out: so many problems are listed at most


def broken_cells(archive: zipfile.ZipFile) -> dict[str, Cells]:
    """Broken cells by worksheet name. Raises KeyError."""
    text = read_part(archive, MAIN).decode("utf-8-sig")
    return {name: _broken(text, start, end) for name, start, end in _sheets(text)}


def _sheets(text: str) -> Iterator[tuple[str, int, int]]:
    """Name of each worksheet, and where it begins and ends; a table within a cell is a part of it."""
    opened: list[re.Match[str]] = []
    for tag in _TABLE.finditer(text):
        if not tag[1]:
            opened.append(tag)
        if tag[1] or tag[2].endswith("/"):
            first = opened.pop()
            if not opened:
                yield attributes(first[2])["name"], first.end(), tag.start()


def _broken(text: str, start: int, end: int) -> Cells:
    found: Cells = {}
    row = rows = column = 0
    for tag in _TAG.finditer(text, start, end):
        kind, rest = tag.groups()
        if kind == "table-row":
            row, rows, column = row + rows, _repeated(rest, "rows"), 0
            continue
        columns = _repeated(rest, "columns")
        cell = _read_cell(text, tag) if "formula" in rest or "error" in rest else None
        if cell:
            found |= dict.fromkeys(_places(row, rows, column, columns), cell)
        column += columns
    return found


def _repeated(rest: str, what: str) -> int:
    """How many rows or columns a tag stands for."""
    return int(attributes(rest).get(f"number-{what}-repeated", 1)) if "-repeated" in rest else 1


def _places(row: int, rows: int, column: int, columns: int) -> Iterator[tuple[int, int]]:
    for down in range(min(rows, _MOST)):
        for right in range(min(columns, _MOST)):
            yield row + down, column + right


def _read_cell(text: str, tag: re.Match[str]) -> Broken | None:
    """What a cell with a formula or an error shows in place of a value; None when it has one."""
    rest = tag[2]
    end = tag.end() if rest.endswith("/") else text.find("</table:table-cell>", tag.end())
    paragraphs = _PARAGRAPH.findall(_NOTE.sub("", text[tag.end() : end]))
    shown = html.unescape(_MARKUP.sub("", paragraphs[0])).strip() if paragraphs else ""
    if _ERROR.search(rest):
        return Broken(shown or "错误")
    own = attributes(rest)
    return None if shown or "value-type" in own or "formula" not in own else Broken("")
