"""Bytes of an upload as typed rows of registers, by the readers of `xinglin.facts`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from xinglin.apps.exchange.choosing import bare
from xinglin.apps.exchange.guard import kind_of
from xinglin.apps.exchange.hidden import Hidden, hidden_parts
from xinglin.apps.exchange.spec import TableSpec
from xinglin.apps.exchange.values import unmarked
from xinglin.base.problems import Problem
from xinglin.facts.fault import Fault
from xinglin.facts.findings import Spot
from xinglin.facts.headers import is_blank, likeliest_table, read_heading, table_named
from xinglin.facts.model import Table
from xinglin.facts.parts import Part, read_part
from xinglin.facts.readers import Grid, Unreadable, read_grids

_HIDDEN_SHEET = Fault(
    "hidden_sheet", "这张工作表隐藏着，没有读取", "要导入就取消隐藏后重新上传，不要就删去这张工作表"
)
SKIPPED = frozenset({"填表说明", "说明", "代码表", "字典", "封面", "目录", "导入报告"})
"""Worksheets of our own templates and reports that hold no rows."""


NAMED = 6
"""Registers named in a message."""


@dataclass
class Read:
    """What a file holds.

    Attributes:
        kind: ``xlsx`` or ``csv``. parts: typed rows by register. problems: whatever was wrong while reading.
        grids: the cells, to be marked in the report. hidden: what of them is not shown, by sheet.
    """

    kind: str
    parts: list[Part] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    hidden: Mapping[str, Hidden] = field(default_factory=dict)


def read_upload(content: bytes, name: str, chosen: str, specs: Mapping[str, TableSpec]) -> Read:
    """Read a file.

    Args:
        name: what the user calls it, for messages and to guess the register of a CSV file. chosen: register named by
            the user, or "". specs: registers that the user may write, by name.

    Raises:
        Unreadable: nothing in it can be read.
    """
    read = Read(kind_of(content))
    read.grids = _grids(content, read.kind)
    read.hidden = hidden_parts(content) if read.kind == "xlsx" else {}
    said = [grid for grid in read.grids if any(not all(map(is_blank, row)) for row in grid.rows)]
    if not said:
        raise Unreadable("empty_file", "文件里没有内容", "请选择填好的模板")
    for grid in said:
        _read_grid(read, grid, name, chosen, specs, lone=len(said) == 1)
    return read


def _grids(content: bytes, kind: str) -> list[Grid]:
    """The cells, by way of a file that only we can read and that is gone afterwards."""
    handle, path = tempfile.mkstemp(suffix=f".{kind}", prefix="xinglin-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        grids = read_grids(Path(path))
    finally:
        Path(path).unlink(missing_ok=True)
    if kind == "xlsx":
        return grids
    return [replace(grid, rows=[list(map(unmarked, row)) for row in grid.rows]) for grid in grids]


def _read_grid(
    read: Read, grid: Grid, name: str, chosen: str, specs: Mapping[str, TableSpec], *, lone: bool
) -> None:
    if grid.sheet.strip() in SKIPPED:
        return
    table = _named(grid.sheet, specs) or (_named(chosen or Path(name).stem, specs) if lone else None)
    spot = Spot(table.name if table else "", name, grid.sheet)
    if grid.hidden:
        read.problems += [spot.warning(_HIDDEN_SHEET)] if table else []
        return
    if table is None:
        read.problems.append(spot.problem(_unknown(grid, specs)))
        return
    heading, problems = read_heading(grid, table, spot)
    read.problems += problems
    if heading is None:
        return
    refers = specs[table.name].refers
    coded = {at: refers[name].several for name, at in heading.columns.items() if name in refers}
    codes_only = replace(grid, rows=bare(grid.rows, coded))
    part, problems = read_part(codes_only, heading, table, spot)
    read.problems += [*problems, *_not_shown(read.hidden.get(grid.sheet), spot)]
    read.parts.append(part)


def _not_shown(hidden: Hidden | None, spot: Spot) -> list[Problem]:
    """Rows and columns that whoever filled the sheet may have forgotten, because they are not shown."""
    if hidden is None:
        return []
    found = []
    if hidden.row_count:
        rows = "、".join(map(str, hidden.rows)) + ("……" if hidden.row_count > len(hidden.rows) else "")
        what = f"有 {hidden.row_count} 行隐藏着或被筛选掉了（第 {rows} 行），也会读取"
        found.append(Fault("hidden_rows", what, "不想导入的请先取消筛选，再删去这些行"))
    if hidden.columns:
        what = f"{'、'.join(hidden.columns)} 列隐藏着，也会读取"
        found.append(Fault("hidden_columns", what, "请取消隐藏，核对里面的内容"))
    return [spot.warning(fault) for fault in found]


def _named(text: str, specs: Mapping[str, TableSpec]) -> Table | None:
    """The register that a worksheet or file is named for, as a file must follow it."""
    if text in specs:
        return specs[text].form
    labelled = [spec for spec in specs.values() if spec.label == text.strip()]
    if len(labelled) == 1:
        return labelled[0].form
    known = table_named(text)
    return specs[known.name].form if known and known.name in specs else None


def _unknown(grid: Grid, specs: Mapping[str, TableSpec]) -> Fault:
    labels = "、".join([spec.label for spec in specs.values()][:NAMED])
    labels += "等，都在“导入导出”页上" if len(specs) > NAMED else ""
    known = table_named(grid.sheet)
    if known is not None:
        return Fault(
            "not_importable", f"“{known.label}”表不能在这里导入，或您没有权限", f"可以导入：{labels}"
        )
    like = likeliest_table(grid)
    hint = (
        f"看表头像是“{like.label}”，请选这张表，或以它作工作表名" if like else f"请以表名作工作表名：{labels}"
    )
    return Fault("unknown_sheet", "看不出是哪一张表", hint)
