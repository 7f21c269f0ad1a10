"""`python -m bench publish [PLACE]`: a whole province published as the site's recount does, in processes of their own.

What is published is everything that pages open: results of the province, its cities and counties, every number down to
the township, every unit with its reason, counted by the engine and unit by unit (see `xinglin.standing.gathered`).
Compared with `xinglin evaluate` of the same place, of the same run, which counts the same numbers for the place alone.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from bench.runs import JIANGSU, LIMIT_MIB, OUT, evaluate, head, line, make_jiangsu, whole

ON = "2020-12-31"
FACTOR = 20.0
"""Times the CPU of an evaluation that a publication may take: it writes hundreds of thousands of units, and why."""


def main(words: list[str]) -> bool:
    """Run and print; whether the limits are met."""
    place = words[0] if words else "32"
    make_jiangsu()
    folder = OUT / f"published-{place}"
    shutil.rmtree(folder, ignore_errors=True)
    alone = evaluate(JIANGSU, place)
    command = [str(Path(sys.executable).with_name("xinglin")), "publish", str(JIANGSU)]
    published = whole([*command, "--place", place, "--on", ON, "-o", str(folder)])
    head(f"publication of {place}, whole processes")
    line("xinglin evaluate", [alone])
    line(f"xinglin publish (limit ×{FACTOR:.0f}, {LIMIT_MIB:.0f} MiB)", [published])
    print(f"CPU: {alone.cpu:.1f} s and {published.cpu:.1f} s; {_written(folder / 'areas.sqlite')}")
    shutil.rmtree(folder)
    return published.cpu <= FACTOR * alone.cpu and published.peak_mib < LIMIT_MIB


def _written(path: Path) -> str:
    with closing(sqlite3.connect(path)) as file:
        counts = [(name, file.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0]) for name in TABLES]
    told = ", ".join(f"{count:,} rows of {name}" for name, count in counts)
    return f"{told}; {path.stat().st_size / 2**20:.0f} MiB"


TABLES = ("area", "result", "number", "unit", "unopened")
