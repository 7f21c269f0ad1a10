"""Scores and verdicts.

A score knows its instrument. Scores of different instruments have different scales and different lines; comparing
them is refused, and so is comparing 平和质 (five items) with a biased constitution (four) where raw sums count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from operator import ge, gt, le, lt

from xinglin.base.errors import XinglinError
from xinglin.knowledge.constitution import answers as answering
from xinglin.knowledge.constitution.instrument import (
    HIGHEST,
    Instrument,
    Scoring,
    Thresholds,
    load_instrument,
)
from xinglin.knowledge.constitution.measuring import Number, disagreements
from xinglin.knowledge.constitution.types import BIASED, Constitution, Sex, Verdict
from xinglin.knowledge.remark import Remark


class MixedInstruments(XinglinError):  # noqa: N818 - reads as what happened
    """Scores that do not measure the same thing were to be compared."""


class Flag(StrEnum):
    """What the person who assesses must settle before the result is final."""

    NO_TYPE = "no_type_recheck"
    CONTRADICTORY = "contradictory_yin_yang"
    TIE = "tie_physician_decides"

    @property
    def label(self) -> str:
        """Chinese sentence: what it is and what to do."""
        return {
            "no_type_recheck": "九种体质都不成立，请返回查找原因，或两周后重新采集",
            "contradictory_yin_yang": "阴虚质与阳虚质同时成立，互相矛盾，请返回核对，必要时由中医师判定",
            "tie_physician_decides": "得分最高的偏颇体质不止一种，主要体质由中医师判定",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one constitution on one instrument.

    Attributes:
        instrument: id. items: how many items counted. raw: sum of their grades, items to 5 × items.
    """

    instrument: str
    scoring: Scoring
    constitution: Constitution
    items: int
    raw: int

    @property
    def converted(self) -> Fraction:
        """(raw − items) ÷ (4 × items) × 100, exact."""
        return Fraction((self.raw - self.items) * 100, self.items * (HIGHEST - 1))

    @property
    def value(self) -> Fraction:
        """What is held against the thresholds; never rounded."""
        return Fraction(self.raw) if self.scoring is Scoring.RAW else self.converted

    @property
    def bounds(self) -> tuple[int, int]:
        """Least and greatest value."""
        return (self.items, self.items * HIGHEST) if self.scoring is Scoring.RAW else (0, 100)

    @property
    def shown(self) -> Decimal:
        """For reading only: whole raw sums, converted scores with two decimals, rounded half up."""
        if self.scoring is Scoring.RAW:
            return Decimal(self.raw)
        exact = Decimal(self.converted.numerator) / self.converted.denominator
        return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)

    def difference(self, earlier: Score) -> Fraction:
        """How much it rose since an earlier score of the same constitution.

        Raises:
            MixedInstruments: another instrument or another constitution.
        """
        if self.constitution is not earlier.constitution:
            raise MixedInstruments(
                f"{self.constitution}与{earlier.constitution}的分数不能相减，请比较同一种体质。"
            )
        self._check(earlier)
        return self.value - earlier.value

    def _check(self, other: Score) -> None:
        if self.instrument != other.instrument:
            names = "与".join(f"“{load_instrument(one.instrument).name}”" for one in (self, other))
            raise MixedInstruments(f"{names}的题目和分界不同，分数不能比较；请用同一种量表的结果。")
        if self.scoring is Scoring.RAW and self.items != other.items:
            raise MixedInstruments(
                f"{self.constitution} {self.items} 题、{other.constitution} {other.items} 题，原始分不能比较。"
            )

    def _compared(self, other: Score, how: Callable[[Fraction, Fraction], bool]) -> bool:
        self._check(other)
        return how(self.value, other.value)

    def __lt__(self, other: Score) -> bool:
        return self._compared(other, lt)

    def __le__(self, other: Score) -> bool:
        return self._compared(other, le)

    def __gt__(self, other: Score) -> bool:
        return self._compared(other, gt)

    def __ge__(self, other: Score) -> bool:
        return self._compared(other, ge)


@dataclass(frozen=True, slots=True)
class Result:
    """One constitution: score and verdict."""

    score: Score
    verdict: Verdict

    @property
    def constitution(self) -> Constitution:
        """Which."""
        return self.score.constitution


@dataclass(frozen=True, slots=True)
class Assessment:
    """A scored form, to be stored whole.

    Attributes:
        instrument, thresholds: what it was scored by; the instrument's id is that of its edition.
        grades: number of the question → grade, in the form's order. results: the nine, in the form's order.
        main: the biased constitution with the highest score; None when there is none or the physician must decide.
        flags: to be settled. hints: worth a second look.
    """

    instrument: str
    thresholds: str
    sex: Sex | None
    grades: Mapping[str, int]
    results: tuple[Result, ...]
    main: Constitution | None
    flags: tuple[Flag, ...]
    hints: tuple[Remark, ...] = field(default=())

    def of(self, kind: Constitution) -> Result:
        """The result of one constitution."""
        return next(result for result in self.results if result.constitution is kind)

    @property
    def established(self) -> tuple[Result, ...]:
        """Biased constitutions judged 是 or 倾向是, highest score first, equal ones in the form's order."""
        held = [one for one in self.results if one.constitution in BIASED and one.verdict is not Verdict.NO]
        return tuple(sorted(held, key=lambda one: -one.score.value))

    @property
    def to_guide(self) -> tuple[Constitution, ...]:
        """The constitutions guidance must be given for: all established ones; 平和质 when there is none.

        Empty when no constitution holds at all.
        """
        if self.established:
            return tuple(one.constitution for one in self.established)
        balanced = self.of(Constitution.BALANCED).verdict
        return () if balanced is Verdict.NO else (Constitution.BALANCED,)

    @property
    def conclusion(self) -> str:
        """The result in one line, as forms print it: 平和质 基本是；痰湿质 倾向是."""
        balanced = self.of(Constitution.BALANCED)
        parts = [f"{one.constitution} {one.verdict}" for one in self.established]
        own = f"{balanced.constitution} {balanced.verdict}"
        return "；".join([*parts, own] if balanced.verdict is Verdict.NO else [own, *parts])

    def as_dict(self) -> dict[str, object]:
        """Plain values for storing and messages; scores as exact raw sums, constitutions by their code."""
        return {
            "instrument": self.instrument,
            "thresholds": self.thresholds,
            "sex": self.sex.value if self.sex else None,
            "grades": dict(self.grades),
            "scores": {one.constitution.code: one.score.raw for one in self.results},
            "verdicts": {one.constitution.code: one.verdict.name.lower() for one in self.results},
            "main": self.main.code if self.main else None,
            "flags": [flag.value for flag in self.flags],
        }


def assess(
    instrument: Instrument,
    given: Mapping[str, object],
    *,
    sex: Sex | None = None,
    measured: Mapping[str, Number] | None = None,
    thresholds: str = "",
) -> Assessment:
    """Score and judge a filled form.

    Args:
        given: number of the question → grade 1–5. measured: measured values of the same day, to be compared with them.
        thresholds: id of a set of the instrument; its first one by default.

    Raises:
        IncompleteAnswers: with every fault; nothing is scored then.
        ImplausibleMeasurement: a measured value nobody can have.
    """
    lines = instrument.threshold_set(thresholds)
    grades = answering.settle(instrument, given, sex)
    scores = {kind: _score(instrument, kind, grades, sex) for kind in Constitution}
    verdicts = judge({kind: score.value for kind, score in scores.items()}, lines)
    results = tuple(Result(scores[kind], verdicts[kind]) for kind in Constitution)
    main, tied = _main(results)
    hints = (*answering.hints(instrument, grades), *disagreements(instrument, grades, measured or {}))
    return Assessment(
        instrument=instrument.id,
        thresholds=lines.id,
        sex=sex,
        grades=grades,
        results=results,
        main=main,
        flags=tuple(_flags(instrument, verdicts, tied)),
        hints=hints,
    )


def _score(instrument: Instrument, kind: Constitution, grades: Mapping[str, int], sex: Sex | None) -> Score:
    items = instrument.scale(kind, sex)
    raw = sum(item.counted(kind, grades[item.id]) for item in items)
    return Score(instrument.id, instrument.scoring, kind, len(items), raw)


def judge(values: Mapping[Constitution, Fraction], lines: Thresholds) -> dict[Constitution, Verdict]:
    """The nine verdicts from the nine values; pure, so that printed examples can be recomputed."""
    highest = max(values[kind] for kind in BIASED)
    return {
        kind: _biased(value, lines) if kind in BIASED else _balanced(value, highest, lines)
        for kind, value in values.items()
    }


def _biased(value: Fraction, lines: Thresholds) -> Verdict:
    if value >= lines.biased.yes:
        return Verdict.YES
    return Verdict.LEANING if value >= lines.biased.leaning else Verdict.NO


def _balanced(own: Fraction, highest: Fraction, lines: Thresholds) -> Verdict:
    if own < lines.balanced.own:
        return Verdict.NO
    if lines.balanced.yes_others.holds(highest):
        return Verdict.YES
    return Verdict.BASICALLY if lines.balanced.basically_others.holds(highest) else Verdict.NO


def _main(results: tuple[Result, ...]) -> tuple[Constitution | None, bool]:
    """The biased constitution with the highest score among those that hold, and whether several share it."""
    held = [one for one in results if one.constitution in BIASED and one.verdict is not Verdict.NO]
    if not held:
        return None, False
    highest = max(one.score.value for one in held)
    top = [one.constitution for one in held if one.score.value == highest]
    return (top[0], False) if len(top) == 1 else (None, True)


def _flags(instrument: Instrument, verdicts: Mapping[Constitution, Verdict], tied: bool) -> list[Flag]:
    flags = []
    if all(verdict is Verdict.NO for verdict in verdicts.values()):
        flags.append(Flag.NO_TYPE)
    for pair in instrument.contradictory_types:
        if all(verdicts[kind] is Verdict.YES for kind in pair):
            flags.append(Flag.CONTRADICTORY)
    if tied:
        flags.append(Flag.TIE)
    return flags
