"""``python -m bench site [rows]``: forty busy users on a real server, and every page by itself.

A fresh site with a county's worth of simulated data (and ``rows`` more facilities and people around it) on SQLite, or
on the empty database that ``DATABASE_URL`` names; served as `xinglin site serve` does; asked by a process of its own.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.runs import ROOT

USERS, SECONDS = 40, 60.0
LIMIT_MS, LIMIT_QUERIES = 100.0, 15

Answers = dict[str, list[tuple[float, str]]]


def main(words: Sequence[str] = ()) -> bool:
    """Measure and print; whether every limit is met."""
    rows = int(words[0]) if words else 0
    with tempfile.TemporaryDirectory(prefix="xinglin-bench-") as folder:
        environment = environment_of(Path(folder) / "home")
        kind = "PostgreSQL" if "DATABASE_URL" in environment else "SQLite"
        print(f"\nsite on {kind}, Lianzhou and {rows:,} facilities and people around it")
        begun = time.monotonic()
        ask(environment, "xinglin", "site", "create")
        plan = json.loads(ask(environment, "bench.site_home", str(rows), str(USERS)))
        print(f"made in {time.monotonic() - begun:.0f} s")
        with serving(environment) as (port, process):
            path = Path(folder) / "plan.json"
            path.write_text(json.dumps({**plan, "port": port}), encoding="utf-8")
            single = answers(ask(environment, "bench.site_client", str(path), "0"))
            before = Used.by(process.pid)
            busy = answers(ask(environment, "bench.site_client", str(path), str(SECONDS)))
            used = Used.by(process.pid) - before
            memory = peak_mib(process.pid)
    print_single(single)
    met = print_busy(busy, plan["queries"])
    count = sum(len(pages) for pages in busy.values())
    print(f"server: {used.server / count * 1000:.0f} ms of CPU a page, peak memory {memory:.0f} MiB")
    others = (used.machine - used.server) / SECONDS
    print(f"beside it: {others:.1f} of {os.cpu_count()} cores busy (with more than 0.3, times say little)")
    return met


@dataclass(frozen=True)
class Used:
    """Seconds of CPU: of the server with all it started, and of the machine altogether."""

    server: float
    machine: float

    @classmethod
    def by(cls, process: int) -> Used:
        """So far."""
        ticks = os.sysconf("SC_CLK_TCK")
        fields = [Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in family(process)]
        server = sum(int(one[11]) + int(one[12]) for one in fields)
        user, nice, system = Path("/proc/stat").read_text().split()[1:4]
        return cls(server / ticks, (int(user) + int(nice) + int(system)) / ticks)

    def __sub__(self, other: Used) -> Used:
        return Used(self.server - other.server, self.machine - other.machine)


def environment_of(home: Path) -> dict[str, str]:
    """What every process of the measurement is started with."""
    ours = {"XINGLIN_HOME": str(home), "XINGLIN_DEMO": "1", "XINGLIN_LOG": "WARNING"}
    settings = {
        "DJANGO_SETTINGS_MODULE": "xinglin.config.settings",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}",
    }
    return {**os.environ, **ours, **settings}


def ask(environment: dict[str, str], *module: str) -> str:
    """Run a module to its end; what it prints."""
    ended = subprocess.run(
        [sys.executable, "-m", *module], env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if ended.returncode:
        raise SystemExit(f"{' '.join(module)} ended with {ended.returncode}")
    return ended.stdout


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The real server, in a process group of its own, once it answers."""
    with started(environment, "xinglin", "site", "serve", "--port") as server:
        yield server


@contextmanager
def started(environment: dict[str, str], *module: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A server on a port that is its module's last word, in a process group of its own, once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = int(taken.getsockname()[1])
    command = [sys.executable, "-m", *module, str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait(process, f"http://localhost:{port}/health")
        yield port, process
        process.terminate()
        process.wait(60)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None:
                raise SystemExit(f"the server ended with {process.returncode}") from None
            time.sleep(0.1)
    raise SystemExit("the server does not answer")


def peak_mib(parent: int) -> float:
    """Peak memory of a process and of those it started, each by itself, summed."""
    return sum(_high_water(one) for one in family(parent))


def family(parent: int) -> list[int]:
    """A process and all that descend from it."""
    found = [parent]
    for one in found:
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def _high_water(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)


def answers(printed: str) -> Answers:
    """Page → (milliseconds, fault) of every time it was opened."""
    found: Answers = defaultdict(list)
    for name, milliseconds, wrong in json.loads(printed):
        found[name].append((milliseconds, wrong))
    return found


def print_single(found: Answers) -> None:
    """One client after another: medians."""
    print(f"\n{'one client':34} {'n':>5} {'p50 ms':>8} {'p95 ms':>8} {'errors':>7}")
    for name, pages in found.items():
        _line(name, pages)


def print_busy(found: Answers, queries: dict[str, Any]) -> bool:
    """All users at once; whether the limits are met."""
    title = f"{USERS} busy users, {SECONDS:.0f} s"
    print(f"\n{title:34} {'n':>5} {'p50 ms':>8} {'p95 ms':>8} {'errors':>7} {'max ms':>8}  queries (rows)")
    every = [one for pages in found.values() for one in pages]
    good = True
    for name, counted in queries.items():
        asked = "  ".join(f"{count} ({rows})" for count, rows in counted)
        slow = _line(name, found[name], f"{max(ms for ms, _ in found[name]):8.1f}  {asked}") > LIMIT_MS
        many = any(count > LIMIT_QUERIES for count, _ in counted)
        if slow or many or any(wrong for _, wrong in found[name]):
            good = False
            print("  ^ " + " and ".join(["over the limit"] if slow or many else ["errors"]))
    _line("all", every, f"{max(ms for ms, _ in every):8.1f}  {len(every) / SECONDS:.1f} pages/s")
    return good


def _line(name: str, pages: list[tuple[float, str]], more: str = "") -> float:
    """Print a line; its 95th percentile."""
    times = sorted(milliseconds for milliseconds, _ in pages)
    last = times[min(len(times) - 1, int(len(times) * 0.95))]
    wrong = [fault for _, fault in pages if fault]
    print(f"{name:34} {len(times):5} {statistics.median(times):8.1f} {last:8.1f} {len(wrong):7} {more}")
    if wrong:
        print(f"  ! {', '.join(sorted(set(wrong)))}")
    return last
