"""The demonstration's contracts: made by its accounts with the same deeds as on the pages, all marked （演示）."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from xinglin.apps.clinic.models import Seat
from xinglin.apps.contracts import actions, library
from xinglin.apps.contracts.models import Contract, Package
from xinglin.apps.contracts.rules import Terms, year_from
from xinglin.apps.contracts.teams import REGISTER as TEAMS
from xinglin.apps.contracts.teams import team_of
from xinglin.apps.forms.actions import moving, saving
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Record
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents import actions as files
from xinglin.apps.residents.models import DocumentKind, Resident
from xinglin.apps.residents.once import new_key

MARK = "（演示）"
AGAIN = 730
"""Days until an item is looked at again."""
PEOPLE = (
    ("演示甲", "female", 71, "LN", 20),
    ("演示乙", "male", 68, "LN", 340),
    ("演示丙", "female", 46, "ZWB", 150),
    ("演示丁", "male", 59, "MB", 200),
    ("演示戊", "female", 1, "ET", 60),
    ("演示己", "male", 33, "JC", 90),
)
"""Name, sex, age, package, days since it was signed."""


def lively_contracts(place: str, by: Mapping[str, Any], today: date) -> list[Contract]:
    """Items reviewed, packages, a team and contracts of some people; nothing where the physician has no seat.

    Args:
        by: role → the demonstration's account.
    """
    doctor = by["physician"]
    seat = Seat.objects.filter(user=doctor).first()
    facility = Facility.objects.filter(pk__in=doctor.scope_for("contract.edit").facilities).first()
    if seat is None or facility is None:
        return []
    begins = today - timedelta(days=400)
    _items(place, by, begins)
    actions.start_packages(place, by=by["county_officer"], day=begins)
    packages = {one.code: one for one in Package.objects.filter(place=place)}
    team = _team(facility, seat, by, today)
    made = []
    for name, sex, age, code, ago in PEOPLE:
        person = _resident(name, sex, today - timedelta(days=366 * age + 40), facility, doctor)
        first = today - timedelta(days=ago)
        terms = Terms(team_of(team), [packages[code]], first, year_from(first), "self", first)
        if age < 18:
            terms = Terms(*_by_guardian(terms))
        done = actions.sign(person, facility, terms, by=doctor, key=new_key())
        made.append(Contract.objects.get(pk=done.id))
    _deliver(made[2], facility, seat, doctor, today)
    return made


def _by_guardian(terms: Terms) -> tuple[Any, ...]:
    first = terms.valid_from
    return (terms.team, terms.packages, first, terms.valid_to, "guardian", first, f"家长{MARK}")


def _items(place: str, by: Mapping[str, Any], begins: date) -> None:
    """The starting items, proposed by the county and reviewed by its expert."""
    one, today = definition(library.REGISTER), begins.isoformat()
    needs = {"opinion": f"同意入库{MARK}", "review_on": (begins + timedelta(days=AGAIN)).isoformat()}
    for values in library.proposals(place, begins):
        raw = {**values, "date": today, "used_from": today}
        row = saving.create(one, raw, by=by["county_officer"])
        moving.move(row, one, "list", by=by["county_expert"], wish=Wish(raw=needs))


def _team(facility: Facility, seat: Seat, by: Mapping[str, Any], today: date) -> Record:
    values = {
        "facility": facility.pk,
        "valid_from": (today - timedelta(days=500)).isoformat(),
        "name": f"中医签约一队{MARK}",
        "leader": seat.practitioner_id,
        "tcm_people": [seat.practitioner_id],
        "items": ["constitution", "technique", "herbs"],
        "tcm": True,
        "signed": len(PEOPLE),
        "tcm_signed": len(PEOPLE),
        "review_on": (today + timedelta(days=200)).isoformat(),
    }
    return saving.create(definition(TEAMS), values, by=by["facility_head"])


def _resident(name: str, sex: str, born: date, facility: Facility, doctor: Any) -> Resident:
    person = Resident(
        name=name, sex=sex, birth_date=born, id_kind=DocumentKind.NONE, place=facility.place[:9]
    )
    done = files.register(person, facility, by=doctor, key=new_key(), another=True)
    return Resident.objects.get(pk=done.id)


def _deliver(row: Contract, facility: Facility, seat: Seat, doctor: Any, today: date) -> None:
    """What nothing else records: two of the lessons in exercises."""
    line = row.lines.get(code="ZY-GFJX")
    for ago in (100, 30):
        actions.deliver(
            line,
            day=today - timedelta(days=ago),
            facility=facility,
            practitioner=seat.practitioner,
            words=f"教八段锦前四式{MARK}",
            by=doctor,
            key=new_key(),
        )
