"""Signing in and out, the second factor, one's own password: each with its rows in the log.

The log gets the account, the address and what happened, never a password, a code or a name somebody typed.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.db import transaction

from xinglin.apps.accounts import attempts, factor, sessions
from xinglin.apps.accounts.models import User, plain_username
from xinglin.apps.audit.actions import record
from xinglin.apps.protection.crypto import decrypt, encrypt
from xinglin.base.errors import XinglinError

VERIFIED = "second_factor_verified"
PENDING = "second_factor_pending"
PENDING_PURPOSE = "accounts.session.second_factor"


class SignInRefused(XinglinError):  # noqa: N818
    """What was typed is wrong; the message tells neither what of it nor whether the account exists."""


def sign_in(request: Any, username: str, password: str) -> User:
    """Begin a session for whoever knows the password.

    Raises:
        attempts.Locked: too many failures. SignInRefused: wrong, unknown, deactivated.
    """
    keys = (attempts.name_key(username), attempts.address_key(request.META.get("REMOTE_ADDR", "")))
    locking = attempts.reserve(*keys)
    user = authenticate(request, username=username, password=password)
    if user is None:
        known = User.objects.filter(username=plain_username(username)).values_list("pk", flat=True).first()
        _note_failure(request, "account.sign_in", known or "", locking)
        raise SignInRefused("登录名或密码不对，或者账号已停用。忘记密码请找安全管理员重置。")
    with transaction.atomic():  # accounts are locked before attempts, here as in `actions`
        login(request, user)
        attempts.forgive(*keys)
        sessions.begin(request)
        action = "account.password_accepted" if user.needs_second_factor else "account.sign_in"
        record(by=user, action=action, kind="account", id=user.pk, request=request)
    attempts.prune()
    sessions.SessionStore.clear_expired()
    return user


def sign_out(request: Any) -> None:
    """End the present session."""
    with transaction.atomic():
        record(
            by=request.user, action="account.sign_out", kind="account", id=request.user.pk, request=request
        )
        logout(request)


def give_code(request: Any, code: str) -> None:
    """Finish signing in with a one-time code; the session gets a new key.

    Raises:
        attempts.Locked: too many wrong codes. SignInRefused: the code is wrong or was used before.
    """
    user = request.user
    keys = (attempts.code_key(user.pk), attempts.address_key(request.META.get("REMOTE_ADDR", "")))
    locking = attempts.reserve(*keys)
    with transaction.atomic():
        accepted = factor.take(user, code)
        if accepted:
            attempts.forgive(*keys)
            _verified(request)
            record(by=user, action="account.sign_in", kind="account", id=user.pk, request=request)
    if not accepted:
        _note_failure(request, "account.second_factor", user.pk, locking)
        raise SignInRefused("动态口令不对或已用过。请等手机上显示下一个口令再输入，并核对手机时间。")


def confirm(request: Any, answer: str) -> None:
    """Have somebody who is signed in prove once more who he is: by a fresh one-time code, or by the password where the
    account has no second factor.

    Raises:
        attempts.Locked: too many failures. SignInRefused: it is wrong, or the code was used before.
    """
    user = request.user
    key = attempts.code_key(user.pk) if user.totp_secret else attempts.name_key(user.username)
    locking = attempts.reserve(key)
    good = factor.take(user, answer) if user.totp_secret else user.check_password(answer)
    if good:
        attempts.forgive(key)
        return
    if user.totp_secret:
        _note_failure(request, "account.second_factor", user.pk, locking)
        raise SignInRefused("动态口令不对或已用过。请等手机上显示下一个口令再输入。")
    _note_failure(request, "account.password", user.pk, locking)
    raise SignInRefused("密码不对。")


def pending_secret(request: Any) -> str:
    """The secret that is being set up in this session, made when first asked for; encrypted in the session."""
    if PENDING not in request.session:
        request.session[PENDING] = encrypt(factor.new_secret(), PENDING_PURPOSE)
    return decrypt(request.session[PENDING], PENDING_PURPOSE)


def set_up_factor(request: Any, code: str) -> None:
    """Confirm the secret of this session with a first code; other sessions of the account end.

    Raises:
        SignInRefused: the code does not belong to the secret, or there is a second factor already.
    """
    secret = pending_secret(request)
    step = factor.matching_step(secret, code)
    if step is None:
        raise SignInRefused("动态口令不对。请确认已扫描本页的二维码，并核对手机时间是否准确。")
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=request.user.pk)
        if user.totp_secret:
            raise SignInRefused("这个账号已经设置了动态口令；要更换请找安全管理员重置。")
        user.totp_secret, user.totp_last = secret, step
        user.save(update_fields=["totp_secret", "totp_last"])
        del request.session[PENDING]
        _verified(request)
        sessions.end_sessions(user.pk, but=request.session.session_key)
        record(by=user, action="account.second_factor_set", kind="account", id=user.pk, request=request)


def change_password(request: Any, old: str, new: str) -> None:
    """Set a new password of one's own; other sessions end. The new one was checked by the form.

    Raises:
        attempts.Locked: too many wrong old passwords. SignInRefused: the old password is wrong.
    """
    user = request.user
    key = attempts.name_key(user.username)
    locking = attempts.reserve(key)
    if not user.check_password(old):
        _note_failure(request, "account.password", user.pk, locking)
        raise SignInRefused("原密码不对。")
    user.set_password(new)
    user.must_change_password = False
    with transaction.atomic():
        user.save(update_fields=["password", "must_change_password"])
        attempts.forgive(key)
        update_session_auth_hash(request, user)
        sessions.end_sessions(user.pk, but=request.session.session_key)
        record(
            by=user,
            action="account.password",
            kind="account",
            id=user.pk,
            fields=("password",),
            request=request,
        )


def end_other_sessions(request: Any) -> int:
    """End one's sessions elsewhere; how many there were."""
    with transaction.atomic():
        count = sessions.end_sessions(request.user.pk, but=request.session.session_key)
        record(
            by=request.user,
            action="account.sessions_ended",
            kind="account",
            id=request.user.pk,
            count=count,
            request=request,
        )
    return count


def _verified(request: Any) -> None:
    request.session.cycle_key()
    request.session[VERIFIED] = True


def _note_failure(request: Any, action: str, account: str, locking: tuple[str, ...]) -> None:
    with transaction.atomic():
        record(by=None, action=action, kind="account", id=account, outcome="failed", request=request)
        for kind in locking:
            record(
                by=None,
                action="account.locked",
                kind="address" if kind == "address" else "account",
                id="" if kind == "address" else account,
                outcome="refused",
                request=request,
            )
