"""Demonstration accounts: one for every role in a county. They sign in only in demonstration mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from xinglin.apps.access.scope import NATION
from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.accounts import actions, factor
from xinglin.apps.accounts.models import User, has_unit
from xinglin.apps.protection.crypto import keyed_hash
from xinglin.base.errors import XinglinError

DEMO_UNIT = "财政局"
"""Of the demonstration liaison, in the county of the demonstration."""


@dataclass(frozen=True)
class DemoAccount:
    """What is printed of a demonstration account."""

    role: str
    label: str
    username: str
    password: str
    secret: str

    @property
    def code(self) -> str:
        """The one-time code of this moment; empty for roles that need none."""
        return factor.current_code(self.secret) if self.secret else ""


def demo_accounts(place: str, facilities: Mapping[str, str]) -> list[DemoAccount]:
    """Make the demonstration accounts of a county, or give those that exist new passwords.

    Args:
        place: code of the county. facilities: role → id of the facility, for every role at the level of facilities.

    Raises:
        XinglinError: not in demonstration mode. KeyError: a role has no facility.
    """
    if not settings.XINGLIN_DEMO:
        raise XinglinError("演示账号只能在演示模式下建立（XINGLIN_DEMO=1）。")
    with transaction.atomic():
        return [_account(role, place, facilities) for role in access_table().roles]


def _account(role: str, place: str, facilities: Mapping[str, str]) -> DemoAccount:
    label, needs_code = access_table().roles[role].label, access_table().roles[role].second_factor
    username = "demo-" + role.replace("_", "-")
    user = User.objects.filter(username=username).first() or _create(username, role, place, facilities)
    password = actions.new_password()
    user.set_password(password)
    user.totp_secret, user.totp_last = (factor.new_secret() if needs_code else ""), 0
    user.demo, user.is_active, user.must_change_password = True, True, False
    user.display_name = "演示" + label
    user.name_hash = keyed_hash(user.display_name, actions.NAME_PURPOSE)
    user.save()
    return DemoAccount(role, label, username, password, user.totp_secret)


def _create(username: str, role: str, place: str, facilities: Mapping[str, str]) -> User:
    level = access_table().roles[role].level
    if level is RoleLevel.FACILITY:
        area = actions.Area(facility=facilities[role])
    else:
        area = actions.Area(place=_place(role, level, place), unit=DEMO_UNIT if has_unit(role) else "")
    return actions.create_account(by=None, username=username, display_name="", role=role, area=area).user


def _place(role: str, level: RoleLevel, county: str) -> str:
    if level is RoleLevel.INSTALLATION:
        return NATION
    return county[:4] if role == "regional_officer" else county
