"""A site to measure: ``python -m bench.site_home ROWS USERS`` fills the installation that the environment names.

Lianzhou 2020, simulated, with the demonstration accounts; ROWS more facilities and as many people in the prefecture
around it; accounts, jobs and log rows enough for full pages; USERS accounts with the demonstration's roles and a
session each. Prints as JSON what the load generator needs, and how many queries each page takes at one row and at a
full page.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from datetime import date
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.runs import LIANZHOU, make_lianzhou  # noqa: E402
from xinglin.apps.accounts.demo import demo_accounts  # noqa: E402
from xinglin.apps.accounts.models import Grant, User  # noqa: E402
from xinglin.apps.accounts.sessions import ADDRESS, SEEN, SINCE, SessionStore  # noqa: E402
from xinglin.apps.accounts.signing import VERIFIED  # noqa: E402
from xinglin.apps.audit.models import Entry  # noqa: E402
from xinglin.apps.audit.sealing import seal_pending  # noqa: E402
from xinglin.apps.organisations.actions.rows import derive  # noqa: E402
from xinglin.apps.organisations.loading import demo_name, load_facts  # noqa: E402
from xinglin.apps.organisations.models import Consortium, Facility, Post, Practitioner  # noqa: E402
from xinglin.apps.work.models import Job, State  # noqa: E402
from xinglin.base.places import Level, load_divisions  # noqa: E402
from xinglin.cli.demo_site import facilities_of_roles  # noqa: E402
from xinglin.facts import open_dataset  # noqa: E402

COUNTY, AROUND, FULL = "441882", "4418", 200
BATCH = 500


@dataclass(frozen=True)
class Page:
    """A page that is measured.

    Attributes:
        permission: who opens it. one: what makes it show a single row. full: what makes it show as many as it can.
    """

    name: str
    path: str
    permission: str
    one: str = ""
    full: str = ""


def pages() -> tuple[Page, ...]:
    """The lists, the home page and a form; rows that single them out are those of this database."""
    hall = Facility.objects.filter(halls__valid_to=None, halls__isnull=False, place__startswith=COUNTY)
    clinic = Post.objects.filter(facility__kind="village_clinic", facility__place__startswith=COUNTY)
    facility, post = hall.order_by("pk")[0], clinic.order_by("pk")[0]
    name = Consortium.objects.order_by("pk")[0].name
    return (
        Page("home", "/", "home.view"),
        Page("facilities", "/facilities", "facility.view", f"q={facility.name}", f"size={FULL}"),
        Page("halls", "/facilities?hall=yes", "facility.view", f"q={facility.name}", f"size={FULL}"),
        Page("facility", f"/facilities/{facility.pk}", "facility.edit"),
        Page("facility form", f"/facilities/{facility.pk}/edit", "facility.edit"),
        Page(
            "practitioners",
            "/practitioners",
            "practitioner.view",
            f"facility={post.facility_id}",
            f"size={FULL}",
        ),
        Page("consortia", "/consortia", "consortium.view", f"q={name}", f"size={FULL}"),
        Page("audit", "/audit", "audit.view", "action=installation.create"),
        Page("users", "/users", "user.manage", "q=demo-physician", f"size={FULL}"),
        Page("jobs", "/jobs?all=1", "job.view", "page=99999", f"size={FULL}"),
    )


def fill(rows: int) -> None:
    """Everything but the users that are measured."""
    make_lianzhou()
    with transaction.atomic():
        load_facts(open_dataset(LIANZHOU), None)
        demo_accounts(COUNTY, facilities_of_roles())
    _more(rows)
    with transaction.atomic():
        made = [User(username=f"bench-filler-{number}") for number in range(FULL)]
        User.objects.bulk_create(made)
        Grant.objects.bulk_create(
            Grant(user=user, role="liaison", place=COUNTY, valid_from=timezone.localdate()) for user in made
        )
        now = timezone.now()
        log = {"at": now, "action": "facility.edit", "kind": "facility", "fields": ["name", "place"]}
        Entry.objects.bulk_create(
            (Entry(**log, object_id=f"QX{number}", actor=made[number % FULL].pk) for number in range(20_000)),
            batch_size=BATCH,
        )


def _more(rows: int) -> None:
    """Facilities, people and posts around the county."""
    divisions = load_divisions(AROUND[:2])
    villages = [one.code for one in divisions if one.level is Level.VILLAGE and one.code.startswith(AROUND)]
    villages = [code for code in villages if not code.startswith(COUNTY)]
    opened = date(2010, 1, 1)
    for first in range(0, rows, 10_000):
        numbers = range(first, min(rows, first + 10_000))
        facilities = [
            Facility(
                name=f"{divisions.get(code).name}演示第{number // len(villages) + 1}卫生室",
                place=code,
                kind="village_clinic",
                sponsor_level="village",
                ownership="public",
                valid_from=opened,
            )
            for number in numbers
            for code in [villages[number % len(villages)]]
        ]
        people: list[Any] = [
            Practitioner(
                licence="rural_doctor",
                category="tcm",
                name=demo_name(number),
                registered_in=facility.place[: Level.COUNTY],
            )
            for number, facility in zip(numbers, facilities, strict=True)
        ]
        for row in (*facilities, *people):
            derive(row)
        posts = [
            Post(practitioner=person, facility=facility, main=True, valid_from=opened)
            for person, facility in zip(people, facilities, strict=True)
        ]
        with transaction.atomic():
            Facility.objects.bulk_create(facilities, batch_size=BATCH)
            Practitioner.objects.bulk_create(people, batch_size=BATCH)
            Post.objects.bulk_create(posts, batch_size=BATCH)


def session_of(user: User) -> str:
    """A session past sign-in and second factor, made as signing in makes it."""
    now = int(timezone.now().timestamp())
    store = SessionStore()
    store.update(
        {
            SESSION_KEY: user.pk,
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
            VERIFIED: True,
            SINCE: now,
            SEEN: now,
            ADDRESS: "127.0.0.1",
        }
    )
    store.create()
    store.save()
    return str(store.session_key)


def users(count: int) -> list[User]:
    """Accounts with the roles and areas of the demonstration accounts, one after another."""
    grants = list(Grant.objects.filter(user__demo=True).order_by("pk"))
    made = []
    for number in range(count):
        like = grants[number % len(grants)]
        user = User.objects.create(username=f"bench-{number}", must_change_password=False)
        Grant.objects.create(
            user=user,
            role=like.role,
            place=like.place,
            facility=like.facility,
            valid_from=timezone.localdate(),
        )
        made.append(user)
    now = timezone.now()
    Job.objects.bulk_create(
        Job(kind="facts.recount", label=f"演示任务 {n}", state=State.DONE, asked_by=user.pk, ended_at=now)
        for user in made
        if user.can("job.view")
        for n in range(FULL)
    )
    return made


def address(page: Page, more: str) -> str:
    """The page with a further condition."""
    return page.path + (("&" if "?" in page.path else "?") + more if more else "")


def queries(session: str, path: str) -> tuple[int, int]:
    """How many queries a page takes (savepoints are none), and how many rows its table has."""
    client = Client(headers={"host": "localhost"})
    client.cookies["sessionid"] = session
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    asked = [
        one
        for one in caught.captured_queries
        if one["sql"].split(" ")[0] in ("SELECT", "INSERT", "UPDATE", "WITH")
    ]
    return len(asked), answer.content.decode().partition("<tbody>")[2].count("<tr")


def main(rows: int, count: int) -> None:
    fill(rows)
    made = users(count)
    seal_pending()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    sessions = {user.pk: session_of(user) for user in made}
    shown = pages()
    plan: dict[str, Any] = {
        "users": [
            {
                "session": sessions[user.pk],
                "pages": [(p.name, p.path) for p in shown if user.can(p.permission)],
            }
            for user in made
        ],
        "alone": [],
        "queries": {},
    }
    for page in shown:
        # the widest area: a regional officer sees the prefecture
        fit = [user for user in made if user.can(page.permission)]
        user = max(fit, key=lambda one: "regional_officer" in [grant.role for grant in one.grants.all()])
        session = sessions[user.pk]
        plan["alone"].append((page.name, page.path, session))
        if page.full:
            plan["alone"].append((f"{page.name}, {FULL} rows", address(page, page.full), session))
        plan["queries"][page.name] = (
            queries(session, address(page, page.one)),
            queries(session, address(page, page.full)),
        )
    json.dump(plan, sys.stdout)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
