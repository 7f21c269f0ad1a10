"""Closing a facility with all it has."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from xinglin.apps.organisations import permissions, rules
from xinglin.apps.organisations.actions.rows import end, locked
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
    current = locked(facility)
    permissions.check_edit_facility(by, current)
    deed = Deed(by, "close", request)
    end_facility(current, day, deed)
    return deed


def end_facility(facility: Facility, day: date, deed: Deed) -> list[Any]:
    """Close within a larger action; answers what ended with the facility."""
    _check_can_close(facility, day)
    parts = parts_after(facility, day, lock=True)
    for part in parts:
        check_begun(part, day)
        end(part, day, deed)
    end(facility, day, deed)
    return parts


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
