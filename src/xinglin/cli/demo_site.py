"""The demonstration's site: a home folder of its own with Lianzhou in it and an account for every role."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.console import Console

from xinglin.base.errors import XinglinError
from xinglin.cli.site import settle
from xinglin.facts import load_contract, open_dataset

if TYPE_CHECKING:
    from xinglin.apps.accounts.demo import DemoAccount
    from xinglin.apps.forms.loading import Report

MARK = "DEMO"
"""A file that says: this home folder is a demonstration's and may be made anew."""
SOURCE = "演示HIS"
"""The source of the tables that no app of the site registers yet."""
HOST, PORT = "127.0.0.1", 8000
WORKS_IN = {
    "village_doctor": "village_clinic",
    "physician": "township_hospital",
    "pharmacist": "township_hospital",
    "facility_head": "township_hospital",
}
"""The kind of facility that a role's demonstration account belongs to."""


def make_demo_site(home: Path, data: Path, place: str, on: date, screen: Console) -> None:
    """Make the site anew, load the data, make the accounts and print them.

    Raises:
        XinglinError: the folder holds something that is no demonstration.
    """
    screen.rule("五、演示站点")
    _clear(home)
    os.environ.pop("DATABASE_URL", None)
    os.environ["XINGLIN_DEMO"] = "1"
    from xinglin.apps.installation.keyring import place_keys
    from xinglin.apps.protection.home import new_keys

    place_keys(home, new_keys())
    (home / MARK).touch()
    settle(home)
    accounts = _fill(data, place, screen)
    _publish(data, place, (date(on.year, 6, 30), on), screen)
    print_accounts(accounts, screen)


def _clear(home: Path) -> None:
    if home.exists():
        if not (home / MARK).exists() and any(home.iterdir()):
            raise XinglinError(f"“{home}”不是演示站点的目录，没有动它；请用 -o 换一个地方")
        shutil.rmtree(home)


def _fill(data: Path, place: str, screen: Console) -> list[DemoAccount]:
    """Tables, registers, accounts, what is going on today."""
    from django.db import transaction
    from django.utils import timezone

    from xinglin.apps.accounts.demo import demo_accounts
    from xinglin.apps.accounts.models import User
    from xinglin.apps.clinic.demo import demo_seats
    from xinglin.apps.contracts.demo import lively_contracts
    from xinglin.apps.forms.demo import Lively
    from xinglin.apps.forms.loading import load_records
    from xinglin.apps.insight.demo import lively_tasks
    from xinglin.apps.installation import actions
    from xinglin.apps.organisations.loading import load_facts
    from xinglin.apps.wellness.demo import lively_services

    actions.upgrade()
    dataset = open_dataset(data)
    with transaction.atomic():
        load_facts(dataset, None)
        told(load_records(dataset, None), screen)
        accounts = demo_accounts(place, facilities_of_roles())
        names = [one.username for one in accounts]
        users = {user.username: user for user in User.objects.filter(username__in=names)}
        by = {one.role: users[one.username] for one in accounts}
        demo_seats(users.values())
        Lively(place, by, timezone.localdate()).all()
        lively_tasks(place, by, timezone.localdate())
        lively_services(by, timezone.localdate())
        lively_contracts(place, by, timezone.localdate())
    return accounts


def _publish(data: Path, place: str, days: tuple[date, ...], screen: Console) -> None:
    """What no app of the site registers yet comes in as tables from outside; then the numbers of some days."""
    from xinglin.apps.indicators.actions import add_facts
    from xinglin.apps.indicators.models import Vintage
    from xinglin.apps.work import runner

    outside = add_facts(data, SOURCE, by=None)
    words = "、".join(
        f"{load_contract().table(name).label} {rows} 行" for name, rows in outside.rows().items()
    )
    screen.print(f"从别的系统并入（演示）：{words}")
    _ask_for_recounts(place, days)
    runner.work_off()
    for vintage in Vintage.objects.order_by("on"):
        screen.print(f"已统计 {vintage.on}，期次 {vintage.pk}")


def _ask_for_recounts(place: str, days: tuple[date, ...]) -> None:
    from django.db import transaction

    from xinglin.apps.accounts.models import Grant
    from xinglin.apps.indicators.jobs import RECOUNT
    from xinglin.apps.work.actions import ask

    officer = (
        Grant.objects.select_related("user").filter(role="county_officer", place=place).order_by("pk")[0]
    )
    with transaction.atomic():
        for day in days:
            ask(RECOUNT, by=officer.user, label=f"重新统计 {place} {day}", place=place, on=day.isoformat())


def told(report: Report, screen: Console) -> None:
    """How many records came of the data set, and which of its rows found no register."""
    kinds = len(report.records)
    screen.print(f"{sum(report.records.values())} 条登记、活动、事项（{kinds} 种），{report.answers} 份问卷")
    for (table, kind), number in sorted(report.left.items()):
        label = load_contract().table(table).label
        screen.print(f"{label}（{kind}）有 {number} 行没有登记的地方，没有载入")


def facilities_of_roles() -> dict[str, str]:
    """Role → id of a facility that still works.

    Raises:
        XinglinError: there is none of the kind that a role belongs to.
    """
    return {role: _facility_of(role, kind) for role, kind in WORKS_IN.items()}


def _facility_of(role: str, kind: str) -> str:
    from xinglin.apps.access.table import access_table
    from xinglin.apps.organisations.models import Facility

    working = Facility.objects.filter(kind=kind, valid_to=None).order_by("place", "pk")
    found = working.values_list("pk", flat=True).first()
    if found is None:
        label, account = Facility(kind=kind).get_kind_display(), access_table().roles[role].label
        raise XinglinError(f"这个地方没有在用的{label}，“{account}”的演示账号没有地方：请换一个县")
    return str(found)


def print_accounts(accounts: list[DemoAccount], screen: Console) -> None:
    """Roles, names, passwords and the codes of this moment."""
    rows = [("角色", "登录名", "密码", "动态口令")]
    rows += [(one.label, one.username, one.password, one.code or "不需要") for one in accounts]
    widths = [max(cell_len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        line = "  ".join(set_cell_size(text, width) for text, width in zip(row, widths, strict=True))
        screen.print(line, markup=False, soft_wrap=True)
    screen.print("动态口令每 30 秒一换，过期后用 xinglin site codes 再看。")


def serve_demo(home: Path) -> None:
    """Serve the demonstration until Ctrl-C."""
    from xinglin.apps.installation.server import serve

    serve(home.absolute(), HOST, PORT, worker=True)
