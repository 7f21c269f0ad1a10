"""Files as grids of raw cells: every cell keeps the row and column a spreadsheet program shows.

Nothing is interpreted here beyond bytes and encodings; what a cell means is decided in `cells`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine

from xinglin.base.encoding import UndecodableError
from xinglin.base.encoding import decode as decoded
from xinglin.facts.arrow import is_marked
from xinglin.facts.formulas import Broken, Cells, broken_cells

Raw: TypeAlias = str | int | float | bool | date | time | timedelta | Decimal | Broken | None

TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


class Unreadable(Exception):  # noqa: N818 – says what is the matter
    """A file that cannot be turned into cells.

    Attributes:
        kind, what, fix: as in `Problem`. row: spreadsheet row where it was noticed, or None.
    """

    def __init__(self, kind: str, what: str, fix: str, row: int | None = None) -> None:
        super().__init__(what)
        self.kind, self.what, self.fix, self.row = kind, what, fix, row


@dataclass(frozen=True)
class Merged:
    """A merged range; rows and columns from 0, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{letters(self.left)}{self.top + 1}:{letters(self.right)}{self.bottom + 1}"

    def __contains__(self, cell: tuple[int, int]) -> bool:
        return self.top <= cell[0] <= self.bottom and self.left <= cell[1] <= self.right


@dataclass(frozen=True)
class Grid:
    """The cells of one worksheet, CSV or foreign Parquet file; row ``i`` here is row ``i + 1`` on the screen.

    Attributes:
        sheet: worksheet name, "" when the file has none. hidden: the worksheet is hidden.
        marked: the file carries the mark 演示数据. searched: failed formulas in it are known (`Broken`).
    """

    sheet: str
    rows: Sequence[Sequence[Raw]]
    merged: tuple[Merged, ...] = ()
    hidden: bool = False
    marked: bool = False
    searched: bool = True


def letters(column: int) -> str:
    """Column letters as a spreadsheet shows them: 0 is A, 26 is AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def read_grids(path: Path) -> list[Grid]:
    """All worksheets of a file (one for CSV and Parquet).

    Raises:
        Unreadable: damaged, protected, or in bytes that are no known encoding.
    """
    suffix = path.suffix.lower()
    if suffix in WORKBOOK_SUFFIXES:
        return _read_workbook(path)
    if suffix == ".parquet":
        return [_read_parquet(path)]
    return [Grid("", _records(decode(path.read_bytes())))]


def decode(content: bytes) -> str:
    """Text of a file (see `xinglin.base.encoding.decode`).

    Raises:
        Unreadable: in no encoding known (kind ``encoding``).
    """
    try:
        return decoded(content)
    except UndecodableError as error:
        raise Unreadable(
            "encoding",
            f"有既不是 UTF-8 也不是 GB18030 的字节（0x{error.byte:02X}）",
            "请用 Excel 或 WPS 打开原文件，另存为“CSV UTF-8”",
            row=error.line,
        ) from error


def _records(text: str) -> list[list[Raw]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    records: list[list[Raw]] = []
    try:
        for record in reader:
            records.append(list(record))
    except csv.Error as error:
        what = (
            "引号没有成对，后面的行会被并进一个单元格" if "unexpected end" in str(error) else "引号用法有误"
        )
        fix = "请检查这一行的英文双引号，或在 Excel 里重新另存"
        raise Unreadable("bad_quote", what, fix, row=len(records) + 1) from error
    return records


def _delimiter(text: str) -> str:
    """Comma unless the first line that says anything has more of another mark."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",\t;", key=first.count)


def _read_workbook(path: Path) -> list[Grid]:
    try:
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            broken = broken_cells(path, book.sheet_names)
            sheets = [m for m in book.sheets_metadata if m.typ is python_calamine.SheetTypeEnum.WorkSheet]
            return [_grid(book, meta, broken.get(meta.name)) for meta in sheets]
    except python_calamine.PasswordError as error:
        raise Unreadable("password", "工作簿有打开密码", "请去掉密码后另存") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        fix = "请用 Excel 或 WPS 打开，另存为 xlsx；有些系统导出的 xls 其实是网页"
        raise Unreadable("unreadable_file", "不是完好的工作簿", fix) from error


def _grid(
    book: python_calamine.CalamineWorkbook, meta: python_calamine.SheetMetadata, broken: Cells | None
) -> Grid:
    sheet = book.get_sheet_by_name(meta.name)
    ranges = sheet.merged_cell_ranges or []
    merged = tuple(Merged(top, left, bottom, right) for (top, left), (bottom, right) in ranges)
    hidden = meta.visible is not python_calamine.SheetVisibleEnum.Visible
    rows: list[list[Raw]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    _put_back(rows, broken or {})
    return Grid(meta.name, rows, merged, hidden, searched=broken is not None)


def _put_back(rows: list[list[Raw]], broken: Cells) -> None:
    """Put back what calamine shows as empty or leaves off at the end: broken cells."""
    for (row, column), cell in broken.items():
        rows.extend([] for _ in range(row + 1 - len(rows)))
        rows[row].extend([None] * (column + 1 - len(rows[row])))
        rows[row][column] = cell


def open_parquet(path: Path) -> pq.ParquetFile:
    """A Parquet file, opened.

    Raises:
        Unreadable: it is not one.
    """
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise Unreadable("unreadable_file", "不是完好的 Parquet 文件", "请重新导出") from error


def _read_parquet(path: Path) -> Grid:
    with open_parquet(path) as file:
        data = file.read()
    columns = [column.to_pylist() for column in data.columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return Grid("", [list(data.column_names), *rows], marked=is_marked(data.schema))
