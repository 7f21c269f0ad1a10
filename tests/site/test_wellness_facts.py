"""Health management becomes facts: the elderly and child rates move by exactly what was done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import clinic_factories as clinic
import organisations_factories as places
import pytest
import residents_factories as people
import wellness_factories as make
from clinic_factories import Desk
from django.db import connection
from django.utils import timezone
from indicators_factories import committed, copying, export

from xinglin.apps.accounts.models import User
from xinglin.apps.forms.models import Sent
from xinglin.apps.indicators import owners as ownership
from xinglin.apps.indicators.owners import alone, owners
from xinglin.apps.residents.actions import answer, edit, merge
from xinglin.apps.residents.models import Known, Resident
from xinglin.apps.residents.once import new_key
from xinglin.apps.wellness import actions
from xinglin.apps.wellness.models import HealthService
from xinglin.facts import open_dataset
from xinglin.measures import load_measures
from xinglin.policy import load_documents
from xinglin.standing import open_inputs


@pytest.fixture(autouse=True)
def readable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On SQLite the reader gets copies."""
    if connection.vendor == "sqlite":
        monkeypatch.setattr(ownership, "database", copying(tmp_path))


def rows(folder: Path) -> dict[str, tuple[Any, ...]]:
    """Service → facility, person, kind, assessed, guided."""
    columns = ("facility", "person", "service", "assessed", "guided")
    return {
        str(row["record"]): tuple(row[name] for name in columns)
        for row in open_dataset(folder).rows("health_management")
    }


def numerators(folder: Path) -> tuple[int, int]:
    """Persons of the elderly rate and of the child rate, of this year."""
    book = load_measures()
    inputs = open_inputs(open_dataset(folder), book, load_documents(book), "441882", timezone.localdate())
    found = (
        inputs.reference.count(book.bind(name), ["441882"])["441882"]
        for name in ("elderly_tcm_health_mgmt_rate", "child_tcm_health_mgmt_rate")
    )
    return tuple(int(one.numerator or 0) for one in found)  # type: ignore[return-value]


@committed
def test_the_rates_move_by_what_was_done(account: Callable[..., User], tmp_path: Path) -> None:
    """Assessed here and guided there is one person; who was assessed only, guided late or is 64 is none."""
    town = clinic.desk(account)
    village = clinic.desk(
        account, places.facility("441882101201", kind="village_clinic"), role="village_doctor", username="v"
    )
    year, folder = f"{timezone.localdate():%Y}", tmp_path / "facts"
    Sent.objects.create(unit="441882", table="facility", period=year, place="441882", status="reported")
    both, only, young = make.elder(town), make.elder(town), make.elder(town, birth_date=make.born(years=64))
    nameless = make.elder(town, id_kind="none", id_number="")
    small, late = make.baby(town, 6), make.baby(town, 13)
    Known.objects.create(resident=both, facility=village.facility)
    answer(both, kind="sharing", given=True, by_guardian=False, by=village.user, key=new_key())
    here, alone_ = make.assessed(town, both), make.assessed(town, only)
    form = {"day": f"{timezone.localdate()}", **make.grades("adult60", value=1, YANG1=5, YANG2=5, YANG3=5)}
    adult = make.begun(town, young, "assessment")
    make.sign(town, adult, form)
    make.assessed(town, nameless)
    make.guided(town, nameless)
    there = make.guided(village, both)
    in_time, too_late = make.child_guided(town, small), make.child_guided(town, late, 6)
    make.followed(town, make.managed(town, both))
    make.begun(town, only, "guidance")
    export(folder)
    a, b = town.facility.pk, village.facility.pk
    assert rows(folder) == {
        here.pk: (a, both.person_key, "elderly", True, False),
        alone_.pk: (a, only.person_key, "elderly", True, False),
        there.pk: (b, both.person_key, "elderly", False, True),
        in_time.pk: (a, small.person_key, "child", None, True),
        too_late.pk: (a, late.person_key, "child", None, False),
    }
    assert numerators(folder) == (1, 1)
    assert set(Sent.objects.filter(table="health_management").values_list("unit", "period")) == {
        (a, year),
        (b, year),
    }
    _changes(town, folder, nameless, there, both)


def _changes(town: Desk, folder: Path, nameless: Resident, there: HealthService, both: Resident) -> None:
    """A merging, a birthday put right and a record taken back are counted anew."""
    kept = make.elder(town)
    merge(kept, nameless, by=town.user)
    export(folder)
    assert numerators(folder) == (2, 1), "the duplicate was found: it is a person now"
    assert {one[1] for one in rows(folder).values() if one[2] == "elderly"} >= {kept.person_key}
    HealthService.objects.filter(pk=there.pk).update(practitioner=town.person, facility=town.facility)
    there.refresh_from_db()
    actions.remove(there, reason="记错了人，不是他", by=town.user)
    export(folder)
    assert numerators(folder) == (1, 1)
    row = Resident.objects.get(pk=kept.pk)
    values = {name: getattr(row, name) for name in ("name", "id_kind", "sex", "phone", "place", "address")}
    born = make.born(years=60)
    values |= {"birth_date": born, "id_number": people.card(born)}
    edit(row, values, seen=row.revision, by=town.user)
    export(folder)
    assert numerators(folder) == (0, 1), "on the day of the service this person was 60"


@committed
def test_age_is_that_of_the_day_of_the_service(account: Callable[..., User], tmp_path: Path) -> None:
    desk, today = clinic.desk(account), timezone.localdate()
    tomorrow = today + timedelta(days=1)
    eve = people.resident(desk.facility, birth_date=_years_before(tomorrow, 65))
    birthday = people.resident(desk.facility, birth_date=_years_before(today, 65))
    made = []
    for person, instrument in ((eve, "gbt46939"), (birthday, "elderly33"), (birthday, "gbt46939")):
        row = make.begun(desk, person, "assessment", instrument=instrument)
        make.sign(desk, row, make.grades(instrument) if instrument == "gbt46939" else make.filled())
        made.append(row)
    HealthService.objects.filter(pk=made[0].pk).update(instrument="elderly33")  # as if it had been allowed
    folder = tmp_path / "facts"
    export(folder)
    assert list(rows(folder)) == [made[1].pk]
    assert owners()["health_management"].app == "wellness"
    assert "health_management" not in alone(), "other systems may send theirs beside it"


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years, day=min(day.day, 28) if day.month == 2 else day.day)
