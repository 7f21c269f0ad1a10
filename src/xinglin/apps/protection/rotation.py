"""Changing the encryption key: a new key for what is written from now on, then every old cipher text made anew.

Cipher texts lie in columns, which are found by themselves, and in other places (files, say), which those who write
there register.

Old keys stay in ``keys.json``, since backups need them. A run that was broken off goes on where it stopped: what is
left is what another key than the current one has encrypted. A row changed meanwhile is left to whoever changed it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Cast

from xinglin.apps.protection.crypto import CryptoError, decrypt
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.files import Kept, is_old, renew
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


class Place(Protocol):
    """Where cipher texts lie besides columns.

    Attributes:
        label: what progress calls it, e.g. ``files.attachments``.
    """

    @property
    def label(self) -> str:
        """The name."""

    def old(self) -> Sequence[Any]:
        """What another key than the current one encrypted; as text, each is its name."""

    def renew(self, one: Any) -> bool:
        """Encrypt one anew; false if it was changed meanwhile. Raises CryptoError, ValueError: it cannot be read."""


@dataclass(frozen=True)
class Files:
    """Encrypted files of one kind; ``find`` gives all there are."""

    label: str
    find: Callable[[], Iterable[Kept]]

    def old(self) -> Sequence[Kept]:
        """Those to be encrypted anew."""
        current = keys().current
        return [one for one in self.find() if is_old(one.path, current)]

    def renew(self, one: Kept) -> bool:
        """Replace one, whole; false if it is gone."""
        return renew(one)


PLACES: dict[str, Place] = {}


def register(place: Place) -> None:
    """Say where cipher texts lie; called when the module that writes them is loaded."""
    PLACES[place.label] = place


@dataclass
class Progress:
    """How far a column or place is: to do at the start, done, and ids or names of what cannot be decrypted."""

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
    """Columns and places with something still encrypted with an older key, and how much."""
    counts = {column.label: column.old().count() for column in columns()}
    counts |= {place.label: len(place.old()) for place in PLACES.values()}
    return {label: count for label, count in counts.items() if count}


def rotate(*, batch: int = BATCH, tell: Callable[[Progress], None] = lambda progress: None) -> list[Progress]:
    """Encrypt everything anew with the current key.

    Args:
        tell: called after every batch.
    """
    done = [_column(column, batch, tell) for column in columns()]
    return done + [_place(place, batch, tell) for place in PLACES.values()]


def _place(place: Place, batch: int, tell: Callable[[Progress], None]) -> Progress:
    found = place.old()
    progress = Progress(place.label, len(found), 0, [])
    for number, one in enumerate(found, start=1):
        try:
            progress.done += place.renew(one)
        except (CryptoError, ValueError):
            progress.unreadable.append(str(one))
        if number % batch == 0 or number == len(found):
            tell(progress)
    return progress


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
