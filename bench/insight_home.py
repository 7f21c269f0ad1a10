"""A site to measure insight on: ``python -m bench.insight_home USERS`` fills the installation of the environment.

The site of `bench.site_home`, with the county's registers, its tasks and its numbers published at two dates; USERS
accounts, county officers, heads of a facility each and inspectors, a session each. Prints as JSON who opens what, and
of every page its queries, rows it leaves in the audit log, and CPU it takes in this process.

``python -m bench.insight_home profile NAME`` tells where a page spends its time, on a site that stands.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench import records_home, site_home  # noqa: E402
from bench.runs import LIANZHOU  # noqa: E402
from xinglin.apps.accounts.models import Grant, User  # noqa: E402
from xinglin.apps.audit.models import Entry  # noqa: E402
from xinglin.apps.audit.sealing import seal_pending  # noqa: E402
from xinglin.apps.forms.book import definition  # noqa: E402
from xinglin.apps.forms.demo import Lively  # noqa: E402
from xinglin.apps.forms.loading import load_records  # noqa: E402
from xinglin.apps.forms.models import Record  # noqa: E402
from xinglin.apps.indicators.models import Vintage  # noqa: E402
from xinglin.apps.insight.demo import lively_tasks  # noqa: E402
from xinglin.apps.insight.files import opened  # noqa: E402
from xinglin.apps.insight.tasks.generating import library  # noqa: E402
from xinglin.base.states import ValueState  # noqa: E402
from xinglin.cli.receipts import publish  # noqa: E402
from xinglin.cli.shared import inputs  # noqa: E402
from xinglin.config.room import with_room  # noqa: E402
from xinglin.facts import open_dataset  # noqa: E402
from xinglin.standing.areas_file import Selection  # noqa: E402

COUNTY, DAYS = site_home.COUNTY, (date(2020, 6, 30), date(2020, 12, 31))
REGISTER, RECORDS = "equipment", 4000
ROLES = ("county_officer", "facility_head", "facility_head", "inspector")
"""Of four people at work two are in facilities: there are many of those."""
TIMES = 8


@dataclass(frozen=True)
class Page:
    """A page that is measured; ``roles``: who opens it; ``saves``: it is a form that is opened and sent."""

    name: str
    path: str
    roles: tuple[str, ...] = ("county_officer", "inspector")
    saves: bool = False


def fill() -> None:
    """Everything but the users that are measured."""
    site_home.fill(0)
    with transaction.atomic():
        load_records(open_dataset(LIANZHOU), None)
        grants = Grant.objects.select_related("user").filter(user__demo=True)
        by = {grant.role: grant.user for grant in grants}
        Lively(COUNTY, by, timezone.localdate()).all()
        lively_tasks(COUNTY, by, timezone.localdate())
    records_home.fill(definition(REGISTER), RECORDS, share=1)
    home = Path(settings.XINGLIN_HOME)
    (home / "facts").symlink_to(LIANZHOU, target_is_directory=True)
    (home / "vintages").mkdir(exist_ok=True)
    for number, day in enumerate(DAYS, start=1):
        key = f"V{number:018d}"
        publish(inputs(LIANZHOU, COUNTY, day), home / "vintages" / key)
        hashes = dict.fromkeys(("facts_manifest", "definitions", "results"), "0" * 64)
        at = datetime(2021, 1, number, 9, tzinfo=UTC)
        Vintage.objects.create(id=key, place=COUNTY, on=day, published_at=at, job=key, **hashes)


def users(count: int) -> list[tuple[User, str, str]]:
    """Accounts, their roles, and for heads the record that is theirs to change: no two change the same."""
    first = next(iter(definition(REGISTER).states))  # may be changed
    rows = (
        Record.objects.of(REGISTER)
        .filter(place__startswith=COUNTY, state=first)
        .order_by("facility_id", "pk")
    )
    mine: dict[str, str] = {}
    for pk, facility in rows.values_list("pk", "facility_id"):
        mine.setdefault(facility, pk)
    own, made = iter(mine.items()), []
    for number, role in enumerate(islice(cycle(ROLES), count)):
        user = User.objects.create(username=f"bench-insight-{number}", must_change_password=False)
        facility, record = next(own) if role == "facility_head" else ("", "")
        area = {"facility": facility} if facility else {"place": COUNTY}
        Grant.objects.create(user=user, role=role, valid_from=timezone.localdate(), **area)
        made.append((user, role, record))
    return made


def pages(record: str, facility: str) -> list[Page]:
    """The pages of insight and beside it; ``record`` and ``facility`` are the user's own, "" for officers."""
    file = opened(Vintage.objects.order_by("-on")[0].pk)
    key = next(
        one.key
        for one in file.measures()
        if len(file.units(Selection(one.key, COUNTY), 60)) == 60
        and file.number(one.key, COUNTY).state is ValueState.NUMBER  # type: ignore[union-attr]
    )
    unit = next(one for one in file.units(Selection(key, COUNTY), 60) if one.facility)
    mine, lists = facility or unit.facility, f"/records/of/{REGISTER}/"
    all_roles = ("county_officer", "inspector", "facility_head")
    head = ("facility_head",)
    known = [
        Page("overview", "/overview"),
        Page("indicators", "/indicators"),
        Page("indicator", f"/indicators/{key}?place={COUNTY}"),
        Page("units", f"/indicators/{key}/units?place={COUNTY}"),
        Page("unit rows", f"/indicators/{key}/units/{unit.unit}"),
        Page("policies", "/policies"),
        Page("policy", f"/policies/{library().covering(COUNTY)[0].id}"),
        Page("insight facilities", "/standing?size=200"),
        Page("insight facility", f"/standing/{mine}", all_roles),
        Page("tasks", "/tasks"),
        Page("reports", "/reports"),
        Page("facilities", "/facilities", all_roles),
        Page("records", lists, all_roles),
    ]
    if record:
        known += [
            Page("record form", f"/records/{record}/edit/", head),
            Page("record saved", f"/records/{record}/edit/", head, saves=True),
        ]
    return known


def client_of(session: str) -> Client:
    """A browser in this process."""
    client = Client(headers={"host": "localhost"})
    client.cookies["sessionid"] = session
    return client


def looked_at(page: Page, session: str) -> dict[str, Any]:
    """Queries, rows in the audit log and milliseconds of CPU of a page that is opened again and again."""
    client, taken = client_of(session), []
    client.get(page.path)
    before = Entry.objects.count()
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(page.path)
    assert answer.status_code == 200, (page.path, answer.status_code)
    verbs = [one["sql"].split(" ")[0] for one in caught.captured_queries]
    asked = sum(verb in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH") for verb in verbs)
    written = Entry.objects.count() - before
    server = with_room(lambda _, __: client.get(page.path))  # as the server calls it
    for _ in range(TIMES):
        begun = time.process_time()
        server({}, lambda: None)
        taken.append((time.process_time() - begun) * 1000)
    return {"queries": asked, "audit": written, "cpu": statistics.median(taken), "size": len(answer.content)}


def main(count: int) -> None:
    fill()
    made = users(count)
    seal_pending()
    plan: dict[str, Any] = {"users": [], "pages": {}, "samples": {}}
    for user, role, record in made:
        session = site_home.session_of(user)
        facility = next((grant.facility for grant in user.grants.all() if grant.facility), "")
        mine = [page for page in pages(record, facility) if role in page.roles]
        plan["users"].append({"session": session, "role": role, "pages": [asdict(page) for page in mine]})
        for page in mine:
            if page.name not in plan["samples"]:
                plan["samples"][page.name] = {"session": session, "path": page.path}
                plan["pages"][page.name] = {} if page.saves else looked_at(page, session)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    json.dump(plan, sys.stdout)


def profile(path: str) -> None:
    """Read a plan and tell of every page what it takes, and of those named where."""
    plan = json.loads(Path(path).read_text(encoding="utf-8"))
    for name, sample in plan["samples"].items():
        if plan["pages"][name]:
            found = looked_at(Page(name, sample["path"]), sample["session"])
            print(
                f"{name:22} {found['cpu']:7.1f} ms CPU {found['queries']:3} queries {found['size'] // 1024:5} KiB"
            )
    for name in sys.argv[3:]:
        client, watched = client_of(plan["samples"][name]["session"]), cProfile.Profile()
        client.get(plan["samples"][name]["path"])
        watched.enable()
        client.get(plan["samples"][name]["path"])
        watched.disable()
        pstats.Stats(watched).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    if sys.argv[1] == "profile":
        profile(sys.argv[2])
    else:
        main(int(sys.argv[1]))
