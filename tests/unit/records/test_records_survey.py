"""Surveys: scores, sizes of samples, shares with Wilson's interval, what is kept secret when few answered."""

# ruff: noqa: E501

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.records.questionnaire import (
    Plan,
    Question,
    Questionnaire,
    counts,
    mean,
    sample_size,
    share,
    suppressed,
    to_be_asked,
)

FORM = Questionnaire.model_validate(
    {
        "respondents": "居民",
        "reached": 60,
        "questions": {
            "used": {"label": "看过吗", "type": "choice", "options": {"yes": "看过", "no": "没有"}},
            "where": {"label": "哪里", "type": "choice", "options": {"near": "近", "far": "远"}, "when": {"field": "used", "is": "yes"}},
            "care": {"label": "态度", "type": "scale", "points": 40, "when": {"field": "where", "is": "near"}},
            "all": {"label": "总的", "type": "choice", "options": {"good": "好", "bad": "差"}, "scores": {"good": 40, "bad": 0}},
            "known": {"label": "哪些是", "type": "choices", "options": {"a": "甲", "b": "乙", "c": "丙"}, "right": ["a", "b"], "points": 20},
            "words": {"label": "意见", "type": "text", "required": False},
        },
    }
)  # fmt: skip

ANSWERS: list[tuple[dict[str, Any], Decimal]] = [
    ({"used": "no", "all": "good", "known": ["a", "b"]}, Decimal(100)),
    ({"used": "no", "all": "good", "known": ["b", "a"]}, Decimal(100)),
    ({"used": "no", "all": "good", "known": ["a", "b", "c"]}, Decimal("66.67")),
    ({"used": "no", "all": "bad", "known": []}, Decimal(0)),
    ({"used": "yes", "where": "near", "care": 5, "all": "good", "known": ["a", "b"]}, Decimal(100)),
    ({"used": "yes", "where": "near", "care": 1, "all": "good", "known": ["a", "b"]}, Decimal(60)),
    ({"used": "yes", "where": "near", "care": 3, "all": "bad"}, Decimal(20)),
    ({"used": "yes", "where": "near", "care": 9, "all": "bad"}, Decimal(40)),
    ({"used": "yes", "where": "far", "care": 5, "all": "good"}, Decimal("66.67")),
    # an answer to a question that is not asked decides nothing, nor what is asked after it
    ({"used": "no", "where": "near", "care": 1, "all": "good", "known": ["a", "b"]}, Decimal(100)),
    ({}, Decimal(0)),
]


@pytest.mark.parametrize(("answers", "score"), ANSWERS, ids=[str(answers) for answers, _ in ANSWERS])
def test_a_score_is_of_a_hundred_over_what_was_asked(answers: dict[str, Any], score: Decimal) -> None:
    assert FORM.score(answers) == score


def test_what_is_asked_follows_from_what_was_asked() -> None:
    assert FORM.asked({"used": "no", "where": "near"}) == ["used", "all", "known", "words"]
    assert FORM.asked({"used": "yes", "where": "near"})[:3] == ["used", "where", "care"]


def test_a_form_without_points_has_no_score() -> None:
    plain = Questionnaire(respondents="居民", questions={"w": Question(label="意见", type="text")})
    assert plain.score({"w": "好"}) is None


# -- sizes --------------------------------------------------------------------------------------------------

SIZES: list[tuple[dict[str, Any], int | None, int, int]] = [
    ({}, None, 385, 482),
    ({}, 1_000_000, 384, 480),
    ({}, 1000, 278, 348),
    ({}, 100, 80, 100),
    ({}, 40, 37, 40),
    ({}, 10, 10, 10),
    ({}, 1, 1, 1),
    ({}, 0, 0, 0),
    ({"expected": 90}, None, 139, 174),
    ({"expected": 90, "response": 100}, 1000, 122, 122),
    ({"confidence": 99}, None, 664, 830),
    ({"error": 10, "least": 200}, None, 200, 250),
]


@pytest.mark.parametrize(("plan", "population", "size", "asked"), SIZES)
def test_the_size_of_a_sample(plan: dict[str, Any], population: int | None, size: int, asked: int) -> None:
    made = Plan.model_validate(plan)
    assert (sample_size(made, population), to_be_asked(made, population)) == (size, asked)


PLANS = st.builds(
    lambda c, e, x, r, n: Plan(confidence=c, error=e, expected=x, response=r, least=n),
    st.integers(80, 99),
    st.integers(1, 20),
    st.integers(1, 99),
    st.integers(1, 100),
    st.integers(0, 100),
)


@given(PLANS, st.integers(0, 100_000))
def test_a_sample_is_never_larger_than_the_people(plan: Plan, population: int) -> None:
    size, asked = sample_size(plan, population), to_be_asked(plan, population)
    assert 0 <= size <= asked <= population
    assert size >= min(plan.least, population)
    assert size <= sample_size(plan)
    assert sample_size(plan, population + 1) >= size


# -- shares and means ---------------------------------------------------------------------------------------

# reached, of how many: share, low, high (Wilson 95 %; from Newcombe 1998, table I, and by hand)
WILSON = [
    (81, 263, "30.80", "25.53", "36.62"),
    (15, 148, "10.14", "6.24", "16.05"),
    (0, 20, "0.00", "0.00", "16.11"),
    (1, 29, "3.45", "0.61", "17.18"),
    (20, 20, "100.00", "83.89", "100.00"),
]


@pytest.mark.parametrize(("reached", "n", "value", "low", "high"), WILSON)
def test_a_share_with_its_interval(reached: int, n: int, value: str, low: str, high: str) -> None:
    found = share(reached, n, 10)
    assert tuple(map(str, (found.value, found.low, found.high))) == (value, low, high)


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.integers(80, 99))
def test_an_interval_holds_its_share_and_stays_within_bounds(pair: tuple[int, int], confidence: int) -> None:
    reached, n = pair
    found = share(reached, n, 1, confidence)
    other = share(n - reached, n, 1, confidence)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 100
    assert abs(found.low + (other.high or 0) - 100) <= Decimal("0.01")  # mirrored


@pytest.mark.parametrize(("n", "small"), [(0, 0), (0, 10), (9, 10)])
def test_too_few_answers_are_never_shown(n: int, small: int) -> None:
    assert share(0, n, small).is_suppressed
    assert mean([Decimal(50)] * n, small).is_suppressed


def test_a_mean_with_its_interval() -> None:
    found = mean([Decimal(60), Decimal(80)] * 50, 10)
    assert tuple(map(str, (found.n, found.value, found.low, found.high))) == (
        "100",
        "70.00",
        "68.03",
        "71.97",
    )
    same = mean([Decimal(100)] * 20, 10)
    assert (same.low, same.value, same.high) == (100, 100, 100)


@given(st.lists(st.integers(0, 100).map(Decimal), min_size=2, max_size=50))
def test_a_mean_lies_within_its_interval(scores: list[Decimal]) -> None:
    found = mean(scores, 1)
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= found.value <= found.high <= 100


@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 30), min_size=1), st.integers(1, 12))
def test_no_small_count_can_be_worked_out_from_the_total(cells: dict[str, int], small: int) -> None:
    shown = suppressed(cells, small)
    hidden = [key for key, n in shown.items() if n is None]
    assert all(key in hidden for key, n in cells.items() if 0 < n < small)
    assert all(shown[key] in (None, cells[key]) for key in cells)
    others = [key for key, n in cells.items() if n and key not in hidden]
    assert len(hidden) != 1 or not others


def test_counts_of_options_and_steps() -> None:
    choices = FORM.questions["known"]
    assert counts(choices, [["a", "b"], ["a"], None, "c", ["x"]]) == {"a": 2, "b": 1, "c": 1}
    assert counts(FORM.questions["care"], [5, "5", 1, None, 9]) == {"1": 1, "2": 0, "3": 0, "4": 0, "5": 2}


def test_the_normal_approximation_without_a_population() -> None:
    plan = Plan(confidence=95, error=5, expected=50, least=0)
    assert sample_size(plan) == ceil(1.959964**2 * 0.25 / 0.0025)
