"""Making and revoking tokens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from xinglin.apps.access.scope import NATION, Scope
from xinglin.apps.accounts import directory
from xinglin.apps.accounts.models import User
from xinglin.apps.api.bearing import digest, new_secret, written
from xinglin.apps.api.models import ApiToken
from xinglin.apps.api.site import offered
from xinglin.apps.audit.actions import record
from xinglin.base.errors import XinglinError

MOST = 20
"""Tokens that hold at the same time, of one account."""
LONGEST = 366


class NotAllowed(XinglinError):  # noqa: N818 - says what is the matter
    """The token may not be made, or revoked, by this account."""


@dataclass(frozen=True)
class Made:
    """A new token as its bearer writes it: stored nowhere, shown once."""

    token: ApiToken
    text: str


@dataclass(frozen=True)
class Reach:
    """How far a token is to go: permissions, and the area (both empty: the owner's)."""

    permissions: Sequence[str]
    places: Collection[str] = ()
    facilities: Collection[str] = ()


@transaction.atomic
def make(*, by: User, label: str, reach: Reach, days: int, request: Any = None) -> Made:
    """A token that acts for the account that makes it. Who asks has proved once more who he is.

    Raises:
        NotAllowed: it would go further than the account does today, last too long, or there are too many.
    """
    owner = User.objects.select_for_update().get(pk=by.pk)
    _check_reach(owner, reach)
    if not 1 <= days <= LONGEST:
        raise NotAllowed(f"有效期最长 {LONGEST} 天")
    today = timezone.localdate()
    if sum(one.is_good(today) for one in owner.api_tokens.all()) >= MOST:
        raise NotAllowed(f"有效的令牌最多 {MOST} 个：请先吊销不用的")
    secret = new_secret()
    token = ApiToken.objects.create(
        owner=owner,
        label=label.strip()[:60],
        secret=digest(secret),
        permissions=sorted(set(reach.permissions)),
        places=sorted(set(reach.places)),
        facilities=sorted(set(reach.facilities)),
        expires_on=today + timedelta(days=days),
    )
    fields = ("permissions", "places", "facilities", "expires_on")
    record(by=by, action="api_token.create", kind="api_token", id=token.pk, fields=fields, request=request)
    return Made(token, written(token, secret))


def _check_reach(owner: User, reach: Reach) -> None:
    """Raises NotAllowed."""
    if not owner.is_active:
        raise NotAllowed("您的账号刚被停用。")
    known = set(offered())
    beyond = [one for one in reach.permissions if one not in known or not owner.can(one)]
    if beyond or not reach.permissions:
        raise NotAllowed("请在您自己有的权限里至少选一项")
    held = [grant.scope for grant in owner.grants_today()]
    where = {pk: one.place for pk, one in directory.by_ids([*reach.facilities]).items()}
    outside = [code for code in reach.places if not any(_holds(scope, code) for scope in held)]
    outside += [
        one
        for one in reach.facilities
        if not any(scope.covers(facility=one, place=where.get(one, "")) for scope in held)
    ]
    if outside:
        raise NotAllowed("所选的地区或机构不在您自己的范围之内")


def _holds(scope: Scope, code: str) -> bool:
    return NATION in scope.places if code == NATION else scope.covers(place=code)


@transaction.atomic
def revoke(*, by: User, token: ApiToken, request: Any = None) -> None:
    """End a token at once; whoever asks owns it or manages its owner.

    Raises:
        NotAllowed: it is over already.
    """
    ended = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(
        revoked_at=timezone.now(), revoked_by=by.pk
    )
    if not ended:
        raise NotAllowed("这个令牌已经吊销")
    record(
        by=by,
        action="api_token.revoke",
        kind="api_token",
        id=token.pk,
        fields=("revoked_at",),
        request=request,
    )
