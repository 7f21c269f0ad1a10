"""Our tables say what the reference beside the project says; without that folder there is nothing to compare."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from xinglin.knowledge import formulas, herbs, incompatibility

Rows = list[dict[str, str]]


def _rows(shared: Path, name: str) -> Rows:
    with (shared / "reference" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.shared
def test_herbs_are_those_of_the_reference(shared: Path) -> None:
    table = herbs.load()
    rows = _rows(shared, "herbs.csv")
    assert [row["name"] for row in rows] == list(table.herbs)
    for row in rows:
        herb = table.herbs[row["name"]]
        assert (herb.dose_min, herb.dose_max) == tuple(
            Decimal(row[key]) if row[key] else None for key in ("dose_min_g", "dose_max_g")
        ), herb.name
        assert (herb.toxicity, herb.pregnancy, herb.pregnancy_textbook, herb.base, herb.grade) == tuple(
            row[key] for key in ("toxicity", "pregnancy", "pregnancy_textbook", "base_herb", "grade")
        )
        assert "/".join(herb.aliases) == row["aliases"]
        assert "/".join(herb.decoction) == row["decoction_std"]
        assert herb.external_only == (row["external_only"] == "1")
        assert herb.decoctable == {"1": "no", "prefer": "prefer", "": ""}[row["not_for_decoction"]]
        # 天仙子 has no processed form: the raw one on the list is the herb itself
        assert herb.control == ("toxic28" if herb.name == "天仙子" else row["control_class"])
        binding = row["dose_basis"].startswith("CHP2020") and bool(row["dose_max_g"])
        assert herb.dose_is_binding == binding, herb.name


@pytest.mark.shared
def test_names_pairs_and_formulas_are_those_of_the_reference(shared: Path) -> None:
    table = herbs.load()
    for row in _rows(shared, "generic_names.csv"):
        generic = table.generic[row["written_name"]]
        assert (";".join(generic.candidates), generic.action, generic.default) == (
            row["candidates"],
            row["action"],
            row["default"],
        )
    for row in _rows(shared, "toxic28.csv"):
        item = table.toxic[row["official_name"]]
        assert (item.herb, str(item.daily_max or "")) == (row["herb_name"], row["daily_max_g"])
    pairs = {pair.id: pair for pair in incompatibility.load()}
    for row in _rows(shared, "incompatibility.csv"):
        pair = pairs.pop(row["id"])
        assert (pair.first, pair.second, pair.severity) == (row["herb_a"], row["herb_b"], row["severity"])
        assert "+".join(pair.evidence) == row["evidence"]
    assert not pairs
    for row in _rows(shared, "formulas.csv"):
        formula = formulas.load()[row["id"]]
        assert ";".join(f"{part.herb}:{part.grams}" for part in formula.ingredients) == row["composition"]
        assert (formula.name, formula.grade, formula.dose_basis) == (
            row["name"],
            row["grade"],
            row["dose_basis"],
        )
        assert int(row["herb_count"]) == len(formula.ingredients)
