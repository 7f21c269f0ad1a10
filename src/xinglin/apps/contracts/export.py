"""The list of contracts as a workbook: what the page shows, all pages of it."""

from __future__ import annotations

import io
from collections.abc import Iterable

import xlsxwriter

from xinglin.apps.contracts.presenters import Row

COLUMNS = ("居民", "团队", "服务包", "起始", "终止", "状态", "已做（次）", "约定（次）", "落后（项）")
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
    "in_memory": True,
}


def workbook(rows: Iterable[Row]) -> bytes:
    """An Excel file with one sheet."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, _OPTIONS) as book:
        sheet = book.add_worksheet("签约居民")
        head = book.add_format({"bold": True, "bg_color": "#E6F1EC", "border": 1})
        sheet.write_row(0, 0, COLUMNS, head)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 2, 18)
        sheet.set_column(3, 8, 11)
        for at, one in enumerate(rows, 1):
            first, last = one.valid_from.isoformat(), one.last_day.isoformat()
            texts = (one.name, one.team, one.packages, first, last, one.state[1])
            for column, text in enumerate(texts):
                sheet.write_string(at, column, text)
            for column, number in enumerate((one.counted, one.agreed, one.late), len(texts)):
                sheet.write_number(at, column, number)
    return stream.getvalue()
