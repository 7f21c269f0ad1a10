"""What lies at a path: its files, the tables they hold, and what cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from xinglin.base.errors import DataError, DefinitionError
from xinglin.base.problems import Problem
from xinglin.base.yamlfile import Strict, build, read_yaml
from xinglin.facts.arrow import MARK, arrow_schema, is_marked
from xinglin.facts.fault import Fault
from xinglin.facts.findings import Findings, Spot
from xinglin.facts.headers import is_blank, likeliest_table, read_heading, table_named
from xinglin.facts.layout import MANIFEST, DatasetInfo, FileEntry, Manifest, file_hash, read_manifest
from xinglin.facts.model import Table, load_contract
from xinglin.facts.parts import Part, read_part
from xinglin.facts.readers import (
    TEXT_SUFFIXES,
    WORKBOOK_SUFFIXES,
    Grid,
    Unreadable,
    open_parquet,
    read_grids,
)

READABLE = (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES, ".parquet")
LARGE = 200_000  # rows from which a typed Parquet file is checked column by column, never cell by cell
SHOWN_OF_SHEETS, SHOWN_OF_PARQUET = 1000, 20
_ABOUT = frozenset({"说明", "填表说明", "填报说明", "封面", "目录", "字典", "代码表", "readme"})


_UNSEARCHED = Fault(
    "formulas_unseen",
    "看不出哪些公式出了错，出错的单元格会当作没有填",
    "请用 Excel 或 WPS 打开，另存为 xlsx",
)


class _InfoFile(Strict):
    """dataset.yaml."""

    area: str | int | None = None
    title: str = ""
    demonstration: bool = False
    note: str = ""


@dataclass
class Source:
    """All parts of a data set and what was wrong while reading them.

    Attributes:
        root: the path. ours: in our layout. said: what the data set says of itself.
        findings: gathers problems, later checks included. files: manifest entries by table.
    """

    root: Path
    ours: bool
    said: DatasetInfo = field(default_factory=DatasetInfo)
    parts: list[Part] = field(default_factory=list)
    findings: Findings = field(default_factory=lambda: Findings(SHOWN_OF_SHEETS))
    files: dict[str, list[FileEntry]] = field(default_factory=dict)

    @property
    def info(self) -> DatasetInfo:
        """What it says of itself; a demonstration as well when one of its files carries the mark."""
        marked = any(part.marked for part in self.parts)
        return replace(self.said, demonstration=self.said.demonstration or marked)

    def of(self, table: str) -> list[Part]:
        """Parts of one table."""
        return [part for part in self.parts if part.table.name == table]

    def manifest(self) -> Manifest:
        """The manifest these files amount to."""
        return Manifest(self.info, {name: tuple(entries) for name, entries in sorted(self.files.items())})

    def spot(self, table: str = "") -> Spot:
        """The data set as a whole."""
        return Spot(table, self.root.name)


def read_source(root: Path, *, hashes: bool = True) -> Source:
    """Read whatever lies at a path.

    Args:
        root: folder or file. hashes: compare the contents of a data set in our layout with its manifest.

    Raises:
        DataError: there is nothing at the path.
    """
    if not root.exists():
        raise DataError(f"没有 {root} 这个文件或文件夹。")
    source = _read_ours(root, hashes) if (root / MANIFEST).is_file() else _read_foreign(root)
    source.findings.add(_unsaid_mark(source))
    return source


def _read_foreign(root: Path) -> Source:
    source = Source(root, ours=False)
    files = sorted(root.iterdir()) if root.is_dir() else [root]
    for path in files:
        if not path.name.startswith((".", "~$")):
            _read_file(source, path)
    if not source.parts and not source.findings.all():
        fix = "请放入以表命名的文件，如 机构.csv、facility.xlsx"
        source.findings.add([source.spot().problem(Fault("no_data", "里面没有数据文件", fix))])
    return source


def _unsaid_mark(source: Source) -> Iterator[Problem]:
    marked = next((part for part in source.parts if part.marked), None)
    if marked and not source.said.demonstration:
        what = f"带有“{MARK}”的标记，数据集却没有写明"
        fix = f"整套数据按{MARK}处理；要用真实数据，请换掉带标记的文件"
        yield marked.spot.warning(Fault("unsaid_mark", what, fix))


def _read_file(source: Source, path: Path) -> None:
    if path.name in ("dataset.yaml", "dataset.yml"):
        _read_info(source, path)
    elif path.is_file() and path.suffix.lower() in READABLE:
        try:
            _read_data(source, path)
        except Unreadable as error:
            fault = Fault(error.kind, error.what, error.fix)
            source.findings.add([Spot(_table_name(path.stem), path.name).problem(fault, row=error.row)])
    else:
        fault = Fault("unknown_file", "不是能读取的数据文件，已跳过", "数据请用 CSV、Excel 或 Parquet 文件")
        source.findings.add([Spot("", path.name).warning(fault)])


def _table_name(text: str) -> str:
    table = table_named(text)
    return table.name if table else ""


def _read_info(source: Source, path: Path) -> None:
    try:
        content = build(_InfoFile, read_yaml(path), path.name)
    except DefinitionError as error:
        faults = [
            Fault("bad_dataset_yaml", fault, "可写 area、title、demonstration、note")
            for fault in error.faults
        ]
        source.findings.add(Spot("", path.name).problem(fault) for fault in faults)
        return
    area = None if content.area is None else str(content.area)
    source.said = DatasetInfo(area, content.title, content.demonstration, content.note)


def _read_data(source: Source, path: Path) -> None:
    table = table_named(path.stem)
    if path.suffix.lower() == ".parquet" and table and _is_large_typed(path, table):
        _add(source, path, parquet_part(path, table, path.name))
        return
    grids = read_grids(path)
    said = [grid for grid in grids if any(not all(map(is_blank, row)) for row in grid.rows)]
    for grid in grids:
        lone = len(said) == 1 and grid is said[0]
        _read_grid(source, path, grid, table_named(grid.sheet) or (table if lone or not grid.sheet else None))


def _read_grid(source: Source, path: Path, grid: Grid, table: Table | None) -> None:
    spot = Spot(table.name if table else "", path.name, grid.sheet)
    if not grid.searched:
        source.findings.add([spot.warning(_UNSEARCHED)])
    if all(map(is_blank, (cell for row in grid.rows for cell in row))):
        fault = Fault(
            "empty_sheet" if grid.sheet else "empty_file", "里面没有内容", "用不着就删去；有数据请补上"
        )
        source.findings.add([spot.warning(fault)])
    elif table is None:
        source.findings.add([_unknown_grid(grid, spot)])
    else:
        heading, problems = read_heading(grid, table, spot)
        source.findings.add(problems)
        if heading:
            part, problems = read_part(grid, heading, table, spot)
            source.findings.add(problems)
            _add(source, path, part)


def _unknown_grid(grid: Grid, spot: Spot) -> Problem:
    what = "工作表" if grid.sheet else "文件"
    kind = "unknown_sheet" if grid.sheet else "unknown_file"
    if grid.hidden or grid.sheet.strip().lower() in _ABOUT:
        return spot.warning(Fault(kind, "不是数据表，已跳过", "不影响其他工作表"))
    like = likeliest_table(grid)
    hint = (
        f"看表头像是“{like.label}”，请把{what}改名为“{like.label}”"
        if like
        else f"请以表名作{what}名，如 机构、人员"
    )
    return spot.problem(Fault(kind, f"{what}名不是任何一张表的名字", hint))


def _add(source: Source, path: Path, part: Part) -> None:
    source.parts.append(part)
    entry = FileEntry(path.name, part.num_rows, file_hash(path))
    source.files.setdefault(part.table.name, []).append(entry)


def _is_large_typed(path: Path, table: Table) -> bool:
    with open_parquet(path) as file:
        typed: bool = file.schema_arrow.equals(arrow_schema(table))
        return typed and file.metadata.num_rows >= LARGE


def parquet_part(path: Path, table: Table, name: str) -> Part:
    """A typed Parquet file as a part; its rows stay in the file.

    Raises:
        Unreadable: damaged, or not of the declared schema (kind ``wrong_schema``).
    """
    with open_parquet(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
    if not schema.equals(arrow_schema(table)):
        raise Unreadable("wrong_schema", _schema_words(schema, arrow_schema(table)), "请重新导出整套数据")
    return Part(table, Spot(table.name, name), rows, path=path, marked=is_marked(schema))


def _schema_words(found: pa.Schema, wanted: pa.Schema) -> str:
    wrong = [f.name for f in wanted if f.name not in found.names or found.field(f.name).type != f.type] or [
        name for name in found.names if name not in wanted.names
    ]
    return f"列或列的类型与声明不同：{'、'.join(wrong) or '列的次序'}"


def _read_ours(root: Path, hashes: bool) -> Source:
    source = Source(root, ours=True, findings=Findings(SHOWN_OF_PARQUET))
    try:
        manifest = read_manifest(root)
    except DataError as error:
        fault = Fault("bad_manifest", str(error).rstrip("。"), "请重新导出整套数据")
        source.findings.add([Spot("", MANIFEST).problem(fault)])
        return source
    source.said = manifest.info
    for name, entries in manifest.tables.items():
        source.files[name] = list(entries)
        for entry in entries:
            source.findings.add(_read_entry(source, name, entry, hashes))
    source.findings.add(_unlisted(root, manifest))
    return source


def _read_entry(source: Source, name: str, entry: FileEntry, hashes: bool) -> Iterator[Problem]:
    spot, path = Spot(name, entry.path), source.root / entry.path
    table = load_contract().tables.get(name)
    if table is None:
        yield spot.problem(Fault("unknown_file", f"没有“{name}”这张表", "请升级程序，或重新导出整套数据"))
        return
    if not path.is_file():
        yield spot.problem(Fault("missing_file", "清单里有这个文件，却找不到", "请重新导出整套数据"))
        return
    try:
        part = parquet_part(path, table, entry.path)
    except Unreadable as error:
        yield spot.problem(Fault(error.kind, error.what, error.fix))
        return
    if part.num_rows != entry.rows or (hashes and file_hash(path) != entry.sha256):
        yield spot.problem(Fault("changed_file", "内容与清单不符，文件被改动过", "请重新导出整套数据"))
    source.parts.append(part)


def _unlisted(root: Path, manifest: Manifest) -> Iterator[Problem]:
    listed = {entry.path for entries in manifest.tables.values() for entry in entries}
    for path in sorted((root / "facts").rglob("*.parquet")):
        name = path.relative_to(root).as_posix()
        if name not in listed:
            fault = Fault("unknown_file", "不在清单里，没有读取", "是旧版本留下的，可以删去")
            yield Spot("", name).warning(fault)
