"""Files for people: exports, and an upload given back with its faults marked. Templates: `template`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count, islice
from typing import IO, Any

import xlsxwriter

from xinglin.apps.exchange.spec import Row, TableSpec
from xinglin.apps.exchange.values import harmless, labels, shown
from xinglin.facts.model import Column, ColumnType
from xinglin.facts.readers import Grid

REPORT = "导入报告"
LONGEST_NAME, SHEET_ROWS = 31, 1_048_575
"""What Excel allows: characters of a worksheet's name, and rows below its header."""
_TEXT = (
    ColumnType.TEXT,
    ColumnType.ID,
    ColumnType.REF,
    ColumnType.PLACE,
    ColumnType.CODE,
    ColumnType.BOOLEAN,
)
_OPTIONS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


class Book:
    """A workbook of ours: formats, code lists, one sheet per register, help."""

    def __init__(self, onto: IO[bytes] | None = None) -> None:
        """``onto``: a file for very many rows; they go there one by one, and only the last is in memory."""
        self.stream = io.BytesIO()
        streaming = onto is not None
        self.book = xlsxwriter.Workbook(
            onto or self.stream, {**_OPTIONS, "in_memory": not streaming, "constant_memory": streaming}
        )
        self.head = self._format(bold=True, bg_color="#E6F1EC", border=1, text_wrap=True, valign="top")
        self.must = self._format(
            bold=True, bg_color="#E6F1EC", border=1, text_wrap=True, valign="top", font_color="#A8201A"
        )
        self.text = self._format(num_format="@")
        self.day = self._format(num_format="yyyy-mm-dd")
        self.bad = self._format(bg_color="#F8D7D4", num_format="@")
        self.bad_day = self._format(bg_color="#F8D7D4", num_format="yyyy-mm-dd")
        self.wrap = self._format(text_wrap=True, valign="top")

    def _format(self, **more: Any) -> Any:
        return self.book.add_format({"font_name": "微软雅黑", "font_size": 10, **more})

    def head_row(self, sheet: Any, spec: TableSpec) -> None:
        """Header, frozen, with help as comments and the columns' widths and formats."""
        for at, (_, column) in enumerate(spec.form.columns.items()):
            sheet.write_string(
                0,
                at,
                column.label + ("*" if column.required else ""),
                self.must if column.required else self.head,
            )
            is_text = column.type in _TEXT
            sheet.set_column(
                at,
                at,
                _width(column),
                self.text if is_text else self.day if column.type is ColumnType.DATE else None,
            )
        sheet.freeze_panes(1, 1)

    def close(self) -> bytes:
        """The file."""
        self.book.close()
        return self.stream.getvalue()


def sheet_name(spec: TableSpec) -> str:
    """The name of a register's worksheet, by which it is known again."""
    return spec.label[:LONGEST_NAME]


def _width(column: Column) -> int:
    wide = {
        ColumnType.ID: 24,
        ColumnType.REF: 24,
        ColumnType.TEXT: 26,
        ColumnType.PLACE: 15,
        ColumnType.CODE: 16,
    }
    return max(wide.get(column.type, 11), 2 * len(column.label) + 3)


def write_workbook(spec: TableSpec, rows: Iterable[Row], file: IO[bytes]) -> None:
    """Rows of a register as a workbook that goes in again unchanged.

    What one worksheet cannot hold goes on the next.
    """
    book = Book(file)
    writers = [(name, labels(column)) for name, column in spec.table.columns.items()]
    waiting = iter(rows)
    for sheet in _sheets(book, spec):
        number = 0
        for number, row in enumerate(islice(waiting, SHEET_ROWS), start=1):
            for at, (name, codes) in enumerate(writers):
                value = row[name]
                if value is not None and value != "":
                    _put(sheet, number, at, shown(value, codes), None, book.day)
        if number < SHEET_ROWS:
            break
    book.close()


def _sheets(book: Book, spec: TableSpec) -> Iterator[Any]:
    """Worksheets with a header, as many as are asked for."""
    for number in count(1):
        more = f" {number}" if number > 1 else ""
        sheet = book.book.add_worksheet(sheet_name(spec)[: LONGEST_NAME - len(more)] + more)
        book.head_row(sheet, spec)
        yield sheet


def workbook(spec: TableSpec, rows: Iterable[Row]) -> bytes:
    """The same in memory, for few rows."""
    file = io.BytesIO()
    write_workbook(spec, rows, file)
    return file.getvalue()


def _put(sheet: Any, row: int, column: int, value: Any, plain: Any, day: Any) -> None:
    """A cell by the type of its value; a text is never taken for a formula, a number or a link."""
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None), day)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, plain)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value, plain)
    elif isinstance(value, time | timedelta):
        sheet.write_string(row, column, str(value), plain)
    else:
        sheet.write_string(row, column, str(value), plain)


def write_csv(spec: TableSpec, rows: Iterable[Row], file: IO[bytes]) -> None:
    """The same as CSV (UTF-8 with mark, so that Excel shows Chinese)."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=False)
    text.writelines(lines(spec, rows))
    text.flush()
    text.detach()


def lines(spec: TableSpec, rows: Iterable[Row]) -> Iterator[str]:
    """A CSV file line by line."""
    columns = list(spec.form.columns.values())
    writers = [(name, labels(column)) for name, column in spec.table.columns.items()]
    out = io.StringIO()
    writer = csv.writer(out)

    def line(cells: Sequence[str]) -> str:
        out.seek(0)
        out.truncate()
        writer.writerow(cells)
        return out.getvalue()

    yield "\ufeff" + line([column.label for column in columns])
    for row in rows:
        yield line([harmless(shown(row[name], codes)) for name, codes in writers])


def marked(grids: Sequence[Grid], problems: Sequence[dict[str, Any]]) -> bytes:
    """An upload as a workbook with its faulty cells red and commented, and the report as the first sheet."""
    book = Book()
    _report_sheet(book, problems)
    for number, grid in enumerate(grids, start=1):
        sheet = book.book.add_worksheet((grid.sheet or f"数据{number}")[:31])
        own = [one for one in problems if one["sheet"] == grid.sheet and one["row"] is not None]
        faults = _by_cell(grid, own)
        for row, cells in enumerate(grid.rows):
            for at, value in enumerate(cells):
                bad = (row, at) in faults
                if value is not None or bad:
                    _put(
                        sheet,
                        row,
                        at,
                        "" if value is None else value,
                        book.bad if bad else book.text,
                        book.bad_day if bad else book.day,
                    )
        for (row, at), texts in faults.items():
            if at >= len(grid.rows[row]) if row < len(grid.rows) else True:
                sheet.write_blank(row, at, None, book.bad)
            sheet.write_comment(row, at, "\n".join(texts)[:2000], {"x_scale": 2, "y_scale": 1.5})
        sheet.freeze_panes(1, 0)
    return book.close()


def _by_cell(grid: Grid, problems: Sequence[dict[str, Any]]) -> dict[tuple[int, int], list[str]]:
    """Texts by row and column from 0; a fault of a whole row goes to its first cell."""
    found: dict[tuple[int, int], list[str]] = {}
    heads = {
        str(cell).strip(): at
        for row in reversed(grid.rows[:12])
        for at, cell in enumerate(row)
        if cell is not None
    }
    for one in problems:
        at = heads.get(one["column"], 0)
        found.setdefault((one["row"] - 1, at), []).append(f"{one['what']}。{one['fix']}。")
    return found


def _report_sheet(book: Book, problems: Sequence[dict[str, Any]]) -> None:
    sheet = book.book.add_worksheet(REPORT)
    for at, (words, width) in enumerate(
        [("工作表", 14), ("行", 8), ("列", 18), ("程度", 8), ("哪里不对", 50), ("怎样改正", 60)]
    ):
        sheet.write_string(0, at, words, book.head)
        sheet.set_column(at, at, width)
    for number, one in enumerate(problems, start=1):
        level = "错误" if one["severity"] == "error" else "提醒"
        said = (one["sheet"], one["row"] or "", one["column"], level, one["what"], one["fix"])
        for at, value in enumerate(said):
            _put(sheet, number, at, value, book.wrap, book.day)
    sheet.freeze_panes(1, 0)
