"""``python -m bench import [rows]``: so many facilities, and as many people, through check, import, export and undo.

Seconds and peak memory of every step, on SQLite and on PostgreSQL, each in a fresh process, home folder and database.
``python bench/site_import.py facility|practitioner ROWS`` does one of them, on the database of the environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from xinglin.base.places import load_divisions

ROOT = Path(__file__).resolve().parents[1]
ROWS = 100_000
LIMIT = 10.0
"""Seconds in which so many facilities are checked and written."""
CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林", "安宁平和康泰明德文远思慧志清兰芳秀英建华国强"


def facilities(rows: int) -> list[dict[str, object]]:
    villages = [place.code for place in load_divisions("32") if len(place.code) == 12][:20000]
    divisions = load_divisions("32")
    names = [divisions.get(code).name for code in villages]
    return [
        {
            "name": f"{names[at % len(names)]}第{at // len(names) + 1}卫生室",
            "place": villages[at % len(villages)],
            "kind": "village_clinic",
            "sponsor_level": "village",
            "ownership": "public",
            "beds": at % 5,
            "herb_cabinet": at % 2 == 0,
            "valid_from": date(2000 + at % 20, 1, 1),
        }
        for at in range(rows)
    ]


def card(at: int) -> str:
    first = f"320102{1960 + at % 40}{at // 40 % 12 + 1:02}{at // 480 % 28 + 1:02}{at // 13440 % 1000:03}"
    total = sum(int(digit) * weight for digit, weight in zip(first, CARD_WEIGHTS, strict=True))
    return first + "10X98765432"[total % 11]


def practitioners(rows: int) -> list[dict[str, object]]:
    return [
        {
            "name": SURNAMES[at % 18] + GIVEN[at // 18 % 22] + GIVEN[at // 396 % 22],
            "id_number": card(at),
            "phone": f"139{at:08}",
            "licence": "physician",
            "category": "tcm",
            "gp": at % 3 == 0,
        }
        for at in range(rows)
    ]


MADE: dict[str, Callable[[int], list[dict[str, object]]]] = {
    "facility": facilities,
    "practitioner": practitioners,
}


class Told:
    """Time of the steps (by the clock, and of this process), and the highest memory of each."""

    def __init__(self) -> None:
        self.steps: dict[str, tuple[float, float, int]] = {}
        self._begin()

    def _begin(self) -> None:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
        self.at, self.cpu = time.perf_counter(), time.process_time()

    def __call__(self, what: str) -> None:
        seconds, cpu = time.perf_counter() - self.at, time.process_time() - self.cpu
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        peak = next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))
        self.steps[what] = round(seconds, 2), round(cpu, 2), peak
        self._begin()


def measure(table: str, rows: int) -> dict[str, tuple[float, float, int]]:
    """One register: every step on the way of a file, in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
    sys.path.insert(0, str(ROOT / "tests" / "site"))
    import django

    django.setup()
    from django.core.management import call_command

    from xinglin.apps.accounts.models import Grant, User
    from xinglin.apps.exchange import actions, sheets
    from xinglin.apps.exchange.models import Import
    from xinglin.apps.exchange.spec import SPECS

    call_command("migrate", verbosity=0)
    by = User.objects.create(username="bench")
    Grant.objects.create(user=by, role="regional_officer", place="32")
    spec = SPECS[table]
    columns = dict.fromkeys(spec.table.columns)
    name = f"{spec.label}.xlsx"
    content = sheets.workbook(spec, ({**columns, **row} for row in MADE[table](rows)))
    actions.IN_BACKGROUND = len(content) * 10  # at once, so that the steps are in this process
    told = Told()
    one = actions.submit(by=by, content=content, name=name)
    told("check")
    expect(one, "checked", new=rows)
    actions.apply(one=one, mode="all", by=by)
    told("apply")
    one.refresh_from_db()
    expect(one, "applied", new=rows)
    found = list(spec.rows(by.scope_for(spec.view), {}, True))
    content = sheets.workbook(spec, found)
    told("export")
    again = actions.submit(by=by, content=content, name=name)
    told("re-import of the export")
    expect(again, "checked", same=rows)
    actions.undo(one=one, by=by)
    told("undo")
    left = Import.objects.get(pk=one.pk)
    expect(left, "undone", new=rows)
    return told.steps


def expect(one: Any, state: str, **counts: int) -> None:
    """End when an import is not as it should be: what was measured would mean nothing."""
    if one.state != state or one.errors or any(one.total(what) != count for what, count in counts.items()):
        raise SystemExit(f"{one.state} {one.note} {one.errors} errors {one.counts}")


def run(table: str, rows: int, *, postgres: bool) -> dict[str, tuple[float, float, int]]:
    """`measure` in a process of its own."""
    command = [sys.executable, str(Path(__file__).resolve()), table, str(rows)]
    if postgres:
        command = [sys.executable, str(ROOT / "scripts" / "with_postgres.py"), *command]
    with tempfile.TemporaryDirectory(prefix="xinglin-bench-") as home:
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        environment["XINGLIN_HOME"] = home
        ended = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=False)
    if ended.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {ended.returncode}")
    found: dict[str, tuple[float, float, int]] = json.loads(ended.stdout.splitlines()[-1])
    return found


def main(words: Sequence[str] = ()) -> bool:
    """Measure and print; whether facilities went in as fast as they should."""
    rows = int(words[0]) if words else ROWS
    met = True
    for table in MADE:
        for kind in ("SQLite", "PostgreSQL"):
            steps = run(table, rows, postgres=kind == "PostgreSQL")
            print(f"\n{rows:,} rows of {table} on {kind:24} {'s':>8} {'CPU s':>8} {'peak MiB':>9}")
            for what, (seconds, cpu, peak) in steps.items():
                print(f"{what:46} {seconds:8.1f} {cpu:8.1f} {peak:9}")
            spent = steps["check"][0] + steps["apply"][0]
            print(f"{'check + apply':46} {spent:8.1f}", flush=True)
            met &= table != "facility" or spent <= LIMIT * max(rows, 10_000) / ROWS
    return met


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
