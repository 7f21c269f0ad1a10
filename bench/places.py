"""Time and memory of loading places. Run: python bench/places.py

Limits (issue "Places"): a county with its villages 50 ms, the nation 1 s and 300 MB.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable

import pyarrow.compute
import pyarrow.parquet  # noqa: F401 – the limits are meant after this import

from xinglin.base.places import Level, load_divisions, successors
from xinglin.base.places.change import EDITIONS


def milliseconds(work: Callable[[], object], times: int = 5) -> str:
    """First run, and the median of the following ones."""
    spent = []
    for _ in range(times + 1):
        start = time.perf_counter()
        work()
        spent.append((time.perf_counter() - start) * 1000)
    return f"{spent[0]:8.1f} {statistics.median(spent[1:]):8.1f} ms"


def main() -> None:
    last = max(EDITIONS.values())
    print(f"{'':34}   first   median")
    print(f"{'连州市 441882 (190 places)':30}", milliseconds(lambda: load_divisions("441882")))
    print(f"{'曹县 371721 (largest province)':30}", milliseconds(lambda: load_divisions("371721")))
    print(f"{'广东省 44':34}", milliseconds(lambda: load_divisions("44")))
    print(f"{'全国 to county':33}", milliseconds(lambda: load_divisions(depth=Level.COUNTY)))
    print(f"{'全国 to village':33}", milliseconds(load_divisions))
    nation = load_divisions()
    print(f"{'find 朝阳':33}", milliseconds(lambda: nation.find("朝阳")))
    print(f"{'one 广东省清远市连州市':26}", milliseconds(lambda: nation.one("广东省清远市连州市")))
    print(f"{'get 441882101001':34}", milliseconds(lambda: nation.get("441882101001")))
    print(f"{'successors 330110':34}", milliseconds(lambda: successors("330110", last)))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
