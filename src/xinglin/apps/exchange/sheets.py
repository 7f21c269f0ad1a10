"""Files for people: templates, exports, and an upload given back with its faults marked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count, islice
from typing import IO, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from xinglin.apps.exchange.spec import Row, TableSpec
from xinglin.apps.exchange.values import harmless, labels, shown
from xinglin.facts.model import Column, ColumnType
from xinglin.facts.readers import Grid

LISTS, HELP, REPORT = "代码表", "填表说明", "导入报告"
LONGEST_NAME, SHEET_ROWS = 31, 1_048_575
"""What Excel allows: characters of a worksheet's name, and rows below its header."""
VALIDATED = 5000
"""Rows of a template that carry checks."""
_TEXT = (
    ColumnType.TEXT,
    ColumnType.ID,
    ColumnType.REF,
    ColumnType.PLACE,
    ColumnType.CODE,
    ColumnType.BOOLEAN,
)
_KIND_WORDS = {
    ColumnType.ID: "编号",
    ColumnType.REF: "编号",
    ColumnType.PLACE: "地区代码",
    ColumnType.CODE: "从列表中选",
    ColumnType.TEXT: "文字",
    ColumnType.INTEGER: "整数",
    ColumnType.DECIMAL: "数",
    ColumnType.BOOLEAN: "是 / 否",
    ColumnType.DATE: "日期，如 2026-03-01",
}
_OPTIONS = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}


class _Book:
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
        self.ranges: dict[tuple[str, ...], str] = {}
        self._lists: list[tuple[str, list[str]]] = []

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


def template(specs: Sequence[TableSpec]) -> bytes:
    """An empty workbook for registers: drop-downs, checks, comments, a sheet that explains every column."""
    book = _Book()
    sheets = [(spec, book.book.add_worksheet(sheet_name(spec))) for spec in specs]
    explained = book.book.add_worksheet(HELP)
    lists = book.book.add_worksheet(LISTS)
    known = _write_lists(book, lists, [column for spec in specs for column in spec.form.columns.values()])
    lists.hide()
    for spec, sheet in sheets:
        book.head_row(sheet, spec)
        for at, column in enumerate(spec.form.columns.values()):
            sheet.write_comment(0, at, _help(column), {"x_scale": 2, "y_scale": 1.2, "author": "杏林"})
            rule = _rule(column, known)
            if rule:
                sheet.data_validation(1, at, VALIDATED, at, rule)
    _explain(book, explained, specs)
    return book.close()


def _write_lists(book: _Book, sheet: Any, columns: Iterable[Column]) -> dict[str, str]:
    """Every code list as a column of the hidden sheet; name of the list → its range."""
    known: dict[str, str] = {}
    for column in columns:
        name, codes = _list_name(column), labels(column)
        if codes and name not in known:
            at = len(known)
            for row, label in enumerate(codes.values()):
                sheet.write_string(row, at, label)
            letter = xl_col_to_name(at)
            known[name] = f"='{LISTS}'!${letter}$1:${letter}${len(codes)}"
    return known


def _list_name(column: Column) -> str:
    own = column.options.name if column.options else ""
    return own or column.codes or column.references or ""


def _rule(column: Column, lists: Mapping[str, str]) -> dict[str, Any] | None:
    """The check of a cell inside the sheet; wrong entries are refused with the column's meaning."""
    told = {"error_title": column.label[:32], "error_message": _help(column)[:255]}
    if _list_name(column) in lists:
        return {**told, "validate": "list", "source": lists[_list_name(column)]}
    if column.type is ColumnType.BOOLEAN:
        return {**told, "validate": "list", "source": ["是", "否"]}
    if column.type is ColumnType.DATE:
        span = {"minimum": date(1900, 1, 1), "maximum": date(2099, 12, 31)}
        return {**told, "validate": "date", "criteria": "between", **span}
    if column.type in (ColumnType.INTEGER, ColumnType.DECIMAL):
        low, high = column.min, column.max
        numbers = {"minimum": -(10**9) if low is None else low, "maximum": 10**9 if high is None else high}
        return {**told, "validate": column.type.value, "criteria": "between", **numbers}
    return None


def _help(column: Column) -> str:
    parts = ["必填。" if column.required else "", column.meaning + "。", f"填法：{_kind(column)}。"]
    return "".join(parts)


def _kind(column: Column) -> str:
    words = _KIND_WORDS.get(column.type, "文字")
    if labels(column):
        words = "从列表中选"
    unit = f"，单位：{column.unit}" if column.unit else ""
    span = f"，{column.min} 至 {column.max}" if column.min is not None and column.max is not None else ""
    return words + unit + span


def _explain(book: _Book, sheet: Any, specs: Sequence[TableSpec]) -> None:
    for at, (words, width) in enumerate(
        [("表", 14), ("列", 20), ("必填", 6), ("填法", 26), ("说明", 60), ("可填", 60)]
    ):
        sheet.write_string(0, at, words, book.head)
        sheet.set_column(at, at, width)
    rows = [(spec, column) for spec in specs for column in spec.form.columns.values()]
    for number, (spec, column) in enumerate(rows, start=1):
        codes = "、".join(list(labels(column).values())[:40]) if column.type is ColumnType.CODE else ""
        said = (
            spec.label,
            column.label,
            "是" if column.required else "",
            _kind(column),
            column.meaning,
            codes,
        )
        for at, text in enumerate(said):
            sheet.write_string(number, at, text, book.wrap)
    sheet.freeze_panes(1, 0)


def write_workbook(spec: TableSpec, rows: Iterable[Row], file: IO[bytes]) -> None:
    """Rows of a register as a workbook that goes in again unchanged.

    What one worksheet cannot hold goes on the next.
    """
    book = _Book(file)
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


def _sheets(book: _Book, spec: TableSpec) -> Iterator[Any]:
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
    book = _Book()
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


def _report_sheet(book: _Book, problems: Sequence[dict[str, Any]]) -> None:
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
