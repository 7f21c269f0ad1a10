"""Runs in fresh processes, and tables of what they took."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "bench" / "out"
JIANGSU, LIANZHOU = OUT / "jiangsu", OUT / "lianzhou"
LIMIT_MIB = 1024.0


@dataclass(frozen=True)
class Run:
    """What one process took: wall time, peak memory, and its CPU where that was asked for."""

    seconds: float
    peak_mib: float
    cpu: float = 0.0


def whole(command: Sequence[str]) -> Run:
    """Run a command to its end as a whole process: wall time, peak memory, CPU."""
    start = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Run(seconds, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def evaluate(data: Path, place: str) -> Run:
    """`xinglin evaluate` as its users run it."""
    command = [str(Path(sys.executable).with_name("xinglin")), "evaluate", str(data)]
    return whole([*command, "--place", place, "--on", "2020-12-31"])


def head(title: str) -> None:
    """A table's first line."""
    print(f"\n{title:46} {'n':>2} {'min s':>8} {'median s':>8} {'peak MiB':>9}")


def line(label: str, runs: Sequence[Run]) -> None:
    """A table's line."""
    seconds = [run.seconds for run in runs]
    peak = max(run.peak_mib for run in runs)
    print(f"{label:46} {len(runs):2} {min(seconds):8.2f} {statistics.median(seconds):8.2f} {peak:9.0f}")


def make_jiangsu() -> None:
    """The simulated province in bench/out, made if missing (about 20 s)."""
    if not (JIANGSU / "manifest.json").exists():
        whole([sys.executable, str(ROOT / "bench" / "simulate_jiangsu.py"), str(JIANGSU)])


def make_lianzhou() -> None:
    """Lianzhou 2020 in bench/out, made if missing."""
    if not (LIANZHOU / "manifest.json").exists():
        command = [
            str(Path(sys.executable).with_name("xinglin")),
            "simulate",
            "441882",
            "--year",
            "2020",
            "--seed",
            "1",
        ]
        whole([*command, "-o", str(LIANZHOU)])
