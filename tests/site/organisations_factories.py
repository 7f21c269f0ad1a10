"""Makers of organisations, one per model: valid unless told otherwise, always different."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from xinglin.apps.organisations.actions import derive
from xinglin.apps.organisations.checks import card_digit
from xinglin.apps.organisations.models import (
    Catchment,
    Change,
    Consortium,
    Department,
    Facility,
    Membership,
    OfficialCode,
    PlatformConnection,
    Post,
    Practitioner,
    Succession,
    TcmCorner,
    TcmHall,
    TechniqueCapability,
)

TOWNSHIP = "441882101"
START = date(2015, 1, 1)
_number = count(1)


def unsaved_facility(place: str = TOWNSHIP, **more: Any) -> Facility:
    values = {
        "name": f"样例卫生院{next(_number)}",
        "kind": "township_hospital" if len(place) > 6 else "tcm_hospital",
        "sponsor_level": "township",
        "ownership": "public",
        "valid_from": START,
    }
    row = Facility(place=place, **{**values, **more})
    derive(row)
    return row


def facility(place: str = TOWNSHIP, **more: Any) -> Facility:
    row = unsaved_facility(place, **more)
    row.save()
    return row


def department(owner: Facility | None = None, **more: Any) -> Department:
    values = {"kind": "rehabilitation", "valid_from": START}
    return Department.objects.create(facility=owner or facility(), **{**values, **more})


def tcm_hall(owner: Facility | None = None, **more: Any) -> TcmHall:
    return TcmHall.objects.create(facility=owner or facility(), **{"valid_from": START, **more})


def tcm_corner(owner: Facility | None = None, **more: Any) -> TcmCorner:
    return TcmCorner.objects.create(facility=owner or facility(), **{"valid_from": START, **more})


def platform_connection(hall: TcmHall | None = None, **more: Any) -> PlatformConnection:
    return PlatformConnection.objects.create(hall=hall or tcm_hall(), **{"connected_on": START, **more})


def technique_capability(owner: Facility | None = None, **more: Any) -> TechniqueCapability:
    values = {"technique": "A01", "proficiency": "able", "valid_from": START}
    return TechniqueCapability.objects.create(facility=owner or facility(), **{**values, **more})


def official_code(owner: Facility | None = None, **more: Any) -> OfficialCode:
    values = {"kind": "licence_number", "code": f"PDY{next(_number):08}", "valid_from": START}
    return OfficialCode.objects.create(facility=owner or facility(), **{**values, **more})


def id_number(number: int = 0) -> str:
    """A number with a right check digit, of a place that does not exist."""
    own = number or next(_number)
    first = f"999999{1950 + own // 1000 % 60}0101{own % 1000:03}"
    return first + card_digit(first)


def unsaved_practitioner(**more: Any) -> Practitioner:
    values = {
        "name": "张三丰",
        "id_number": id_number(),
        "phone": f"138{next(_number):08}",
        "licence": "physician",
        "category": "tcm",
        "registered_in": TOWNSHIP,
    }
    row = Practitioner(**{**values, **more})
    derive(row)
    return row


def practitioner(owner: Facility | None = None, *, posted: bool = True, **more: Any) -> Practitioner:
    row = unsaved_practitioner(**more)
    row.save()
    if posted:
        post(row, owner)
    return row


def post(person: Practitioner | None = None, owner: Facility | None = None, **more: Any) -> Post:
    values = {"main": True, "valid_from": START}
    return Post.objects.create(
        practitioner=person or practitioner(posted=False), facility=owner or facility(), **{**values, **more}
    )


def consortium(place: str = TOWNSHIP[:6], lead: Facility | None = None, **more: Any) -> Consortium:
    values = {"name": f"样例医共体{next(_number)}", "valid_from": START}
    row = Consortium(place=place, lead=lead or facility(place), **{**values, **more})
    derive(row)
    row.save()
    return row


def membership(owner: Consortium | None = None, member: Facility | None = None, **more: Any) -> Membership:
    return Membership.objects.create(
        consortium=owner or consortium(), facility=member or facility(), **{"valid_from": START, **more}
    )


def catchment(owner: Consortium | None = None, place: str = TOWNSHIP, **more: Any) -> Catchment:
    return Catchment.objects.create(
        consortium=owner or consortium(), place=place, **{"valid_from": START, **more}
    )


def succession(old: Facility | None = None, new: Facility | None = None, **more: Any) -> Succession:
    values = {"kind": "merge", "day": START}
    return Succession.objects.create(
        predecessor=old or facility(), successor=new or facility(), **{**values, **more}
    )


def change(row: Facility | None = None, **more: Any) -> Change:
    pk = (row or facility()).pk
    values = {"kind": "facility", "object_id": pk, "subject": pk, "deed": "edit", "number": "x"}
    return Change.objects.create(**{**values, **more})
