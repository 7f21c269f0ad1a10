"""Import of 100,000 facilities or practitioners: seconds and memory of every step.

    PYTHONPATH=tests/site python bench/site_import.py [facility|practitioner] [rows]

Runs on a fresh SQLite database in a temporary home folder, or on the database that DATABASE_URL names.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("XINGLIN_HOME", tempfile.mkdtemp(prefix="xinglin-bench-"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "site"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from xinglin.apps.accounts.models import Grant, User  # noqa: E402
from xinglin.apps.exchange import actions, sheets, store  # noqa: E402
from xinglin.apps.exchange.models import Import  # noqa: E402
from xinglin.apps.exchange.spec import SPECS  # noqa: E402
from xinglin.base.places import load_divisions  # noqa: E402

CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES, GIVEN = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林", "安宁平和康泰明德文远思慧志清兰芳秀英建华国强"


def facilities(rows: int) -> list[dict[str, object]]:
    villages = [place.code for place in load_divisions("32") if len(place.code) == 12][:20000]
    divisions = load_divisions("32")
    names = [divisions.get(code).name for code in villages]
    blank = dict.fromkeys(SPECS["facility"].table.columns)
    return [
        {
            **blank,
            "name": f"{names[at % len(names)]}第{at // len(names) + 1}卫生室",
            "place": villages[at % len(villages)],
            "kind": "village_clinic",
            "sponsor_level": "village",
            "ownership": "public",
            "beds": at % 5,
            "herb_cabinet": at % 2 == 0,
            "valid_from": timezone.localdate().replace(year=2000 + at % 20, day=1),
        }
        for at in range(rows)
    ]


def card(at: int) -> str:
    first = f"320102{1960 + at % 40}{at // 40 % 12 + 1:02}{at // 480 % 28 + 1:02}{at // 13440 % 1000:03}"
    total = sum(int(digit) * weight for digit, weight in zip(first, CARD_WEIGHTS, strict=True))
    return first + "10X98765432"[total % 11]


def practitioners(rows: int) -> list[dict[str, object]]:
    blank = dict.fromkeys(SPECS["practitioner"].table.columns)
    return [
        {
            **blank,
            "name": SURNAMES[at % 18] + GIVEN[at // 18 % 22] + GIVEN[at // 396 % 22],
            "id_number": card(at),
            "phone": f"139{at:08}",
            "licence": "physician",
            "category": "tcm",
            "gp": at % 3 == 0,
        }
        for at in range(rows)
    ]


class Told:
    """Time since the last step (by the clock, and of this process), and the highest memory so far."""

    def __init__(self) -> None:
        self.at, self.cpu = time.perf_counter(), time.process_time()

    def __call__(self, what: str) -> None:
        now, cpu = time.perf_counter(), time.process_time()
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{what:24}{now - self.at:7.1f} s  {cpu - self.cpu:7.1f} s CPU  {memory:6.0f} MB")
        self.at, self.cpu = time.perf_counter(), time.process_time()


def main(table: str, rows: int) -> None:
    call_command("migrate", verbosity=0, run_syncdb=True)
    by, _ = User.objects.get_or_create(username="bench")
    Grant.objects.get_or_create(user=by, role="regional_officer", place="32")
    spec = SPECS[table]
    made = {"facility": facilities, "practitioner": practitioners}[table](rows)
    told = Told()
    content = sheets.workbook(spec, made)
    told(f"write {len(content) / 1e6:.1f} MB xlsx")
    one = Import.objects.create(by=by, file_name=f"{spec.label}.xlsx", size=len(content), digest="")
    store.keep(one.pk, content)
    told("keep (encrypted)")
    actions.check_import(one.pk, actions.Quiet())
    told("check")
    one.refresh_from_db()
    print(one.state, one.errors, one.counts, one.note)
    Import.objects.filter(pk=one.pk).update(state="applying", mode="all")
    actions.run_import(one.pk, actions.Quiet())
    told("check again and write")
    one.refresh_from_db()
    out = list(spec.rows(by.scope_for(spec.view), {}, True))
    content = sheets.workbook(spec, out)
    told(f"export {len(out)} rows")
    again = Import.objects.create(by=by, file_name=f"{spec.label}.xlsx", size=len(content), digest="")
    store.keep(again.pk, content)
    actions.check_import(again.pk, actions.Quiet())
    told("check own export")
    again.refresh_from_db()
    print(again.state, again.errors, again.counts)
    actions.undo(one=one, by=by)
    told("undo")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "facility", int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
