"""Lines to paragraphs: what a page break or a scanner has torn is put together again, headings stay alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from xinglin.policy.reader.model import Source
from xinglin.policy.reader.normalising import noise
from xinglin.policy.reader.tables import Grid, Line, Table, flattened, headed, lines_of, real_table

MARKER = re.compile(
    r"[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|\d{1,3}[.．、](?!\d)|（\d{1,2}）|[①-⑳]|—{1,3}|-{2,}|[●•◆■▪]"
    r"|专栏|附件\d*|附表|第[一二三四五六七八九十百]+[章节条]|[一二三四五六七八九]是"
)
_ENDS = re.compile(
    r"[。；！？：…;]$|的通知$|[。；][”）》]$|(?:负责|单位|部门|局|委|办|室|月|日|发布|公开）?)）$"
)
_CLOSES = re.compile(r"[”）》]$")
_ALONE = re.compile(
    r"(?:.{2,30}(?:办公室|委员会|人民政府|管理局|健康局|局|厅|文件))|\d{4}年\d{1,2}月\d{1,2}日(?:印发)?|.{2,20}〔\d{4}〕\d+号"
)
_NAME_ENDS = re.compile(
    r"[^，。；：、]{0,16}(?:方案|计划|规划|纲要|意见|办法|措施|指标(?:体系)?)(?:》的通知)?"
)
_PROSE = re.compile(r"[，。；、：]")

Piece = Line | Table


def pieces(source: Source) -> list[Piece]:
    """Paragraphs and tables of a source in printed order; a table of one column becomes tabbed lines (a box)."""
    lines: list[Piece] = []
    faults = noise(source)
    for index, block in enumerate(source.blocks):
        if block.kind != "table":
            lines.append(lines_of(index, block, faults))
            continue
        rows = real_table(block, index, faults)
        start, head = headed(rows)
        last = lines[-1] if lines else None
        if head and isinstance(last, Table) and _same_head(last, rows[start : start + head]):
            last.rows.extend(rows[start + head :])
        elif head:
            lines.append(Table(rows[start:], head, index, block.page))
        elif isinstance(last, Table) and _goes_on(last, rows):
            last.rows.extend(rows)
        else:
            lines.extend(_box_lines(rows, index, block.page))
    return _paragraphs(_with_tables(lines), source)


def _same_head(table: Table, head: Grid) -> bool:
    """Whether a table on the next page prints the same headings again."""
    return [[cell.chars for cell in row] for row in table.rows[: table.head]] == [
        [c.chars for c in row] for row in head
    ]


def _goes_on(table: Table, rows: Grid) -> bool:
    """Whether rows without headings go on with the table before them: as many columns, at least three."""
    width = len(table.rows[0])
    return width >= 3 and bool(rows) and all(len(row) == width for row in rows)


def _box_lines(rows: Grid, index: int, page: int | None) -> list[Line]:
    """Cells of a table without headings, paragraph by paragraph, as the lines of a box."""
    found = []
    for cells in rows:
        for cell in cells:
            start = 0
            for part in cell.chars.split("\n"):
                text = cell.cut(start, start + len(part)).stripped()
                start += len(part) + 1
                if text.chars:
                    found.append(Line(text, index, tabbed=True, page=page))
    return found


def _with_tables(lines: list[Piece]) -> list[Piece]:
    """Flattened tables found among lines and put together."""
    found: list[Piece] = []
    at = 0
    while at < len(lines):
        piece = lines[at]
        may = isinstance(piece, Line) and (piece.cells or len(piece.text) <= 3)
        table = flattened(_run_of_lines(lines, at), 0) if may else None
        if table:
            found.append(table[0])
            at += table[1]
        else:
            found.append(piece)
            at += 1
    return found


def _run_of_lines(lines: Sequence[Piece], at: int) -> list[Line]:
    run: list[Line] = []
    for piece in lines[at : at + 2000]:
        if isinstance(piece, Table):
            break
        run.append(piece)
    return run


def _paragraphs(lines: list[Piece], source: Source) -> list[Piece]:
    found: list[Piece] = []
    measure = _measure(lines)
    for piece in lines:
        if isinstance(piece, Line) and not piece.text.chars:
            continue
        last = found[-1] if found else None
        if isinstance(piece, Line) and isinstance(last, Line) and _torn(last, piece, source, measure):
            last.text, last.width = last.text + piece.text, piece.width
        else:
            found.append(piece)
    return found


def _measure(lines: list[Piece]) -> int:
    """How many signs a line of a text with hard line breaks holds; 0 when lines are as long as their paragraphs."""
    widths = [piece.width for piece in lines if isinstance(piece, Line) and piece.number is not None]
    counts = Counter(width for width in widths if width >= 14)
    full, times = max(counts.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
    near = times + counts[full - 1] + counts[full + 1]
    longer = sum(width > full + 1 for width in widths)
    return full if near >= 5 and near * 4 >= len(widths) and longer * 10 <= len(widths) else 0


def _torn(left: Line, right: Line, source: Source, measure: int) -> bool:
    """Whether the right line goes on with the left one's sentence."""
    if left.level or right.level or right.tabbed or source.blocks[right.block].kind == "table":
        return False
    head, tail = left.text.chars, right.text.chars
    if right.number is None and right.page is None:  # the format knows its paragraphs
        return _surely_torn(head, tail)
    if _ENDS.search(head) or MARKER.match(tail) or _ALONE.fullmatch(head) or _ALONE.fullmatch(tail):
        return False
    if tail[0] in "，。；、）》”%" or (measure and left.width >= measure - 1):
        return True
    if _CLOSES.search(head) and left.width < max(18, len(tail) - 2):
        return False
    if MARKER.match(head):
        return len(head) >= 30 or bool(re.search(r"[，。；]", head))
    return bool(_PROSE.search(head)) or len(head) >= max(10, len(tail) - 3)


def _surely_torn(head: str, tail: str) -> bool:
    """Whether a paragraph of Word or the web was broken by hand: a title over two lines, a page that was scanned."""
    if _ENDS.search(head) or MARKER.match(tail) or _ALONE.fullmatch(head) or _ALONE.fullmatch(tail):
        return False
    if head.count("《") > head.count("》"):
        return True
    if _NAME_ENDS.fullmatch(tail) and not _PROSE.search(head) and not _NAME_ENDS.fullmatch(head):
        return 6 <= len(head) <= 40 and not MARKER.match(head)
    return len(head) >= 24 and bool(re.search(r"[。；]", head))
