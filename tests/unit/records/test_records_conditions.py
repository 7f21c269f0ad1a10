"""Conditions: one truth table, the forms that join, and what is compared at all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.records.conditions import Condition, is_given

A, B = date(2024, 5, 1), date(2024, 5, 2)

TRUTH: list[tuple[dict[str, Any], Any, bool]] = [
    ({"is": 3}, 3, True), ({"is": 3}, Decimal(3), True), ({"is": 3}, 4, False), ({"is": 3}, None, False),
    ({"is": True}, True, True), ({"is": True}, False, False), ({"is": False}, False, True),
    ({"is": False}, None, False), ({"is": "yes"}, "yes", True), ({"is": Decimal("0.5")}, Decimal("0.50"), True),
    ({"is": A}, A, True), ({"is": A}, B, False), ({"is_not": "a"}, "b", True), ({"is_not": "a"}, None, False),
    ({"is_not": "a"}, "", False), ({"in": ["a", "b"]}, "b", True), ({"in": ["a"]}, "b", False),
    ({"in": []}, "b", False), ({"has": "a"}, ("a", "b"), True), ({"has": "c"}, ("a", "b"), False),
    ({"has": "a"}, (), False), ({"at_least": 3}, 3, True), ({"at_least": 3}, 2, False),
    ({"more_than": 3}, 3, False), ({"more_than": 3}, Decimal("3.1"), True), ({"at_most": A}, A, True),
    ({"at_most": A}, B, False), ({"less_than": A}, A, False), ({"less_than": B}, A, True),
    ({"at_least": "2024-05"}, "2024-10", True), ({"at_least": 0}, None, False), ({"at_least": 0}, 0, True),
    ({"given": True}, 0, True), ({"given": True}, False, True), ({"given": True}, "", False),
    ({"given": True}, (), False), ({"given": False}, None, True), ({"given": False}, "x", False),
    ({"at_least": {"field": "g"}}, 5, True), ({"more_than": {"field": "g"}}, 5, False),
    ({"at_least": {"field": "nothing"}}, 5, False),
]  # fmt: skip


@pytest.mark.parametrize(("test", "value", "expected"), TRUTH, ids=[f"{t} {v!r}" for t, v, _ in TRUTH])
def test_a_test_of_a_field(test: dict[str, Any], value: Any, expected: bool) -> None:
    condition = Condition.model_validate({"field": "f", **test})
    assert condition.holds({"f": value, "g": 5}) is expected
    assert (
        Condition.model_validate({"not": {"field": "f", **test}}).holds({"f": value, "g": 5}) is not expected
    )


@pytest.mark.parametrize("value", [True, 1, 0, Decimal("1.5"), A, "true", "1", "2024-05-01"])
def test_a_value_keeps_the_type_it_was_written_in(value: Any) -> None:
    condition = Condition.model_validate({"field": "f", "is": value})
    assert condition.is_ == value
    assert type(condition.is_) is type(value)


FIELDS = st.sampled_from(["a", "b", "c"])
TESTS = st.one_of(
    st.builds(lambda f, v: {"field": f, "at_least": v}, FIELDS, st.integers(0, 3)),
    st.builds(lambda f, g: {"field": f, "less_than": {"field": g}}, FIELDS, FIELDS),
    st.builds(lambda f, v: {"field": f, "given": v}, FIELDS, st.booleans()),
)
TREES = st.recursive(
    TESTS,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
)
RECORDS = st.dictionaries(FIELDS, st.one_of(st.none(), st.integers(0, 3)))


def slow(tree: dict[str, Any], values: dict[str, Any]) -> bool:
    """The same, as plainly as can be."""
    if "all" in tree:
        return all(slow(part, values) for part in tree["all"])
    if "any" in tree:
        return any(slow(part, values) for part in tree["any"])
    if "not" in tree:
        return not slow(tree["not"], values)
    found = values.get(tree["field"])
    if "given" in tree:
        return (found is not None) == tree["given"]
    other = tree["at_least"] if "at_least" in tree else values.get(tree["less_than"]["field"])
    if found is None or other is None:
        return False
    return bool(found >= other if "at_least" in tree else found < other)


@given(TREES, RECORDS)
def test_a_tree_holds_as_its_parts_do(tree: dict[str, Any], values: dict[str, Any]) -> None:
    condition = Condition.model_validate(tree)
    assert condition.holds(values) is slow(tree, values)
    assert condition.compared() <= condition.fields()


@given(TREES)
def test_the_browser_gets_what_was_written(tree: dict[str, Any]) -> None:
    assert Condition.model_validate(tree).as_data() == tree


@given(TREES, RECORDS, RECORDS)
def test_only_named_fields_matter(
    tree: dict[str, Any], values: dict[str, Any], other: dict[str, Any]
) -> None:
    condition = Condition.model_validate(tree)
    named = {name: value for name, value in values.items() if name in condition.fields()}
    unnamed = {name: value for name, value in other.items() if name not in condition.fields()}
    assert condition.holds({**unnamed, **named}) is condition.holds(named)


def test_what_is_compared_leaves_out_what_is_only_asked_for() -> None:
    condition = Condition.model_validate(
        {"any": [{"field": "a", "given": True}, {"field": "b", "more_than": {"field": "c"}}]}
    )
    assert condition.fields() == {"a", "b", "c"}
    assert condition.compared() == {"b", "c"}


@pytest.mark.parametrize(
    ("value", "expected"), [(0, True), (False, True), ("", False), ([], False), (None, False)]
)
def test_nought_and_no_are_something(value: Any, expected: bool) -> None:
    assert is_given(value) is expected
