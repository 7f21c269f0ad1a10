"""A data set opened: its tables as typed Arrow, whatever files they came from."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from xinglin.base.errors import DataError
from xinglin.base.problems import Problem, Severity
from xinglin.facts.arrow import conform, empty_table, marked, technique_table
from xinglin.facts.check import check_source
from xinglin.facts.layout import DatasetInfo, Manifest
from xinglin.facts.model import load_contract
from xinglin.facts.parts import Part
from xinglin.facts.source import Source, read_source


class InvalidData(DataError):  # noqa: N818 – says what is the matter
    """A data set with errors.

    Attributes:
        problems: all of them, warnings included, ordered by file, sheet and row.
    """

    def __init__(self, root: Path, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in problems if problem.severity is Severity.ERROR]
        shown = "\n".join(f"  - {problem}" for problem in errors[:20])
        more = f"\n  …… 其余 {len(errors) - 20} 处请用 xinglin check 查看" if len(errors) > 20 else ""
        super().__init__(f"{root.name} 有 {len(errors)} 处错误：\n{shown}{more}")


class Dataset:
    """One data set, read-only.

    Attributes:
        root: folder or file it was opened from. info: what it says of itself. manifest: its files.
        problems: warnings found when it was opened.
    """

    def __init__(
        self,
        root: Path,
        manifest: Manifest,
        loaded: dict[str, pa.Table] | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        self.root = root
        self.manifest = manifest
        self.info: DatasetInfo = manifest.info
        self.problems = tuple(problems)
        self._loaded = dict(loaded or {})
        self._ours = loaded is None

    @cached_property
    def manifest_hash(self) -> str:
        """sha256 over table names and file contents; independent of path and time."""
        return self.manifest.hash

    def names(self) -> tuple[str, ...]:
        """Tables present, in the contract's order; the built-in ones are not counted."""
        return tuple(name for name in load_contract().tables if name in self.manifest.tables)

    def arrow(self, name: str) -> pa.Table:
        """Typed rows of a table; empty with the right schema when absent. `technique` is always there.

        Rows of a demonstration carry the mark 演示数据 in their schema metadata, so that it goes with them.

        Raises:
            KeyError: no such table in the contract. DataError: a listed file cannot be read.
        """
        table = load_contract().table(name)
        if name == "technique":
            return technique_table()
        if name not in self._loaded:
            paths = self.parquet(name)
            self._loaded[name] = (
                conform(pa.concat_tables([_read(Path(path)) for path in paths]), table)
                if paths
                else empty_table(table)
            )
        rows = self._loaded[name]
        return marked(rows) if self.info.demonstration else rows

    def parquet(self, name: str) -> tuple[str, ...] | None:
        """Paths of the table's typed Parquet files in our layout, for engines that read them directly.

        None when the table is absent or came from a spreadsheet, CSV or foreign Parquet: use `arrow`.
        """
        entries = self.manifest.tables.get(name)
        if not self._ours or not entries:
            return None
        return tuple(str(self.root / entry.path) for entry in entries)

    def rows(self, name: str) -> list[dict[str, object]]:
        """Rows as Python values (str, int, Decimal, bool, date, None); for small tables."""
        rows: list[dict[str, object]] = self.arrow(name).to_pylist()
        return rows


def _read(path: Path) -> pa.Table:
    try:
        with pq.ParquetFile(path) as file:
            return file.read()
    except (OSError, pa.ArrowInvalid) as error:
        raise DataError(f"{path.name} 读不出来：{error}。请重新导出整套数据。") from error


def open_dataset(path: str | Path, *, within: str | None = None) -> Dataset:
    """Open a data set for counting.

    A folder in our layout is opened by its manifest: its files must be there, be typed as declared and hold
    as many rows as listed; their contents are not read again (`check_dataset` does). Anything else is read
    and checked whole.

    Args:
        path: folder, workbook or CSV file.
        within: code of the area the data must lie in, in place of the one the data set declares.

    Raises:
        InvalidData: with `problems`, if any of them is an error. DataError: nothing there.
    """
    root = Path(path)
    source = read_source(root, hashes=False)
    problems = source.findings.all() if source.ours else check_source(source, within)
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise InvalidData(root, problems)
    return Dataset(root, source.manifest(), None if source.ours else _tables(source), problems)


def _tables(source: Source) -> dict[str, pa.Table]:
    """Rows of each table, its parts one after another."""
    names = dict.fromkeys(part.table.name for part in source.parts)
    return {name: pa.concat_tables([_whole(part) for part in source.of(name)]) for name in names}


def _whole(part: Part) -> pa.Table:
    return part.read(list(part.table.columns))
