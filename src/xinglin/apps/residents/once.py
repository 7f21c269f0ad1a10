"""Deeds that are done at most once, whatever the network does.

A form carries a key; the key, the deed and its audit rows are one transaction. A second request with the same key waits
at the unique row: if the first was done it gets what came of it; if it was refused nothing is left of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from xinglin.apps.protection.ids import new_id
from xinglin.apps.residents.models import Once

KEPT_FOR = timedelta(days=30)
"""A computer that was shut in the middle of a form may come back after a holiday."""
LONGEST = 60
PRUNED_EVERY = 100
"""Deeds of this process between two looks for keys that are too old."""
_deeds = itertools.count()


class Done(NamedTuple):
    """The id of what came of a deed, and whether it was done now."""

    id: str
    now: bool


def new_key() -> str:
    """A key for a form."""
    return new_id()


def once(key: str, *, by: Any, deed: str, act: Callable[[], str]) -> Done:
    """Do something, unless it was done under this key.

    Args:
        key: of the form. deed: what is done; the same key for something else is a mistake of a program. act: does it
            and gives the id of what came of it.

    Raises:
        ValidationError: no key, or one that was used for something else. What ``act`` raises.
    """
    if not 0 < len(key) <= LONGEST:
        raise ValidationError("这一页打开不完整：请重新打开再填")
    account = str(getattr(by, "pk", None) or "")
    with transaction.atomic():
        row = _claimed(account, key, deed)
        if row.object_id:
            return Done(row.object_id, now=False)
        if next(_deeds) % PRUNED_EVERY == 0:
            Once.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()
        row.object_id = act()
        row.save(update_fields=["object_id"])
        return Done(row.object_id, now=True)


def _claimed(account: str, key: str, deed: str) -> Once:
    """A new row, or the one that is there; waits for whoever is just writing it."""
    row = Once(by=account, key=key, deed=deed)
    Once.objects.bulk_create([row], ignore_conflicts=True)  # waits for the other's end, without a savepoint
    row = Once.objects.get(by=account, key=key)
    if row.deed != deed:
        raise ValidationError("这一页已经用来做过别的事：请重新打开再填")
    return row
