"""Check digits of official numbers: 公民身份号码 (GB 11643-1999) and 统一社会信用代码 (GB 32100-2015)."""

from __future__ import annotations

import re
from datetime import date

_CARD = re.compile(r"\d{17}[\dX]")
_CARD_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CARD_DIGITS = "10X98765432"
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = re.compile(f"[{_CREDIT_SIGNS}]{{18}}")
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def card_fault(number: str) -> str:
    """What is wrong with an identity card number, empty when nothing is."""
    if not _CARD.fullmatch(number):
        return f"居民身份证号码应为 18 位（末位可以是 X），现在是 {len(number)} 位：请对照证件重填"
    if not _born(number[6:14]):
        return "居民身份证号码第 7 至 14 位不是日期：请对照证件重填"
    if card_digit(number[:17]) != number[17]:
        return "居民身份证号码的校验位不对，多半是有一位抄错了：请对照证件重填"
    return ""


def card_digit(first: str) -> str:
    """The 18th sign for the first 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first, _CARD_WEIGHTS, strict=True))
    return _CARD_DIGITS[total % 11]


def credit_fault(code: str) -> str:
    """What is wrong with a unified social credit code, empty when nothing is."""
    if not _CREDIT.fullmatch(code):
        return "统一社会信用代码应为 18 位数字和大写字母（没有 I、O、S、V、Z）：请对照证书重填"
    if credit_digit(code[:17]) != code[17]:
        return "统一社会信用代码的校验位不对，多半是有一位抄错了：请对照证书重填"
    return ""


def credit_digit(first: str) -> str:
    """The 18th sign for the first 17."""
    values = (_CREDIT_SIGNS.index(sign) for sign in first)
    total = sum(value * weight for value, weight in zip(values, _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_SIGNS[(31 - total % 31) % 31]


def _born(digits: str) -> bool:
    try:
        return date(1850, 1, 1) < date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
