"""Which of our measures a target means, with a score and the reasons; without a measure it is “new indicator wanted”.

Targets and indicators are turned into the same concepts (``concepts.yaml``); what both have counts for a match, what
only one has counts against it, a rare concept more than a common one. Units that cannot agree count against it too.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from xinglin.base.states import Comparator
from xinglin.base.yamlfile import read_yaml
from xinglin.policy.names import WANTED
from xinglin.policy.reader.model import ReadTarget
from xinglin.policy.rows import Row, load_rows

_FILE = Path(__file__).with_name("concepts.yaml")
_ENOUGH = 0.34
"""Below this score a target counts as matched by nothing."""


class MeasureWords(Protocol):
    """The book of measures as matching sees it; ``xinglin.measures.load_measures()`` gives one."""

    def names(self) -> Collection[str]:
        """Ids of definitions and named indicators."""
        ...

    def covers(self, row: str) -> bool:
        """Whether a definition serves a row of the cross-walk."""
        ...

    def label(self, name: str) -> str:
        """Chinese label of a definition or named indicator."""
        ...


@dataclass(frozen=True, slots=True)
class Match:
    """What a target was matched to.

    Attributes:
        row: row of the cross-walk, None when nothing comes near.
        measure: name to write for ``measure``; ``wanted`` when no definition serves the row or none comes near.
        score: 0 to 1.
        reasons: concepts in common and apart, in Chinese.
        others: next best rows with their scores.
    """

    row: str | None
    measure: str
    score: float
    reasons: tuple[str, ...]
    others: tuple[tuple[str, float], ...] = ()

    @property
    def is_wanted(self) -> bool:
        """Whether a new indicator is wanted."""
        return self.measure == WANTED


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    return {name: re.compile(str(pattern)) for name, pattern in read_yaml(_FILE).items()}


def concepts(text: str) -> frozenset[str]:
    """The concepts a text holds."""
    return frozenset(name for name, pattern in _patterns().items() if pattern.search(text))


class Matcher:
    """Holds the indicators as concepts; one for a whole document."""

    def __init__(self, book: MeasureWords) -> None:
        self.book = book
        self.rows: dict[str, tuple[Row, frozenset[str]]] = {}
        for row in load_rows().values():
            label = book.label(row.id) if book.covers(row.id) else ""
            self.rows[row.id] = (row, concepts(row.name) | concepts(label))
        counts = Counter(concept for _, held in self.rows.values() for concept in held)
        self.weights = {name: math.log(len(self.rows) / (counts[name] or 1)) + 0.2 for name in _patterns()}

    def match(self, target: ReadTarget) -> Match:
        """The best indicator for a target."""
        held = concepts(described(target))
        scored = sorted(
            ((self._score(target, held, row), name) for name, row in self.rows.items()), reverse=True
        )
        (best, name), others = scored[0], tuple((name, round(score, 2)) for score, name in scored[1:4])
        if best < _ENOUGH:
            return Match(None, WANTED, round(best, 2), ("没有指标与它的用语接近，需要新指标",), others)
        served = self.book.covers(name)
        reasons = self._reasons(held, self.rows[name][1])
        if not served:
            reasons = (*reasons, f"对照表有“{self.rows[name][0].name}”，还没有定义，需要新指标")
        return Match(name, name if served else WANTED, round(best, 2), reasons, others)

    def _score(self, target: ReadTarget, held: frozenset[str], row: tuple[Row, frozenset[str]]) -> float:
        wanted = row[1]
        common = self._weight(held & wanted)
        if not common:
            return 0.0
        score = common / (common + self._weight(wanted - held) + 0.55 * self._weight(held - wanted))
        return max(0.0, min(1.0, score + _unit_bonus(target, row[0].unit)))

    def _weight(self, names: Collection[str]) -> float:
        return sum(self.weights[name] for name in names)

    def _reasons(self, held: frozenset[str], wanted: frozenset[str]) -> tuple[str, ...]:
        shown = _shown(held & wanted)
        reasons = [f"共同的用语：{shown}"] if shown else []
        if spare := _shown(wanted - held):
            reasons.append(f"指标另有：{spare}")
        if spare := _shown(held - wanted):
            reasons.append(f"目标另有：{spare}")
        return tuple(reasons)


def _shown(names: Collection[str]) -> str:
    """Concepts in Chinese: the first alternative of their pattern, without its signs."""
    first = [re.split(r"\|", _patterns()[name].pattern)[0] for name in sorted(names)]
    return "、".join(re.sub(r"\(\?[^)]*\)|[\\^$.?{}\d,\[\]()*]", "", word) or word for word in first)


def described(target: ReadTarget) -> str:
    """A target as the text its concepts are looked up in."""
    number = f"{target.value.normalize():f}{target.unit}" if target.value is not None else ""
    number += "".join(f"{part.value.normalize():f}{part.unit}" for part in target.second)
    verb = "新增" if "新增" in target.quotation.text else ""
    subject = "" if target.measure.startswith("依托其") else target.subject
    return f"{subject}{verb}{target.measure}：{number}"


def _unit_bonus(target: ReadTarget, unit: str) -> float:
    """A little for units that agree, a lot against units that cannot."""
    if target.comparator in (Comparator.EXISTS, Comparator.ENCOURAGED) or target.unit is None:
        return 0.0
    ratio = "人" in unit or "县" in unit
    units = [unit, unit.partition("/")[0]] if ratio else unit.split("/")
    if target.unit in units:
        return 0.08
    per_facility = unit == "%" and target.unit != "%"
    if per_facility:
        return 0.0 if target.share is not None or target.unit in "名人个所类项级" else -0.2
    return -0.25


__all__ = ["Match", "Matcher", "MeasureWords", "concepts", "described"]
