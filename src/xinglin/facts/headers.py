"""Which row of a worksheet is its header, and which column of the table each of its cells names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from xinglin.base.problems import Problem
from xinglin.facts.fault import Fault
from xinglin.facts.findings import Spot
from xinglin.facts.model import Table, load_contract
from xinglin.facts.readers import Grid, Raw, letters
from xinglin.facts.text import normal

_SEARCHED = 10  # rows that say anything, from the top, among which the header is looked for
_SPACE = re.compile(r"\s+")
_BRACKET = re.compile(r"\([^()]*\)$")
_DECORATION = re.compile(r"^(?:附?表?\d+[.、\-_ ]*)|[\-_. ]*[\d\-_.年月]+$")
_REMARKS = frozenset({"序号", "备注", "说明", "remark", "note", "no", "no."})


@dataclass
class Heading:
    """Where the header is and what it says.

    Attributes:
        row: index of the header row, from 0. columns: column name → index of its cells.
        printed: column name → header as printed. width: number of header cells.
    """

    row: int
    columns: dict[str, int] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)
    width: int = 0


def is_blank(cell: Raw) -> bool:
    """Whether a cell shows nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def table_named(text: str) -> Table | None:
    """The table a file or worksheet is named for (机构, facility, 表1.机构, visit-2020-03), or None."""
    plain = normal(text).lower()
    for name in (plain, _DECORATION.sub("", plain), _DECORATION.sub("", plain).removesuffix("表")):
        for table in load_contract().tables.values():
            if name in (table.name, normal(table.label)) and not table.built_in:
                return table
    return None


def column_named(table: Table, cell: Raw) -> str | None:
    """Column a header cell names, by name or label; spaces, * and a bracketed unit aside."""
    if not isinstance(cell, str):
        return None
    names = _headers(tuple((column.label, name) for name, column in table.columns.items()))
    text = _plain(cell)
    return names.get(text) or names.get(_BRACKET.sub("", text))


@cache
def _headers(columns: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Column name for every way of writing a header; for (label, name) pairs."""
    return {**{_plain(label): name for label, name in columns}, **{name: name for _, name in columns}}


def _plain(text: str) -> str:
    return _SPACE.sub("", normal(text)).strip("*").lower()


def likeliest_table(grid: Grid) -> Table | None:
    """The table whose required columns all stand in one of the first rows; for hints only."""
    tables = [table for table in load_contract().tables.values() if not table.built_in]
    for row in [row for row in grid.rows if not all(map(is_blank, row))][:_SEARCHED]:
        fitting = [table for table in tables if _has_required(table, row)]
        if fitting:
            return max(fitting, key=lambda table: len(_named(table, row)))
    return None


def _named(table: Table, row: Sequence[Raw]) -> set[str]:
    return {name for cell in row if (name := column_named(table, cell))}


def _has_required(table: Table, row: Sequence[Raw]) -> bool:
    return {name for name, column in table.columns.items() if column.required} <= _named(table, row)


def read_heading(grid: Grid, table: Table, spot: Spot) -> tuple[Heading | None, list[Problem]]:
    """Find the header; None when there is none or its cells are merged (then the rows cannot be read)."""
    said = [index for index, row in enumerate(grid.rows) if not all(map(is_blank, row))]
    scores = {index: len(_named(table, grid.rows[index])) for index in said[:_SEARCHED]}
    at = max(scores, key=lambda index: (scores[index], -index))
    if not scores[at]:
        labels = "、".join(column.label for column in table.columns.values() if column.required)
        what = f"前 {len(scores)} 行里没有认得的表头"
        fix = f"第 1 行应是列名，至少有：{labels}"
        return None, [spot.problem(Fault("no_header", what, fix), row=said[0] + 1)]
    merged = _merged_header(grid, at)
    if merged:
        fix = "请取消合并，只留一行表头，每列一个列名"
        fault = Fault("merged_header", f"表头有合并单元格 {'、'.join(merged)}", fix)
        return None, [spot.problem(fault, row=at + 1)]
    heading, problems = _read_cells(grid, table, spot, at)
    return heading, [*_titles(grid, spot, [index for index in said if index < at]), *problems]


def _merged_header(grid: Grid, at: int) -> list[str]:
    """Merged ranges in or above the header row, a title's own range apart."""
    return [
        str(area)
        for area in sorted(grid.merged, key=lambda area: (area.top, area.left))
        if area.top <= at and not (area.bottom < at and _is_title(grid.rows[area.top]))
    ]


def _is_title(row: Sequence[Raw]) -> bool:
    return sum(not is_blank(cell) for cell in row) == 1


def _titles(grid: Grid, spot: Spot, rows: list[int]) -> list[Problem]:
    return [spot.warning(_title(grid.rows[index]), row=index + 1) for index in rows]


def _title(row: Sequence[Raw]) -> Fault:
    text = next(str(cell).strip() for cell in row if not is_blank(cell))
    return Fault("title_row", f"表头之上还有“{text}”一行，已跳过", "不影响读取；最好让表头在第 1 行")


def _read_cells(grid: Grid, table: Table, spot: Spot, at: int) -> tuple[Heading, list[Problem]]:
    heading, problems = Heading(at), []
    for index, cell in enumerate(grid.rows[at]):
        if is_blank(cell):
            problems += _blank_header(grid, spot, at, index)
            continue
        heading.width = index + 1
        fault = _take(heading, table, index, cell)
        if fault:
            severe = fault.kind != "ignored_column"
            make = spot.problem if severe else spot.warning
            problems.append(make(fault, row=at + 1, column=str(cell).strip()))
    return heading, problems + _missing(heading, table, spot)


def _take(heading: Heading, table: Table, index: int, cell: Raw) -> Fault | None:
    """Note one header cell, or say why not."""
    name = column_named(table, cell)
    if name is None:
        return _unknown(table, str(cell).strip())
    if name in heading.columns:
        first = letters(heading.columns[name])
        what = f"“{table.columns[name].label}”有两列（{first} 列和 {letters(index)} 列）"
        return Fault("duplicate_column", what, "请删去一列")
    heading.columns[name] = index
    heading.printed[name] = str(cell).strip()
    return None


def _unknown(table: Table, text: str) -> Fault:
    if _plain(text) in _REMARKS:
        return Fault("ignored_column", f"“{text}”列不在“{table.label}”表里，没有读取", "不影响其他列")
    known = [column.label for column in table.columns.values()] + list(table.columns)
    near = difflib.get_close_matches(_plain(text), known, n=1, cutoff=0.5)
    hint = f"是不是“{near[0]}”？请改列名" if near else "请删去这一列，或改成声明过的列名"
    return Fault("unknown_column", f"“{table.label}”表没有“{text}”这一列", hint)


def _blank_header(grid: Grid, spot: Spot, at: int, index: int) -> list[Problem]:
    """A column with cells but no name."""
    below = (row[index] for row in grid.rows[at + 1 :] if index < len(row))
    if all(map(is_blank, below)):
        return []
    fault = Fault("blank_header", f"{letters(index)} 列有内容，却没有列名", "请填上列名，或删去这一列")
    return [spot.problem(fault, row=at + 1)]


def _missing(heading: Heading, table: Table, spot: Spot) -> list[Problem]:
    absent: Mapping[str, str] = {
        name: column.label
        for name, column in table.columns.items()
        if column.required and name not in heading.columns
    }
    return [
        spot.problem(
            Fault("missing_column", f"缺少必填的“{label}”列（{name}）", "请补上这一列"),
            row=heading.row + 1,
            column=label,
        )
        for name, label in absent.items()
    ]
