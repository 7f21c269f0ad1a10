"""Makers of residents: valid unless told otherwise, always different."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

import organisations_factories as make

from xinglin.apps.organisations.checks import card_digit
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents import identity
from xinglin.apps.residents.models import Known, Resident

_number = count(1)


def card(born: date = date(1955, 3, 8), *, male: bool = False, number: int = 0) -> str:
    """An identity card number with a right check digit, of a place that does not exist."""
    order = (number or next(_number)) * 2 % 1000 + (1 if male else 0)
    first = f"9999{(number or next(_number)) // 500 % 90 + 10}{born:%Y%m%d}{order:03}"
    return first + card_digit(first)


def unsaved_resident(**more: Any) -> Resident:
    born = more.get("birth_date") or date(1955, 3, 8)
    values: dict[str, Any] = {
        "name": "演示居民",
        "id_number": card(born, male=more.get("sex") == "male"),
        "sex": "female",
        "birth_date": born,
        "phone": f"139{next(_number):08}",
        "address": "一组 3 号",
        "place": make.TOWNSHIP,
    }
    row = Resident(**{**values, **more})
    identity.derive(row)
    return row


def resident(owner: Facility | None = None, **more: Any) -> Resident:
    row = unsaved_resident(**more)
    row.save()
    Known.objects.create(resident=row, facility=owner or make.facility())
    return row
