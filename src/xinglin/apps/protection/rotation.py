"""Changing the encryption key: a new key for what is written from now on, then every old cipher text made anew.

Old keys stay in ``keys.json``, since backups need them. A run that was broken off goes on where it stopped: what is
left is what another key than the current one has encrypted. A row changed meanwhile is left to whoever changed it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from xinglin.apps.protection.crypto import CryptoError, decrypt
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.home import read_keys, write_keys
from xinglin.apps.protection.keys import keys

BATCH = 200
"""Rows encrypted anew in one transaction."""


@dataclass(frozen=True)
class Column:
    """A column with cipher texts."""

    model: type[models.Model]
    field: EncryptedText

    @property
    def label(self) -> str:
        """``accounts.user.display_name``."""
        return f"{self.model._meta.label_lower}.{self.field.attname}"

    def old(self) -> models.QuerySet[Any]:
        """Rows encrypted with another key than the current one; ``raw`` is the cipher text."""
        raw = Cast(self.field.attname, models.TextField())
        rows = self.model._base_manager.annotate(raw=raw).exclude(raw=None).exclude(raw="")
        return rows.exclude(raw__startswith=f"{keys().current}:")


@dataclass
class Progress:
    """How far a column is: rows to do at the start, done, and ids of rows that cannot be decrypted."""

    column: str
    total: int
    done: int
    unreadable: list[str]


def new_key(folder: Path) -> str:
    """Add a key and make it the current one; its id."""
    old = read_keys(folder)
    number = max((int(name[1:]) for name in old.encryption if name[1:].isdecimal()), default=0) + 1
    name = f"k{number}"
    write_keys(folder, replace(old, encryption={**old.encryption, name: secrets.token_hex(16)}, current=name))
    return name


def columns() -> Iterator[Column]:
    """Every encrypted column of the site."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedText):
                yield Column(model, field)


def remaining() -> dict[str, int]:
    """Columns with rows still encrypted with an older key, and how many."""
    counts = {column.label: column.old().count() for column in columns()}
    return {label: count for label, count in counts.items() if count}


def rotate(*, batch: int = BATCH, tell: Callable[[Progress], None] = lambda progress: None) -> list[Progress]:
    """Encrypt everything anew with the current key.

    Args:
        tell: called after every batch.
    """
    return [_column(column, batch, tell) for column in columns()]


def _column(column: Column, batch: int, tell: Callable[[Progress], None]) -> Progress:
    progress = Progress(column.label, column.old().count(), 0, [])
    last: Any = None
    while True:
        rows = column.old() if last is None else column.old().filter(pk__gt=last)
        page = list(rows.order_by("pk").values_list("pk", "raw")[:batch])
        if not page:
            return progress
        with transaction.atomic():
            for pk, raw in page:
                _row(column, pk, raw, progress)
        last = page[-1][0]
        tell(progress)


def _row(column: Column, pk: Any, raw: str, progress: Progress) -> None:
    """Encrypt one row anew, unless it was changed since it was read."""
    try:
        plain = decrypt(raw, column.label)
    except CryptoError:
        progress.unreadable.append(str(pk))
        return
    column.old().filter(pk=pk, raw=raw).update(**{column.field.attname: plain})
    progress.done += 1
