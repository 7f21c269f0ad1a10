"""Numbers with a unit, as plans print them. Never a number that is not there: what is unclear is no number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from xinglin.base.states import Comparator
from xinglin.policy.reader.model import Amount
from xinglin.policy.reader.words import alternatives, any_of, words

_NEAR = 40
"""Letters around a number that say what kind it is."""
_DIGIT = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}


@dataclass(frozen=True, slots=True)
class Number:
    """One printed threshold.

    Attributes:
        start, end: of the number itself in its text.
        until: behind the comparison word that follows it (以上).
        since: before the comparison word in front of it (不低于).
        upper: of a range; ``second``: the 10项 of 6类10项.
        comparator: at_least when no word is printed; ``at_most`` marks a ceiling, which our format cannot hold.
        words: the comparison words as printed.
    """

    start: int
    end: int
    since: int
    until: int
    value: Decimal
    unit: str
    comparator: Comparator
    words: str = ""
    upper: Decimal | None = None
    second: tuple[Amount, ...] = ()
    at_most: bool = False
    spelled: bool = False

    @property
    def is_percent(self) -> bool:
        """Whether it is a percentage."""
        return self.unit == "%"


@cache
def _token() -> re.Pattern[str]:
    unit = alternatives("count_units")
    one = r"\d+(?:\.\d+)?"
    return re.compile(
        rf"(?<![\d.A-Za-z第〔])(?<!\d )(?:(?P<class>\d+)大?类(?:、|和|，)?(?P<item>\d+)项"
        rf"|(?P<low>{one})%?(?:-|~|—{{1,2}}|–|至|到)(?P<high>{one})(?P<range>%|{unit})"
        rf"|(?P<plain>{one})(?:余|多)?(?P<unit>%|{unit}|级))"
        rf"|百分之(?P<spelled>[零一二两三四五六七八九十百]+)(?:点(?P<rest>[零一二三四五六七八九]+))?"
        rf"|(?P<chinese>[一二两三四五六七八九十])(?P<word>所|名|家|个)"
    )


# What follows some units and makes them no threshold: ages, points of percent, kinds of things that are not counted.
_NOT = re.compile(
    r"百分点|工作日|月内|月的?试用|小时|方面|环节|条件|维度|部分|原则|专栏|时期|阶段|季度|月(?:以?内)?(?:婴|幼|的?儿童)|儿童|甲等|乙等"
)
_LIMITED = re.compile(r"(?:每|各|至少|不少于|办好|原则上[^，]{0,8})[^，。；]{0,14}$")
_CHANGE = re.compile(r"(?:提高|增长|增加|提升|上升|下降|降低|减少|缩短|压缩|增幅|降幅)(?:了|约|幅度|近|超)?$")


def numbers(text: str) -> Iterator[Number]:
    """Every threshold in a text, from left to right."""
    for match in _token().finditer(text):
        number = _number(text, match)
        if number:
            yield number


def _number(text: str, match: re.Match[str]) -> Number | None:
    before, after = (
        text[max(0, match.start() - _NEAR) : match.start()],
        text[match.end() : match.end() + _NEAR],
    )
    if _NOT.match(after) or (match["unit"] == "级" and not re.search(r"(?:达到?|不低于|≥|至)$", before)):
        return None
    if match["chinese"] and not _LIMITED.search(before):
        return None
    if (match["unit"] == "%" or match["range"] == "%") and _CHANGE.search(before):
        return None
    value, upper, unit, second = _values(match)
    if unit == "%" and not 0 <= value <= 100:
        return None
    since, until, comparator, printed, ceiling = _compared(text, match)
    if upper is not None:
        comparator = Comparator.BETWEEN
    return Number(
        match.start(), match.end(), since, until, value, unit, comparator, printed, upper, second, ceiling,
        bool(match["chinese"]),
    )  # fmt: skip


def _values(match: re.Match[str]) -> tuple[Decimal, Decimal | None, str, tuple[Amount, ...]]:
    if match["class"]:
        return Decimal(match["class"]), None, "类", (Amount(Decimal(match["item"]), "项"),)
    if match["low"]:
        low, high = Decimal(match["low"]), Decimal(match["high"])
        return low, high if high > low else None, match["range"], ()
    if match["spelled"]:
        fraction = "".join(str(_DIGIT[char]) for char in match["rest"] or "")
        return Decimal(f"{chinese(match['spelled'])}.{fraction or 0}").normalize() + 0, None, "%", ()
    if match["chinese"]:
        return Decimal(chinese(match["chinese"])), None, match["word"], ()
    return Decimal(match["plain"]), None, match["unit"], ()


def chinese(text: str) -> int:
    """A Chinese whole number below a thousand: 八十五, 一百."""
    total = digit = 0
    for char in text:
        if char == "百":
            total, digit = total + (digit or 1) * 100, 0
        elif char == "十":
            total, digit = total + (digit or 1) * 10, 0
        else:
            digit = _DIGIT[char]
    return total + digit


@cache
def _before() -> re.Pattern[str]:
    floor, more, ceiling = (words()[f"{name}_before"] for name in ("at_least", "more", "at_most"))
    return re.compile(
        rf"(?:(?P<ceiling>{ceiling})|(?P<more>{more})|(?P<floor>{floor}))(?:约|近|到)?$|(?P<verb>至少|不少于)[\u4e00-\u9fff]{{1,5}}$|(?P<of>不低于|不少于|达到)[^，、；]{{1,16}}的$"
    )


@cache
def _after() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<floor>{words()['at_least_after']})|(?P<ceiling>{words()['at_most_after']})|(?P<about>左右|上下)"
    )


def _compared(text: str, match: re.Match[str]) -> tuple[int, int, Comparator, str, bool]:
    near = max(0, match.start() - _NEAR)
    before = _before().search(text[near : match.start()])
    after = _after().match(text, match.end())
    apart = before and (before["verb"] or before["of"])
    since = near + before.start() if before and not apart else match.start()
    until = after.end() if after else match.end()
    ceiling = bool((before and before["ceiling"]) or (after and after["ceiling"]))
    comparator = Comparator.MORE_THAN if before and before["more"] and not after else Comparator.AT_LEAST
    printed = "…".join(
        (found["verb"] or found["of"] or found[0]) if found is before else found[0]
        for found in (before, after)
        if found
    )
    return since, until, comparator, printed, ceiling


def plain_number(text: str) -> Number | None:
    """The one number of a table cell: ``326``, ``0.85``, ``≥90``, ``90%以上``, ``80.00（国家指标为75.00）``."""
    match = re.match(
        r"(?:[≥≤><]=?|不低于|不少于|不高于|不超过|达到|超过|控制在)?(\d+(?:\.\d+)?)(?![\d年.])", text
    )
    if not match:
        return None
    unit = "%" if text[match.end() :].startswith("%") else ""
    more = text.startswith((">", "超过")) and not text.startswith(">=")
    ceiling = bool(any_of("at_most_before").match(text)) or "以下" in text or "以内" in text
    until = match.end() + len(unit)
    until += 2 if text[until:].startswith("以上") else 0
    return Number(
        match.start(1), match.end(1), 0, until, Decimal(match[1]), unit,
        Comparator.MORE_THAN if more else Comparator.AT_LEAST, at_most=ceiling,
    )  # fmt: skip
