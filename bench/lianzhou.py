"""`xinglin evaluate` as a whole process: Lianzhou, and the simulated Jiangsu."""

from __future__ import annotations

from bench.runs import JIANGSU, LIANZHOU, LIMIT_MIB, Run, evaluate, head, line, make_jiangsu, make_lianzhou

RUNS = 5
PROVINCE_RUNS = 3
PROVINCE_SECONDS = 20.0


def main() -> bool:
    """Run and print Lianzhou; it has no limit but the demonstration's."""
    make_lianzhou()
    runs = [evaluate(LIANZHOU, "441882") for _ in range(RUNS)]
    head("xinglin evaluate, whole process")
    line("Lianzhou 441882", runs)
    return max(run.peak_mib for run in runs) < LIMIT_MIB


def province() -> bool:
    """Run and print the simulated Jiangsu; whether the limits are met."""
    make_jiangsu()
    runs: list[Run] = [evaluate(JIANGSU, "32") for _ in range(PROVINCE_RUNS)]
    head("xinglin evaluate, whole process")
    line(f"Jiangsu 32 (limit {PROVINCE_SECONDS:.0f} s, {LIMIT_MIB:.0f} MiB)", runs)
    slowest, peak = max(run.seconds for run in runs), max(run.peak_mib for run in runs)
    return slowest <= PROVINCE_SECONDS and peak < LIMIT_MIB
