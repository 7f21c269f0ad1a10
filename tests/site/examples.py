"""Example objects, one maker per argument of an address: what `test_matrix` fills ``<str:facility>`` with.

A new kind of object is one function here::

    @example("practitioner")
    def _(here: Here) -> str | None:
        return make_practitioner(facility=here.facility or facility_in(here.place)).pk

It makes an object that lies in ``here.place`` – in the facility ``here.facility`` if one is named – and gives what
stands in the address; None if such an object cannot lie there (a township in a city: nothing to test).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

import clinic_factories as clinic
import contracts_factories as contracts
import forms_factories as forms
import organisations_factories as make
import residents_factories as people
import wellness_factories as wellness
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from xinglin.apps.access.matrix import Declared
from xinglin.apps.accounts.models import Grant, User
from xinglin.apps.clinic.models import Destruction, Encounter, Seat
from xinglin.apps.clinic.models import Sheet as TechniqueSheet
from xinglin.apps.contracts.models import Contract, Delivery, Line, Package
from xinglin.apps.forms.actions import attaching
from xinglin.apps.forms.models import Attachment, Link, Record
from xinglin.apps.insight.models import Sheet
from xinglin.apps.organisations.models import Consortium, Facility, Post
from xinglin.apps.residents.models import Allergy, Known, Merge, Resident
from xinglin.apps.wellness.models import HealthService, Managed

_number = count(1)


@dataclass(frozen=True)
class Here:
    """Where an example must lie: a place, perhaps one facility; ``made`` holds the arguments before it, ``route`` the
    name of the route that asks (a page of scores wants an assessment).
    """

    place: str
    facility: str = ""
    made: Mapping[str, str] = field(default_factory=dict)
    route: str = ""


Maker = Callable[[Here], "str | None"]
EXAMPLES: dict[str, Maker] = {}
ANYTHING = ("none", "0")
"""For arguments that decide no area: a text, a number."""


class NoExample(Exception):  # noqa: N818
    """An argument decides the area of a route and nobody said how to make one."""


def example(argument: str) -> Callable[[Maker], Maker]:
    """Register the maker of an argument."""

    def register(maker: Maker) -> Maker:
        assert argument not in EXAMPLES, argument
        EXAMPLES[argument] = maker
        return maker

    return register


def address_of(route: Declared, here: Here) -> str | None:
    """The address of a route with examples filled in; None if there can be none here.

    Raises:
        NoExample: the argument of the area has no maker.
    """
    made: dict[str, str] = {}
    for argument in route.arguments:
        maker = EXAMPLES.get(argument)
        if maker is None and route.access is not None and argument == route.access.area:
            raise NoExample(f"{route.name}：examples.py 里没有参数 {argument} 的例子")
        value = maker(Here(here.place, here.facility, made, route.name)) if maker else ""
        if value is None:
            return None
        made[argument] = value
    for anything in ANYTHING:
        try:
            return reverse(route.name, kwargs={name: value or anything for name, value in made.items()})
        except NoReverseMatch:
            continue
    raise NoExample(f"{route.name}：examples.py 里没有 {'、'.join(made)} 的例子，文字和数字都不合它的格式")


@example("user")
def _(here: Here) -> str:
    """An account with a role in the place, or in the facility."""
    user = User.objects.create(username=f"example-{next(_number)}", must_change_password=False)
    where = {"facility": here.facility} if here.facility else {"place": here.place}
    Grant.objects.create(user=user, role="resident", **where)
    return user.pk


@example("grant")
def _(here: Here) -> str:
    """The grant of the account before it in the address."""
    return Grant.objects.get(user=here.made["user"]).pk


def facility_in(here: Here) -> Facility | None:
    """The facility named, or a new one in the place; none can lie in a city as such."""
    if here.facility:
        return Facility.objects.filter(pk=here.facility).first()
    return make.facility(here.place) if len(here.place) >= 6 else None


@example("facility")
def _(here: Here) -> str | None:
    found = facility_in(here)
    return found.pk if found else None


@example("part")
def _(here: Here) -> str:
    """A kind of what a facility has."""
    return "tcm_hall"


@example("row")
def _(here: Here) -> str:
    """The hall of the facility before it in the address."""
    return make.tcm_hall(Facility.objects.get(pk=here.made["facility"])).pk


@example("practitioner")
def _(here: Here) -> str | None:
    found = facility_in(here)
    return make.practitioner(found).pk if found else None


@example("post")
def _(here: Here) -> str:
    """The post of the person before it in the address."""
    return Post.objects.get(practitioner=here.made["practitioner"]).pk


@example("consortium")
def _(here: Here) -> str | None:
    """A consortium of the county; the facility, if one is named, belongs to it."""
    if len(here.place) != 6:
        return None
    row = make.consortium(here.place)
    if here.facility:
        make.membership(row, Facility.objects.get(pk=here.facility))
    return row.pk


@example("side")
def _(here: Here) -> str:
    """A kind of line of a consortium."""
    return "catchment"


@example("line")
def _(here: Here) -> str:
    """A place that the consortium before it in the address serves; an item of the contract before it."""
    if "contract" in here.made:
        return str(Line.objects.filter(contract=here.made["contract"]).values_list("pk", flat=True)[0])
    owner = Consortium.objects.get(pk=here.made["consortium"])
    return make.catchment(owner, place=f"{owner.place}101").pk


def a_package(place: str) -> Package:
    """A package of a county, with an item of its library."""
    code = f"P{next(_number)}"
    contracts.item(code, place=place)
    return contracts.package({code: 2}, place=place, code=code)


@example("package")
def _(here: Here) -> str:
    return a_package(here.place[:6]).pk


@example("contract")
def _(here: Here) -> str | None:
    """A contract of somebody with a team of the facility, near its end."""
    found = facility_in(here)
    if found is None:
        return None
    person = people.resident(found)
    doctor = make.practitioner(found)
    team = Record.objects.create(  # written past the form: the examples' facilities need not be of its kinds
        definition="doctor_team", state="active", place=found.place, county=found.place[:6], facility=found,
        subject=found.pk, title=f"{next(_number)} 队", document={"facility": found.pk, "leader": doctor.pk},
    )  # fmt: skip
    used, first = a_package(found.place[:6]), timezone.localdate() - timedelta(days=350)
    row = Contract.objects.create(
        resident=person, facility=found, team=team, team_facility=found, practitioner=doctor,
        valid_from=first, valid_to=first + timedelta(days=364), consented_by="self", consented_on=first,
    )  # fmt: skip
    item = Record.objects.of("contract_item").get(document__code=used.code)
    Line.objects.create(
        contract=row, package=used, item=item, position=1, code=used.code, name="演示项目", unit="次", times=2
    )
    return row.pk


@example("delivery")
def _(here: Here) -> str:
    """A delivery of the contract before it in the address."""
    row = Contract.objects.get(pk=here.made["contract"])
    return Delivery.objects.create(
        line=row.lines.get(), day=row.valid_from, facility=row.facility, practitioner=row.practitioner
    ).pk


@example("resident")
def _(here: Here) -> str | None:
    found = facility_in(here)
    return people.resident(found).pk if found else None


@example("other")
def _(here: Here) -> str:
    """A second file that the facility knows."""
    owner = Known.objects.get(resident=here.made["resident"]).facility
    return people.resident(owner, id_kind="none", id_number="").pk


@example("allergy")
def _(here: Here) -> str:
    """An allergy of the resident before it in the address."""
    return Allergy.objects.create(resident_id=here.made["resident"], kind="herb", substance="细辛").pk


@example("merge")
def _(here: Here) -> str:
    """A merging into the resident before it in the address."""
    kept = Resident.objects.get(pk=here.made["resident"])
    gone = people.resident(Known.objects.get(resident=kept).facility, id_kind="none", id_number="")
    Resident.objects.filter(pk=gone.pk).update(merged_into=kept)
    return Merge.objects.create(kept=kept, gone=gone).pk


def signed_visit(found: Facility) -> Encounter:
    """A visit with a signed prescription and a technique sheet in a facility."""
    number = next(_number)
    by = User.objects.create(username=f"example-{number}", must_change_password=False)
    Grant.objects.create(user=by, role="physician", facility=found.pk)
    person = make.practitioner(found)
    Seat.objects.create(user=by, practitioner=person)
    at = clinic.Desk(by, found, person)
    encounter = clinic.visit(at)
    clinic.sign(at, encounter, clinic.raw("桔梗 6", follow_days="3"))
    TechniqueSheet.objects.create(
        encounter=encounter, technique="A01", site="合谷", times=2, practitioner=person,
        signed_at=timezone.now(), signed_by=by.pk, mac="x",
    )  # fmt: skip
    return encounter


@example("encounter")
def _(here: Here) -> str | None:
    """A visit in the queue; a signed one where a paper of it is asked for."""
    found = facility_in(here)
    if found is None:
        return None
    if here.route in ("clinic:paper", "clinic:give", "clinic:correct"):
        return signed_visit(found).pk
    resident = people.resident(found)
    number = next(_number)
    return Encounter.objects.create(resident=resident, facility=found, number=number, kind="first").pk


@example("what")
def _(here: Here) -> str:
    """A paper of the visit before it in the address."""
    return "record"


@example("kind")
def _(here: Here) -> str:
    """A kind of thing that is offered while one types; of records that are kept for a time."""
    return "outpatient_record" if here.route.startswith("clinic:retention") else "herb"


@example("prescription")
def _(here: Here) -> str | None:
    found = facility_in(here)
    return signed_visit(found).prescriptions.get().pk if found else None


@example("year")
def _(here: Here) -> str:
    """A year of records."""
    return "2001"


@example("destruction")
def _(here: Here) -> str | None:
    """A proposal to destroy records of a facility."""
    found = facility_in(here)
    if found is None:
        return None
    year = next(_number)
    return Destruction.objects.create(
        facility=found,
        kind="outpatient_record",
        year=year,
        reason="保存期满",
        index="[]",
        count=0,
        asked_by="x",
    ).pk


@example("followup")
def _(here: Here) -> str | None:
    found = facility_in(here)
    return signed_visit(found).follow_up.pk if found else None


@example("service")
def _(here: Here) -> str | None:
    """A service of health management that is not signed; a signed one where a paper of it is asked for."""
    found = facility_in(here)
    if found is None:
        return None
    if here.route in ("wellness:paper", "wellness:correct", "wellness:remove"):
        by = User.objects.create(username=f"example-{next(_number)}", must_change_password=False)
        Grant.objects.create(user=by, role="physician", facility=found.pk)
        person = make.practitioner(found)
        Seat.objects.create(user=by, practitioner=person)
        return wellness.assessed(clinic.Desk(by, found, person)).pk
    born = {"birth_date": wellness.born(years=70)}
    resident = people.resident(found, **born)
    return HealthService.objects.create(
        resident=resident, facility=found, kind="assessment", instrument="elderly33"
    ).pk


@example("size")
def _(here: Here) -> str:
    """A size of paper."""
    return "a4"


@example("managed")
def _(here: Here) -> str | None:
    """Somebody in a priority group."""
    found = facility_in(here)
    if found is None:
        return None
    return Managed.objects.create(resident=people.resident(found), facility=found, group="hypertension").pk


OPEN = {"forms:score": "open_assessment", "forms:round": "open_survey", "forms:sheet": "open_survey"}
"""Routes that want a record of some kind, and a definition of that kind in which every role may do everything."""


def record_in(here: Here, definition: str = "open_case") -> Record:
    """A record in the facility named, in a new one, or about the place where no facility can lie."""
    found = facility_in(here)
    if found is None:
        return forms.record("open_place", place=here.place)
    return forms.record(definition, facility=found.pk)


@example("record")
def _(here: Here) -> str:
    return record_in(here, OPEN.get(here.route, "open_case")).pk


@example("definition")
def _(here: Here) -> str:
    """A definition that every role may read and write."""
    return "open_case"


@example("report")
def _(here: Here) -> str:
    """A report of the definition before it in the address."""
    return "facilities"


@example("move")
def _(here: Here) -> str:
    """A move of the record before it in the address."""
    return "go"


@example("file")
def _(here: Here) -> str:
    """A file of a record."""
    owner = record_in(here)
    by = User.objects.create(username=f"example-{next(_number)}", must_change_password=False)
    made = attaching.take_in(forms.PNG, name="照片.png", definition=owner.definition, field="paper", by=by)
    Attachment.objects.filter(pk=made.pk).update(record=owner)
    return made.pk


@example("token")
def _(here: Here) -> str | None:
    """The link of a round; none where no facility can lie."""
    if len(here.place) < 6:
        return None
    days = {"opens": make.START, "closes": make.START.replace(year=2099)}
    return Link.objects.create(
        round=record_in(here, "open_survey"), place=here.place, wanted=5, limit=25, **days
    ).pk


@example("sheet")
def _(here: Here) -> str | None:
    """The sheet of a stocktaking; the technique sheet of a visit."""
    if here.route == "clinic:give":
        return TechniqueSheet.objects.get(encounter=here.made["encounter"]).pk
    if here.facility or len(here.place) not in (4, 6):
        return None
    record = forms.record("stocktaking", place=here.place, document=f"方案{next(_number)}")
    sheet = Sheet.objects.create(
        record=record, place=here.place, on=record.day, version=1, rows=[], digest=""
    )
    return sheet.record_id
