"""Our tables against the reference they were made from; runs only where it lies beside the project."""

import csv
import tomllib
from pathlib import Path
from typing import Any

import pytest

from xinglin.base.yamlfile import read_yaml
from xinglin.knowledge import child, constitution, diseases, syndromes, techniques

pytestmark = pytest.mark.shared
DOUBT = {"2": "", "1": "one_source", "0": "local"}


def rows(shared: Path, name: str) -> list[dict[str, str]]:
    with (shared / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def toml(shared: Path, name: str) -> dict[str, Any]:
    return tomllib.loads((shared / "reference" / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "book"), [("diseases", diseases.load()), ("syndromes", syndromes.load())])
def test_terms(shared: Path, name: str, book: Any) -> None:
    wanted = [
        (row["code"], row["name"], row["parent"], DOUBT[row["check"]], row["common"] == "1")
        for row in rows(shared, name)
    ]
    assert [(term.code, term.name, term.parent, term.doubt.value, term.common) for term in book] == wanted


def test_signs(shared: Path) -> None:
    for row, pattern in zip(rows(shared, "syndromes"), syndromes.load(), strict=True):
        signs = pattern.signs
        assert (signs is not None) == bool(row["symptoms"])
        if signs is not None:
            assert (signs.tongue, signs.pulse, signs.principle) == (
                row["tongue"],
                row["pulse"],
                row["principle"],
            )
            assert "".join(signs.symptoms) == row["symptoms"].replace("、", "").replace("，", "")


def test_techniques(shared: Path) -> None:
    wanted = [
        (row["code"], row["name"], row["aliases"], row["invasive"] == "1")
        for row in rows(shared, "techniques")
    ]
    found = techniques.load().values()
    assert [(one.code, one.name, "/".join(one.aliases), one.invasive) for one in found] == wanted


def test_child_guidance(shared: Path) -> None:
    guide = child.load_guide()
    for row in rows(shared, "child_guidance"):
        age, box = int(row["age_months"]), int(row["record_option"])
        assert box in guide.required(age)
        if row["kind"] == "手法":
            method = next(one for one in guide.methods(age) if one.name == row["content"])
            assert (f"{method.least}-{method.most}", method.unit) == (row["amount"], row["unit"])


def test_constitution_items_and_lines(shared: Path) -> None:
    elderly = toml(shared, "constitution33")
    form = constitution.load_instrument("elderly33")
    assert {
        kind.value: [int(item.id) for item in form.scale(kind, None)] for kind in constitution.Constitution
    } == elderly["scales"]
    lines = form.threshold_set()
    assert (lines.biased.yes, lines.balanced.own) == (
        elderly["judge"]["biased"]["yes_min"],
        elderly["judge"]["pinghe"]["own_min"],
    )
    for name, reference in (("adult60", "constitution60"), ("gbt46939", "constitution27")):
        judge, ours = toml(shared, reference)["judge"], constitution.load_instrument(name).threshold_set()
        assert (ours.biased.yes, ours.biased.leaning) == (
            judge["biased_yes_min"],
            judge["biased_tendency_min"],
        )
        assert (ours.balanced.own, ours.balanced.yes_others.below, ours.balanced.basically_others.below) == (
            judge["pinghe_min"], judge["pinghe_yes_others_below"], judge["pinghe_basically_others_below"],
        )  # fmt: skip


def test_worked_cases_are_those_of_the_reference(shared: Path) -> None:
    ours = read_yaml(Path(__file__).parent / "constitution_cases.yaml")
    names = [kind.value for kind in constitution.Constitution]
    for name, reference in (
        ("elderly33", "constitution33"),
        ("adult60", "constitution60"),
        ("gbt46939", "constitution27"),
    ):
        cases = toml(shared, reference)["case"]
        assert [case["id"] for case in ours[name]] == [case["id"] for case in cases]
        for mine, case in zip(ours[name], cases, strict=True):
            raw = case.get("raw") or case["scores"]
            assert (mine["raw"], mine["verdicts"]) == (
                [raw[kind] for kind in names], [case["verdicts"][kind] for kind in names],
            )  # fmt: skip
