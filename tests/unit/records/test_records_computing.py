"""Computed values and what is emptied: in the order of what leans on what, wherever it stands in the file."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.records.computing import circle, computed, in_order, settled
from xinglin.records.fields import Field
from xinglin.records.workdays import months_after

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def field(type_: str = "integer", **more: Any) -> Field:
    return Field.model_validate({"label": "某", "type": type_, **more})


def value(rule: dict[str, Any], values: dict[str, Any], type_: str = "integer") -> Any:
    return computed({"x": field(type_, computed=rule)}, values)["x"]


WAYS: list[tuple[dict[str, list[str]], dict[str, Any], Any]] = [
    ({"sum": ["a", "b"]}, {"a": 1, "b": 2}, 3),
    ({"sum": ["a", "b"]}, {"a": 1}, 1),
    ({"sum": ["a", "b"]}, {}, None),
    ({"sum": ["a", "b"]}, {"a": 0}, 0),
    ({"sum": ["a", "b"]}, {"a": Decimal("0.1"), "b": 2}, Decimal("2.1")),
    ({"difference": ["a", "b"]}, {"a": 1, "b": 3}, -2),
    ({"difference": ["a", "b"]}, {"a": 1}, None),
    ({"product": ["a", "b"]}, {"a": 3, "b": 4}, 12),
    ({"product": ["a", "b", "c"]}, {"a": 3, "b": 4, "c": -2}, -24),
    ({"product": ["a", "b"]}, {"a": 3}, None),
    ({"product": ["a", "b"]}, {"a": 0, "b": 4}, 0),
    ({"percent": ["a", "b"]}, {"a": 1, "b": 3}, Decimal("33.33")),
    ({"percent": ["a", "b"]}, {"a": 2, "b": 3}, Decimal("66.67")),
    ({"percent": ["a", "b"]}, {"a": 1, "b": 0}, None),
    ({"percent": ["a", "b"]}, {"a": 0, "b": 3}, Decimal("0.00")),
    ({"percent": ["a", "b"]}, {"a": 1, "b": 800}, Decimal("0.13")),
    ({"days": ["a", "b"]}, {"a": date(2024, 2, 28), "b": date(2024, 3, 1)}, 3),
    ({"days": ["a", "b"]}, {"a": date(2024, 2, 28), "b": date(2024, 2, 28)}, 1),
    ({"days": ["a", "b"]}, {"a": date(2024, 2, 28)}, None),
    ({"months": ["a", "b"]}, {"a": date(2024, 3, 1), "b": date(2024, 8, 31)}, 6),
    ({"months": ["a", "b"]}, {"a": date(2024, 3, 1), "b": date(2024, 8, 30)}, 5),
    ({"months": ["a", "b"]}, {"a": date(2024, 1, 31), "b": date(2024, 2, 29)}, 1),
    ({"months": ["a", "b"]}, {"a": date(2023, 8, 31), "b": date(2024, 2, 29)}, 6),
    ({"months": ["a", "b"]}, {"a": date(2024, 5, 15), "b": date(2024, 5, 20)}, 0),
    ({"months": ["a", "b"]}, {"a": date(2024, 12, 1), "b": date(2024, 12, 31)}, 1),
]


@pytest.mark.parametrize(("rule", "values", "expected"), WAYS, ids=[f"{r} {v}" for r, v, _ in WAYS])
def test_a_way_of_computing(rule: dict[str, list[str]], values: dict[str, Any], expected: Any) -> None:
    assert value(rule, values, "decimal" if "percent" in rule else "integer") == expected


@given(st.integers(0, 10**11), st.integers(0, 10**9))
def test_a_product_is_exact_and_rounded_once(cents: int, hundredths: int) -> None:
    """Against whole numbers: half a cent goes up, nothing is lost on the way."""
    rule = {"x": field("decimal", places=2, computed={"product": ["a", "b"]})}
    found = computed(rule, {"a": Decimal(cents).scaleb(-2), "b": Decimal(hundredths).scaleb(-2)})["x"]
    whole, rest = divmod(cents * hundredths, 100)
    assert found == Decimal(whole + (rest >= 50)).scaleb(-2)
    assert found.as_tuple().exponent == -2


def test_a_product_of_many_places_is_not_rounded_before_its_end() -> None:
    fields = {"x": field("decimal", places=1, computed={"product": ["a", "b", "c"]})}
    tiny = Decimal("0.000001")
    values = {"a": Decimal(10) ** 13 + tiny, "b": Decimal("1.000001"), "c": Decimal("1.000001")}
    # worked out by hand with whole numbers: (10^19 + 1)(10^6 + 1)^2 over 10^18
    exact = Decimal((10**19 + 1) * (10**6 + 1) ** 2)
    assert computed(fields, values)["x"] == Decimal((int(exact) * 10 + 5 * 10**17) // 10**18) / 10


@given(DAYS, st.integers(0, 60))
def test_months_agree_with_the_calendar(first: date, months: int) -> None:
    """As many months as were added, or one less where the last month is too short to hold the day."""
    last = months_after(first, months) - timedelta(days=1)
    assert value({"months": ["a", "b"]}, {"a": first, "b": last}) in (months, months - 1)
    assert value({"months": ["a", "b"]}, {"a": first, "b": last + timedelta(days=1)}) >= months


@given(DAYS, st.integers(0, 2000))
def test_more_days_are_never_fewer_months(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    rule = {"months": ["a", "b"]}
    now = value(rule, {"a": first, "b": last})
    assert 0 <= value(rule, {"a": first, "b": last + timedelta(days=1)}) - now <= 1


@given(st.permutations(["a", "b", "share", "more", "why"]))
def test_the_order_of_the_file_does_not_matter(order: list[str]) -> None:
    made = {
        "a": field(),
        "b": field(),
        "share": field("decimal", computed={"percent": ["a", "b"]}),
        "more": field("decimal", computed={"sum": ["share", "a"]}),
        "why": field("text", when={"field": "more", "more_than": 30}),
    }
    fields = {name: made[name] for name in order}
    found = settled(fields, in_order(fields), {"a": 1, "b": 2, "why": "多"})
    assert found == {"a": 1, "b": 2, "share": 50, "more": 51, "why": "多"}
    assert settled(fields, in_order(fields), {"a": 1, "b": 20, "why": "多"})["why"] is None
    assert computed(fields, {"a": 1, "b": 2}) == {"share": 50, "more": 51}


def test_what_leans_on_something_emptied_is_emptied_too() -> None:
    fields = {
        "c": field("text", when={"field": "b", "is": True}),
        "b": field("boolean", when={"field": "a", "is": True}),
        "a": field("boolean"),
    }
    found = settled(fields, in_order(fields), {"a": False, "b": True, "c": "旧"})
    assert found == {"a": False, "b": None, "c": None}


def test_a_circle_is_named() -> None:
    fields = {
        "a": field(computed={"sum": ["b"]}),
        "b": field(computed={"sum": ["a"]}),
        "c": field(),
    }
    assert set(circle(fields)) == {"a", "b"}
    assert circle({"c": field()}) == ()
