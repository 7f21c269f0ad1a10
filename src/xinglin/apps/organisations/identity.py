"""What makes a person findable although name, number and phone are encrypted, and what orders names."""

from __future__ import annotations

import re

from django.db.models import Q

from xinglin.apps.organisations.models import Consortium, Facility, Practitioner
from xinglin.apps.protection.crypto import keyed_hash, normalised
from xinglin.base.pinyin import of_name, of_person, split_surname

_LETTERS = re.compile(r"[a-z]+")
_NOT_DIGITS = re.compile(r"\D")
_PUNCTUATION = re.compile(r"[-‐–—()（）.·]")


def person_key(number: str) -> str:
    """The person behind a document number, as facts know them: keyed hash; empty for an empty number."""
    return keyed_hash(_PUNCTUATION.sub("", normalised(number)), "person")


def derive_facility(row: Facility) -> None:
    """Set reading and order of a facility's name."""
    reading = of_name(row.name)
    row.pinyin, row.initials, row.sort_key = (
        reading.plain[:600],
        reading.initials[:100],
        reading.sort_key[:1200],
    )


def derive_consortium(row: Consortium) -> None:
    """Set the order of a consortium's name."""
    row.sort_key = of_name(row.name).sort_key[:1200]


def derive_practitioner(row: Practitioner) -> None:
    """Set the keyed hashes of a person and the order of the surname."""
    surname, given = split_surname(row.name)
    reading = of_person(row.name)
    row.person_key = person_key(row.id_number)
    row.phone_hash = _phone_hash(row.phone)
    row.name_hash = _name_hash(row.name)
    row.pinyin_hash = keyed_hash(reading.plain, "practitioner.pinyin")
    row.initials_hash = keyed_hash(reading.initials, "practitioner.initials")
    rest = of_person(row.name).initials[len(of_person(surname).initials) :]
    row.surname_initials_hash = _surname_hash(surname, rest) if given else ""
    row.sort_key = of_person(surname).sort_key[:40]


def found_by(text: str) -> Q:
    """People a text may mean: document number, phone, whole name, pinyin, surname and initials (张sf), initials."""
    return numbered(text) | named(text)


def numbered(text: str) -> Q:
    """People whose document number or phone a text is."""
    plain = "".join(text.split()).lower()
    return _any({"person_key": person_key(plain), "phone_hash": _phone_hash(plain)})


def named(text: str) -> Q:
    """People whose whole name a text is, in characters, pinyin, initials, or the surname and initials."""
    plain = "".join(text.split()).lower()
    letters = _letter_hashes(plain) if _LETTERS.fullmatch(plain) else {}
    tail = {"surname_initials_hash": _tail_hash(plain)}
    return _any({"name_hash": _name_hash(plain), **letters, **tail})


def _any(hashes: dict[str, str]) -> Q:
    found = Q(pk__in=())
    for column, value in hashes.items():
        if value:  # an empty hash stands for "nothing known" and must find nobody
            found |= Q(**{column: value})
    return found


def _letter_hashes(letters: str) -> dict[str, str]:
    return {
        "pinyin_hash": keyed_hash(letters, "practitioner.pinyin"),
        "initials_hash": keyed_hash(letters, "practitioner.initials"),
    }


def _tail_hash(text: str) -> str:
    """Hash for a surname followed by initials, empty for any other text."""
    tail = _LETTERS.search(text)
    if tail is None or tail.start() not in (1, 2) or tail.end() != len(text):
        return ""
    return _surname_hash(text[: tail.start()], tail.group())


def _phone_hash(phone: str) -> str:
    digits = _NOT_DIGITS.sub("", normalised(phone))
    return keyed_hash(digits.removeprefix("86") if len(digits) > 11 else digits, "practitioner.phone")


def _name_hash(name: str) -> str:
    return keyed_hash(_PUNCTUATION.sub("", normalised(name)), "practitioner.name")


def _surname_hash(surname: str, initials: str) -> str:
    return keyed_hash(f"{surname}{initials}", "practitioner.surname")
