"""A day of a township's TCM doctor and one of a village doctor, in Chromium; then the indicators move by what was done.

Forty visits on the real pages by keys. Whoever does them counts by hand (`clinic_day.Tally`); what the recounts before
and after differ by, and what the drill of a facility says, is compared with that count.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import clinic_factories as clinic
import forms_factories as records
import organisations_factories as make
import pytest
import residents_factories as people
import wellness_factories as wellness
import wellness_visits as health
from browser import opening
from clinic_day import Doctor, Tally
from clinic_factories import Desk, raw
from clinic_visits import SIX, township_day, village_day
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from indicators_factories import copying

from xinglin.apps.access.scope import Scope
from xinglin.apps.accounts.models import User
from xinglin.apps.clinic.models import Encounter
from xinglin.apps.forms.models import Sent
from xinglin.apps.indicators import owners as ownership
from xinglin.apps.indicators import recounting
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.insight.pictures import Picture
from xinglin.apps.residents.models import Resident
from xinglin.apps.wellness.models import HealthService
from xinglin.apps.work.models import Job
from xinglin.apps.work.runner import work_off
from xinglin.facts import open_dataset
from xinglin.measures import load_measures
from xinglin.policy import load_documents
from xinglin.standing import open_inputs

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.both,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1", "localhost"]),
    pytest.mark.django_db(transaction=True),
]
DAY = date(2025, 12, 15)
COUNTY, TOWNSHIP, VILLAGE = "150121", "150121100", "150121100001"
"""土默特左旗, 察素齐镇: its region's document asks for all three shares of a township's TCM hall."""
SHARES = ("tcm_visit_share", "tcm_prescription_share", "non_drug_therapy_share")
RATES = ("elderly_tcm_health_mgmt_rate", "child_tcm_health_mgmt_rate")
REFUSED = "422 (Unprocessable"
"""What the browser writes on its console when a form is refused, as it should be."""
OLD, SMALL = 500, 100
"""Elderly people and children of the county, as its officer wrote down."""


class Places(NamedTuple):
    """Where the day takes place, and who works there."""

    township: Desk
    village: Desk
    known: list[Resident]
    villagers: list[Resident]
    elders: list[Resident]
    babies: list[Resident]
    officer: Client


@pytest.fixture(autouse=True)
def in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    """A day on which the documents hold: on a later one a recount has no target to count for."""
    real = timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda *more: real(*more) if more else DAY)
    monkeypatch.setattr(HealthService._meta.get_field("day"), "_get_default", lambda: DAY)


@pytest.fixture(autouse=True)
def readable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On SQLite the reader gets copies."""
    if connection.vendor == "sqlite":
        copied = copying(tmp_path)
        monkeypatch.setattr(ownership, "database", copied)
        monkeypatch.setattr(recounting, "database", copied)


@pytest.fixture
def places(account: Callable[..., User], signed_in: Callable[..., Client]) -> Iterator[Places]:
    """Two posts, people with a file, and some who were treated on the first of the month."""
    folders = [Path(settings.XINGLIN_HOME) / name for name in ("facts", "vintages")]
    for one in folders:
        shutil.rmtree(one, ignore_errors=True)
    township = clinic.desk(account, make.facility(TOWNSHIP))
    station = make.facility(VILLAGE, kind="village_clinic")
    more = {"role": "village_doctor", "licence": "village_doctor", "category": "none", "tcm_able": True}
    village = clinic.desk(account, station, username="v", **more)
    known = [
        person(township, f"演示居民{one}") for one in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥春夏秋冬"
    ]
    villagers = [person(village, f"演示村民{one}") for one in "甲乙丙丁戊己庚"]
    _before(township, known)
    _before(village, villagers[:1])
    elders = [wellness.elder(village, name=f"演示老人{one}") for one in "甲乙丙"]
    babies = [wellness.baby(village, name=f"演示幼儿{one}") for one in "甲乙"]
    people_of = {"place": COUNTY, "year": DAY.year, "aged_65_plus": OLD, "children_0_36": SMALL}
    records.record("population_statement", date=DAY, residents=5000, **people_of)
    for table in ("facility", "population"):
        Sent.objects.create(unit=COUNTY, table=table, period=str(DAY.year), place=COUNTY, status="reported")
    yield Places(township, village, known, villagers, elders, babies, signed_in("county_officer", COUNTY))
    for one in folders:
        shutil.rmtree(one, ignore_errors=True)


def person(desk: Desk, name: str) -> Resident:
    return people.resident(desk.facility, name=name, place=desk.facility.place)


def _before(desk: Desk, residents: list[Resident]) -> None:
    """Signed on the first of the month: five with herbs, the sixth begins a course of three."""
    for at, one in enumerate(residents[:6]):
        course = raw(technique_0="C01", site_0="神阙", sessions_0="3", doses="")
        made = clinic.signed(desk, course if at == 5 else raw(*SIX, usage="水煎服"), one)
        Encounter.objects.filter(pk=made.pk).update(day=DAY.replace(day=1), number=900 + at)


def recounted(officer: Client, chromium: Any, live_server: Any) -> Picture:
    """A recount that the county's officer asks for on the page."""
    with opening(chromium, live_server, officer, reverse("indicators:recount")) as opened:
        opened.page.get_by_role("button", name="开始统计").focus()
        opened.page.keyboard.press("Enter")
        opened.page.wait_for_url("**/jobs/*")
    work_off()
    job = Job.objects.latest("created_at")
    assert job.state == "done", job.error
    return Picture(Scope(frozenset([COUNTY])), Vintage.objects.get(job=job.pk))


class Counted(NamedTuple):
    """A share: numerator and denominator."""

    numerator: int
    denominator: int

    def __sub__(self, other: Any) -> Counted:  # type: ignore[override]
        return Counted(self.numerator - other.numerator, self.denominator - other.denominator)


def shares(picture: Picture) -> dict[str, Counted]:
    """The three shares of the township's hospitals and the two rates, as the vintage has them."""
    found = {}
    for one in picture.measures():
        if one.measure in (*SHARES, *RATES):
            number = picture.number(one.key, COUNTY)
            found[one.measure] = Counted(int(number.numerator or 0), int(number.denominator or 0))
    return found


def of_facility(picture: Picture, facility: str) -> dict[str, Counted]:
    """The three shares of one facility, as the drill has them."""
    found = {}
    for one in picture.measures():
        if one.measure in SHARES:
            page = picture.units(one.key, COUNTY, search=facility)
            found[one.measure] = Counted(int(page.numerator or 0), int(page.denominator or 0))
    return found


def all_kinds() -> Counted:
    """The visit share of everything below the county's hospitals, village clinics included."""
    book = load_measures()
    dataset = open_dataset(Path(settings.XINGLIN_HOME) / "facts")
    inputs = open_inputs(dataset, book, load_documents(book), COUNTY, DAY)
    found = inputs.reference.count(book.bind("phc_tcm_visit_share"), [COUNTY])[COUNTY]
    return Counted(int(found.numerator), int(found.denominator))


def by_hand(done: Tally, below: Tally) -> dict[str, Counted]:
    """What shares and rates must move by; residents stay as many as they are."""
    return {
        "tcm_visit_share": Counted(done.tcm, done.visits),
        "tcm_prescription_share": Counted(done.written, done.written),
        "non_drug_therapy_share": Counted(done.non_drug, done.visits),
        "elderly_tcm_health_mgmt_rate": Counted(below.elderly, 0),
        "child_tcm_health_mgmt_rate": Counted(below.children, 0),
    }


def village(doctor: Doctor, places: Places) -> None:
    """The village doctor's day: ten visits, three of the elderly, of whom two are guided too, and two children."""
    village_day(doctor, places.villagers)
    for one in places.elders[:2]:
        health.guided(doctor, one)
    health.assessed(doctor, places.elders[2])
    for one in places.babies:
        health.child(doctor, one, 6)


def at_work(chromium: Any, live_server: Any, desk: Desk, day: Callable[[Doctor], None]) -> Tally:
    """A doctor's day; nothing on any page was wrong."""
    client = Client()
    client.force_login(desk.user)
    with opening(chromium, live_server, client, "/clinic") as opened:
        doctor = Doctor(opened, live_server.url)
        day(doctor)
        assert [one for one in opened.errors if REFUSED not in one] == []
    return doctor.tally


def opened_to_rows(
    chromium: Any, live_server: Any, places: Places, picture: Picture, wanted: Counted
) -> None:
    """The page of the hospital's month says the same, and shows the rows."""
    key = next(one.key for one in picture.measures() if one.measure == SHARES[0])
    found = picture.units(key, COUNTY, search=places.township.facility.pk).units
    address = reverse("insight:unit", args=[key, found[0].unit])
    with opening(chromium, live_server, places.officer, address) as opened:
        opened.check()
        text = opened.page.inner_text("main")
        assert f"各行合计：分子 {wanted.numerator}，分母 {wanted.denominator}。" in text


def test_a_day(chromium: Any, live_server: Any, places: Places) -> None:
    before = recounted(places.officer, chromium, live_server)
    first, first_of_all = shares(before), all_kinds()
    hospital, station = places.township, places.village
    done = at_work(chromium, live_server, hospital, lambda one: township_day(one, places.known))
    below = at_work(chromium, live_server, station, lambda one: village(one, places))
    assert (done.visits, below.visits) == (30, 10)
    after = recounted(places.officer, chromium, live_server)
    second, second_of_all = shares(after), all_kinds()
    assert {name: second[name] - first[name] for name in second} == by_hand(done, below)
    both = Counted(done.tcm + below.tcm, done.visits + below.visits)
    assert second_of_all - first_of_all == both
    drilled, before_drilled = (of_facility(one, hospital.facility.pk) for one in (after, before))
    assert {name: drilled[name] - before_drilled[name] for name in SHARES} == {
        name: moved for name, moved in by_hand(done, below).items() if name in SHARES
    }
    opened_to_rows(chromium, live_server, places, after, drilled["tcm_visit_share"])
