"""The pages of a PDF put together again: heads and feet off, paragraphs and tables joined across page breaks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from xinglin.policy.reader.formats.pdf.aligned import aligned
from xinglin.policy.reader.formats.pdf.content import PageContent
from xinglin.policy.reader.formats.pdf.glyphs import Line
from xinglin.policy.reader.formats.pdf.paragraphs import Placed, edges_of, paragraphs, placed
from xinglin.policy.reader.formats.pdf.rules import Grid
from xinglin.policy.reader.model import Block

_MARGIN = 0.13
"""Of the height of a page, at its top and its foot: where heads and numbers of pages stand."""
_NUMBER = re.compile(r"[^\w]*(?:第|共)?[^\w]*#[^\w]*页?[^\w]*")
"""A line that says the number of its page and nothing else, its digits masked."""
_SHORT = 30
_DIGITS = re.compile(r"\d+")
_REPEATED = 0.4
"""Share of pages that print the same words at the same height, from which these are no part of the text."""
_LEVEL = 3.0
_NEAR = 4.0
_SERIAL = re.compile(r"\d{1,3}")
_SENTENCE_ENDS = ("", "。", "；", "！", "？")


def blocks_of(pages: Sequence[PageContent]) -> Iterator[Block]:
    """Paragraphs and tables in printed order."""
    heads = _heads(pages)
    edges = _edges(pages, heads)
    waiting: list[Placed] = []
    table: tuple[Grid, int, int] | None = None  # with its first and its last page
    for page in pages:
        for item in _items(page, heads, edges[round(page.width)]):
            if isinstance(item, Placed):
                if table:
                    yield _table(table[0], table[1])
                    table = None
                waiting.append(item)
                continue
            yield from _paragraphs(waiting)
            waiting = []
            longer = _continued(table[0], item) if table and table[2] < page.number else None
            if table and longer:
                table = longer, table[1], page.number
                continue
            if table:
                yield _table(table[0], table[1])
            table = item, page.number, page.number
    yield from _paragraphs(waiting)
    if table:
        yield _table(table[0], table[1])


def _items(page: PageContent, heads: set[int], edges: tuple[float, float]) -> list[Placed | Grid]:
    """Lines and tables of a page from its top."""
    lines = [line for line in page.lines if id(line) not in heads]
    grids, rest = aligned(lines)
    found: list[tuple[float, Placed | Grid]] = [
        (one.line.top, one) for one in placed(rest, page.number, edges)
    ]
    found += [(grid.top, grid) for grid in (*page.grids, *grids)]
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def _edges(pages: Sequence[PageContent], heads: set[int]) -> dict[int, tuple[float, float]]:
    """Edges of the text for each width of page."""
    lines: dict[int, list[Line]] = defaultdict(list)
    for page in pages:
        lines[round(page.width)] += [line for line in page.lines if id(line) not in heads]
    return {width: edges_of(own, width) for width, own in lines.items()}


def _heads(pages: Sequence[PageContent]) -> set[int]:
    """Lines at the edges of pages that are no part of the text, by their identity: heads, feet, page numbers.

    They stand at the same height on many pages and say the same, but for numbers that count with the pages: a list of
    targets also has lines that differ in their numbers only.
    """
    places: dict[tuple[str, int], list[tuple[int, Line]]] = defaultdict(list)
    for page in pages:
        for line in page.lines:
            if _at_edge(line, page):
                places[_masked(line), round(line.top / _LEVEL)].append((page.number, line))
    found: set[int] = set()
    for (words, _), own in places.items():
        many = len(own) > 1 and len(own) >= _REPEATED * len(pages)
        alone = (
            len(words) <= _SHORT
            and _NUMBER.fullmatch(words) is not None
            and all(_numbers(line) == [page] for page, line in own)
        )
        if alone or (many and _count_with_pages(own)):
            found.update(id(line) for _, line in own)
    return found


def _count_with_pages(own: list[tuple[int, Line]]) -> bool:
    """Whether every number in some lines is the same on all pages or grows with them."""
    rows = [(page, _numbers(line)) for page, line in own]
    return all(
        len({numbers[at] for _, numbers in rows}) == 1
        or len({numbers[at] - page for page, numbers in rows}) == 1
        for at in range(len(rows[0][1]))
    )


def _numbers(line: Line) -> list[int]:
    return [int(digits) for digits in _DIGITS.findall(line.text)]


def _at_edge(line: Line, page: PageContent) -> bool:
    return line.bottom < _MARGIN * page.height or line.top > (1 - _MARGIN) * page.height


def _masked(line: Line) -> str:
    return _DIGITS.sub("#", line.text.replace(" ", ""))


def _paragraphs(lines: list[Placed]) -> Iterator[Block]:
    for text, first in paragraphs(lines):
        yield Block("paragraph", text, page=first.page)


def _table(grid: Grid, page: int) -> Block:
    return Block("table", rows=grid.rows, page=page)


def _continued(table: Grid, after: Grid) -> Grid | None:
    """A table with the part of it that stands on the next page; None when that is another table."""
    same = len(table.columns) == len(after.columns) and all(
        abs(one - other) <= _NEAR for one, other in zip(table.columns, after.columns, strict=True)
    )
    if not same:
        return None
    rows = list(after.rows)
    if rows and rows[0] == table.rows[0] and len(table.columns) > 2:
        rows = rows[1:]  # headings printed again
    known = list(table.rows)
    if rows and known and _is_rest(table, rows[0]):
        known[-1] = tuple(one + other for one, other in zip(known[-1], rows[0], strict=True))
        rows = rows[1:]
    return Grid(table.columns, table.top, (*known, *rows), after.cut)


def _is_rest(table: Grid, row: tuple[str, ...]) -> bool:
    """Whether the first row of a page goes on with the last row of the page before.

    A row with a serial number does not; one without it does in a table that has them. Elsewhere every cell must go on
    with one whose last line was full.
    """
    last = table.rows[-1]
    if len(row) == 1:
        return last[0][-1:] not in _SENTENCE_ENDS
    if _SERIAL.fullmatch(row[0]) or not any(row):
        return False
    if _SERIAL.fullmatch(last[0]) and not row[0]:
        return True
    return all(at in table.cut and last[at][-1:] not in _SENTENCE_ENDS for at, text in enumerate(row) if text)
