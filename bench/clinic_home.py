"""Clinics to measure: ``python -m bench.clinic_home USERS`` fills the installation that the environment names.

USERS doctors, four to a township hospital, each with a seat, a session and residents of his own who were here before;
every hospital has its herbs on the shelf, with prices. Prints as JSON who sees whom and what he prescribes: sixteen
herbs each time that the check lets pass.

``python -m bench.clinic_home profile [ROUNDS]`` fills the same and tells, in this process, what each request of a visit
takes of CPU and queries, and where signing spends its time.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import random
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from bench.site_home import session_of  # noqa: E402
from xinglin.apps.accounts.models import Grant, User  # noqa: E402
from xinglin.apps.audit.sealing import seal_pending  # noqa: E402
from xinglin.apps.clinic import actions  # noqa: E402
from xinglin.apps.clinic.models import Encounter, Seat, ShelfItem  # noqa: E402
from xinglin.apps.organisations.actions.rows import derive  # noqa: E402
from xinglin.apps.organisations.checks import card_digit  # noqa: E402
from xinglin.apps.organisations.models import Facility, Post, Practitioner  # noqa: E402
from xinglin.apps.residents import identity  # noqa: E402
from xinglin.apps.residents.models import Known, Resident  # noqa: E402
from xinglin.apps.residents.once import new_key  # noqa: E402
from xinglin.knowledge import herbs, safety  # noqa: E402
from xinglin.knowledge.safety import Level  # noqa: E402

TOWNSHIP, OPENED = "441882101", date(2015, 1, 1)
DOCTORS, RESIDENTS, VISITS = 4, 10, 2
"""Doctors of a hospital, residents of a doctor, and visits that each resident had before."""
LINES, PRESCRIPTIONS, ON_SHELF = 16, 40, 300
SEED = 6
COUGH, COLD = "A04.04.01", "B02.02.04.04.01"


def prescriptions() -> list[dict[str, str]]:
    """Forms with sixteen herbs each, drawn from those in common doses, that need no second signature."""
    chance, found = random.Random(SEED), list[dict[str, str]]()
    usual = [one for one in herbs.load() if _plain(one)]
    while len(found) < PRESCRIPTIONS:
        lines = tuple(safety.Line(one.name, one.dose_max) for one in chance.sample(usual, LINES))
        told = safety.check(safety.Prescription(lines, doses=7))
        if all(one.level not in (Level.SIGN, Level.STOP) for one in told):
            found.append(form(lines))
    return found


def _plain(one: Any) -> bool:
    """A herb that is nothing but ordinary."""
    special = one.toxicity or one.external_only or one.control or one.decoction or one.pregnancy
    return bool(one.dose_max and one.dose_max <= 30 and one.decoctable and not special)


def form(lines: tuple[safety.Line, ...]) -> dict[str, str]:
    """What the page of a visit sends for them."""
    values = {
        "complaint": "咳嗽 3 天（演示数据）",
        "present": "受凉后咳嗽，痰白稀，无发热。",
        "inspection": "舌淡红，苔薄白。",
        "disease_0": COUGH,
        "pattern_0": COLD,
        "principle": "疏风散寒，宣肺止咳",
        "advice": "忌生冷油腻，不适随诊。",
        "doses": "7",
        "times": "2",
        "usage": "水煎服，早晚分服",
    }
    for at, one in enumerate(lines):
        values |= {f"herb_{at}": one.herb, f"grams_{at}": f"{one.grams:g}"}
    return values


def fill(count: int) -> list[dict[str, Any]]:
    """The whole site; of every doctor his session and whom he sees."""
    forms, plans = prescriptions(), []
    with transaction.atomic():
        for number in range(count):
            if number % DOCTORS == 0:
                facility = _hospital(number // DOCTORS)
            plans.append(_doctor(facility, number, forms))
    seal_pending()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return plans


def _hospital(number: int) -> Facility:
    row = Facility(
        name=f"演示第{number + 1}卫生院",
        place=TOWNSHIP,
        kind="township_hospital",
        sponsor_level="township",
        ownership="public",
        valid_from=OPENED,
    )
    derive(row)
    row.save()
    names = list(herbs.load().herbs)[:ON_SHELF]
    ShelfItem.objects.bulk_create(
        ShelfItem(facility=row, name=name, herb=name, price=Decimal("0.1234"), insurance=f"T{at:06}")
        for at, name in enumerate(names)
    )
    return row


def _doctor(facility: Facility, number: int, forms: list[dict[str, str]]) -> dict[str, Any]:
    user = User.objects.create(username=f"bench-doctor-{number}", must_change_password=False)
    today = timezone.localdate()
    Grant.objects.create(user=user, role="physician", facility=facility.pk, valid_from=today)
    person = Practitioner(
        name=f"演示医师{number}", licence="physician", category="tcm", registered_in=TOWNSHIP
    )
    derive(person)
    person.save()
    Post.objects.create(practitioner=person, facility=facility, main=True, valid_from=OPENED)
    Seat.objects.create(user=user, practitioner=person)
    own = [_resident(facility, number * RESIDENTS + at) for at in range(RESIDENTS)]
    for at, one in enumerate(own):
        for back in range(VISITS):
            _visit(user, facility, one, forms[(number + at) % len(forms)], 70 + 30 * back)
    return {"session": session_of(user), "residents": [{"id": one.pk, "phone": one.phone} for one in own]}


def _resident(facility: Facility, number: int) -> Resident:
    born = date(1950, 1, 1) + timedelta(days=number * 7 % 18_000)
    first = f"9999{10 + number // 900:02}{born:%Y%m%d}{number % 900:03}"
    row = Resident(
        name=f"演示居民{number}",
        id_number=first + card_digit(first),
        sex="female",
        birth_date=born,
        phone=f"139{number:08}",
        place=TOWNSHIP,
    )
    identity.derive(row)
    row.save()
    Known.objects.create(resident=row, facility=facility)
    return row


def _visit(user: User, facility: Facility, one: Resident, values: dict[str, str], back: int) -> None:
    """One that is over, so many days ago."""
    made = actions.enqueue(one, facility, by=user, key=new_key())
    row = Encounter.objects.get(pk=made.id)
    actions.sign(row, values, by=user, key=new_key())
    day = timezone.localdate() - timedelta(days=back)
    number = Encounter.objects.filter(facility=facility, day=day).count() + 1
    Encounter.objects.filter(pk=row.pk).update(day=day, number=number)


class Visiting:
    """A doctor's browser in this process; what each request takes is kept by its name."""

    def __init__(self, session: str) -> None:
        self.client = Client(headers={"host": "localhost"})
        self.client.cookies["sessionid"] = session
        self.cpu: dict[str, list[float]] = defaultdict(list)
        self.queries: dict[str, int] = {}
        self.watched: cProfile.Profile | None = None

    def visit(self, resident: str, values: dict[str, str], copy: bool) -> None:
        """From the resident's file to the signed record."""
        file = f"/residents/{resident}"
        self.asked("file", lambda: self.client.get(file))
        seat = {"key": new_key(), **({"copy": "1"} if copy else {})}
        address = self.asked("queue", lambda: self.client.post(f"{file}/enqueue", seat), 302).headers[
            "Location"
        ]
        self.asked("open visit", lambda: self.client.get(address))
        self.asked("draft", lambda: self.client.post(f"{address}/draft", values))
        self.asked("check", lambda: self.client.post(f"{address}/check", values))
        signed = {**values, "action": "sign", "key": new_key()}
        self.asked("sign", lambda: self.client.post(address, signed), 302)
        self.asked("record", lambda: self.client.get(address))

    def asked(self, name: str, ask: Callable[[], Any], wanted: int = 200) -> Any:
        """One request, measured; its answer."""
        with CaptureQueriesContext(connection) as caught:
            begun = time.process_time()
            answer = self.watched.runcall(ask) if self.watched and name == "sign" else ask()
            self.cpu[name].append((time.process_time() - begun) * 1000)
        verbs = [one["sql"].split(" ")[0] for one in caught.captured_queries]
        self.queries[name] = sum(verb in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH") for verb in verbs)
        assert answer.status_code == wanted, (name, answer.status_code, answer.content.decode()[-3000:])
        return answer


def profile(rounds: int) -> None:
    """CPU and queries of every request, then where signing spends its time."""
    plan = fill(1)[0]
    forms, doctor = prescriptions(), Visiting(plan["session"])
    for at in range(rounds):
        if at == rounds // 2:
            _print(doctor)
            doctor.watched = cProfile.Profile()
        one = plan["residents"][at % len(plan["residents"])]["id"]
        doctor.visit(one, forms[at % len(forms)], bool(at % 2))
    pstats.Stats(doctor.watched).sort_stats("cumulative").print_stats(70)


def _print(doctor: Visiting) -> None:
    for name, taken in doctor.cpu.items():
        print(f"{name:12} {statistics.median(taken):7.1f} ms CPU {doctor.queries[name]:3} queries")


if __name__ == "__main__":
    if sys.argv[1] == "profile":
        profile(int(sys.argv[2]) if len(sys.argv) > 2 else 20)
    else:
        json.dump({"doctors": fill(int(sys.argv[1])), "forms": prescriptions()}, sys.stdout)
