"""Whom a token speaks for, and how far it reaches today: never further than its owner does."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils import timezone

from xinglin.apps.access.scope import NATION
from xinglin.apps.accounts import directory
from xinglin.apps.accounts.models import Grant, User
from xinglin.apps.api.models import ApiToken
from xinglin.apps.api.problems import Problem
from xinglin.apps.protection.crypto import sm3_mac
from xinglin.apps.protection.keys import keys

MARK = "xl_"
SECRET_BYTES = 32
PURPOSE = "api.token.secret"
HOW = "请在请求头写 Authorization: Bearer xl_…，令牌在网页的“我的账号 → 接口令牌”发放"


def new_secret() -> str:
    """A random secret (256 bits)."""
    return secrets.token_urlsafe(SECRET_BYTES)


def written(token: ApiToken, secret: str) -> str:
    """A token as its bearer writes it."""
    return f"{MARK}{token.pk}_{secret}"


def digest(secret: str) -> str:
    """The keyed hash that is stored of a secret."""
    return sm3_mac(bytes.fromhex(keys().lookup), f"{PURPOSE}\0{secret}".encode())


def identify(request: Any) -> ApiToken:
    """The token of a request, its owner as far as the token reaches.

    Raises:
        Problem: 401, there is none, it is unknown, over or revoked, or its owner could not do anything today.
    """
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise _unknown(f"请求没有带令牌：{HOW}")
    token = _known(text.strip())
    if token is None:
        raise _unknown(f"令牌不对：{HOW}")
    if not token.is_good(timezone.localdate()):
        raise _unknown("令牌已到期或已吊销：请在网页上重新发放")
    why = _why_not(token.owner)
    if why:
        raise _unknown(why)
    token.owner.narrow(token.permissions, within(token.owner.grants_today(), token.places, token.facilities))
    return token


def _known(text: str) -> ApiToken | None:
    name, _, secret = text.removeprefix(MARK).partition("_")
    if not text.startswith(MARK) or not secret or "\0" in text:
        return None
    token = ApiToken.objects.select_related("owner").filter(pk=name).first()
    expected = token.secret if token else digest("nobody's")
    good = secrets.compare_digest(digest(secret), expected)
    return token if good else None


def _why_not(owner: User) -> str:
    """Why an account could do nothing today, in words; empty when it could."""
    if not owner.is_active or (owner.demo and not settings.XINGLIN_DEMO):
        return "发放这个令牌的账号已停用"
    if owner.must_change_password:
        return "发放这个令牌的账号要先在网页上改密码"
    if owner.second_factor_required and not owner.totp_secret:
        return "发放这个令牌的账号要先在网页上设置动态口令"
    return ""


def _unknown(detail: str) -> Problem:
    return Problem(401, detail, headers={"WWW-Authenticate": 'Bearer realm="xinglin"'})


def within(grants: Sequence[Grant], places: Collection[str], facilities: Collection[str]) -> list[Grant]:
    """What of some grants lies in an area, as grants that are not saved; all of them where none is named."""
    if not places and not facilities:
        return list(grants)
    known = directory.by_ids([*facilities, *(grant.facility for grant in grants)])
    where = {pk: one.place for pk, one in known.items()}
    return [part for grant in grants for part in _cut(grant, places, facilities, where)]


def _cut(
    grant: Grant, places: Collection[str], facilities: Collection[str], where: Mapping[str, str]
) -> list[Grant]:
    found = []
    for code in places:
        if grant.facility:
            if _inside(where.get(grant.facility, ""), code):
                found.append(grant.part(facility=grant.facility))
        elif _inside(code, grant.place):
            found.append(grant.part(place=code))
        elif _inside(grant.place, code):
            found.append(grant.part(place=grant.place))
    for one in facilities:
        if grant.scope.covers(facility=one, place=where.get(one, "")):
            found.append(grant.part(facility=one))
    return found


def _inside(code: str, area: str) -> bool:
    return area == NATION or (bool(code) and code.startswith(area))
