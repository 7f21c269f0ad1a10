"""Closing a facility with all it has."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple, cast

from django.core.exceptions import ValidationError
from django.db import models, transaction

from xinglin.apps.organisations import permissions, rules
from xinglin.apps.organisations.actions.holding import hold, owners
from xinglin.apps.organisations.actions.rows import CHANGED, Outdated, end
from xinglin.apps.organisations.history import Deed
from xinglin.apps.organisations.models import (
    Consortium,
    Department,
    Facility,
    Membership,
    OfficialCode,
    PlatformConnection,
    Post,
    TcmCorner,
    TcmHall,
    TechniqueCapability,
)

PARTS: tuple[type[Any], ...] = (
    PlatformConnection,
    TcmHall,
    TcmCorner,
    Department,
    TechniqueCapability,
    OfficialCode,
    Membership,
    Post,
)
"""What ends with its facility, in an order in which it can."""


class Ended(NamedTuple):
    """A part that ended, and the last day it had been meant to have."""

    part: Any
    planned: date | None


def parts_after(facility: Facility, day: date, *, lock: bool = False) -> list[Any]:
    """Whatever of a facility holds after a day; an action that ends it takes the lock."""
    found: list[Any] = []
    for model in PARTS:
        path = "hall__facility" if model is PlatformConnection else "facility"
        last = rules.span(model())[1]
        rows = model.objects.filter(**{path: facility})
        rows = rows.select_for_update() if lock else rows
        found += rows.filter(models.Q(**{f"{last}__isnull": True}) | models.Q(**{f"{last}__gt": day}))
    return found


@transaction.atomic
def close_facility(facility: Facility, *, day: date, by: Any, request: Any = None) -> Deed:
    """Close a facility on its last day, and with it all that it has.

    Raises:
        NotAllowed. ValidationError: it leads a consortium, or something of it begins later.
    """
    [current] = hold_whole([facility], day)
    permissions.check_edit_facility(by, current)
    deed = Deed(by, "close", request)
    end_facility(current, day, deed)
    return deed


def hold_whole(facilities: Iterable[Facility], day: date) -> list[Facility]:
    """Facilities as they are now, in the order given, held with the people and consortia that they share on a day.

    Whoever gives a facility one more of them must hold the facility, so it has no others when it is held.

    Raises:
        Outdated: one of them was taken out meanwhile.
    """
    asked = list(facilities)
    held = hold(*asked)
    if any((Facility, one.pk) not in held for one in asked):
        raise Outdated(CHANGED)
    parts = [part for one in asked for part in parts_after(one, day)]
    hold(more={owner for part in parts for owner in owners(part) if owner[0] is not Facility})
    return [cast("Facility", held[Facility, one.pk]) for one in asked]


def end_facility(facility: Facility, day: date, deed: Deed) -> list[Ended]:
    """Close within a larger action; answers what ended with the facility."""
    _check_can_close(facility, day)
    ended = [end_part(part, day, deed) for part in parts_after(facility, day, lock=True)]
    end(facility, day, deed)
    return ended


def end_part(part: Any, day: date, deed: Deed) -> Ended:
    """End what a facility has. Raises ValidationError: it begins later."""
    check_begun(part, day)
    planned = getattr(part, rules.span(part)[1])
    return Ended(end(part, day, deed), planned)


def _check_can_close(facility: Facility, day: date) -> None:
    if facility.valid_to is not None:
        raise ValidationError({"valid_to": f"这个机构已于 {facility.valid_to} 停业"})
    leads = Consortium.objects.filter(lead=facility).touching(day, None).exclude(valid_to=day).first()
    if leads is not None:
        text = f"它牵头医共体“{leads.name}”：请先换牵头机构，或终止医共体"
        raise ValidationError({"valid_to": text})


def check_begun(part: Any, day: date) -> None:
    """Refuse to end on a day what begins later. Raises ValidationError."""
    first = getattr(part, rules.span(part)[0])
    if first is not None and first > day:
        name = part._meta.verbose_name
        raise ValidationError({"valid_to": f"有一条{name}从 {first} 才开始：请先改它，或改停业日期"})
