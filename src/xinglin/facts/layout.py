"""The layout on disk: immutable Parquet files named by their content, listed in one manifest.

    manifest.json
    facts/<table>/<hash12>.parquet                                  registers and totals
    facts/<table>/province=NN/month=YYYY-MM/<hash12>.parquet        events

The manifest is written last and moved into place, so a reader sees the old state or the new one, never half
of each. The same rows give the same bytes: nothing in a file depends on the clock or the machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xinglin.base.errors import DataError
from xinglin.facts.arrow import conform, is_marked, marked
from xinglin.facts.model import Table, load_contract

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
ROW_GROUP = 122_880  # DuckDB's own vector group size: one row group, one task


@dataclass(frozen=True)
class DatasetInfo:
    """What a data set says of itself.

    Attributes:
        area: code of the place it covers, or None when not declared.
        title: name shown to users.
        demonstration: made up (演示数据); every output says so. True as soon as one table carries the mark.
        note: free remark.
    """

    area: str | None = None
    title: str = ""
    demonstration: bool = False
    note: str = ""


@dataclass(frozen=True)
class FileEntry:
    """One file of a table: path below the root (posix), number of rows, sha256 of its bytes."""

    path: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a data set consists of."""

    info: DatasetInfo
    tables: Mapping[str, tuple[FileEntry, ...]]
    schema_version: int = field(default=SCHEMA_VERSION)

    @property
    def hash(self) -> str:
        """sha256 over table names and content hashes; independent of paths, of order and of the clock."""
        parts = {name: sorted(entry.sha256 for entry in entries) for name, entries in self.tables.items()}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def as_dict(self) -> dict[str, object]:
        """The content of manifest.json."""
        tables = {name: [asdict(entry) for entry in entries] for name, entries in self.tables.items()}
        return {"schema_version": self.schema_version, "info": asdict(self.info), "tables": tables}


def read_manifest(root: Path, name: str = MANIFEST) -> Manifest:
    """The manifest of a data set in our layout.

    Args:
        name: of the file, where it was kept under another one.

    Raises:
        DataError: it cannot be read, or was written by a later version.
    """
    try:
        content = json.loads((root / name).read_text(encoding="utf-8"))
        version = int(content["schema_version"])
        if version != SCHEMA_VERSION:
            raise DataError(f"{name} 的版本是 {version}，本程序只认 {SCHEMA_VERSION}，请升级程序。")
        tables = {
            name: tuple(FileEntry(**entry) for entry in entries)
            for name, entries in content["tables"].items()
        }
        return Manifest(DatasetInfo(**content["info"]), tables, version)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{name} 读不出来：{error}。请重新导出整套数据。") from error


def write_dataset(
    root: str | Path,
    tables: Mapping[str, pa.Table | Iterable[pa.Table]],
    info: DatasetInfo,
    kept: Mapping[str, Iterable[FileEntry]] | None = None,
    facilities: pa.Table | None = None,
) -> Manifest:
    """Write fact tables in our layout, replacing the state that was there; old files are left, unlisted.

    The mark 演示数据 goes into every file of a demonstration; a table that carries it makes the data set one.

    Args:
        root: folder, made when absent.
        tables: rows by table name; a table too large for memory may come as an iterable of pieces.
        info: what the data set says of itself.
        kept: files already there that stay listed, by table: months of events that have not changed.
        facilities: facilities and their places, where the rows written do not bring them.

    Raises:
        DataError: an unknown table or column, a value of the wrong type, an event without date or known
            facility (its partition would be unknown).
    """
    folder = Path(root)
    contract = load_contract()
    unknown = [name for name in tables if name not in contract.tables or contract.table(name).built_in]
    if unknown:
        raise DataError(f"没有这些事实表：{'、'.join(unknown)}。")
    place_of = _places(tables.get("facility") if facilities is None else facilities)
    files = {
        name: list(_write_table(folder, contract.table(name), _pieces(tables[name], info), place_of))
        for name in sorted(tables)
    }
    made_up = info.demonstration or any(mark for written in files.values() for _, mark in written)
    entries = {name: tuple(entry for entry, _ in written) for name, written in files.items()}
    for name, more in (kept or {}).items():
        entries[name] = tuple(sorted((*entries.get(name, ()), *more), key=lambda entry: entry.path))
    manifest = Manifest(replace(info, demonstration=made_up), entries)
    _replace(folder / MANIFEST, _as_json(manifest))
    return manifest


def _as_json(manifest: Manifest) -> bytes:
    return (json.dumps(manifest.as_dict(), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _replace(path: Path, content: bytes) -> None:
    new = path.with_name(path.name + ".new")
    new.write_bytes(content)
    new.replace(path)


def _pieces(rows: pa.Table | Iterable[pa.Table], info: DatasetInfo) -> Iterator[pa.Table]:
    """The rows piece by piece, marked when the whole data set is a demonstration."""
    for piece in [rows] if isinstance(rows, pa.Table) else rows:
        yield marked(piece) if info.demonstration else piece


def _places(facilities: pa.Table | Iterable[pa.Table] | None) -> tuple[pa.Array, pa.Array]:
    """Facility ids and the province of each, side by side."""
    if facilities is None:
        return pa.array([], pa.string()), pa.array([], pa.string())
    if not isinstance(facilities, pa.Table):
        raise DataError("机构表要整张给出，不能分块：别的表要靠它查地区。")
    rows = facilities.select(["facility", "place"]).cast(
        pa.schema([("facility", "string"), ("place", "string")])
    )
    ids, places = rows.column("facility").combine_chunks(), rows.column("place").combine_chunks()
    return ids, pc.utf8_slice_codeunits(places, 0, 2)


def _write_table(
    root: Path, table: Table, pieces: Iterable[pa.Table], place_of: tuple[pa.Array, pa.Array]
) -> Iterator[tuple[FileEntry, bool]]:
    """Each file written, and whether it carries the mark."""
    folder = f"facts/{table.name}"
    for piece in pieces:
        data = conform(piece, table)
        for part, sub in _partitions(table, data, place_of):
            yield _write_file(root, "/".join([folder, *part]), _sorted(sub, table)), is_marked(data.schema)


def is_partitioned(table: Table) -> bool:
    """Whether the rows are events with a place: these lie by province and month."""
    return table.time.kind == "event" and table.place is not None


def _partitions(
    table: Table, data: pa.Table, place_of: tuple[pa.Array, pa.Array]
) -> Iterator[tuple[tuple[str, ...], pa.Table]]:
    if not is_partitioned(table):
        yield (), data
        return
    keys = pa.table({"province": _provinces(table, data, place_of), "month": _months(table, data)})
    for column in keys.columns:
        if column.null_count:
            raise DataError(
                f"表“{table.label}”有 {column.null_count} 行没有日期，或机构不在机构表中，无法分区。"
            )
    distinct = keys.group_by(["province", "month"]).aggregate([])
    for key in distinct.sort_by([("province", "ascending"), ("month", "ascending")]).to_pylist():
        mask = pc.and_(pc.equal(keys["province"], key["province"]), pc.equal(keys["month"], key["month"]))
        yield (f"province={key['province']}", f"month={key['month']}"), data.filter(mask)


def _provinces(table: Table, data: pa.Table, place_of: tuple[pa.Array, pa.Array]) -> pa.ChunkedArray:
    if table.place == "place":
        return pc.utf8_slice_codeunits(data["place"], 0, 2)
    ids, provinces = place_of
    position = pc.index_in(data["facility"], value_set=ids)
    return pc.take(provinces, position)


def _months(table: Table, data: pa.Table) -> pa.ChunkedArray:
    assert table.time.date is not None
    return pc.utf8_slice_codeunits(pc.cast(data[table.time.date], pa.string()), 0, 7)


def _sorted(data: pa.Table, table: Table) -> pa.Table:
    first = next((name for name in ("facility", "place") if name in table.columns), table.key[0])
    order = dict.fromkeys([first, *table.key])
    return data.sort_by([(name, "ascending") for name in order])


def _write_file(root: Path, folder: str, data: pa.Table) -> FileEntry:
    """Write one immutable file under the name of its content."""
    (root / folder).mkdir(parents=True, exist_ok=True)
    new = root / folder / "writing.new"
    pq.write_table(data, new, compression="zstd", row_group_size=ROW_GROUP)
    digest = file_hash(new)
    path = f"{folder}/{digest[:12]}.parquet"
    if (root / path).is_file() and file_hash(root / path) == digest:
        new.unlink()  # unchanged rows keep their file
    else:
        new.replace(root / path)
    return FileEntry(path, data.num_rows, digest)


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes, as hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
