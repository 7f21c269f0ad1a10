"""Every number opens down to its units, and what has not been reported is never a nought."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from xinglin.base.states import ValueState, Verdict
from xinglin.facts import load_contract, open_dataset, write_dataset
from xinglin.measures import Kind
from xinglin.standing import Explanation, Inputs, Result, Standing, evaluate, explain, with_explanations

NOT_COUNTED = "未计"


@pytest.fixture(scope="module")
def explanations(inputs: Inputs, standing: Standing) -> dict[str, Explanation]:
    """Each number of the standing opened; one for each measure and its parameters."""
    found: dict[str, Explanation] = {}
    opened: dict[str, Explanation] = {}
    for result in standing.results:
        if not result.wanted:
            key = json.dumps([result.measure, result.parameters], default=str, sort_keys=True)
            if key not in found:
                found[key] = explain(inputs, result.measure, result.parameters)
            opened[result.target] = found[key]
    return opened


def kind_of(inputs: Inputs, result: Result) -> Kind:
    return inputs.book.definition(result.measure).kind


def persons_counted_once(inputs: Inputs, result: Result) -> bool:
    return inputs.book.bind(result.measure, result.parameters).distinct is not None


def test_every_number_opens_and_agrees_with_the_engine(
    standing: Standing, explanations: dict[str, Explanation]
) -> None:
    for result in standing.results:
        if result.wanted:
            continue
        opened = explanations[result.target]
        assert opened.state is result.state, result.target
        assert (opened.numerator, opened.denominator) == (result.numerator, result.denominator), result.target
        assert (opened.n_units, opened.n_reported) == (result.n_units, result.n_reported), result.target
        assert opened.display == result.display, result.target


def test_units_add_up_to_the_number(
    inputs: Inputs, standing: Standing, explanations: dict[str, Explanation]
) -> None:
    """A person seen at two facilities is one person in the area: there the units' sum is an upper bound."""
    for result in standing.results:
        if result.wanted or result.numerator is None:
            continue
        units = explanations[result.target].units
        total = sum(Decimal(unit.numerator) for unit in units)
        if persons_counted_once(inputs, result):
            assert total >= Decimal(result.numerator), result.target
        else:
            assert total == Decimal(result.numerator), result.target
        if kind_of(inputs, result) in (Kind.SHARE, Kind.RATIO):
            whole = sum(Decimal(unit.denominator) for unit in units)
            assert str(whole) == result.denominator, result.target


def test_units_agree_with_how_many_there_are(
    inputs: Inputs, standing: Standing, explanations: dict[str, Explanation]
) -> None:
    for result in standing.results:
        if result.wanted or inputs.book.definition(result.measure).cells:
            continue
        units = explanations[result.target].units
        assert len(units) == result.n_units, result.target
        assert sum(unit.included != NOT_COUNTED for unit in units) == result.n_reported, result.target


def test_a_named_indicator_is_described_with_its_own_parameters(inputs: Inputs) -> None:
    described = explain(inputs, "centre_technique_6x15_rate").description
    assert "≥ 15" in described
    assert "≥ 10" not in described


def test_results_and_explanations_say_their_parameters_in_chinese(
    inputs: Inputs, standing: Standing, explanations: dict[str, Explanation]
) -> None:
    for result in standing.results:
        if not result.wanted:
            opened = explanations[result.target]
            assert (opened.parameters, opened.parameter_words) == (result.parameters, result.parameter_words)
            declared = inputs.book.definition(result.measure).parameters
            assert [label for label, _ in result.parameter_words] == [p.label for p in declared.values()]
            assert not any(re.search("[a-z]", value) for _, value in result.parameter_words), result.target
    found = next(result for result in standing.results if result.target == "LZ-t10")
    assert found.parameter_words == (
        ("机构类别", "村卫生室"),
        ("技术类数", "4"),
        ("技术项数", "6"),
        ("要求熟练", "是"),
    )


def test_each_number_is_opened_once(inputs: Inputs, standing: Standing) -> None:
    full = with_explanations(inputs, standing)
    asked = [repr((found.measure, sorted(found.parameters.items()))) for found in full.explanations]
    results = [r for r in standing.results if not r.wanted]
    assert len(asked) == len(set(asked)) == len({(r.measure, repr(r.parameters)) for r in results})
    assert full.results == standing.results


def test_above_a_county_long_lists_are_left_to_the_places_below(
    opened: Callable[..., Inputs], lianzhou: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[explain.__module__], "UNITS_LIMIT", 100)
    inputs = opened(lianzhou, "4418")
    found = with_explanations(inputs, evaluate(inputs)).explanations
    assert found
    assert max(explanation.n_units for explanation in found) <= 100


def test_codes_are_shown_in_the_words_of_their_own_list(inputs: Inputs) -> None:
    """ "physician" and "private" stand in two code lists with different words."""
    found = explain(inputs, "county_tcm_hospital_grade2a_rate")
    steps = [step for unit in found.units for step in unit.steps]
    assert steps
    assert not any(step.value.isascii() and step.value.isalpha() for step in steps)


# -- reports left out --------------------------------------------------------------------------------------

SILENT = 23


def without_reports(folder: Path, out: Path, lost: set[str]) -> Path:
    """The same data set with the reporting rows of some units dropped."""
    data = open_dataset(folder)
    tables = {name: data.arrow(name) for name in data.names()}
    heard = pc.invert(pc.is_in(tables["reporting"]["unit"], value_set=pa.array(sorted(lost))))
    tables["reporting"] = tables["reporting"].filter(heard)
    write_dataset(out, tables, data.info)
    return out


@pytest.fixture(scope="module")
def lost(lianzhou: Path) -> set[str]:
    """Some village clinics."""
    rows = open_dataset(lianzhou).rows("facility")
    clinics = [str(row["facility"]) for row in rows if row["kind"] == "village_clinic"]
    return set(sorted(clinics)[:SILENT])


@pytest.fixture(scope="module")
def silent_inputs(
    opened: Callable[..., Inputs], lianzhou: Path, lost: set[str], tmp_path_factory: pytest.TempPathFactory
) -> Inputs:
    return opened(without_reports(lianzhou, tmp_path_factory.mktemp("silent"), lost))


@pytest.fixture(scope="module")
def silent(silent_inputs: Inputs) -> dict[str, Result]:
    return {result.target: result for result in evaluate(silent_inputs).results}


@pytest.mark.parametrize("target", ["LZ-t03", "LZ-t07", "LZ-t10", "LZ-t24"])
def test_what_is_not_reported_leaves_numerator_and_denominator(
    standing: Standing,
    silent: dict[str, Result],
    explanations: dict[str, Explanation],
    lost: set[str],
    target: str,
) -> None:
    """Of the clinics left silent none counts, those that would have counted no less than the others."""
    before = next(result for result in standing.results if result.target == target)
    kept = [unit for unit in explanations[target].units if unit.unit not in lost]
    assert {(u.included) for u in explanations[target].units if u.unit in lost} <= {"计入分子", "只在分母"}
    after = silent[target]
    if after.n_reported == before.n_reported:  # asks for nothing that a clinic reports itself
        assert (after.numerator, after.denominator) == (before.numerator, before.denominator)
        return
    assert after.n_units == before.n_units
    assert after.n_reported == before.n_reported - len(lost)
    assert after.numerator == str(sum(int(unit.numerator) for unit in kept))
    assert after.denominator == str(len(kept))
    assert after.reason == f"另有 {len(lost)} 家村卫生室未报，未计入分子分母"


def test_some_target_was_touched_by_the_silence(standing: Standing, silent: dict[str, Result]) -> None:
    touched = [r.target for r in standing.results if silent[r.target].n_reported < r.n_reported]
    assert {"LZ-t10", "LZ-t24"} <= set(touched)


def test_a_silent_unit_says_what_it_did_not_report(silent_inputs: Inputs, lost: set[str]) -> None:
    found = explain(silent_inputs, "village_clinic_technique_4x6_rate")
    silent = [unit for unit in found.units if unit.included == NOT_COUNTED]
    assert {unit.unit for unit in silent} == lost
    label = load_contract().table("technique_capability").label
    assert {unit.reason for unit in silent} == {f"未报：{label}"}
    assert {unit.steps for unit in silent} == {()}


def test_nearest_units_have_reported(silent: dict[str, Result], lost: set[str]) -> None:
    gap = silent["LZ-t10"].gap
    assert gap is not None
    assert not {key for key, _, _ in gap.nearest} & lost


def test_nobody_reporting_is_no_nought(opened: Callable[..., Inputs], lianzhou: Path, tmp_path: Path) -> None:
    rows = open_dataset(lianzhou).rows("reporting")
    inputs = opened(without_reports(lianzhou, tmp_path, {str(row["unit"]) for row in rows}))
    for result in evaluate(inputs).results:
        assert result.state is ValueState.NOT_REPORTED, result.target
        assert (result.numerator, result.value, result.gap) == (None, None, None), result.target
        assert result.verdict is Verdict.NOT_JUDGED, result.target
        assert {part.numerator for part in result.below} <= {None}, result.target
