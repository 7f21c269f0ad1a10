"""One truth table: strength × comparator × value around the exact threshold × state × due."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from standing_targets import make_bound, make_target

from xinglin.base.states import Comparator, Due, Strength, ValueState, Verdict
from xinglin.measures import Kind
from xinglin.measures.results import display
from xinglin.policy import Judged, Target, Unit
from xinglin.standing.verdict import meets, threshold_words, verdict_of, verdict_words

TINY = Fraction(1, 10**9)
BELOW, AT, ABOVE = -TINY, Fraction(0), TINY
BINDING = (Strength.MUST, Strength.EXPECTED, Strength.IN_PRINCIPLE, Strength.STRIVE)
MISSED = dict.fromkeys(BINDING, Verdict.WARN) | {Strength.MUST: Verdict.NOT_MET}

# comparator, value, upper, threshold of the comparison, (met below, at, above it)
FLOORS = [
    (Comparator.AT_LEAST, "25", None, Fraction(25), (False, True, True)),
    (Comparator.AT_LEAST, "0.6", None, Fraction(3, 5), (False, True, True)),
    (Comparator.MORE_THAN, "25", None, Fraction(25), (False, False, True)),
    (Comparator.ALL, "100", None, Fraction(100), (False, True, True)),
    (Comparator.BETWEEN, "0.6", "0.8", Fraction(3, 5), (False, True, True)),
    (Comparator.BETWEEN, "0.6", "0.8", Fraction(4, 5), (True, True, True)),
    (Comparator.EXISTS, None, None, Fraction(100), (False, True, True)),
]
CASES = [
    pytest.param(
        comparator, value, upper, level + step, strength, met, id=f"{comparator}-{level}{sign}-{strength}"
    )
    for comparator, value, upper, level, outcomes in FLOORS
    for (step, sign), met in zip(((BELOW, "-"), (AT, ""), (ABOVE, "+")), outcomes, strict=True)
    for strength in BINDING
]


@pytest.mark.parametrize(("comparator", "value", "upper", "found", "strength", "met"), CASES)
def test_verdict_is_decided_by_the_exact_value(
    comparator: Comparator,
    value: str | None,
    upper: str | None,
    found: Fraction,
    strength: Strength,
    met: bool,
) -> None:
    unit = None if value is None else Unit.PEOPLE_PER_10K if upper else Unit.PERCENT
    target = make_target(comparator, value, strength, upper=upper and Decimal(upper), unit=unit)
    expected = Verdict.MET if met else MISSED[strength]
    assert verdict_of(target, make_bound(), found, ValueState.NUMBER) is expected


def test_what_is_rounded_to_the_threshold_does_not_meet_it() -> None:
    almost = Fraction(24_999_999, 1_000_000)
    assert display(almost) == "25.00"
    assert verdict_of(make_target(), make_bound(), almost, ValueState.NUMBER) is Verdict.NOT_MET


@pytest.mark.parametrize(
    ("value", "found"), list(product((None, "30"), (Fraction(0), Fraction(29), Fraction(100))))
)
def test_encouragement_is_never_judged(value: str | None, found: Fraction) -> None:
    target = make_target(Comparator.ENCOURAGED, value)
    assert verdict_of(target, make_bound(), found, ValueState.NUMBER) is Verdict.NOT_JUDGED


@pytest.mark.parametrize(
    ("state", "strength"), list(product([s for s in ValueState if s is not ValueState.NUMBER], BINDING))
)
def test_without_a_number_nothing_is_judged(state: ValueState, strength: Strength) -> None:
    target = make_target(strength=strength)
    assert verdict_of(target, make_bound(), None, state) is Verdict.NOT_JUDGED
    assert verdict_of(target, make_bound(), Fraction(99), state) is Verdict.NOT_JUDGED


# A yes/no requirement asks a share or ratio of every unit, anything else of one.
@pytest.mark.parametrize(
    ("kind", "found", "met"),
    [
        (Kind.SHARE, Fraction(9999, 100), False),
        (Kind.SHARE, Fraction(100), True),
        (Kind.RATIO, Fraction(9999, 100), False),
        (Kind.RATIO, Fraction(100), True),
        (Kind.FLAG, Fraction(0), False),
        (Kind.FLAG, Fraction(1), True),
        (Kind.COUNT, Fraction(0), False),
        (Kind.COUNT, Fraction(1), True),
        (Kind.RATE, Fraction(0), False),
        (Kind.RATE, Fraction(1, 100), True),
    ],
)
def test_existence_by_kind(kind: Kind, found: Fraction, met: bool) -> None:
    assert meets(make_target(Comparator.EXISTS, None), make_bound(kind), found) is met


def test_a_direction_without_a_threshold_is_not_compared() -> None:
    assert meets(make_target(Comparator.ENCOURAGED, None), make_bound(), Fraction(100)) is None


WORDS = {
    (Verdict.MET, Due.BEFORE_ISSUE): "文件发布前已达标",
    (Verdict.MET, Due.RUNNING): "已达标",
    (Verdict.MET, Due.DUE): "到期已达标",
    (Verdict.NOT_MET, Due.BEFORE_ISSUE): "文件发布前未达标",
    (Verdict.NOT_MET, Due.RUNNING): "尚未达标",
    (Verdict.NOT_MET, Due.DUE): "到期未达标",
    (Verdict.WARN, Due.BEFORE_ISSUE): "文件发布前未达（非硬性）",
    (Verdict.WARN, Due.RUNNING): "尚未达到（非硬性）",
    (Verdict.WARN, Due.DUE): "到期未达（非硬性）",
}


@pytest.mark.parametrize(("verdict", "due", "words"), [(*key, words) for key, words in WORDS.items()])
def test_words_of_verdict_and_due(verdict: Verdict, due: Due, words: str) -> None:
    assert verdict_words(verdict, due, ValueState.NUMBER) == words


NOT_JUDGED_WORDS = {
    ValueState.NUMBER: "不评判",
    ValueState.NOT_REPORTED: "未报",
    ValueState.NOT_APPLICABLE: "不适用",
    ValueState.NOT_CLOSED: "未到期末",
    ValueState.SUPPRESSED: "样本过少，不公布",
}


@pytest.mark.parametrize(("state", "due"), list(product(ValueState, Due)))
def test_words_where_nothing_is_judged(state: ValueState, due: Due) -> None:
    assert verdict_words(Verdict.NOT_JUDGED, due, state) == NOT_JUDGED_WORDS[state]


def judged(value: str) -> Judged:
    return Judged(value=Decimal(value), note="累计")


PER_10K = {"unit": Unit.PEOPLE_PER_10K}


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (make_target(Comparator.AT_LEAST, "80"), "≥80%"),
        (make_target(Comparator.AT_LEAST, "80.50"), "≥80.5%"),
        (make_target(Comparator.MORE_THAN, "25"), ">25%"),
        (make_target(Comparator.ALL, "100"), "100%"),
        (make_target(Comparator.AT_LEAST, "0.6", **PER_10K), "≥0.6 人/万人"),
        (make_target(Comparator.AT_LEAST, "1000", unit=Unit.FACILITIES), "≥1000 所"),
        (make_target(Comparator.BETWEEN, "0.6", upper=Decimal("0.8"), **PER_10K), "0.6–0.8 人/万人"),
        (make_target(Comparator.BETWEEN, "30", upper=Decimal("40")), "30–40%"),
        (make_target(Comparator.EXISTS, None), "有"),
        (make_target(Comparator.ENCOURAGED, None), "鼓励"),
        (make_target(Comparator.ENCOURAGED, "30"), "鼓励 ≥30%"),
        (make_target(Comparator.AT_LEAST, "30", judged=judged("50")), "≥50%（文件写≥30%）"),
        (make_target(Comparator.AT_LEAST, "20", judged=judged("20")), "≥20%"),
    ],
)
def test_threshold_as_officials_write_it(target: Target, words: str) -> None:
    assert threshold_words(target) == words
