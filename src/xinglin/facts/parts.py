"""One file's or worksheet's share of a table: typed rows that remember where they stood."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from xinglin.base.problems import Problem
from xinglin.facts.arrow import arrow_schema
from xinglin.facts.cells import CellReader, Value
from xinglin.facts.fault import Fault
from xinglin.facts.findings import Spot
from xinglin.facts.headers import Heading, is_blank
from xinglin.facts.model import Column, Table
from xinglin.facts.readers import Grid, Merged, Raw
from xinglin.facts.text import normal

_SUMS = frozenset({"合计", "总计", "小计", "共计"})
_FOOTERS = ("注:", "备注:", "说明:", "填表人", "制表人", "审核人", "填报人")


@dataclass
class Part:
    """Rows of one table from one place.

    Attributes:
        table, spot: what it holds and where it is. data: typed rows, or None when they stay in ``path``
            (typed Parquet). row_numbers: spreadsheet row of each, or None when counted from the header.
        headers: column name → header as printed. marked: the file carries the mark 演示数据.
    """

    table: Table
    spot: Spot
    num_rows: int
    data: pa.Table | None = None
    path: Path | None = None
    row_numbers: list[int] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    marked: bool = False

    def read(self, names: list[str]) -> pa.Table:
        """These columns, in the rows' order."""
        if self.data is not None:
            return self.data.select(names)
        with pq.ParquetFile(self.path) as file:
            return file.read(columns=names)

    def row(self, index: int) -> int:
        """Row as the spreadsheet shows it, for an index from 0; Parquet counts as if it had a header."""
        return self.row_numbers[index] if self.row_numbers is not None else index + 2

    def header(self, name: str) -> str:
        """Header of a column as printed in the file."""
        return self.headers.get(name, name if self.path else self.table.columns[name].label)

    def problem(self, fault: Fault, index: int, column: str = "") -> Problem:
        """The fault at a row by index and a column by name."""
        return self.spot.problem(fault, self.row(index), self.header(column) if column else "")


def read_part(grid: Grid, heading: Heading, table: Table, spot: Spot) -> tuple[Part, list[Problem]]:
    """Typed rows of a grid and what is wrong in it.

    A cell with a fault is null in the rows; a line that is no row of data is left out; both are told.
    """
    problems = _merged_cells(grid, heading, spot)
    width = _usual_width(grid, heading)
    kept: list[int] = []
    for index in range(heading.row + 1, len(grid.rows)):
        row = grid.rows[index]
        if all(map(is_blank, row)):
            continue
        fault = _row_fault(row, heading, width)
        if fault:
            problems.append(spot.problem(fault, row=index + 1))
        else:
            kept.append(index)
    arrays = []
    for arrow_field in arrow_schema(table):
        values, faults = _read_column(grid, heading, table, spot, kept, arrow_field.name)
        arrays.append(pa.array(values, arrow_field.type))
        problems += faults
    data = pa.Table.from_arrays(arrays, schema=arrow_schema(table))
    rows = [index + 1 for index in kept]
    if not rows and not problems:
        fault = Fault("empty_table", "只有表头，没有数据行", "确实没有就在填报情况里记“零报”；否则请补上")
        problems = [spot.warning(fault, row=heading.row + 1)]
    part = Part(table, spot, len(rows), data, row_numbers=rows, headers=heading.printed, marked=grid.marked)
    return part, problems


def _merged_cells(grid: Grid, heading: Heading, spot: Spot) -> list[Problem]:
    return [
        spot.problem(
            Fault("merged_cells", f"数据里有合并单元格 {area}，只有第一格有值", "请取消合并，并填满每一格"),
            row=area.top + 1,
        )
        for area in grid.merged
        if area.top > heading.row
    ]


def _row_fault(row: Sequence[Raw], heading: Heading, width: int) -> Fault | None:
    """Why a row is not a row of data."""
    filled = [index for index, cell in enumerate(row) if not is_blank(cell)]
    first = normal(str(row[filled[0]]))
    if first in _SUMS or first.startswith(_FOOTERS):
        return Fault("total_row", f"“{first}”这一行不是数据", "请删去合计行和表下的附注")
    if filled[-1] >= heading.width or len(row) > width:
        what = f"这一行有 {max(len(row), filled[-1] + 1)} 格，表头只有 {heading.width} 列"
        return Fault("ragged_row", what, "请检查是否多了逗号或错了列；文字里的逗号要放在英文双引号内")
    if len(filled) > 1 and all(_cell(row, at) == heading.printed[n] for n, at in heading.columns.items()):
        return Fault("repeated_header", "表头又出现了一次", "请删去这一行")
    return None


def _usual_width(grid: Grid, heading: Heading) -> int:
    """Cells a good line has; some programs end every line but the header with a comma."""
    widths = [len(row) for row in grid.rows[heading.row + 1 :] if not all(map(is_blank, row))]
    return max(len(grid.rows[heading.row]), min(widths, default=0))


def _cell(row: Sequence[Raw], index: int) -> Raw:
    cell = row[index] if index < len(row) else None
    return cell.strip() if isinstance(cell, str) else cell


def _read_column(
    grid: Grid, heading: Heading, table: Table, spot: Spot, kept: list[int], name: str
) -> tuple[list[Value], list[Problem]]:
    at = heading.columns.get(name)
    if at is None:
        return [None] * len(kept), []
    column, header = table.columns[name], heading.printed[name]
    problems: list[Problem] = []
    values: list[Value] = []
    hidden = [area for area in grid.merged if area.left <= at <= area.right and area.top > heading.row]
    for index, found in _read_cells(grid, CellReader(column), kept, at):
        fault = found if isinstance(found, Fault) else None
        values.append(None if isinstance(found, Fault) else found)
        if found is None and column.required and not _covered(hidden, index, at):
            fault = empty_fault(column)
        if fault:
            problems.append(spot.problem(fault, row=index + 1, column=header))
    return values, problems


def _read_cells(
    grid: Grid, reader: CellReader, kept: list[int], at: int
) -> Iterator[tuple[int, Value | Fault]]:
    rows = grid.rows
    for index in kept:
        row = rows[index]
        yield index, reader.read(row[at] if at < len(row) else None)


def _covered(areas: list[Merged], row: int, column: int) -> bool:
    """Whether the cell is one of a merged range's empty ones: told once, for the range."""
    return any((row, column) in area for area in areas)


def empty_fault(column: Column) -> Fault:
    """A required cell without content."""
    return Fault("empty_required", f"“{column.label}”没有填", f"这一列必填：{column.meaning}")
