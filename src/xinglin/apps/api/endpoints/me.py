"""Who a token acts for, and how far it reaches today."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Field, Schema

from xinglin.apps.api import throttle
from xinglin.apps.api.operations import Section

section = Section("令牌")


class GrantOut(Schema):
    """A role in an area."""

    role: str
    place: str
    facility: str


class MeOut(Schema):
    """A token and what it may do today."""

    token: str
    label: str
    account: str
    username: str
    expires_on: date
    permissions: list[str] = Field(description="今天真正有的权限：令牌的，且账号仍有的")
    grants: list[GrantOut] = Field(description="账号今天的角色，裁到令牌的地区之内")
    requests_a_minute: int


@section.read("/me", "account.own", MeOut)
def get_me(request: Any) -> Any:
    """令牌代表谁，今天能做什么"""
    token, user = request.api_token, request.user
    return {
        "token": token.pk,
        "label": token.label,
        "account": user.pk,
        "username": user.username,
        "expires_on": token.expires_on,
        "permissions": [name for name in token.permissions if user.can(name)],
        "grants": [
            {"role": one.role, "place": one.place, "facility": one.facility} for one in user.grants_today()
        ],
        "requests_a_minute": throttle.limit(),
    }
