"""Tables: real ones, and those that a .txt file has flattened into lines, as one grid of cells.

Three ways of flattening are known: one cell a line, led by a tab (Jiangsu, Inner Mongolia), one cell a line without
tabs, and one row a line with tabs or bars between the cells (Jilin).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from xinglin.policy.reader.model import Block
from xinglin.policy.reader.normalising import CLEAN, Noise, Text, normalise, numbered

Grid = list[list[Text]]


@dataclass(slots=True)
class Line:
    """A line or paragraph of the source, normalised, with its look; ``width``: signs of its last line."""

    text: Text
    block: int
    tabbed: bool = False
    cells: list[Text] = field(default_factory=list)
    level: int | None = None
    number: int | None = None
    page: int | None = None
    width: int = 0


@dataclass(slots=True)
class Table:
    """Cells row by row; the first ``head`` rows are headings."""

    rows: Grid
    head: int
    block: int
    page: int | None = None


_MOST_CELLS = 100  # in one line; what has more is no row of a plan
_SERIAL = re.compile(r"序号?|编号|№|No\.?")
_HEADINGS = re.compile(
    r"序号?|编号|分类|.{0,4}类别|.{0,4}名称|类别|类型|领域|(?:主要|国家|省|市|县|评价|考核|具体|一级|二级|三级)*指标.*|指标内容|目标值?.*"
    r"|20\d\d年.*|基期.*|现状.*|基数.*|属性|性质|单位|责任.*|牵头.*|配合.*|.*时限|完成时间|备注|名称|内容|任务.*|.{0,6}目标"
)
_AFTER = re.compile(
    r"备注|注[：:]|说明[：:]|附件|附录|专栏|[一二三四五六七八九十]+、|（[一二三四五六七八九十]+）|抄送|主送"
)


def lines_of(index: int, block: Block, faults: Noise = CLEAN) -> Line:
    """A paragraph block as a line."""
    raw = block.text
    cells = _cells(raw, index, faults)
    text = numbered(block, index, faults).stripped(" \t")
    return Line(text, index, "\t" in raw[:4], cells, block.level, block.line, block.page, len(raw.strip()))


def _cells(raw: str, block: int, faults: Noise) -> list[Text]:
    body = raw.strip()
    mark = "|" if body.startswith("|") and body.endswith("|") and len(body) > 1 else "\t"
    if mark not in body or body.count(mark) > _MOST_CELLS:
        return []
    cells: list[Text] = []
    start = raw.index(body[0])
    pieces = raw[start:].split(mark) if mark == "\t" else raw[start + 1 :].rstrip()[:-1].split(mark)
    at = start if mark == "\t" else start + 1
    for piece in pieces:
        cell = normalise(" " * at + piece, block, faults=faults).stripped()
        cells.append(cell)
        at += len(piece) + 1
    return cells


def real_table(block: Block, index: int, faults: Noise = CLEAN) -> Grid:
    """The cells of a table block."""
    return [
        [normalise(cell, index, row, column, faults).stripped(" \t\n") for column, cell in enumerate(cells)]
        for row, cells in enumerate(block.rows)
    ]


def headed(rows: Grid) -> tuple[int, int]:
    """Where the heading rows begin (behind a title) and how many they are; none when it is no table of entries."""
    start = next((index for index, row in enumerate(rows[:3]) if _is_head(row)), -1)
    if start < 0:
        return 0, 0
    end = start + 1
    while end < len(rows) and _goes_under(rows[end]):
        end += 1
    return start, end - start


def _goes_under(row: Sequence[Text]) -> bool:
    """A second heading row: years under 目标值, nothing but headings, no serial number."""
    words = [cell.chars.replace("\n", "") for cell in row if cell.chars]
    return bool(words) and not words[0].isdigit() and all(_HEADINGS.fullmatch(word) for word in words)


def _is_head(cells: Sequence[Text]) -> bool:
    words = [cell.chars for cell in cells if cell.chars]
    known = sum(bool(_HEADINGS.fullmatch(word.replace("\n", ""))) for word in words)
    return known * 2 >= len(words) and known >= 1 and len(words) > 1


def flattened(lines: Sequence[Line], start: int) -> tuple[Table, int] | None:
    """The table whose headings begin at this line, and the line behind it; None when there is none."""
    line = lines[start]
    if len(line.cells) > 1 and _is_head(line.cells) and len([c for c in line.cells if c.chars]) > 1:
        return _row_a_line(lines, start)
    if not line.cells and _SERIAL.fullmatch(line.text.chars):
        return _cell_a_line(lines, start)
    return None


def _row_a_line(lines: Sequence[Line], start: int) -> tuple[Table, int] | None:
    width = len(lines[start].cells)
    rows: Grid = []
    at = start
    while at < len(lines):
        line = lines[at]
        if len(line.cells) > 1:
            cells = [cell for cell in line.cells if cell.chars and set(cell.chars) <= set("-:— ")]
            if len(cells) < len(line.cells) or not cells or "|" not in "".join(c.chars for c in cells):
                rows.append(_shifted(line, width))
        elif line.text.chars and rows and _goes_on(lines, at, rows[-1], width):
            rows[-1] = (
                [*rows[-1][:-1], rows[-1][-1] + line.text]
                if len(rows[-1]) == width
                else [*rows[-1], line.text]
            )
        else:
            break
        at += 1
    rows = [row for row in rows if not all(set(cell.chars) <= set("-: ") for cell in row)]
    if len(rows) < 2:
        return None
    return Table(rows, 1, lines[start].block, lines[start].page), at


def _shifted(line: Line, width: int) -> list[Text]:
    """Cells of a row; a row of the second class column begins with a tab or the serial alone."""
    cells = list(line.cells)
    if line.tabbed and len(cells) < width:
        cells = [Text()] * (width - len(cells)) + cells
    return cells


def _goes_on(lines: Sequence[Line], at: int, row: list[Text], width: int) -> bool:
    if len(row) >= width or _AFTER.match(lines[at].text.chars):
        return False
    return any(len(line.cells) > 1 for line in lines[at + 1 : at + 3])


def _cell_a_line(lines: Sequence[Line], start: int) -> tuple[Table, int] | None:
    one = next(
        (at for at in range(start + 1, min(start + 12, len(lines))) if lines[at].text.chars in {"1", "一"}), 0
    )
    if one - start < 2:
        return None
    tabbed = lines[start].tabbed and lines[one].tabbed
    head = [line.text for line in lines[start:one] if line.text.chars]
    cells, end = _tab_cells(lines, one) if tabbed else _plain_cells(lines, one, len(head))
    rows = _numbered_rows(cells, len(head))
    if not rows:
        return None
    return Table([head, *rows], 1, lines[start].block, lines[start].page), end


def _tab_cells(lines: Sequence[Line], start: int) -> tuple[list[Text], int]:
    """Cells of lines led by tabs; lines without a tab go on with the cell before them."""
    cells: list[Text] = []
    at = start
    while at < len(lines):
        line = lines[at]
        if line.tabbed:
            cells.append(line.text)
        elif not line.text.chars:
            pass
        elif _AFTER.match(line.text.chars) or not _cell_ahead(lines, at):
            break
        else:
            cells[-1] = _joined(cells[-1], line.text)
        at += 1
    return cells, at


def _cell_ahead(lines: Sequence[Line], at: int) -> bool:
    return any(line.tabbed for line in lines[at + 1 : at + 6])


def _joined(left: Text, right: Text) -> Text:
    return left + right if left.chars else right


def _plain_cells(lines: Sequence[Line], start: int, width: int) -> tuple[list[Text], int]:
    """Cells of lines without tabs: from serial to serial; behind the last serial at most a row's width."""
    cells: list[Text] = []
    serial, at, since = 1, start, 0
    while at < len(lines):
        text = lines[at].text
        if text.chars == str(serial):
            serial, since = serial + 1, 0
        elif _AFTER.match(text.chars) or (since >= width and not _serial_ahead(lines, at, serial)):
            break
        since += 1
        cells.append(text)
        at += 1
    return cells, at


def _serial_ahead(lines: Sequence[Line], at: int, serial: int) -> bool:
    return any(line.text.chars == str(serial) for line in lines[at + 1 : at + 8])


def _numbered_rows(cells: Sequence[Text], width: int) -> Grid:
    """Rows cut at the serial numbers 1, 2, 3 …; a short row lacks its class, a long one has a broken last cell."""
    starts: list[int] = []
    for index, cell in enumerate(cells):
        if cell.chars == str(len(starts) + 1):
            starts.append(index)
    rows: Grid = []
    for start, end in zip(starts, [*starts[1:], len(cells)], strict=True):
        row = list(cells[start:end])
        while len(row) > width and not row[-1].chars:
            row.pop()
        if len(row) > width:
            row = [*row[: width - 1], _all(row[width - 1 :])]
        if len(row) < width:
            row = [row[0], *[Text()] * (width - len(row)), *row[1:]]
        rows.append(row)
    return rows


def _all(cells: Sequence[Text]) -> Text:
    whole = Text()
    for cell in cells:
        whole = whole + cell
    return whole
