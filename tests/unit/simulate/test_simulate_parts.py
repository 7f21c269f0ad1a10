"""The small parts: sharing out, ids, names."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinglin.simulate.arrays import from_rows, numbered, person_hashes
from xinglin.simulate.errors import SimulationError
from xinglin.simulate.setting import apportion
from xinglin.simulate.sites import short_name


@given(
    total=st.integers(0, 5000),
    weights=st.lists(st.floats(0.001, 1000), min_size=1, max_size=40),
    room=st.integers(1, 500),
)
def test_parts_sum_exactly_and_respect_caps(total, weights, room):
    caps = np.full(len(weights), room, dtype=np.int64)
    if room * len(weights) < total:
        with pytest.raises(SimulationError, match="大于可容纳"):
            apportion(total, weights, caps)
        return
    parts = apportion(total, weights, caps)
    assert parts.sum() == total
    assert (parts >= 0).all()
    assert (parts <= caps).all()


def test_largest_remainders_get_the_rest():
    assert apportion(10, [1, 1, 1]).tolist() == [4, 3, 3]
    assert apportion(3, [0, 2, 1]).tolist() == [0, 2, 1]


def test_nothing_to_share_out():
    assert apportion(0, [0.0, 0.0]).tolist() == [0, 0]


def test_numbered():
    assert numbered("x-", 3, width=4).to_pylist() == ["x-0000", "x-0001", "x-0002"]
    assert numbered("x-", 0).to_pylist() == []


def test_no_two_people_share_a_hash_and_seeds_differ():
    people = np.arange(50_000)
    here, there = (person_hashes(code, 1, people).to_pylist() for code in ("441882", "441881"))
    assert len(set(here) | set(there)) == 100_000
    assert here[0] != person_hashes("441882", 2, people[:1])[0].as_py()
    assert len(here[0]) == 21


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("四方村委会", "四方"),
        ("燕喜社区居委会", "燕喜"),
        ("新村村委会", "新"),
        ("某某居民委员会", "某某"),
        ("村委会", "村委会"),
    ],
)
def test_short_name(name, short):
    assert short_name(name) == short


def test_a_column_the_contract_does_not_know_is_refused():
    with pytest.raises(KeyError, match="colour"):
        from_rows("tcm_corner", [{"corner": "1", "facility": "2", "colour": "red"}])
