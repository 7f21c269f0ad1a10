"""What an identity card number tells (GB 11643-1999): day of birth and sex."""

from __future__ import annotations

from datetime import date

from xinglin.apps.organisations.checks import card_fault


def born(number: str) -> date | None:
    """The day of birth in an 18-character number; None when it is none."""
    if card_fault(number):
        return None
    return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))


def sex(number: str) -> str:
    """``male`` or ``female`` by the 17th digit (odd is male); empty when the number is none."""
    if card_fault(number):
        return ""
    return "male" if int(number[16]) % 2 else "female"


def age_on(birth: date, day: date) -> int:
    """Full years on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_words(birth: date, day: date) -> str:
    """Age as records print it: years, of small children years and months, of infants months or days."""
    if day < birth:
        return "未出生"
    years = age_on(birth, day)
    months = (day.year - birth.year) * 12 + day.month - birth.month - (day.day < birth.day)
    if years >= 6:
        return f"{years} 岁"
    if years >= 1:
        return f"{years} 岁 {months % 12} 月" if months % 12 else f"{years} 岁"
    return f"{months} 月" if months else f"{(day - birth).days} 天"
