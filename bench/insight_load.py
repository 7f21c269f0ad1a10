"""``python -m bench insight [seconds]``: forty people at work on insight, then single pages as fast as they come.

A fresh site (`bench.insight_home`) on SQLite, or on the empty database that ``DATABASE_URL`` names, served as `xinglin
site serve` does and asked by a process of its own on the same machine. Flat out, ours and the bare site
(`bench.insight_bare`) take turns, so that whatever else the machine does falls on both.

``python -m bench.insight_load HOME PLAN [seconds]`` does the same on a site that stands.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.site_load import Answers, Used, answers, ask, environment_of, peak_mib, serving, started

USERS, SECONDS = 40, 180.0
LIMIT_MS, LIMIT_QUERIES, LIMIT_CPU_MS = 100.0, 15, 100.0
CONNECTIONS, ROUNDS, ROUND_SECONDS, LEAST_RATIO = 16, 5, 5.0, 0.8
FLAT = ("overview", "facilities", "record form")


def main(words: Sequence[str] = ()) -> bool:
    """Measure and print; whether every limit is met."""
    with tempfile.TemporaryDirectory(prefix="xinglin-bench-") as folder:
        environment = environment_of(Path(folder) / "home")
        kind = "PostgreSQL" if "DATABASE_URL" in environment else "SQLite"
        print(f"\ninsight on {kind}, Lianzhou published at two dates, {USERS} people", flush=True)
        begun = time.monotonic()
        ask(environment, "xinglin", "site", "create")
        plan = json.loads(ask(environment, "bench.insight_home", str(USERS)))
        print(f"made in {time.monotonic() - begun:.0f} s", flush=True)
        return measured(environment, plan, Path(folder), float(words[0]) if words else SECONDS)


def measured(environment: dict[str, str], plan: dict[str, Any], folder: Path, seconds: float) -> bool:
    """Both measurements on a site that is made."""
    with serving(environment) as (port, process):
        path = folder / "plan.json"
        path.write_text(json.dumps({**plan, "port": port}), encoding="utf-8")
        for name in FLAT:  # warm, as a site is by nine in the morning
            _rate(environment, port, plan["samples"][name], 1.0)
        before = Used.by(process.pid)
        found = answers(ask(environment, "bench.insight_client", "busy", str(path), str(seconds)))
        used = Used.by(process.pid) - before
        met = print_busy(found, plan["pages"], seconds)
        count = sum(map(len, found.values()))
        others = (used.machine - used.server) / seconds
        print(
            f"server: {used.server / count * 1000:.0f} ms of CPU a page, peak memory {peak_mib(process.pid):.0f} MiB"
        )
        print(
            f"beside it: {others:.1f} of {os.cpu_count()} cores busy (with more than 0.3, times say little)"
        )
        with started(environment, "bench.insight_bare") as (bare, _):
            return flat_out(environment, plan["samples"], (port, bare)) and met


def print_busy(found: Answers, known: dict[str, Any], seconds: float) -> bool:
    """All at work: a table of what only reads, then one of what leaves a row in the audit log."""
    met, head = (
        True,
        f"{'n':>5} {'p50 ms':>8} {'p95 ms':>8} {'p99 ms':>8} {'errors':>7} {'queries':>8} {'CPU ms':>7}",
    )
    writes = {name for name, page in known.items() if not page or page["audit"]}
    for title, names in (
        (f"{USERS} people, {seconds:.0f} s", [name for name in known if name not in writes]),
        ("leave a row in the audit log", [name for name in known if name in writes]),
    ):
        print(f"\n{title:30} {head}")
        for name in names:
            met &= _line(name, found.get(name, []), known[name])
        _line("all", [one for name in names for one in found.get(name, [])], {})
    return met


def _line(name: str, pages: list[tuple[float, str]], known: dict[str, Any]) -> bool:
    """Print a line; whether its limits are met."""
    if not pages:
        print(f"{name:30} never opened")
        return False
    times = sorted(milliseconds for milliseconds, _ in pages)
    p50, (p95, p99) = statistics.median(times), (times[int(len(times) * part)] for part in (0.95, 0.99))
    wrong = [fault for _, fault in pages if fault]
    more = f"{known['queries']:8} {known['cpu']:7.0f}" if known else ""
    print(f"{name:30} {len(times):5} {p50:8.1f} {p95:8.1f} {p99:8.1f} {len(wrong):7} {more}")
    over = [
        *(["slow"] if p95 > LIMIT_MS else []),
        *(["many queries"] if known.get("queries", 0) > LIMIT_QUERIES else []),
        *(["much CPU"] if known.get("cpu", 0) > LIMIT_CPU_MS else []),
        *sorted(set(wrong)),
    ]
    if over:
        print(f"  ^ {', '.join(over)}")
    return not over


def flat_out(environment: dict[str, str], samples: dict[str, Any], ports: tuple[int, int]) -> bool:
    """Requests a second of some pages, ours and bare in turn; whether each reaches the least ratio."""
    title = f"flat out, {CONNECTIONS} connections"
    print(f"\n{title:30} {'ours /s':>8} {'bare /s':>8} {'ratio':>6} {'of each round'}")
    met = True
    for name in FLAT:
        for port in ports:
            _rate(environment, port, samples[name], 1.0)
        rounds = []
        for number in range(ROUNDS):  # who begins changes, too
            order = ports if number % 2 else ports[::-1]
            rates = {port: _rate(environment, port, samples[name], ROUND_SECONDS) for port in order}
            rounds.append([rates[port] for port in ports])
        ours, bare = (statistics.median(rates) for rates in zip(*rounds, strict=True))
        ratios = [one / other for one, other in rounds]
        ratio = statistics.median(ratios)
        each = " ".join(f"{one:.2f}" for one in ratios)
        print(f"{name:30} {ours:8.1f} {bare:8.1f} {ratio:6.2f} {each}", flush=True)
        met &= ratio >= LEAST_RATIO
    return met


def _rate(environment: dict[str, str], port: int, sample: dict[str, str], seconds: float) -> float:
    """Requests a second of a page. Raises SystemExit where one fails."""
    words = (str(port), sample["path"], sample["session"], str(seconds), str(CONNECTIONS))
    found = json.loads(ask(environment, "bench.insight_client", "flat", *words))
    if found["wrong"]:
        raise SystemExit(f"{sample['path']}: {found['wrong']} answers were wrong")
    return float(found["rate"])


def again(home: str, path: str, seconds: str = str(SECONDS)) -> bool:
    """The same on a site that stands."""
    plan = json.loads(Path(path).read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="xinglin-bench-") as folder:
        return measured(environment_of(Path(home)), plan, Path(folder), float(seconds))


if __name__ == "__main__":
    raise SystemExit(0 if again(*sys.argv[1:]) else 1)
