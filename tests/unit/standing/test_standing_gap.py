"""The gap in units people act on: the least whole number that meets the target, and whom to ask first."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standing_targets import make_bound, make_target, target_for

from xinglin.base.states import Comparator, Verdict
from xinglin.measures import Kind
from xinglin.measures.results import Counted
from xinglin.policy import Unit
from xinglin.standing import Inputs, Standing, explain
from xinglin.standing.gap import missing_units
from xinglin.standing.verdict import meets


def counted(numerator: int | Decimal, denominator: int | None) -> Counted:
    return Counted("441882", numerator, denominator, 1, 1)


# name, kind, comparator, value, numerator, denominator, what is missing
CASES = [
    ("share, exact product", Kind.SHARE, Comparator.AT_LEAST, "80", 135, 175, 5),
    ("share, rounded up", Kind.SHARE, Comparator.AT_LEAST, "80", 135, 177, 7),
    ("share, one short", Kind.SHARE, Comparator.AT_LEAST, "80", 141, 177, 1),
    ("share, met", Kind.SHARE, Comparator.AT_LEAST, "80", 142, 177, 0),
    ("share, well met", Kind.SHARE, Comparator.AT_LEAST, "80", 177, 177, 0),
    ("share of all", Kind.SHARE, Comparator.ALL, "100", 6, 12, 6),
    ("share, threshold with decimals", Kind.SHARE, Comparator.AT_LEAST, "33.4", 0, 1000, 334),
    ("strictly more, at the threshold", Kind.RATIO, Comparator.MORE_THAN, "25", 25, 100, 1),
    ("strictly more, between", Kind.RATIO, Comparator.MORE_THAN, "25", 10, 101, 16),
    ("at least, at the threshold", Kind.RATIO, Comparator.AT_LEAST, "25", 25, 100, 0),
    ("rate per 10,000", Kind.RATE, Comparator.AT_LEAST, "0.6", 14, 377_220, 9),
    ("rate per 10,000, met", Kind.RATE, Comparator.AT_LEAST, "0.6", 23, 377_220, 0),
    ("count", Kind.COUNT, Comparator.AT_LEAST, "150", 148, None, 2),
    ("count, met", Kind.COUNT, Comparator.AT_LEAST, "150", 160, None, 0),
]


@pytest.mark.parametrize(
    ("kind", "comparator", "value", "numerator", "denominator", "missing"),
    [pytest.param(*case[1:], id=case[0]) for case in CASES],
)
def test_missing_units(
    kind: Kind, comparator: Comparator, value: str, numerator: int, denominator: int | None, missing: int
) -> None:
    target = target_for(kind, comparator, Decimal(value))
    assert missing_units(target, make_bound(kind), counted(numerator, denominator)) == missing


@pytest.mark.parametrize(
    ("kind", "numerator", "denominator", "missing"),
    [
        (Kind.SHARE, 2, 5, 3),
        (Kind.RATIO, 2, 5, 3),
        (Kind.FLAG, 0, None, 1),
        (Kind.COUNT, 0, None, 1),
        (Kind.COUNT, 3, None, 0),
        (Kind.RATE, 0, 377_220, 1),
    ],
)
def test_missing_units_of_a_requirement_to_exist(
    kind: Kind, numerator: int, denominator: int | None, missing: int
) -> None:
    target = make_target(Comparator.EXISTS, None)
    assert missing_units(target, make_bound(kind), counted(numerator, denominator)) == missing


def test_weighted_sums_cannot_be_said_in_units() -> None:
    assert missing_units(make_target(), make_bound(), counted(Decimal("12.5"), 100)) is None


def test_a_range_is_reached_at_its_floor() -> None:
    target = make_target(Comparator.BETWEEN, "0.6", upper=Decimal("0.8"), unit=Unit.PEOPLE_PER_10K)
    assert missing_units(target, make_bound(Kind.RATE), counted(14, 377_220)) == 9


THRESHOLDS = st.decimals(min_value=0, max_value=100, places=2).map(lambda number: number + 0)
COMPARATORS = st.sampled_from((Comparator.AT_LEAST, Comparator.MORE_THAN))
KINDS = st.sampled_from((Kind.SHARE, Kind.RATIO, Kind.RATE, Kind.COUNT))


@given(KINDS, COMPARATORS, THRESHOLDS, st.integers(0, 500), st.integers(1, 1_000_000))
def test_adding_what_is_missing_meets_the_target_and_one_less_does_not(
    kind: Kind, comparator: Comparator, threshold: Decimal, numerator: int, denominator: int
) -> None:
    target, bound = target_for(kind, comparator, threshold), make_bound(kind)
    under = None if kind is Kind.COUNT else denominator
    amount = missing_units(target, bound, counted(numerator, under))
    assert amount is not None
    assert met_with(numerator + amount, under, kind, target)
    if amount:
        assert not met_with(numerator + amount - 1, under, kind, target)


def met_with(numerator: int, denominator: int | None, kind: Kind, target: object) -> bool:
    bound = make_bound(kind)
    value = Fraction(numerator) if denominator is None else Fraction(numerator * bound.per, denominator)
    return bool(meets(target, bound, value))  # type: ignore[arg-type]


# -- the units to act on, on simulated Lianzhou ------------------------------------------------------------


def test_nearest_units_come_first_and_say_what_they_lack(inputs: Inputs, standing: Standing) -> None:
    """Centres that do not yet offer 15 techniques in 6 categories, by what is left of both thresholds."""
    result = next(result for result in standing.results if result.target == "LZ-t08")
    explanation = explain(inputs, result.measure, result.parameters)
    wanted = {"6": Fraction(6), "15": Fraction(15)}
    left = {}
    lacking = {}
    for unit in explanation.units:
        tests = [(step.words.rsplit(" ", maxsplit=1)[-1], step) for step in unit.steps if step.value]
        short = [(wanted[least] - int(step.value)) / wanted[least] for least, step in tests if not step.holds]
        if unit.included == "只在分母":
            left[unit.unit] = sum(short)
            lacking[unit.unit] = [f"{step.words}（现为{step.value}）" for _, step in tests if not step.holds]
    assert result.gap is not None
    assert [key for key, _, _ in result.gap.nearest] == sorted(left, key=lambda key: (left[key], key))
    for key, name, lacks in result.gap.nearest:
        assert name.endswith("（演示）")
        assert lacks == "；".join(lacking[key])
        assert "≥ 15（现为" in lacks


def test_gaps_are_given_exactly_where_a_target_is_missed(standing: Standing) -> None:
    for result in standing.results:
        missed = result.verdict in (Verdict.NOT_MET, Verdict.WARN)
        assert (result.gap is not None) == missed, result.target
        if result.gap is not None and result.gap.amount is not None:
            assert result.gap.amount > 0, result.target
            assert len(result.gap.nearest) <= 20


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("LZ-t08", "还差 6 家社区卫生服务中心或乡镇卫生院"),
        ("LZ-t20", "还差 8455 名老年人"),
        ("LZ-t21", "还差 1547 名儿童"),
        ("LZ-t04", "还差 9 名中医类别全科医生"),
        ("LZ-t07", "还差 7 家村卫生室"),
        ("LZ-t02", "还差 1 个中医馆"),
        ("LZ-t11", "本县尚未达到"),
    ],
)
def test_words_of_the_gap(standing: Standing, target: str, words: str) -> None:
    found = next(result for result in standing.results if result.target == target)
    assert found.gap is not None
    assert found.gap.words == words
