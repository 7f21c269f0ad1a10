"""Lock-out: failed attempts are counted per account name, per second factor and per address; waits grow.

An attempt is counted as failed *before* the password is looked at and forgiven after it proved right, in short
transactions of their own. So a hundred guesses at the same moment are a hundred attempts, and the costly hash is
computed without holding a lock. Names nobody has are counted like any other: the answer tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from xinglin.apps.accounts.models import Attempts, plain_username
from xinglin.apps.protection.crypto import keyed_hash
from xinglin.base.errors import XinglinError

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True)
class Rule:
    """How many failures are let through, and after how long a quiet time they are forgotten."""

    limit: int
    forget: timedelta


RULES: Mapping[str, Rule] = {
    "name": Rule(5, timedelta(hours=24)),
    "code": Rule(5, timedelta(hours=24)),
    "address": Rule(20, timedelta(hours=1)),
}
"""An address has more: a whole hospital may stand behind one."""


@dataclass(frozen=True)
class Key:
    """What failures are counted for: a kind of `RULES` and a keyed hash."""

    kind: str
    value: str


class Locked(XinglinError):  # noqa: N818
    """Too many failures; ``wait`` says how long to wait."""

    def __init__(self, kind: str, wait: timedelta) -> None:
        self.kind, self.wait = kind, wait
        what = "这个网络地址" if kind == "address" else "这个账号"
        super().__init__(f"{what}连续登录失败次数太多，已暂时锁定，请 {_words(wait)}后再试。")


def name_key(username: str) -> Key:
    """Attempts on a sign-in name, whether or not anybody has it."""
    return Key("name", keyed_hash(plain_username(username) or "-", "attempts.name"))


def code_key(account: str) -> Key:
    """Attempts on the one-time code of an account."""
    return Key("code", keyed_hash(account, "attempts.code"))


def address_key(address: str) -> Key:
    """Attempts from a network address; one IPv6 subscriber has a whole /64."""
    try:
        found = ip_address(address)
    except ValueError:
        return Key("address", keyed_hash(address or "-", "attempts.address"))
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        address = str(IPv6Address(int(found) >> 64 << 64))
    return Key("address", keyed_hash(address, "attempts.address"))


def reserve(*keys: Key) -> tuple[str, ...]:
    """Count one attempt on every key; the kinds that are locked from now on if it fails.

    Raises:
        Locked: one of them is locked already; nothing is counted then, so waiting always helps.
    """
    now = timezone.now()
    with transaction.atomic():
        Attempts.objects.bulk_create(
            [Attempts(kind=key.kind, value=key.value, failed=0, last=now) for key in keys],
            ignore_conflicts=True,
        )
        rows = _locked_rows(keys)
        for row in rows:
            if now - row.last > RULES[row.kind].forget:
                row.failed = 0
        _refuse_locked(rows, now)
        for row in rows:
            row.failed, row.last = row.failed + 1, now
            row.save(update_fields=["failed", "last"])
        return tuple(row.kind for row in rows if wait_after(row.kind, row.failed))


def _locked_rows(keys: tuple[Key, ...]) -> list[Attempts]:
    """The rows, held until the transaction ends; always taken in the same order."""
    return list(Attempts.objects.select_for_update().filter(_any(keys)).order_by("pk"))


def _refuse_locked(rows: list[Attempts], now: datetime) -> None:
    waits = {row.kind: row.last + wait_after(row.kind, row.failed) - now for row in rows if _at_limit(row)}
    kind = max(waits, key=lambda name: waits[name], default="")
    if kind and waits[kind] > timedelta(0):
        raise Locked(kind, waits[kind])


def _at_limit(row: Attempts) -> bool:
    return bool(wait_after(row.kind, row.failed))


def forgive(*keys: Key) -> None:
    """The reserved attempt was right: forget the failures of names and codes, take back the one of the address.

    The other failures of an address stay: else somebody with one account could try all the others from it.
    """
    with transaction.atomic():
        for row in _locked_rows(keys):
            if row.kind == "address":
                Attempts.objects.filter(pk=row.pk, failed__gt=0).update(failed=F("failed") - 1)
            else:
                row.delete()


def prune(now: datetime | None = None) -> int:
    """Drop rows that no rule looks at any more; how many."""
    oldest = (now or timezone.now()) - max(rule.forget for rule in RULES.values()) - LONGEST_WAIT
    count: int = Attempts.objects.filter(last__lt=oldest).delete()[0]
    return count


def is_locked(key: Key) -> bool:
    """Whether a key is locked at this moment."""
    row = Attempts.objects.filter(kind=key.kind, value=key.value).first()
    return row is not None and row.last + wait_after(row.kind, row.failed) > timezone.now()


def wait_after(kind: str, failed: int) -> timedelta:
    """How long to wait after so many failures: 1, 2, 4 … 60 minutes, the first at the limit."""
    over = failed - RULES[kind].limit
    return timedelta(0) if over < 0 else min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)


def _any(keys: tuple[Key, ...]) -> Q:
    found = Q(pk__in=())
    for key in keys:
        found |= Q(kind=key.kind, value=key.value)
    return found


def _words(wait: timedelta) -> str:
    seconds = ceil(wait.total_seconds())
    return f"{seconds} 秒" if seconds < 60 else f"{-(-seconds // 60)} 分钟"
