"""What the rules of a statement hand on: one threshold each, with its reasons, before place and date are known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from xinglin.base.states import Comparator, Strength
from xinglin.policy.reader.model import Amount
from xinglin.policy.reader.numbers import Number
from xinglin.policy.reader.words import words

HUNDRED = Decimal(100)


@dataclass(slots=True)
class Found:
    """One threshold found in one part of a sentence.

    ``start`` and ``end`` count in the sentence; ``own``: the subject is what is counted.
    """

    start: int
    end: int
    subject: str
    measure: str
    comparator: Comparator
    value: Decimal | None
    unit: str | None
    reason: str
    upper: Decimal | None = None
    second: tuple[Amount, ...] = ()
    share: Decimal | None = None
    words: str = ""
    strength: Strength = Strength.MUST
    own: bool = False
    strength_text: str = ""
    doubts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Context:
    """What earlier parts of a sentence lend to later ones.

    ``weakly`` is true while the last subject comes from a part that only encourages; ``thing`` is the last object;
    ``listed`` the unit of the count before, which a list may go on with; ``every`` whether the subject came with 每 or
    各; ``named`` a programme named in quotes; ``doing``
    what the part before asks of its subject; ``named_before`` the subjects of earlier sentences of the paragraph;
    ``area`` the areas a part before narrows it to (在示范县地区).
    """

    subject: str = ""
    thing: str = ""
    encouraged: bool = False
    weakly: bool = False
    every: bool = False
    named: str = ""
    doing: str = ""
    named_before: tuple[str, ...] = ()
    area: str = ""
    listed: str = ""
    in_table: bool = False
    paragraph: str = ""
    doubts: list[str] = field(default_factory=list)


def share_of(number: Number, start: int, end: int, subject: str, measure: str, reason: str) -> Found:
    """A statement whose number is itself the part of all subjects."""
    whole = number.value == HUNDRED and number.upper is None and number.is_percent
    return Found(
        start, end, subject, measure,
        Comparator.ALL if whole and number.comparator is Comparator.AT_LEAST else number.comparator,
        number.value, number.unit, reason, number.upper, words=number.words,
    )  # fmt: skip


def threshold(number: Number, start: int, end: int, subject: str, measure: str, reason: str) -> Found:
    """A statement whose number is what is to be reached."""
    found = share_of(number, start, end, subject, measure, reason)
    found.second = number.second
    return found


def everyone(start: int, end: int, subject: str, measure: str, printed: str) -> Found:
    """A requirement on all subjects."""
    return Found(
        start, end, subject, measure, Comparator.ALL, HUNDRED, "%", f"“{printed}”要求一个不少", words=printed
    )


def present(start: int, end: int, subject: str, measure: str, reason: str) -> Found:
    """A requirement without number and without a word for all."""
    return Found(start, end, subject, measure, Comparator.EXISTS, None, None, reason)


def with_strength(found: Found, text: str, context: Context) -> Found:
    """The same with the qualifying word of its text; 鼓励 turns it into an encouragement."""
    for word, strength in words()["strengths"].items():
        if word in text:
            found.strength, found.strength_text = Strength(strength), word
            break
    else:
        if context.encouraged:
            found.strength, found.strength_text = Strength.ENCOURAGE, "鼓励"
            found.doubts.append("“鼓励”写在前一分句，本分句没有另起主语，按同样力度读")
    if found.strength is Strength.ENCOURAGE:
        found.comparator = Comparator.ENCOURAGED
        if "普遍" in found.words:
            found.value = found.unit = None
    return found


_NUMERIC = re.compile(
    r"\d+大?类\d+项|\d[\d.]*(?:-\d[\d.]*)?(?:%|[名所个项类种届期张家人])?|不低于|不少于|至少|以上|达到|达(?!标)|超过|力争|原则上|的?比例$"
)


def measure_text(text: str) -> str:
    """What is left of a statement when subject, numbers and comparison words are gone."""
    text = re.sub(r"(?:从|由)[^，]*?(?:提高|提升|增加|上升|增)(?:到|至)?(?:20\d\d年的?)?$", "", text)
    return _NUMERIC.sub("", text).strip("、和及，的等 ")
