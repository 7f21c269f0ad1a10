"""Every definition shipped with Xinglin: it loads, is served under its names, and its worked examples come out."""

from __future__ import annotations

import re
from collections import Counter as Tally
from pathlib import Path

import pytest

from xinglin.base.yamlfile import read_yaml
from xinglin.measures import describe, load_measures
from xinglin.measures.definition import DEFINITIONS, Definition, Example, read_definition
from xinglin.measures.engine import DuckDB
from xinglin.measures.examples import by_engine, by_reference, outcome
from xinglin.measures.results import Counted

BOOK = load_measures()
FILES = sorted(DEFINITIONS.glob("*.yaml"))
EXAMPLES = [
    pytest.param(definition, example, id=f"{definition.id}: {example.name}")
    for definition in BOOK.definitions.values()
    for example in definition.examples
]
UNSERVED = {
    "platform_phc_coverage_rate",
    "gov_tcm_hospital_area_per_bed_rate",
    "contract_service_item_count",
    "prevention_plan_count",
    "county_visit_rate",
}
"""Rows of the cross-walk that no definition serves yet: no fact table holds what they rest on."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_definition_loads_and_binds(path: Path) -> None:
    assert read_definition(path, BOOK.contract).id == path.stem


def test_names_are_unique() -> None:
    names = [name for path in FILES for name in read_yaml(path).get("indicators", {}) if name != path.stem]
    assert [
        name for name, times in Tally([*names, *(path.stem for path in FILES)]).items() if times > 1
    ] == []


@pytest.mark.parametrize("definition", BOOK.definitions.values(), ids=lambda definition: definition.id)
def test_definition_has_an_example(definition: Definition) -> None:
    assert definition.examples, f"{definition.id} 没有 examples"


@pytest.mark.parametrize("definition", BOOK.definitions.values(), ids=lambda definition: definition.id)
def test_examples_have_names_of_their_own(definition: Definition) -> None:
    names = [example.name for example in definition.examples]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", sorted(BOOK.names()))
def test_name_binds_and_is_described(name: str) -> None:
    definition = BOOK.definition(name)
    assert BOOK.check(name, {}) == []
    assert definition.label in describe(definition, BOOK, BOOK.parameters(name))


def _agrees(definition: Definition, example: Example, counted: Counted) -> None:
    found = outcome(BOOK, definition, example, counted)
    assert {key: found.found[key] for key in found.expected} == dict(found.expected)
    assert found.agrees


@pytest.mark.parametrize(("definition", "example"), EXAMPLES)
def test_example_by_reference(definition: Definition, example: Example) -> None:
    _agrees(definition, example, by_reference(BOOK, definition, example))


@pytest.mark.parametrize(("definition", "example"), EXAMPLES)
def test_example_by_duckdb(definition: Definition, example: Example) -> None:
    _agrees(definition, example, by_engine(BOOK, definition, example, DuckDB(threads=1)))


@pytest.mark.parametrize(("definition", "example"), EXAMPLES)
def test_implementations_agree_on_the_whole_example(definition: Definition, example: Example) -> None:
    slow = by_reference(BOOK, definition, example)
    assert slow == by_engine(BOOK, definition, example, DuckDB(threads=1))


def _cross_walk(shared: Path) -> dict[str, bool]:
    """Rows of the cross-walk: whether each is marked ●."""
    text = (shared / "indicators.md").read_text(encoding="utf-8")
    return {row[1]: bool(row[2]) for row in re.finditer(r"^\| `(\w+)` \| (●?) *\|", text, re.MULTILINE)}


@pytest.mark.shared
def test_every_marked_row_is_served(shared: Path) -> None:
    rows = _cross_walk(shared)
    assert (len(rows), sum(rows.values())) == (99, 43)
    assert [row for row, marked in rows.items() if marked and not BOOK.covers(row)] == []


@pytest.mark.shared
def test_every_other_row_is_served_but_those_listed(shared: Path) -> None:
    assert {row for row in _cross_walk(shared) if not BOOK.covers(row)} == UNSERVED
