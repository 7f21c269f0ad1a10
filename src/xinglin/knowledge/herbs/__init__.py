"""Herbs (中药饮片): names, doses, toxicity, pregnancy, special decoction, by edition of the pharmacopoeia.

Example:
    >>> from xinglin.knowledge import herbs
    >>> herbs.find("双花").herb.name
    '金银花'
    >>> herbs.find("贝母").candidates
    ('川贝母', '浙贝母', '平贝母', '伊贝母', '湖北贝母')
"""

from __future__ import annotations

from xinglin.knowledge.herbs import names
from xinglin.knowledge.herbs.model import (
    Ambiguous,
    Answer,
    Found,
    Grade,
    Herb,
    Refused,
    ToxicItem,
    Toxicity,
    Unknown,
)
from xinglin.knowledge.herbs.store import DEFAULT, GenericName, Table, load

__all__ = [
    "DEFAULT",
    "Ambiguous",
    "Answer",
    "Found",
    "GenericName",
    "Grade",
    "Herb",
    "Refused",
    "Table",
    "ToxicItem",
    "Toxicity",
    "Unknown",
    "find",
    "get",
    "load",
    "near",
]


def find(text: str, edition: str = DEFAULT) -> Answer:
    """What a written name means: ``Found``, ``Ambiguous``, ``Refused`` or ``Unknown``; never a guess."""
    return names.find(load(edition), text)


def near(text: str, edition: str = DEFAULT) -> tuple[str, ...]:
    """Standard names written nearly as this unknown one; suggestions only."""
    return names.near(load(edition), text)


def get(name: str, edition: str = DEFAULT) -> Herb | None:
    """The herb with this standard name, None if there is none."""
    return load(edition).herbs.get(name)
