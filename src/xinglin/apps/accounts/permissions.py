"""Rules of managing accounts: `check_x` raises with words for the screen, `x` answers.

Who may (within one's own area, never oneself) stands apart from what may be (roles that exclude each other, areas
that fit a role, an administrator who must remain).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.accounts import directory
from xinglin.apps.accounts.models import LONGEST_UNIT, Grant, User, has_unit, level_fits
from xinglin.base.errors import XinglinError
from xinglin.records.units import unit_key, unit_keys

MANAGE = "user.manage"
ADMINISTRATOR = "security_admin"
"""The role that manages accounts; without one nobody could be let in again."""

WHERE = {
    RoleLevel.FACILITY: "请填一个机构",
    RoleLevel.COUNTY: "请填一个县（市、区）",
    RoleLevel.AREA: "请填一个地区",
    RoleLevel.INSTALLATION: "它管整个装置，地区请填“全国”",
    RoleLevel.OWN: "请填居民所在的地区",
}


class NotAllowed(XinglinError):  # noqa: N818
    """Who asks may not do this, or it may not be done by anybody; the message says which."""


def visible_users(by: User) -> QuerySet[User]:
    """Accounts that somebody manages: with a grant for a place of the area, or for a facility that lies in it."""
    scope = by.scope_for(MANAGE)
    if scope.q(place="place") == Q():
        return User.objects.all()
    return User.objects.filter(pk__in=granted_within(scope).values("user"))


def granted_within(scope: Scope) -> QuerySet[Grant]:
    """Grants not taken back that lie in an area, those for its facilities included."""
    rows = Grant.objects.filter(ended_at=None)
    return rows.filter(scope.q(place="place") | directory.inside(scope, "facility"))


def check_may_manage(by: User | None, user: User) -> None:
    """Refuse to let somebody manage an account: oneself, or one that reaches beyond one's area.

    ``by=None`` is the program itself (installing, demonstration), which may.
    """
    if by is None:
        return
    if by.pk == user.pk:
        raise NotAllowed("不能管理自己的账号和权限，请另一位安全管理员来做。")
    mine = by.scope_for(MANAGE)
    theirs = [grant for grant in user.grants.all() if grant.ended_at is None]
    if not mine or not all(_inside(mine, grant.place, grant.facility) for grant in theirs):
        raise NotAllowed("这个账号的地区不全在您管理的地区之内。")


def check_may_grant(
    by: User | None,
    user: User,
    role: str,
    *,
    place: str = "",
    facility: str = "",
    unit: str = "",
    first: date,
    last: date | None,
) -> None:
    """Refuse a grant that may not be given by this person, for this area, or to this account."""
    if role not in access_table().roles:
        raise NotAllowed("没有这个角色。")
    if bool(place) == bool(facility) or not level_fits(role, place, facility):
        label = access_table().roles[role].label
        raise NotAllowed(f"“{label}”不能授予这样的地区：{WHERE[access_table().roles[role].level]}。")
    _check_unit(role, unit, place)
    if by is not None and not _inside(by.scope_for(MANAGE), place, facility):
        raise NotAllowed("不能授予您自己管理的地区以外的权限。")
    if last is not None and last < max(first, timezone.localdate()):
        raise NotAllowed("截止日期早于起始日期或今天。")
    others = [grant for grant in user.grants.all() if grant.ended_at is None and _meet(grant, first, last)]
    same = (role, place, facility, unit)
    if any((grant.role, grant.place, grant.facility, grant.unit) == same for grant in others):
        raise NotAllowed("这个账号在这段时间已有同样的授权。")
    _check_apart(role, others)


def _check_unit(role: str, unit: str, place: str) -> None:
    """Only a liaison has a unit, and it is one whose name can be read; without one it sees less, never more."""
    if not unit:
        return
    label = access_table().roles[role].label
    if not has_unit(role):
        raise NotAllowed(f"“{label}”不填单位，只有成员单位联络员填。")
    if len(unit) > LONGEST_UNIT or len(list(unit_keys(unit, place))) != 1 or not unit_key(unit, place):
        raise NotAllowed("单位只填一个，照文件上的名称写，如“县医保局”；几个单位请分几项授权。")


def _check_apart(role: str, others: list[Grant]) -> None:
    roles = access_table().roles
    held = {grant.role for grant in others if roles[grant.role].apart} - {role}
    if roles[role].apart and held:
        labels = "、".join(roles[name].label for name in sorted(held))
        raise NotAllowed(f"这个账号已是{labels}，不能再当{roles[role].label}：三种管理员不能由一个人兼任。")


def check_administrator_remains() -> None:
    """Refuse a change after which no account could manage accounts; call it after the change, before the commit."""
    if not administrators().exists():
        raise NotAllowed("这是最后一位安全管理员：请先让另一个启用的账号长期担任安全管理员。")


def administrators() -> QuerySet[User]:
    """Active accounts that manage accounts today and with no last day; demonstration ones only in that mode."""
    today = timezone.localdate()
    lasting = Grant.objects.filter(
        role=ADMINISTRATOR, ended_at=None, valid_to=None, valid_from__lte=today
    ).values("user")
    found = User.objects.filter(pk__in=lasting, is_active=True)
    return found if settings.XINGLIN_DEMO else found.filter(demo=False)


def answers(check: Callable[..., None], *args: Any, **more: Any) -> bool:
    """Whether a check lets something pass."""
    try:
        check(*args, **more)
    except NotAllowed:
        return False
    return True


def may_manage(by: User | None, user: User) -> bool:
    """Whether somebody may manage an account."""
    return answers(check_may_manage, by, user)


def _inside(scope: Scope, place: str, facility: str) -> bool:
    if facility:
        known = directory.by_id(facility)
        return scope.covers(facility=facility, place=known.place if known else "")
    return scope.contains(Scope(frozenset([place])))


def _meet(grant: Grant, first: date, last: date | None) -> bool:
    """Whether a grant and a span of days have a day in common."""
    return (last is None or grant.valid_from <= last) and (grant.valid_to is None or first <= grant.valid_to)
