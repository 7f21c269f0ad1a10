"""Drawn data and drawn measures: the reference and the compiled engine must always agree."""

from __future__ import annotations

from datetime import date

import pytest
from drawn_data import AREAS, DAYS, facts
from drawn_measures import bounds
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from counters import by_duckdb, by_reference
from xinglin.measures.nodes import CONDITION_NODES, VALUE_NODES, Bound, Compare, Kind, Operator, Rows, Span
from xinglin.measures.walk import nodes

PATIENT = list(HealthCheck)
EXAMPLES = 150
SOAK = 5_000


def agree(data: st.DataObject) -> None:
    """Draw a date, measures and data; count them both ways in every area."""
    on = data.draw(st.sampled_from(DAYS), "on")
    drawn = data.draw(bounds(on), "bounds")
    rows = data.draw(facts(drawn, on), "facts")
    slow = by_reference(drawn, rows, on, AREAS)
    fast = by_duckdb(drawn, rows, on, AREAS)
    for bound, expected, found in zip(drawn, slow, fast, strict=True):
        differ = {area: (expected[area], found[area]) for area in AREAS if expected[area] != found[area]}
        note(f"{bound}")
        assert not differ


@settings(
    derandomize=True, deadline=None, max_examples=EXAMPLES, database=None, suppress_health_check=PATIENT
)
@given(st.data())
def test_reference_and_duckdb_agree(data: st.DataObject) -> None:
    agree(data)


@pytest.mark.soak
@settings(derandomize=True, deadline=None, max_examples=SOAK, database=None, suppress_health_check=PATIENT)
@given(st.data())
def test_reference_and_duckdb_agree_at_length(data: st.DataObject) -> None:
    agree(data)


@pytest.fixture(scope="module")
def drawn() -> list[Bound]:
    """The measures of a fixed run."""
    found: list[Bound] = []

    @settings(
        derandomize=True,
        deadline=None,
        max_examples=EXAMPLES,
        database=None,
        suppress_health_check=PATIENT,
        phases=[Phase.generate],
    )
    @given(bounds(date(2020, 12, 31)))
    def collect(several: list[Bound]) -> None:
        found.extend(several)

    collect()
    return found


def _nodes(drawn: list[Bound]) -> list[object]:
    parts = [(b.units.where, b.units.complete, b.condition, b.numerator, b.denominator) for b in drawn]
    return list(nodes(tuple(part for group in parts for part in group)))


def test_every_node_type_is_drawn(drawn: list[Bound]) -> None:
    assert {type(node) for node in _nodes(drawn)} == {*VALUE_NODES, *CONDITION_NODES, Rows, Span}


def test_every_kind_is_drawn(drawn: list[Bound]) -> None:
    assert {bound.kind for bound in drawn} == set(Kind)


def test_every_operator_is_drawn(drawn: list[Bound]) -> None:
    assert {node.operator for node in _nodes(drawn) if isinstance(node, Compare)} == set(Operator)


def test_every_span_is_drawn(drawn: list[Bound]) -> None:
    spans = [node.span for node in _nodes(drawn) if isinstance(node, Rows)]
    found = {"none" if span is None else "months" if span.months else "since" for span in spans}
    assert found == {"none", "months", "since"}


def test_cells_distinct_and_within_are_drawn(drawn: list[Bound]) -> None:
    links = [node for node in _nodes(drawn) if isinstance(node, Rows)]
    assert any(bound.cells for bound in drawn)
    assert any(bound.distinct and bound.distinct.rows.within for bound in drawn)
    assert any(bound.distinct and not bound.distinct.rows.within for bound in drawn)
    assert any(rows.within for rows in links)
    assert any(rows.total for rows in links)


def test_links_by_person_and_complete_units_are_drawn(drawn: list[Bound]) -> None:
    assert any(node.by == "person" for node in _nodes(drawn) if isinstance(node, Rows))
    assert any(bound.units.complete for bound in drawn if bound.cells)
    assert any(bound.units.complete for bound in drawn if not bound.cells)
