"""Which entry of one document is which of another: by measure, parameters and words, never by numbers or ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

Entry = Mapping[str, Any]

_ALIKE = 0.58
"""How alike two entries must be, 0 to 1, to be taken for the same one."""
_SURELY = 0.93
_UNIT_NAME = re.compile(r"^(?:各?[省市县区旗]|全[省市县区])+|(?:部门|委员会|局|厅|委)$")
_DIGITS = re.compile(r"\d+(?:\.\d+)?%?")
MARKS = re.compile(r"[\s，。；：、“”‘’（）()《》〈〉,.;:!！?？—\-－]+")
"""Signs that do not count when words are compared."""


def is_same(old: Entry, new: Entry) -> bool:
    """Whether both describe the same printed document, so that a clause is the same clause."""
    return any(old.get(key) and old.get(key) == new.get(key) for key in ("number", "title"))


def pairs_of(kind: str, before: Sequence[Entry], after: Sequence[Entry], same: bool) -> list[tuple[int, int]]:
    """The likeliest pairs, each entry in one at most; ties go to what is printed first."""
    old, new = [_Seen(kind, one) for one in before], [_Seen(kind, one) for one in after]
    likely = [
        (-likeness, abs(left - right), left, right)
        for left, one in enumerate(old)
        for right, other in enumerate(new)
        if (likeness := one.likeness(other, same)) >= _ALIKE
    ]
    pairs: list[tuple[int, int]] = []
    lefts: set[int] = set()
    rights: set[int] = set()
    for _, _, left, right in sorted(likely):
        if left not in lefts and right not in rights:
            pairs.append((left, right))
            lefts.add(left)
            rights.add(right)
    return pairs


class _Seen:
    """What of an entry is looked at to find its partner."""

    def __init__(self, kind: str, entry: Entry) -> None:
        self.words = _bare(said(kind, entry))
        self.own = _bare(str(entry.get("summary") or entry.get("heading") or entry.get("duty") or ""))
        measure = entry.get("measure")
        self.measure = entry.get("wants") if measure == "wanted" else measure
        self.parameters = entry.get("parameters") or {}
        self.signs = Counter(self.words)
        self.clause = entry.get("clause")
        self.units = (
            {_UNIT_NAME.sub("", unit) for unit in entry.get("units") or ()} if kind == "duties" else set()
        )

    def likeness(self, other: _Seen, same: bool) -> float:
        """How likely two entries are the same one, 0 to 1; ``same``: of the same printed document."""
        if self.units and self.units == other.units:
            return 0.6 + 0.4 * self._words(other)
        if self.clause and self.clause == other.clause and not self.units:
            return (0.6 if same else 0.3) + (0.4 if same else 0.7) * self._words(other)
        words = self._words(other)
        if self.measure and other.measure and self.measure != other.measure:
            # Of the same words with other numbers a named indicator may differ: 6 categories and 10, 6 and 15.
            return 0.9 * words if words >= _SURELY else 0.0
        known = bool(self.measure and self.measure == other.measure)
        if not known:
            return words
        return 0.6 + 0.25 * words + (0.15 if self._names() == other._names() else 0)

    def _names(self) -> dict[str, Any]:
        """Parameters that say what is measured, not how much of it."""
        return {name: value for name, value in self.parameters.items() if not is_number(value)}

    def _words(self, other: _Seen) -> float:
        shared = sum((self.signs & other.signs).values())
        most = 2 * shared / max(len(self.words) + len(other.words), 1)
        own = ratio(self.own, other.own)
        return max(own, ratio(self.words, other.words)) if most >= _ALIKE else own


def ratio(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio() if one and other else 0.0


def said(kind: str, entry: Entry) -> str:
    """The words of the document where the file keeps them, else ours."""
    quotations = (entry.get("review") or {}).get("quotations") or []
    own = entry.get({"tasks": "heading", "duties": "duty"}.get(kind, "summary")) or ""
    return str(quotations[0] if quotations else own)


def _bare(text: str) -> str:
    """Words without marks and numbers."""
    return MARKS.sub("", _DIGITS.sub("", text))


def is_number(value: object) -> bool:
    """Whether a value is a number and no truth value."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
