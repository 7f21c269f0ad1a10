"""Comparison of an exact value with a threshold, and the words shown for verdict × due."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from xinglin.base.states import Comparator, Due, Strength, ValueState, Verdict
from xinglin.measures import Bound, Kind
from xinglin.policy import Target

_FULL = Fraction(100)
_WORDS = {
    Verdict.MET: {
        Due.BEFORE_ISSUE: "文件发布前已达标",
        Due.RUNNING: "已达标",
        Due.DUE: "到期已达标",
    },
    Verdict.NOT_MET: {
        Due.BEFORE_ISSUE: "文件发布前未达标",
        Due.RUNNING: "尚未达标",
        Due.DUE: "到期未达标",
    },
    Verdict.WARN: {
        Due.BEFORE_ISSUE: "文件发布前未达（非硬性）",
        Due.RUNNING: "尚未达到（非硬性）",
        Due.DUE: "到期未达（非硬性）",
    },
}


def meets(target: Target, bound: Bound, value: Fraction) -> bool | None:
    """Whether an exact, unrounded value meets a target; None where there is nothing to compare with.

    A range is met at its floor (0.6–0.8 is met from 0.6). A yes/no requirement on a share asks it of every unit.
    """
    if target.comparator is Comparator.EXISTS:
        return value >= _FULL if bound.kind in (Kind.SHARE, Kind.RATIO) else value > 0
    if target.threshold is None:
        return None
    threshold = Fraction(target.threshold)
    return value > threshold if target.comparator is Comparator.MORE_THAN else value >= threshold


def verdict_of(target: Target, bound: Bound, value: Fraction | None, state: ValueState) -> Verdict:
    """The verdict of a target; only what must be done can fail."""
    if state is not ValueState.NUMBER or value is None or target.strength is Strength.ENCOURAGE:
        return Verdict.NOT_JUDGED
    met = meets(target, bound, value)
    if met is None:
        return Verdict.NOT_JUDGED
    if met:
        return Verdict.MET
    return Verdict.NOT_MET if target.strength is Strength.MUST else Verdict.WARN


def verdict_words(verdict: Verdict, due: Due, state: ValueState) -> str:
    """What a reader sees: verdict and due date joined into one phrase."""
    if verdict is Verdict.NOT_JUDGED:
        return state.label if state is not ValueState.NUMBER else verdict.label
    return _WORDS[verdict][due]


def threshold_words(target: Target) -> str:
    """The threshold as officials write it, e.g. ``≥80%``, ``0.6–0.8 人/万人``, ``有``, ``鼓励``.

    Where another number is judged than the printed one, both: ``≥50%（文件写≥30%）``.
    """
    words = _floor_words(target, target.threshold)
    if target.judged is None or target.judged.value == target.value:
        return words
    return f"{words}（文件写{_floor_words(target, target.value)}）"


def _floor_words(target: Target, floor: Decimal | None) -> str:
    if floor is None:
        return target.comparator.label
    unit = "%" if target.unit == "%" else f" {target.unit or ''}"
    number = f"{floor.normalize():f}"
    if target.comparator is Comparator.BETWEEN and target.upper is not None:
        return f"{number}–{target.upper.normalize():f}{unit}".strip()
    if target.comparator is Comparator.ALL:
        return "100%"
    sign = ">" if target.comparator is Comparator.MORE_THAN else "≥"
    prefix = "鼓励 " if target.comparator is Comparator.ENCOURAGED else ""
    return f"{prefix}{sign}{number}{unit}".strip()
