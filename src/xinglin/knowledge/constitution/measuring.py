"""Four items of the 33 get their grade from a measurement, not from an answer.

Example:
    >>> from xinglin.knowledge.constitution.instrument import load_instrument
    >>> form = load_instrument("elderly33")
    >>> measure(form, "waist_cm", Decimal("85.4")).grade
    2
    >>> measure(form, "bmi", body_mass_index(Decimal("160"), Decimal("64"))).grade
    3
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from xinglin.base.errors import XinglinError
from xinglin.knowledge.constitution.instrument import Instrument
from xinglin.knowledge.constitution.remark import item_hint
from xinglin.knowledge.remark import Remark

PLAUSIBLE = {
    "height_cm": ("身高", "厘米", 50, 250),
    "weight_kg": ("体重", "千克", 10, 300),
    "bmi": ("体质指数", "", 5, 100),
    "colds_per_year": ("一年感冒次数", "次", 0, 366),
    "allergies_per_year": ("一年过敏次数", "次", 0, 366),
    "waist_cm": ("腹围", "厘米", 30, 250),
}
"""What may be typed (ours, to catch slips of the hand): label, unit, least, most."""

Number = Decimal | Fraction | int


class ImplausibleMeasurement(XinglinError):  # noqa: N818 - reads as what happened
    """A measured value outside what a person can have."""


@dataclass(frozen=True, slots=True)
class MeasuredGrade:
    """The grade a measurement gives.

    Attributes:
        item: number of the question. value: as graded (rounded where the rule says so).
        confirm: what the person who measures must confirm, "" when the printed table is plain.
    """

    item: str
    measure: str
    value: Number
    grade: int
    confirm: str = ""


def body_mass_index(height_cm: Decimal, weight_kg: Decimal) -> Fraction:
    """Weight in kg over the square of the height in m, exact.

    Raises:
        ImplausibleMeasurement: outside 50–250 cm or 10–300 kg.
    """
    _plausible("height_cm", height_cm)
    _plausible("weight_kg", weight_kg)
    return Fraction(weight_kg) / (Fraction(height_cm) / 100) ** 2


def measure(instrument: Instrument, name: str, value: Number) -> MeasuredGrade:
    """The grade of one measured item.

    Args:
        name: bmi, colds_per_year, allergies_per_year or waist_cm.

    Raises:
        ImplausibleMeasurement: no such measure in this instrument, or a value nobody can have.
    """
    rule = instrument.measured.get(name)
    item = next((item.id for item in instrument.items if item.measured == name), None)
    if rule is None or item is None:
        raise ImplausibleMeasurement(f"“{instrument.name}”没有按“{name}”给分的题目，请直接填 1～5。")
    _plausible(name, value)
    graded = _whole(value) if rule.whole else value
    grade = next(grade for least, grade in reversed(rule.steps) if graded >= least)
    confirm = next((one.say for one in rule.confirm if one.least <= graded <= one.most), "")
    return MeasuredGrade(item, name, graded, grade, confirm)


def disagreements(
    instrument: Instrument, answers: Mapping[str, int], measured: Mapping[str, Number]
) -> Iterator[Remark]:
    """Measured items whose answer is not what the measurement gives: both are shown, neither is overwritten."""
    for name, value in measured.items():
        by = measure(instrument, name, value)
        label = instrument.measured[name].label
        given = answers.get(by.item)
        if given is not None and given != by.grade:
            what = f"填的是 {given} 分，按{label} {_shown(by.value)} 应为 {by.grade} 分"
            yield item_hint("measured_differs", by.item, what, "请核对测量值和答案，以核对后的为准")
        if by.confirm:
            yield item_hint("confirm_measure", by.item, by.confirm, "确认后再保存")


def _whole(value: Number) -> int:
    exact = Fraction(value)
    return int((exact + Fraction(1, 2)) // 1)


def _shown(value: Number) -> str:
    if isinstance(value, int):
        return str(value)
    exact = Decimal(value.numerator) / value.denominator if isinstance(value, Fraction) else value
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def _plausible(name: str, value: Number) -> None:
    label, unit, least, most = PLAUSIBLE[name]
    if not least <= value <= most:
        raise ImplausibleMeasurement(
            f"{label} {_shown(value)}{unit} 不合常理，应在 {least}～{most}{unit} 之间，请重新测量或检查输入。"
        )
