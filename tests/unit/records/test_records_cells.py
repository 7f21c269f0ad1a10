"""One value: read from whatever comes, told when it cannot be, kept as JSON and read again without loss."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from faulty_values import FAULTS, FIELDS, GOOD
from hypothesis import given
from hypothesis import strategies as st

from xinglin.facts.fault import Fault
from xinglin.records.cells import Cells, from_json, shown, to_json
from xinglin.records.fields import Field

READERS = {name: Cells(Field.model_validate(content), "thing", name) for name, content in FIELDS.items()}


@pytest.mark.parametrize(
    ("name", "raw", "kind", "what"), FAULTS, ids=[f"{name} {raw!r}" for name, raw, *_ in FAULTS]
)
def test_a_faulty_value_is_told(name: str, raw: Any, kind: str, what: str) -> None:
    found = READERS[name].read(raw)
    assert isinstance(found, Fault)
    assert (found.kind, found.what) == (kind, what)
    assert found.fix


@pytest.mark.parametrize(
    ("name", "raw", "kept", "words"), GOOD, ids=[f"{name} {raw!r}" for name, raw, *_ in GOOD]
)
def test_a_good_value_is_kept_and_shown(name: str, raw: Any, kept: Any, words: str) -> None:
    found = READERS[name].read(raw)
    assert to_json(found) == kept
    assert shown(READERS[name].field, found, "thing", name) == words


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(
            ["是", "2024-05-01", "2024-05", "441882", "minor", "hall；screen", "1,200", "3人", "一般"]
        ),
        st.decimals(),
        st.dates(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=5,
)


@given(st.sampled_from(sorted(FIELDS)), JSON)
def test_whatever_comes_is_read_or_told(name: str, raw: Any) -> None:
    reader = READERS[name]
    found = reader.read(raw)
    if isinstance(found, Fault):
        assert found.what
        assert found.fix
        return
    kept = to_json(found)
    again = from_json(reader.field, json.loads(json.dumps(kept)))
    assert again == found
    assert type(again) is type(found)
    assert reader.read(again) == found
    assert isinstance(shown(reader.field, found, "thing", name), str)


@given(st.decimals(min_value=0, max_value=10**9, places=1, allow_nan=False))
def test_a_number_shown_can_be_typed_again(value: Decimal) -> None:
    reader = READERS["decimal"]
    assert reader.read(shown(reader.field, value, "thing", "decimal")) == value


def test_documents_hold_only_json() -> None:
    made = {"a": (Decimal("1.50"), date(2024, 5, 1)), "b": {"c": [True, None]}}
    assert to_json(made) == {"a": ["1.50", "2024-05-01"], "b": {"c": [True, None]}}
