"""What makes a resident findable although name, number and phone are encrypted."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q

from xinglin.apps.organisations.identity import person_key
from xinglin.apps.protection.crypto import keyed_hash, normalised
from xinglin.apps.residents.models import Resident
from xinglin.base.pinyin import of_person, split_surname

_LETTERS = re.compile(r"[a-z]+")
_NOT_DIGITS = re.compile(r"\D")
_PUNCTUATION = re.compile(r"[-‐–—()（）.·]")
_SHORTEST_PHONE = 5


def derive(row: Resident) -> None:
    """Set the keyed hashes of a resident and the order of the surname."""
    surname, given = split_surname(row.name)
    reading, first = of_person(row.name), of_person(surname)
    row.person_key = person_key(row.id_number) or None
    row.name_hash = name_hash(row.name)
    row.phone_hash = phone_hash(row.phone)
    row.pinyin_hash = keyed_hash(reading.plain, "resident.pinyin")
    row.initials_hash = keyed_hash(reading.initials, "resident.initials")
    rest = reading.initials[len(first.initials) :]
    row.surname_initials_hash = keyed_hash(f"{surname}{rest}", "resident.surname") if given else ""
    row.sort_key = first.sort_key[:40]


def found_by(text: str) -> Q:
    """Residents a text may mean: document number, phone, whole name, pinyin (zhangsf), initials (zsf), surname and
    initials (张sf).

    A condition of at most two columns, each with an index of its own.
    """
    plain = "".join(text.split()).lower()
    found = Q(pk__in=())
    for column, value in _meant(plain).items():
        if value:  # an empty hash stands for "nothing known" and must find nobody
            found |= Q(**{column: value})
    return found


def _meant(plain: str) -> dict[str, str]:
    """Columns, and what must stand in them."""
    if _LETTERS.fullmatch(plain):
        return {
            "initials_hash": keyed_hash(plain, "resident.initials"),
            "pinyin_hash": keyed_hash(plain, "resident.pinyin"),
        }
    if plain[:1].isascii():
        return {"person_key": person_key(plain), "phone_hash": phone_hash(plain)}
    tail = _LETTERS.search(plain)
    if tail is not None and tail.start() in (1, 2) and tail.end() == len(plain):
        return {"surname_initials_hash": keyed_hash(plain, "resident.surname")}
    return {"name_hash": name_hash(plain)}


def phone_hash(phone: str) -> str:
    """Of the digits, without the country."""
    digits = _NOT_DIGITS.sub("", normalised(phone))
    plain = digits.removeprefix("86") if len(digits) > 11 else digits
    return keyed_hash(plain, "resident.phone") if len(plain) >= _SHORTEST_PHONE else ""


def name_hash(name: str) -> str:
    """Of the whole name."""
    return keyed_hash(_PUNCTUATION.sub("", normalised(name)), "resident.name")


def personal_values(row: Resident) -> dict[str, Any]:
    """Fields of a file that a person may set, for comparing before and after."""
    return {field.name: getattr(row, field.attname) for field in row._meta.concrete_fields if field.editable}
