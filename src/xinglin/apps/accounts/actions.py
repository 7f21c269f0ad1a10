"""Managing accounts: making, (de)activating, granting, taking back. Every deed with its row in the log."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from xinglin.apps.accounts import attempts, permissions, sessions
from xinglin.apps.accounts.models import Grant, User, plain_username
from xinglin.apps.accounts.permissions import ADMINISTRATOR, NotAllowed
from xinglin.apps.audit.actions import record
from xinglin.apps.protection.crypto import keyed_hash

NAME_PURPOSE = "accounts.user.display_name"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""No letters that are mistaken for each other on paper."""


@dataclass(frozen=True)
class Made:
    """A new account with its first password, which is stored nowhere and shown once."""

    user: User
    password: str


@dataclass(frozen=True)
class Area:
    """Where a role is given: a place or a facility, from one day to another (or open); of a liaison, for which unit."""

    place: str = ""
    facility: str = ""
    first: date | None = None
    last: date | None = None
    unit: str = ""


def new_password() -> str:
    """A random first password, 20 letters in groups of five (99 bits)."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))


def create_account(
    *, by: User | None, username: str, display_name: str, role: str, area: Area, request: Any = None
) -> Made:
    """A new account with its first grant, and a password that must be changed at once.

    Raises:
        NotAllowed: the name is taken, or the grant may not be given; nothing is written then.
    """
    password = new_password()
    user = User(username=plain_username(username), display_name=display_name)
    user.name_hash = keyed_hash(display_name, NAME_PURPOSE)
    user.set_password(password)
    with transaction.atomic():
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError:
            raise NotAllowed("这个登录名已有人用，请换一个。") from None
        _note(by, "account.create", user, request, "username", "display_name")
        give_grant(by=by, user_id=user.pk, role=role, area=area, request=request)
    return Made(user, password)


def give_grant(*, by: User | None, user_id: str, role: str, area: Area, request: Any = None) -> Grant:
    """Give a role for an area.

    Raises:
        NotAllowed: see `permissions.check_may_grant`.
    """
    first = area.first or timezone.localdate()
    where = {"place": area.place, "facility": area.facility, "unit": area.unit.strip()}
    with transaction.atomic():
        user, by = _locked(user_id, by)
        permissions.check_may_manage(by, user)
        permissions.check_may_grant(by, user, role, **where, first=first, last=area.last)
        grant = Grant.objects.create(
            user=user, role=role, **where, valid_from=first, valid_to=area.last, granted_by=by
        )
        record(
            by=by, action="grant.give", kind="grant", id=grant.pk, fields=("role", *where), request=request
        )
    return grant


def end_grant(*, by: User | None, user_id: str, grant_id: str, request: Any = None) -> None:
    """Take a grant back, from this moment.

    Raises:
        NotAllowed: not one's to end, ended already, or the last administrator's.
    """
    with transaction.atomic():
        user, by = _locked(user_id, by)
        permissions.check_may_manage(by, user)
        ended = Grant.objects.filter(pk=grant_id, user=user, ended_at=None).update(
            ended_at=timezone.now(), ended_by=by
        )
        if not ended:
            raise NotAllowed("这项授权已经收回。")
        _administrator_remains(user)
        record(by=by, action="grant.end", kind="grant", id=grant_id, fields=("ended_at",), request=request)


def set_active(*, by: User | None, user_id: str, active: bool, request: Any = None) -> None:
    """Deactivate an account, ending its sessions, or activate it again.

    Raises:
        NotAllowed: not one's to manage, or the last administrator.
    """
    with transaction.atomic():
        user, by = _locked(user_id, by)
        permissions.check_may_manage(by, user)
        user.is_active = active
        user.save(update_fields=["is_active"])
        if not active:
            _administrator_remains(user)
            sessions.end_sessions(user.pk)
        action = "account.activate" if active else "account.deactivate"
        _note(by, action, user, request, "is_active")


def reset_password(*, by: User | None, user_id: str, request: Any = None) -> Made:
    """A new first password for somebody who forgot theirs; their sessions end, a lock-out is lifted."""
    password = new_password()
    with transaction.atomic():
        user, by = _locked(user_id, by)
        permissions.check_may_manage(by, user)
        user.set_password(password)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        sessions.end_sessions(user.pk)
        attempts.forgive(attempts.name_key(user.username))
        _note(by, "account.password_reset", user, request, "password")
    return Made(user, password)


def reset_second_factor(*, by: User | None, user_id: str, request: Any = None) -> None:
    """Forget the second factor of somebody who lost their telephone; it is set up anew at the next sign-in."""
    with transaction.atomic():
        user, by = _locked(user_id, by)
        permissions.check_may_manage(by, user)
        user.totp_secret, user.totp_last = "", 0
        user.save(update_fields=["totp_secret", "totp_last"])
        sessions.end_sessions(user.pk)
        attempts.forgive(attempts.code_key(user.pk))
        _note(by, "account.second_factor_reset", user, request, "totp_secret")


def unlock(*, by: User | None, user_id: str, request: Any = None) -> None:
    """Lift the lock-out of an account."""
    with transaction.atomic():
        user, by = _locked(user_id, by)
        permissions.check_may_manage(by, user)
        attempts.forgive(attempts.name_key(user.username), attempts.code_key(user.pk))
        _note(by, "account.unlock", user, request)


def _locked(user_id: str, by: User | None) -> tuple[User, User | None]:
    """The account and whoever acts on it, as they are now; held until the transaction ends.

    Every administrator is held with them, always in the same order: of two who take each other's role away at the
    same moment, the second sees what the first did.
    """
    admins = Grant.objects.filter(role=ADMINISTRATOR).values("user")
    acting = Q(pk=by.pk) if by is not None else Q(pk__in=())
    rows = User.objects.select_for_update().filter(Q(pk=user_id) | acting | Q(pk__in=admins)).order_by("pk")
    held = {user.pk: user for user in rows}
    if user_id not in held:
        raise NotAllowed("没有这个账号。")
    if by is None:
        return held[user_id], None
    now = held.get(by.pk)
    if now is None or not now.is_active:
        raise NotAllowed("您的账号刚被停用。")
    return held[user_id], now


def _administrator_remains(user: User) -> None:
    """Only changes to an administrator can leave the installation without one."""
    if user.grants.filter(role=ADMINISTRATOR).exists():
        permissions.check_administrator_remains()


def _note(by: User | None, action: str, user: User, request: Any, *fields: str) -> None:
    record(by=by, action=action, kind="account", id=user.pk, fields=fields, request=request)
