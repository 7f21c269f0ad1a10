"""Pairs of herbs that are not given together: 十八反, 十九畏 and customary additions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Strength(StrEnum):
    """How far a pair binds, weakest first."""

    CUSTOMARY = "customary"
    """Custom only; the pharmacopoeia does not name the pair."""
    ONE_SOURCE = "one_source"
    """Only one of the compared sources has it."""
    OPPOSED = "opposed"
    """The pharmacopoeia's 【注意】 in two or more sources."""

    @property
    def rank(self) -> int:
        """0 for the weakest."""
        return list(Strength).index(self)


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair as the reference lists it.

    Attributes:
        id: our key. family: 十八反, 十九畏 or 扩展. rule: the rule in words.
        first, second: standard names, in the printed order.
        severity: what the reference says (forbid, warn, info). basis: chp, song (歌诀) or custom.
        evidence: which of the compared sources have it. note: what to know of it.
    """

    id: str
    family: str
    rule: str
    first: str
    second: str
    severity: str
    basis: str
    evidence: tuple[str, ...]
    note: str

    @property
    def strength(self) -> Strength:
        """How far the row binds by itself; a processed form may bind more through the herb it comes from."""
        if self.severity != "forbid" or self.basis == "custom":
            return Strength.CUSTOMARY
        return Strength.OPPOSED if len(self.evidence) > 1 else Strength.ONE_SOURCE
