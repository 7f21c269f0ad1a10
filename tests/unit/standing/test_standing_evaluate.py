"""Lianzhou 2020 held against the national plan and its own: documents, verdicts, published figures, JSON."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest

from xinglin.base.states import Due, ValueState, Verdict
from xinglin.measures import load_measures
from xinglin.measures.engine import DuckDB, count_all
from xinglin.measures.results import read
from xinglin.report import to_json
from xinglin.standing import Inputs, Result, Standing, evaluate

SCHEMA = Path(__file__).parents[3] / "docs/reference/evaluate.schema.json"

# What section 一 of the Lianzhou plan prints: indicator, parameters, figure, half its last printed place.
PUBLISHED = [
    ("centres able to offer TCM", "tcm_service_provision", "township_hospital", "100", "0"),
    ("village clinics able to offer TCM", "tcm_service_provision", "village_clinic", "83.62", "0.005"),
    ("TCM visits at the grassroots", "phc_tcm_visit_share", None, "40.34", "0.005"),
    ("TCM general practitioners per 10,000", "tcm_gp_per_10k", None, "0.36", "0.005"),
    ("elderly managed", "elderly_tcm_health_mgmt_rate", None, "60.94", "0.005"),
    ("children managed", "child_tcm_health_mgmt_rate", None, "74.68", "0.005"),
]


def by_target(standing: Standing) -> dict[str, Result]:
    return {result.target: result for result in standing.results}


def test_the_documents_of_the_place_and_those_above(standing: Standing) -> None:
    assert Counter(result.document for result in standing.results) == {"national": 23, "lianzhou": 33}
    assert {result.own for result in standing.results if result.document == "lianzhou"} == {True}
    assert {result.own for result in standing.results if result.document == "national"} == {False}
    assert standing.place_full_name == "广东省清远市连州市"
    assert standing.demonstration
    assert len(standing.children) == 12


def test_data_from_before_the_documents_is_judged_all_the_same(standing: Standing) -> None:
    assert {result.due for result in standing.results} == {Due.BEFORE_ISSUE}
    words = {
        Verdict.MET: "文件发布前已达标",
        Verdict.NOT_MET: "文件发布前未达标",
        Verdict.WARN: "文件发布前未达（非硬性）",
    }
    for result in standing.results:
        if result.verdict in words:
            assert result.verdict_words == words[result.verdict], result.target
    assert all(standing.count(verdict) for verdict in Verdict)


@pytest.mark.parametrize(
    ("target", "display", "verdict"),
    [
        ("LZ-t24", "83.62", Verdict.MET),
        ("LZ-t20", "60.94", Verdict.NOT_MET),
        ("LZ-t21", "74.68", Verdict.NOT_MET),
        ("LZ-t04", "0.37", Verdict.WARN),
        ("JS-t16", "0.37", Verdict.WARN),
        ("LZ-t09", "不适用", Verdict.NOT_JUDGED),
        ("JS-t17", "25.00", Verdict.MET),
    ],
)
def test_verdicts_of_lianzhou(standing: Standing, target: str, display: str, verdict: Verdict) -> None:
    result = by_target(standing)[target]
    assert (result.display, result.verdict) == (display, verdict)


def test_without_a_number_there_is_no_value_and_no_verdict(standing: Standing) -> None:
    for result in standing.results:
        if result.state is not ValueState.NUMBER:
            assert result.value is None, result.target
            assert result.exact is None, result.target
            assert result.verdict is Verdict.NOT_JUDGED, result.target


def test_wanted_targets_are_shown_as_such(standing: Standing) -> None:
    wanted = [result for result in standing.results if result.wanted]
    assert [result.target for result in wanted] == ["LZ-t22"]
    assert {(result.display, result.verdict_words) for result in wanted} == {("暂无定义", "暂无定义")}
    assert {result.reason for result in wanted} == {"这项目标还没有计算定义，已列入待定义清单"}


@pytest.mark.parametrize(
    ("on", "documents"),
    [
        (date(2020, 12, 31), set()),
        (date(2022, 3, 7), set()),
        (date(2022, 3, 8), {"national"}),
        (date(2023, 6, 14), {"national", "lianzhou"}),
        (date(2025, 12, 31), {"national", "lianzhou"}),
        (date(2026, 1, 1), set()),
    ],
)
def test_binding_only_leaves_documents_in_force(inputs: Inputs, on: date, documents: set[str]) -> None:
    bound = inputs.library.binding(inputs.place.code, on, binding_only=True)
    assert {binding.document.id for binding in bound} == documents


def test_binding_only_before_any_document_leaves_nothing(inputs: Inputs) -> None:
    assert evaluate(inputs, binding_only=True).results == ()


@pytest.mark.parametrize(
    ("name", "kind", "printed", "rounding"), [pytest.param(*case[1:], id=case[0]) for case in PUBLISHED]
)
def test_published_figures_hold(
    inputs: Inputs, name: str, kind: str | None, printed: str, rounding: str
) -> None:
    """|produced − published| × denominator is at most half a unit and the rounding of the printed figure."""
    bound = load_measures().bind(name, {"facility_kinds": [kind]} if kind else None)
    sources = inputs.sources()
    counted = count_all(DuckDB(), [bound], inputs.book.contract, sources, inputs.on, [inputs.place.code])
    counts = counted[0][inputs.place.code]
    reading = read(bound, counts, inputs.on)
    assert reading.value is not None
    assert counts.denominator is not None
    off = abs(reading.value - Fraction(printed)) * counts.denominator / bound.per
    assert off <= Fraction(1, 2) + Fraction(rounding) * counts.denominator / bound.per


def test_baselines_printed_in_the_plan_hold(standing: Standing) -> None:
    found = {
        result.target: (result.baseline, result.value)
        for result in standing.results
        if result.document == "lianzhou" and result.baseline is not None
    }
    assert found.keys() == {"LZ-t04", "LZ-t20", "LZ-t21", "LZ-t24"}
    for target, (baseline, value) in found.items():
        assert value == pytest.approx(baseline, abs=0.015), target


def valid(standing: Standing) -> dict[str, object]:
    content = to_json(standing)
    jsonschema.validate(content, json.loads(SCHEMA.read_text(encoding="utf-8")))
    return content


def test_json_is_valid(standing: Standing) -> None:
    assert valid(standing)["place"] == "441882"


@pytest.mark.parametrize(
    ("place", "on", "states"),
    [
        ("441882101", date(2020, 12, 31), {"number", "not_applicable", "not_reported"}),
        ("4418", date(2020, 12, 31), {"number", "not_applicable", "not_reported"}),
        ("441882", date(2020, 6, 30), {"number", "not_applicable", "not_closed", "not_reported"}),
    ],
    ids=["township", "prefecture", "mid-year"],
)
def test_json_is_valid_elsewhere_and_earlier(
    opened: Callable[..., Inputs], lianzhou: Path, place: str, on: date, states: set[str]
) -> None:
    standing = evaluate(opened(lianzhou, place, on))
    valid(standing)
    assert {result.state.value for result in standing.results} == states


def test_a_county_without_data_has_reported_nothing(
    opened: Callable[..., Inputs], lianzhou: Path, tmp_path: Path
) -> None:
    anywhere = tmp_path / "anywhere"  # the same data without the area it covers
    shutil.copytree(lianzhou, anywhere)
    manifest = json.loads((anywhere / "manifest.json").read_text())
    manifest["info"]["area"] = None
    (anywhere / "manifest.json").write_text(json.dumps(manifest))
    standing = evaluate(opened(anywhere, "360502"))
    assert {result.state for result in standing.results} == {ValueState.NOT_REPORTED}
