"""Residents in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from xinglin.apps.accounts.models import User
from xinglin.apps.organisations.masking import mask_number, mask_phone
from xinglin.apps.organisations.places import place_name
from xinglin.apps.residents.card import age_words
from xinglin.apps.residents.history import DEEDS
from xinglin.apps.residents.models import ConsentKind, Event, Resident


@dataclass(frozen=True)
class Line:
    """A resident in a list: number and phone shortened, for a list is read over the shoulder."""

    pk: str
    name: str
    sex: str
    age: str
    born: date
    number: str
    phone: str
    place: str


def lines(rows: Iterable[Resident]) -> list[Line]:
    """Residents of a page."""
    today = timezone.localdate()
    return [
        Line(
            row.pk,
            row.name,
            row.get_sex_display(),
            age_words(row.birth_date, today),
            row.birth_date,
            mask_number(row.id_number),
            mask_phone(row.phone),
            place_name(row.place, 6),
        )
        for row in rows
    ]


def events(resident: Resident, most: int = 60) -> list[dict[str, Any]]:
    """What was done to a file, newest first."""
    found = list(Event.objects.filter(resident=resident)[:most])
    names = dict(User.objects.filter(pk__in={one.by for one in found}).values_list("pk", "username"))
    return [
        {
            "at": one.at,
            "by": names.get(one.by, "本程序"),
            "words": DEEDS.get(one.deed, one.deed),
            "fields": "、".join(_field(name) for name in one.fields),
        }
        for one in found
    ]


def _field(name: str) -> str:
    if name in ConsentKind.values:
        return str(ConsentKind(name).label)
    known = {field.name: str(getattr(field, "verbose_name", "")) for field in Resident._meta.get_fields()}
    return {**known, "substance": "过敏原"}.get(name, name)
