"""Herbs (中药饮片): names, doses, toxicity, pregnancy, special decoction, by edition of the pharmacopoeia.

Example:
    >>> from xinglin.knowledge import herbs
    >>> herbs.find("双花").herb.name
    '金银花'
    >>> herbs.find("贝母").candidates
    ('川贝母', '浙贝母', '平贝母', '伊贝母', '湖北贝母')
    >>> [one.herb.name for one in herbs.suggest("hq", limit=3)]
    ['黄芩', '黄芪', '红芪']
"""

from __future__ import annotations

from xinglin.knowledge.herbs import names, search
from xinglin.knowledge.herbs.model import (
    Ambiguous,
    Answer,
    Found,
    Grade,
    Herb,
    Refused,
    Suggestion,
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
    "Suggestion",
    "Table",
    "ToxicItem",
    "Toxicity",
    "Unknown",
    "find",
    "get",
    "load",
    "near",
    "suggest",
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


def suggest(letters: str, limit: int = 12, edition: str = DEFAULT) -> tuple[Suggestion, ...]:
    """Herbs to offer while typing initials (``hq``), pinyin (``huangq``) or characters; never a banned one."""
    return search.suggest(letters, limit, edition)
