"""Who may treat where, and as whom: `check_x` raises, `x` answers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone

from xinglin.apps.clinic.models import Authorisation, Encounter, Seat
from xinglin.apps.organisations.models import Facility, Post, Practitioner, TechniqueCapability
from xinglin.apps.organisations.permissions import NotAllowed

VIEW, EDIT = "encounter.view", "encounter.edit"
NO_SEAT = "您的账号还没有对应的执业人员，不能签名：请机构负责人在“执业身份”里登记"
NOT_HERE = "您的执业身份“{}”今天不在本机构任职，不能签名：请机构负责人核对任职"
TCM_CATEGORIES = frozenset({"tcm"})


def treat(by: Any, facility: Facility) -> bool:
    """Whether an account may write visits of a facility."""
    return bool(by.scope_for(EDIT).covers(place=facility.place, facility=facility.pk))


def check_treat(by: Any, facility: Facility) -> None:
    """Raises NotAllowed."""
    if not treat(by, facility):
        raise NotAllowed(f"您不能在“{facility.name}”接诊：它不是您的机构")


def check_seat(by: Any, facility: Facility, day: date | None = None) -> Seat:
    """Who an account is when it signs in a facility on a day. Raises NotAllowed."""
    posts = Post.objects.filter(practitioner=OuterRef("practitioner"), facility=facility)
    here = Exists(posts.on(day or timezone.localdate()))
    seat = Seat.objects.select_related("practitioner").filter(user=by).annotate(here=here).first()
    if seat is None:
        raise NotAllowed(NO_SEAT)
    if not seat.here:
        raise NotAllowed(NOT_HERE.format(seat.practitioner.name))
    return seat


def is_author(seat: Seat | None, encounter: Encounter) -> bool:
    """Whether a record was signed by this person."""
    return seat is not None and seat.practitioner_id == encounter.practitioner_id


def check_author(by: Any, encounter: Encounter) -> None:
    """Only who signed a record corrects it. Raises NotAllowed."""
    if not is_author(Seat.objects.filter(user=by).first(), encounter):
        raise NotAllowed("只有原来签名的人能更正这份病历")


def by_tcm(person: Practitioner) -> bool:
    """Whether a person gives TCM services: of the TCM category, or trained for them."""
    return person.category in TCM_CATEGORIES or bool(person.tcm_able)


def technique_faults(person: Practitioner, facility: Facility, technique: str, day: date) -> list[str]:
    """Why a technique may not be done by this person in this facility; empty when it may."""
    found = []
    if not Authorisation.objects.filter(practitioner=person, technique=technique).on(day).exists():
        found.append("开单人没有这项技术的授权：请机构负责人在“执业身份”里登记")
    able = TechniqueCapability.objects.filter(facility=facility, technique=technique).on(day)
    if not able.exists():
        found.append("本机构没有登记能开展这项技术：请机构负责人在机构页“技术”里登记")
    return found
