"""Who may sign for which team, and who keeps packages: `check_x` raises, `x` answers."""

from __future__ import annotations

from typing import Any

from xinglin.apps.clinic.models import Seat
from xinglin.apps.clinic.permissions import check_seat
from xinglin.apps.contracts.models import Contract
from xinglin.apps.contracts.teams import Team
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents.models import Resident
from xinglin.apps.residents.permissions import known_to

VIEW, EDIT, COUNT = "contract.view", "contract.edit", "contract.count"
PACKAGES, KEEP = "package.view", "package.edit"

__all__ = [
    "COUNT",
    "EDIT",
    "KEEP",
    "PACKAGES",
    "VIEW",
    "check_contract",
    "check_keep",
    "check_sign",
    "contract",
]


def contract(by: Any, row: Contract) -> bool:
    """Whether an account may change a contract: it lies where the account works, or the team does."""
    scope = by.scope_for(EDIT)
    return any(scope.covers(place=one.place, facility=one.pk) for one in (row.facility, row.team_facility))


def check_contract(by: Any, row: Contract) -> None:
    """Raises NotAllowed."""
    if not contract(by, row):
        raise NotAllowed("您不能改这份签约：它不是您的机构或团队签的")


def check_sign(by: Any, resident: Resident, facility: Facility, team: Team) -> Seat:
    """Who signs for a team in a facility. Raises NotAllowed."""
    scope = by.scope_for(EDIT)
    if not scope.covers(place=facility.place, facility=facility.pk):
        raise NotAllowed(f"您不能在“{facility.name}”签约：它不是您的机构")
    if not known_to(scope, resident):
        raise NotAllowed("此人没有在您的机构建档：请先建档再签约")
    seat = check_seat(by, facility)
    if team.facility != facility.pk and seat.practitioner_id not in team.people:
        raise NotAllowed(f"您不是“{team.name}”的队员，它也不是本机构的团队：请选自己的团队")
    return seat


def check_keep(by: Any, place: str) -> None:
    """Raises NotAllowed."""
    if not by.scope_for(KEEP).covers(place=place):
        raise NotAllowed("这个服务包不归您的地区管：请找它的地区改，或在本地区另立一个")
