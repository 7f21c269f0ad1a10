"""Makers of contracts: a team, items of the library, a package, a contract of somebody who is known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import forms_factories as forms
import residents_factories as people
from clinic_factories import Desk
from django.utils import timezone

from xinglin.apps.contracts import actions
from xinglin.apps.contracts.models import Contract, Package, PackageItem
from xinglin.apps.contracts.rules import Terms, year_from
from xinglin.apps.contracts.teams import team_of
from xinglin.apps.forms.models import Record
from xinglin.apps.residents.models import Resident
from xinglin.apps.residents.once import new_key

COUNTY = "441882"
LONG_AGO = date(2020, 1, 1)


def item(code: str, counts: str = "", *, place: str = COUNTY, **more: Any) -> Record:
    """An item in the library."""
    kind, _, technique = counts.partition(":")
    told = {"counts": kind or None, "technique": technique or None, "valid_from": None}
    values = {"place": place, "code": code, "name": f"{code}（演示）", "used_from": LONG_AGO, **told, **more}
    values.pop("valid_from")
    row = forms.record("contract_item", **values)
    Record.objects.filter(pk=row.pk).update(state="listed")
    return row


def package(items: dict[str, int], *, place: str = COUNTY, **more: Any) -> Package:
    """A package in force since long."""
    code = more.get("code", "P1")
    values = {"code": code, "name": f"演示包{code}", "group": "basic", "valid_from": LONG_AGO, **more}
    made = Package.objects.create(place=place, **values)
    for at, (code, times) in enumerate(items.items(), 1):
        PackageItem.objects.create(package=made, position=at, code=code, times=times)
    return made


def team(at: Desk, **more: Any) -> Record:
    """A team of the desk's facility, its doctor a member."""
    values = {"facility": at.facility.pk, "leader": at.person.pk, "members": [at.person.pk], **more}
    return forms.record("doctor_team", **{"tcm_people": None, "expert": None, **values})


def terms(own: Record, *packages: Package, first: date | None = None, **more: Any) -> Terms:
    """What is agreed, for a year from today unless told otherwise."""
    begins = first or timezone.localdate()
    values: dict[str, Any] = {
        "valid_from": begins,
        "valid_to": year_from(begins),
        "consented_by": "self",
        "consented_on": min(begins, timezone.localdate()),
    }
    return Terms(team=team_of(own), packages=packages, **{**values, **more})


def sign(at: Desk, resident: Resident, agreed: Terms, **more: Any) -> Contract:
    """A signed contract."""
    made = actions.sign(resident, at.facility, agreed, by=at.user, key=more.pop("key", new_key()), **more)
    return Contract.objects.get(pk=made.id)


def contract(at: Desk, resident: Resident | None = None, *, days_ago: int = 30, **more: Any) -> Contract:
    """A contract with one item that a doctor writes down and one that visits count for."""
    item("HAND")
    item("SEEN", "visit")
    made = package({"HAND": 2, "SEEN": 4})
    first = timezone.localdate() - timedelta(days=days_ago)
    return sign(at, resident or people.resident(at.facility), terms(team(at), made, first=first), **more)
