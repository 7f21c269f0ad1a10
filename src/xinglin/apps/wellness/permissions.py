"""Who may give services of health management where: `check_x` raises, `x` answers. Who signs is the clinic's seat."""

from __future__ import annotations

from typing import Any

from xinglin.apps.clinic.models import Seat
from xinglin.apps.clinic.permissions import by_tcm, check_seat
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents.models import Resident
from xinglin.apps.residents.permissions import known_to
from xinglin.apps.wellness.models import HealthService

VIEW, EDIT = "wellness.view", "wellness.edit"

__all__ = [
    "EDIT",
    "VIEW",
    "author",
    "by_tcm",
    "check_author",
    "check_known",
    "check_seat",
    "check_serve",
    "serve",
]


def serve(by: Any, facility: Facility) -> bool:
    """Whether an account may give services in a facility."""
    return bool(by.scope_for(EDIT).covers(place=facility.place, facility=facility.pk))


def check_serve(by: Any, facility: Facility) -> None:
    """Raises NotAllowed."""
    if not serve(by, facility):
        raise NotAllowed(f"您不能在“{facility.name}”做健康管理：它不是您的机构")


def check_known(by: Any, resident: Resident) -> None:
    """Raises NotAllowed."""
    if not known_to(by.scope_for(EDIT), resident):
        raise NotAllowed("此人没有在您的机构建档：请先建档")


def author(by: Any, row: HealthService) -> bool:
    """Whether an account is the person who signed."""
    seat = Seat.objects.filter(user=by).first()
    return seat is not None and seat.practitioner_id == row.practitioner_id


def check_author(by: Any, row: HealthService) -> None:
    """Only who signed a record corrects it or takes it back. Raises NotAllowed."""
    if not author(by, row):
        raise NotAllowed("只有原来签名的人能更正或作废这份记录")
