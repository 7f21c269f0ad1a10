"""``python -m bench import [rows]``: so many facilities, and as many people, through check, import, export and undo.

``python -m bench import-records [rows]`` does the same with records of one register of the form engine, with codes,
deadlines and a unique key. Seconds and peak memory of every step, on SQLite and on PostgreSQL, each in a fresh
process, home folder and database; and how often whoever waits was told how far it is, with the longest silence.
``python bench/site_import.py facility|practitioner|records.education_base ROWS`` does one of them, on the database of
the environment.
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
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

from xinglin.base.places import load_divisions

ROOT = Path(__file__).resolve().parents[1]
ROWS = 100_000
RECORDS, OWNERS = "records.education_base", 2000
"""The register of the engine, and how many facilities its records belong to."""
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


def bases(rows: int) -> list[dict[str, object]]:
    """Education bases of facilities that are there, several to each."""
    from xinglin.apps.organisations.models import Facility

    owners = list(Facility.objects.order_by("pk").values_list("pk", flat=True))
    return [
        {
            "facility": owners[at % len(owners)],
            "valid_from": date(2010 + at % 15, 1 + at % 12, 1),
            "name": f"中医健康宣教基地{at}（演示）",
            "level": ("county", "township")[at % 2],
            "area": Decimal(40 + at % 300),
            "lecturers": at % 20,
            "rooms": ("宣讲室、电子屏", "展陈区", "宣讲室、展陈区、读物角")[at % 3],
            "themes": "四季养生、认识中药、八段锦",
            "open_days": Decimal(at % 7),
            "visitors": at % 5000,
            "verified": at % 2 == 0,
            "verified_on": date(2025, 4, 1 + at % 28) if at % 2 == 0 else None,
            "review_on": date(2027, 1 + at % 12, 1 + at % 28),
        }
        for at in range(rows)
    ]


MADE: dict[str, Callable[[int], list[dict[str, object]]]] = {
    "facility": facilities,
    "practitioner": practitioners,
    RECORDS: bases,
}


def _watched() -> Any:
    """Progress as a job tells it, with the time of every sign of life."""
    from xinglin.apps.exchange.actions import Quiet

    class Watched(Quiet):
        signs: ClassVar[list[float]] = []

        def step(self, steps: int = 1, message: str | None = None) -> None:
            del steps
            self.beat(message)

        def beat(self, message: str | None = None) -> None:
            del message
            self.signs.append(time.perf_counter())

    return Watched


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
    if table == RECORDS:
        Grant.objects.create(user=by, role="county_officer", place="32")
        _bring_facilities(by)
    spec = SPECS[table]
    columns = dict.fromkeys(spec.table.columns)
    name = f"{spec.label}.xlsx"
    content = sheets.workbook(spec, ({**columns, **row} for row in MADE[table](rows)))
    actions.IN_BACKGROUND = len(content) * 10  # at once, so that the steps are in this process
    actions.Quiet = watched = _watched()  # type: ignore[misc]
    told = Told()
    begun = time.perf_counter()
    one = actions.submit(by=by, content=content, name=name)
    told("check")
    expect(one, "checked", new=rows)
    actions.apply(one=one, mode="all", by=by)
    told("apply")
    signs = [begun, *watched.signs, time.perf_counter()]
    silence = max(later - sooner for sooner, later in pairwise(signs))
    told.steps[f"longest silence of {len(watched.signs)} signs"] = round(silence, 2), 0.0, 0
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


def _bring_facilities(by: Any) -> None:
    """Facilities that records can be about, by the same way."""
    from xinglin.apps.exchange import actions, sheets
    from xinglin.apps.exchange.spec import SPECS

    spec = SPECS["facility"]
    empty = dict.fromkeys(spec.table.columns)
    content = sheets.workbook(spec, ({**empty, **row} for row in facilities(OWNERS)))
    actions.IN_BACKGROUND = len(content) * 10
    one = actions.submit(by=by, content=content, name=f"{spec.label}.xlsx")
    expect(one, "checked", new=OWNERS)
    actions.apply(one=one, mode="all", by=by)


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


def main(words: Sequence[str] = (), tables: Sequence[str] = ("facility", "practitioner")) -> bool:
    """Measure and print; whether facilities went in as fast as they should."""
    rows = int(words[0]) if words else ROWS
    met = True
    for table in tables:
        for kind in ("SQLite", "PostgreSQL"):
            steps = run(table, rows, postgres=kind == "PostgreSQL")
            print(f"\n{rows:,} rows of {table} on {kind:24} {'s':>8} {'CPU s':>8} {'peak MiB':>9}")
            for what, (seconds, cpu, peak) in steps.items():
                print(f"{what:46} {seconds:8.1f} {cpu:8.1f} {peak:9}")
            spent = steps["check"][0] + steps["apply"][0]
            print(f"{'check + apply':46} {spent:8.1f}", flush=True)
            met &= table != "facility" or spent <= LIMIT * max(rows, 10_000) / ROWS
    return met


def main_records(words: Sequence[str] = ()) -> bool:
    """The same for records of one register; no limit is set for them."""
    return main(words, (RECORDS,))


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
