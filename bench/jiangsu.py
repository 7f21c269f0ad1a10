"""Ten additive ids at five levels on the simulated Jiangsu: our engine against SQL written by hand.

Each run is a process of its own, in turn (hand, ours, hand, ours, …). Its time covers connection, compiling
(ours), reading Parquet, fetching and one tuple of numbers per measure and area; not imports, nor loading the
definitions and divisions. All numbers of all runs must be equal. Limits: median ≤ 1.2 × hand, peak < 1 GiB.
"""

from __future__ import annotations

import json
import pickle
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from bench.runs import JIANGSU, LIMIT_MIB, OUT, ROOT, Run, head, line, make_jiangsu
from xinglin.measures.engine import DuckDB, count_all

ON = date(2020, 12, 31)
MEMORY = "600MB"
RUNS = 11
RATIO = 1.2
IDS = (
    "phc_tcm_visit_share",
    "tcm_prescription_share",
    "non_drug_therapy_share",
    "centre_technique_6x15_rate",
    "village_clinic_technique_4x6_rate",
    "village_clinic_tcm_service_rate",
    "tcm_hall_coverage",
    "tcm_hall_platform_rate",
    "centre_tcm_physician_share",
    "tcm_gp_per_10k",
)
PHYSICIANS, GPS = 8, 9
"""Positions of the ids whose places or denominators are found in a way of their own."""

Numbers = dict[str, tuple[int | None, ...]]
"""Area → numerator, denominator, units, units reported, counties, counties reported."""


def hand(sources: dict[str, Any], areas: Iterable[str]) -> list[Numbers]:
    """The numbers by bench/hand.sql."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "threads": 2,
        "preserve_insertion_order": False,
    }
    fetched: list[dict[str, tuple[Any, ...]]] = []
    with duckdb.connect(config=settings) as connection:
        for name, source in sources.items():
            if isinstance(source, pa.Table):
                connection.register(name, source)
            else:
                connection.read_parquet(list(source), hive_partitioning=False).create_view(name)
        for statement in (ROOT / "bench" / "hand.sql").read_text().split(";\n"):
            if statement.strip():
                if "-- fetch:" not in statement:
                    connection.execute(statement)
                    continue
                keys, *columns = (
                    column.to_pylist() for column in connection.sql(statement).to_arrow_table().columns
                )
                fetched.append(dict(zip(keys, zip(*columns, strict=True), strict=True)))
    return _numbers(areas, *fetched)


def _numbers(
    areas: Iterable[str],
    sums: dict[str, tuple[Any, ...]],
    residents: dict[str, tuple[Any, ...]],
    counties: dict[str, tuple[Any, ...]],
) -> list[Numbers]:
    found: list[Numbers] = [{} for _ in IDS]
    nothing = (0,) * 4 * len(IDS)
    for area in areas:
        row = sums.get(area, nothing)
        places, sent, assessed = counties.get(area[:6], (0, 0, 0))
        places = places or int(len(area) >= 6)
        for index, numbers in enumerate(found):
            units, reported, numerator, denominator = row[4 * index : 4 * index + 4]
            if index == GPS:
                denominator = residents.get(area, (None,))[0]
            there = assessed if index == PHYSICIANS else sent
            numbers[area] = (numerator, denominator, units, reported, places, there)
    return found


def ours(sources: dict[str, Any], areas: list[str], book: Any) -> list[Numbers]:
    """The numbers by our engine, from the definitions."""
    bounds = [book.bind(name) for name in IDS]
    counted = count_all(DuckDB(MEMORY, threads=2), bounds, book.contract, sources, ON, areas)
    return [dict(zip(areas, one.rows(), strict=True)) for one in counted]  # type: ignore[arg-type]


def work(which: str, out: Path) -> None:
    """One run in this process: prints seconds and peak memory, leaves its numbers in a file."""
    from xinglin.base.places import Level, load_divisions
    from xinglin.facts import open_dataset
    from xinglin.measures import load_measures

    book = load_measures()
    dataset = open_dataset(JIANGSU)
    region = load_divisions("32", Level.VILLAGE).table
    areas: list[str] = [code for code in region["code"].to_pylist() if code != "0"]
    sources = {name: dataset.parquet(name) or dataset.arrow(name) for name in book.contract.tables}
    sources["region"] = region
    start = time.perf_counter()
    numbers = ours(sources, areas, book) if which == "ours" else hand(sources, areas)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mib": peak}))
    out.write_bytes(pickle.dumps(numbers))


def _fresh(which: str, out: Path) -> Run:
    command = [sys.executable, "-m", "bench.jiangsu", which, str(out)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True)
    return Run(**json.loads(done.stdout))


def compare(paths: list[Path]) -> int:
    """How many numbers were compared; stops at the first file that differs."""
    first: list[Numbers] = pickle.loads(paths[0].read_bytes())
    compared = 0
    for path in paths[1:]:
        other: list[Numbers] = pickle.loads(path.read_bytes())
        for name, one, two in zip(IDS, first, other, strict=True):
            different = [area for area in one | two if one.get(area) != two.get(area)]
            for area in different[:5]:
                print(f"{name} {area}: {one.get(area)} {two.get(area)}", file=sys.stderr)
            if different:
                raise SystemExit(f"{paths[0].name} and {path.name} differ in {name}: {len(different)} areas")
            compared += sum(len(numbers) for numbers in two.values())
    return compared


def main(times: int = RUNS) -> bool:
    """Run, compare, print; whether the limits are met."""
    make_jiangsu()
    runs: dict[str, list[Run]] = {"hand": [], "ours": []}
    paths = []
    for number in range(times):
        for which, done in runs.items():
            paths.append(OUT / f"{which}.{number}.pickle")
            done.append(_fresh(which, paths[-1]))
    compared = compare(paths)
    for path in paths:
        path.unlink()
    head("Jiangsu, 10 million visits, ten ids, five levels")
    line("by hand (bench/hand.sql)", runs["hand"])
    line("ours (count_all)", runs["ours"])
    wall = {which: [run.seconds for run in done] for which, done in runs.items()}
    ratio = statistics.median(wall["ours"]) / statistics.median(wall["hand"])
    least = min(wall["ours"]) / min(wall["hand"])
    peak = max(run.peak_mib for run in runs["ours"])
    met = ratio <= RATIO and peak < LIMIT_MIB
    print(f"ours ÷ hand: median {ratio:.2f}, min {least:.2f} (limit {RATIO}); {compared:,} numbers equal")
    return met


if __name__ == "__main__":
    work(sys.argv[1], Path(sys.argv[2]))
