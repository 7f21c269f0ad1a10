"""Accounts and grants in the words of the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.accounts.directory import Facility, by_ids
from xinglin.apps.accounts.models import Grant, Session, User
from xinglin.apps.ui.places import place_name


@dataclass(frozen=True)
class ShownGrant:
    """A grant in words."""

    id: str
    role: str
    where: str
    span: str
    state: str
    tone: str
    open: bool
    given_by: str


Names = Mapping[str, Facility]


def facility_names(grants: Iterable[Grant]) -> Names:
    """The facilities of some grants, read at once."""
    return by_ids([grant.facility for grant in grants])


def shown_grant(grant: Grant, names: Names) -> ShownGrant:
    """Role, area, time and state of a grant."""
    state, tone = _state(grant, timezone.localdate())
    giver = grant.granted_by.username if grant.granted_by else "系统"
    return ShownGrant(
        grant.pk,
        role_label(grant.role),
        where(grant, names),
        _span(grant),
        state,
        tone,
        grant.ended_at is None,
        giver,
    )


def role_label(role: str) -> str:
    """The Chinese name of a role, or the role itself if the table no longer has it."""
    known = access_table().roles.get(role)
    return known.label if known else role


def where(grant: Grant, names: Names) -> str:
    """The area of a grant: name of the place, with the unit if it has one, or the facility."""
    if grant.facility:
        found = names.get(grant.facility)
        return found.name if found else grant.facility
    role = access_table().roles.get(grant.role)
    if role and role.level is RoleLevel.INSTALLATION:
        return "本装置"
    return f"{place_name(grant.place)} · {grant.unit}" if grant.unit else place_name(grant.place)


def _span(grant: Grant) -> str:
    last = f"至 {grant.valid_to:%Y-%m-%d}" if grant.valid_to else "起，不限期"
    return f"{grant.valid_from:%Y-%m-%d} {last}"


def _state(grant: Grant, today: date) -> tuple[str, str]:
    if grant.ended_at is not None:
        return f"{timezone.localdate(grant.ended_at):%Y-%m-%d} 收回", "none"
    if grant.valid_from > today:
        return "未开始", "info"
    return ("有效", "good") if grant.holds_on(today) else ("已到期", "none")


@dataclass(frozen=True)
class ShownUser:
    """A row of the list of accounts."""

    user: User
    grants: list[str]
    state: str
    tone: str


def shown_users(users: Sequence[User]) -> list[ShownUser]:
    """Accounts with the grants they hold today."""
    names = facility_names(grant for user in users for grant in user.grants_today())
    return [_shown_user(user, names) for user in users]


def _shown_user(user: User, names: Names) -> ShownUser:
    grants = [f"{role_label(grant.role)} · {where(grant, names)}" for grant in user.grants_today()]
    state, tone = ("启用", "good") if user.is_active else ("停用", "bad")
    return ShownUser(user, grants, state, tone)


def shown_session(session: Session, present: str) -> dict[str, Any]:
    """A session: since when, from where, whether it is the one that asks."""
    return {"since": session.since, "address": session.address, "here": session.session_key == present}
