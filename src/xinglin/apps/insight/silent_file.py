"""The units that had not reported a number, as a workbook to take along when they are called."""

from __future__ import annotations

from collections.abc import Iterable

from xinglin.apps.exchange.sheets import Book
from xinglin.apps.insight.silent import Awaited, Line

COLUMNS = (
    ("单位", 26),
    ("地区", 16),
    ("没有报的", 30),
    ("要报的表", 20),
    ("缺的期间", 26),
    ("谁报", 26),
    ("发布以后", 16),
    ("补报日期", 12),
)
HEAD = 1
"""Rows above the header: what the list is of."""


def of(title: str, lines: Iterable[Line]) -> bytes:
    """The file: a row for each unit and table it waits for."""
    book = Book()
    sheet = book.book.add_worksheet("还没有报的单位")
    sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, title, book.wrap)
    for at, (label, width) in enumerate(COLUMNS):
        sheet.set_column(at, at, width)
        sheet.write_string(HEAD, at, label, book.head)
    number = HEAD
    for line in lines:
        for cells in _rows(line):
            number += 1
            for at, value in enumerate(cells):
                sheet.write_string(number, at, value, book.text if at in (4, 7) else book.wrap)
    sheet.freeze_panes(HEAD + 1, 1)
    sheet.autofilter(HEAD, 0, max(number, HEAD + 1), len(COLUMNS) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD)
    return book.close()


def _rows(line: Line) -> Iterable[tuple[str, ...]]:
    unit, silence = line.silence.unit, line.silence
    lacks = unit.reason
    if silence.of:
        lacks = f"{silence.of} 个月中 {len(silence.months)} 个月没有数"
    for one in line.awaited:
        yield unit.name, unit.place_name, lacks, one.label, _periods(one), one.who, _came(one), _day(one)
    if not line.awaited:
        yield unit.name, unit.place_name, lacks, "这个单位自己的记录", "、".join(silence.months), "", "", ""


def _periods(one: Awaited) -> str:
    return "任一月份" if one.any_month else "、".join(one.periods)


def _came(one: Awaited) -> str:
    if one.is_over:
        return "已补报"
    return f"补报了 {'、'.join(one.came)}" if one.came else "仍未报"


def _day(one: Awaited) -> str:
    return "" if one.came_on is None else one.came_on.isoformat()
