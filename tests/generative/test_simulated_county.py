"""A whole simulated county counted by both implementations: every measure of every target, county and townships."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from xinglin.base.places import Level, load_divisions
from xinglin.facts import open_dataset
from xinglin.measures import load_measures
from xinglin.measures.engine import DuckDB, count_all
from xinglin.measures.nodes import Bound
from xinglin.measures.reference import Reference
from xinglin.policy import load_documents
from xinglin.simulate import simulate

ON = date(2020, 12, 31)
LEAST_BOUNDS = 50


@pytest.mark.soak
def test_reference_and_engine_agree_on_lianzhou(tmp_path: Path) -> None:
    simulate("441882", year=2020, seed=1, out=tmp_path)
    book, dataset = load_measures(), open_dataset(tmp_path)
    library = load_documents(book)
    bounds: dict[Bound, None] = {}
    for document in library.documents:
        for target in document.targets:
            if target.measure != "wanted":
                bounds[book.bind(target.measure, target.parameters)] = None
    assert len(bounds) >= LEAST_BOUNDS
    divisions = load_divisions("441882", Level.TOWNSHIP)
    areas = ["441882", *(place.code for place in divisions.children("441882"))]
    sources = {name: dataset.arrow(name) for name in book.contract.tables}
    sources["region"] = divisions.table
    engine = count_all(DuckDB(), list(bounds), book.contract, sources, ON, areas)
    rows = {name: table.to_pylist() for name, table in sources.items()}
    reference = Reference(book.contract, rows, ON)
    for bound, counted in zip(bounds, engine, strict=True):
        assert reference.count(bound, areas) == dict(counted), bound.measure
