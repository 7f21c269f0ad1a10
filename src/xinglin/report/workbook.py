"""A standing as an Excel workbook: one table a sheet, numbers as numbers, same input same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import chain, islice
from pathlib import Path
from typing import Any

from xinglin.report.cells import Cell, Formula, Link, Quotient, Sheet
from xinglin.report.columns import letter
from xinglin.report.origin import Address, Origin, counted
from xinglin.report.sheets import sheets_of
from xinglin.standing.model import Standing

_MOST_ROWS = 1_048_575  # what an Excel sheet holds below its heading
_MOST_TEXT = 32_767  # what an Excel cell holds
_WRAP_FROM = 26  # columns at least this wide hold sentences and break their lines


def write_workbook(
    standing: Standing, path: Path, origin: Origin | None = None, address: Address | None = None
) -> None:
    """Write the workbook to ``path``, replacing what is there.

    Args:
        origin: how the numbers are made again; without one, as counted just now.
        address: where a result opens on a site; without one there are no links.

    Raises:
        OSError: when the place cannot be written.
    """
    import xlsxwriter

    with path.open("wb") as target:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = xlsxwriter.Workbook(target, options)
        book.set_properties(_properties(standing))
        formats = _Formats(book)
        for sheet in sheets_of(standing, origin or counted(standing), address):
            _write_sheet(book, sheet, formats, _footer(standing))
        book.close()


class _Formats:
    """The few looks of cells."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "微软雅黑", "font_size": 10, "valign": "top"}
        self.heading = book.add_format(
            {**base, "bold": True, "bg_color": "#DCE6F1", "bottom": 1, "text_wrap": True}
        )
        self.text = book.add_format(base)
        self.wrapped = book.add_format({**base, "text_wrap": True})
        self.value = book.add_format({**base, "num_format": "0.00"})
        self.link = book.add_format({**base, "font_color": "#0B5CAD", "underline": 1})
        self.day = book.add_format({**base, "num_format": "yyyy-mm-dd", "align": "left"})


def _properties(standing: Standing) -> dict[str, Any]:
    kind = "（演示数据）" if standing.demonstration else ""
    return {
        "title": f"{standing.place_name}基层中医药服务对标{kind}",
        "author": "杏林",
        "created": datetime.combine(standing.on, time()),
    }


def _footer(standing: Standing) -> str:
    """At the foot of each printed page: what it is, its number, and whether the data are made up."""
    mark = "演示数据　" if standing.demonstration else ""
    place = standing.place_name.replace("&", "&&")
    return f"&L{mark}{place}　数据截至 {standing.on}　&A&R第 &P 页，共 &N 页"


def _write_sheet(book: Any, sheet: Sheet, formats: _Formats, footer: str) -> None:
    for number, rows in enumerate(_split(sheet), 1):
        page = book.add_worksheet(sheet.name if number == 1 else f"{sheet.name}{number}")
        _set_up(page, sheet, formats)
        page.set_footer(footer)
        last = 0
        for last, cells in enumerate(rows, 1):
            _write_row(page, last, cells, sheet, formats)
        page.autofilter(0, 0, last, len(sheet.columns) - 1)


def _split(sheet: Sheet) -> Iterator[Iterator[list[Cell]]]:
    """The rows in runs that fit a sheet; one empty run when there are none."""
    rows = iter(sheet.rows)
    first = next(rows, None)
    if first is None:
        yield iter(())
    while first is not None:
        yield chain([first], islice(rows, _MOST_ROWS - 1))
        first = next(rows, None)


def _set_up(page: Any, sheet: Sheet, formats: _Formats) -> None:
    page.freeze_panes(1, 0)
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    for column, (heading, width) in enumerate(sheet.columns):
        page.set_column(column, column, width)
        page.write_string(0, column, heading, formats.heading)


def _write_row(page: Any, row: int, cells: list[Cell], sheet: Sheet, formats: _Formats) -> None:
    for column, cell in enumerate(cells):
        _write_cell(page, row, column, cell, formats, sheet)


def _write_cell(page: Any, row: int, column: int, cell: Cell, formats: _Formats, sheet: Sheet) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, Quotient):
        page.write_formula(row, column, _formula(row, cell, sheet), formats.value, cell.cached)
    elif isinstance(cell, Formula):
        page.write_formula(row, column, f"={cell.text.format(row=row + 1)}", formats.text, cell.cached)
    elif isinstance(cell, Link):
        page.write_url(row, column, cell.to, formats.link, cell.text)
    elif isinstance(cell, date):
        page.write_datetime(row, column, datetime.combine(cell, time()), formats.day)
    elif isinstance(cell, str):
        wide = sheet.columns[column][1] >= _WRAP_FROM
        page.write_string(row, column, cell[:_MOST_TEXT], formats.wrapped if wide else formats.text)
    else:
        page.write_number(row, column, cell, formats.value if isinstance(cell, float) else formats.text)


def _formula(row: int, quotient: Quotient, sheet: Sheet) -> str:
    above, below = (f"{letter(sheet.columns, name)}{row + 1}" for name in ("分子", "分母"))
    return f"={above}/{below}" + ("" if quotient.per == 1 else f"*{quotient.per}")
