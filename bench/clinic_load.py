"""``python -m bench clinic [seconds] [doctors]``: forty doctors at work, each signing prescriptions of sixteen herbs.

A fresh site (`bench.clinic_home`) on SQLite, or on the empty database that ``DATABASE_URL`` names, served as `xinglin
site serve` does and asked by a process of its own on the same machine. Every prescription goes through the safety check
when it is looked at and once more when it is signed.

Finding one of a million residents (limits 100 ms on PostgreSQL, 200 ms on SQLite) is measured and judged by
``pytest tests/site/test_residents.py -m soak``, on PostgreSQL behind ``scripts/with_postgres.py``.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.site_load import Answers, Used, answers, ask, environment_of, peak_mib, serving

USERS, SECONDS, WARMING = 40, 300.0, 20.0
LIMIT_MS = 100.0
LIMITED = ("sign",)
SEARCH = "pytest tests/site/test_residents.py -m soak"
ORDER = ("queue", "find", "file", "seat", "open visit", "choose", "draft", "check", "sign", "record")


def main(words: Sequence[str] = ()) -> bool:
    """Measure and print; whether every limit is met."""
    seconds = float(words[0]) if words else SECONDS
    users = int(words[1]) if len(words) > 1 else USERS
    with tempfile.TemporaryDirectory(prefix="xinglin-bench-") as folder:
        environment = environment_of(Path(folder) / "home")
        kind = "PostgreSQL" if "DATABASE_URL" in environment else "SQLite"
        print(f"\nclinic on {kind}, {users} doctors", flush=True)
        begun = time.monotonic()
        ask(environment, "xinglin", "site", "create")
        plan = json.loads(ask(environment, "bench.clinic_home", str(users)))
        print(f"made in {time.monotonic() - begun:.0f} s", flush=True)
        return measured(environment, plan, Path(folder), seconds)


def measured(environment: dict[str, str], plan: dict[str, Any], folder: Path, seconds: float) -> bool:
    """All doctors at work on a site that is made."""
    with serving(environment) as (port, process):
        path = folder / "plan.json"
        path.write_text(json.dumps({**plan, "port": port}), encoding="utf-8")
        ask(
            environment, "bench.clinic_client", str(path), str(WARMING)
        )  # as a site is by nine in the morning
        before = Used.by(process.pid)
        found = answers(ask(environment, "bench.clinic_client", str(path), str(seconds)))
        used = Used.by(process.pid) - before
        memory = peak_mib(process.pid)
    met = print_busy(found, f"{len(plan['doctors'])} doctors, {seconds:.0f} s")
    count = sum(map(len, found.values()))
    print(f"server: {used.server / count * 1000:.0f} ms of CPU a request, peak memory {memory:.0f} MiB")
    others = (used.machine - used.server) / seconds
    print(f"beside it: {others:.1f} of {os.cpu_count()} cores busy (with more than 0.3, times say little)")
    print(f"one of 1,000,000 residents: {SEARCH}")
    return met


def print_busy(found: Answers, title: str) -> bool:
    """A table by kind of request; whether the limits are met."""
    print(f"\n{title:24} {'n':>6} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'max ms':>8} {'errors':>7}")
    met = True
    for name in (*ORDER, *sorted(found.keys() - set(ORDER))):
        met &= _line(name, found.get(name, []))
    _line("all", [one for rows in found.values() for one in rows])
    return met


def _line(name: str, rows: list[tuple[float, str]]) -> bool:
    """Print a line; whether its limits are met."""
    if not rows:
        print(f"{name:24} never asked\n  ^ too short")
        return False
    times = sorted(milliseconds for milliseconds, _ in rows)
    p95, p99 = (times[int(len(times) * part)] for part in (0.95, 0.99))
    wrong = [fault for _, fault in rows if fault]
    p50, last = statistics.median(times), times[-1]
    print(f"{name:24} {len(times):6} {p50:8.1f} {p95:8.1f} {p99:8.1f} {last:8.1f} {len(wrong):7}")
    over = [*(["slow"] if name in LIMITED and p95 > LIMIT_MS else []), *sorted(set(wrong))]
    if over:
        print(f"  ^ {', '.join(over)}")
    return not over
