"""Who may open and change the file of a resident: `check_x` raises, `x` answers."""

from __future__ import annotations

from typing import Any

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents.models import Resident

VIEW, EDIT = "resident.view", "resident.edit"


def known_to(scope: Scope, resident: Resident) -> bool:
    """Whether a facility of an area knows a resident."""
    return bool(scope) and Resident.objects.within(scope).filter(pk=resident.pk).exists()


def edit(by: Any, resident: Resident) -> bool:
    """Whether an account may change a file."""
    return known_to(by.scope_for(EDIT), resident)


def check_edit(by: Any, resident: Resident) -> None:
    """Raises NotAllowed."""
    if not edit(by, resident):
        raise NotAllowed("您不能修改这份档案：此人没有在您的机构建档")


def check_register(by: Any, facility: Facility) -> None:
    """Raises NotAllowed."""
    if not by.scope_for(EDIT).covers(place=facility.place, facility=facility.pk):
        raise NotAllowed(f"您不能在“{facility.name}”建档：它不是您的机构")
