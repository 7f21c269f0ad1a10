"""Make a simulated Jiangsu for measuring. Run: python bench/simulate_jiangsu.py FOLDER [--wellness]

All counties, about 1,300 centres and 20,000 village clinics, 10 million visits, 7 million prescriptions.
``--wellness`` adds the health management records (some five million), which additive measures do not need.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

from xinglin.base.places import Level, load_divisions
from xinglin.simulate import SimulationReport, simulate_many

VISITS = 10_960_000  # some come as totals or not at all: about 10 million rows are left
VILLAGE_CLINICS = 20_000


def simulate_jiangsu(
    out: Path, *, year: int = 2020, seed: int = 1, visits: int = VISITS, wellness: bool = False
) -> SimulationReport:
    """The simulated province in ``out``; ``visits`` may be smaller for a quick run."""
    counties = [place.code for place in load_divisions("32", depth=Level.COUNTY).counties("32")]
    return simulate_many(
        counties,
        year=year,
        seed=seed,
        out=out,
        visits=visits,
        village_clinics=VILLAGE_CLINICS,
        wellness=wellness,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--visits", type=int, default=VISITS)
    parser.add_argument("--wellness", action="store_true")
    wanted = parser.parse_args()
    start = time.perf_counter()
    report = simulate_jiangsu(wanted.out, visits=wanted.visits, wellness=wanted.wellness)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = sum(path.stat().st_size for path in wanted.out.rglob("*.parquet")) / 2**20
    for name, rows in report.rows.items():
        print(f"{name:22} {rows:12,}")
    print(f"{seconds:.1f} s, peak {peak:,.0f} MiB, {size:,.0f} MiB on disk")


if __name__ == "__main__":
    main()
