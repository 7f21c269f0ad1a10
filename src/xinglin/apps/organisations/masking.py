"""Personal data as those see it who may not read it."""

from __future__ import annotations

from xinglin.base.pinyin import split_surname

STAR = "*"


def mask_name(name: str) -> str:
    """The surname, a star for each character of the rest: 张**. A name that is not Chinese keeps its first letter."""
    if not name:
        return ""
    surname, given = split_surname(name)
    if given and "·" not in name:
        return surname + STAR * len(given)
    return name[0] + STAR * 2


def mask_number(number: str) -> str:
    """The province and city and the last two signs of an identity card: 4418************12; of others less."""
    if len(number) < 15:
        return _mask(number, 1, 1)
    return _mask(number, 4, 2)


def mask_phone(phone: str) -> str:
    """The first three and the last four digits: 138****1234; of short numbers the last two."""
    return _mask(phone, 3, 4) if len(phone) >= 11 else _mask(phone, 0, 2)


def _mask(text: str, first: int, last: int) -> str:
    hidden = len(text) - first - last
    if hidden < 1:
        return STAR * len(text)
    return text[:first] + STAR * hidden + text[len(text) - last :]
