"""JSON by the committed schema, the same text for the same standing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from report_standings import make_part, make_result, make_standing, without_number

from xinglin.base.states import Comparator, Due, Labelled, Scope, Strength, ValueState, Verdict
from xinglin.report import dump_json, to_json

SCHEMA = Path(__file__).parents[3] / "docs/reference/evaluate.schema.json"

ASKED_TOP = "schema_version place on divisions_edition facts_manifest definitions_hash engine results"
ASKED_RESULT = (
    "document clause target measure parameters state numerator denominator value display comparator "
    "threshold unit verdict due gap level scope strength deadline responsible n_reported n_units"
)


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads(SCHEMA.read_text("utf-8"))


def _fits(schema: Any, document: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(document))


def test_schema_is_itself_valid_and_closed(schema: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False
    assert all(schema["$defs"][name]["additionalProperties"] is False for name in ("result", "part", "gap"))


def test_schema_asks_for_every_agreed_key(schema: Any) -> None:
    assert set(schema["required"]) == set(ASKED_TOP.split())
    assert set(schema["$defs"]["result"]["required"]) == set(ASKED_RESULT.split())


@pytest.mark.parametrize(
    ("enum", "path"),
    [
        (ValueState, ("state",)),
        (Verdict, ("verdict",)),
        (Due, ("result", "properties", "due")),
        (Scope, ("result", "properties", "scope")),
        (Strength, ("result", "properties", "strength")),
        (Comparator, ("result", "properties", "comparator")),
    ],
)
def test_words_of_the_schema_are_those_of_base(
    schema: Any, enum: type[Labelled], path: tuple[str, ...]
) -> None:
    found = schema["$defs"]
    for key in path:
        found = found[key]
    assert found["enum"] == [word.value for word in enum]


def test_every_kind_of_result_fits_the_schema(schema: Any) -> None:
    jsonschema.validate(json.loads(dump_json(make_standing())), schema)


def test_the_fixture_has_every_state_verdict_due_and_strength() -> None:
    results = make_standing().results
    assert {r.state for r in results} == set(ValueState)
    assert {r.verdict for r in results} == set(Verdict)
    assert {r.due for r in results} == set(Due)
    assert {r.scope for r in results} == set(Scope)
    assert {r.comparator for r in results} == set(Comparator)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param({"state": "unknown"}, id="unknown state"),
        pytest.param({"surprise": 1}, id="unknown key"),
        pytest.param({"numerator": 148}, id="numerator as number"),
        pytest.param({"numerator": "1.48e2"}, id="numerator not plain decimal"),
        pytest.param({"state": "not_reported"}, id="a value without a number's state"),
        pytest.param({"value": None}, id="a number's state without a value"),
        pytest.param({"deadline": "2025"}, id="not a date"),
    ],
)
def test_schema_refuses(schema: Any, spoil: dict[str, Any]) -> None:
    document = to_json(make_standing(results=(make_result(),)))
    assert _fits(schema, document)
    document["results"][0].update(spoil)
    assert not _fits(schema, document)


def test_same_standing_same_text_in_utf8() -> None:
    text = dump_json(make_standing())
    assert text == dump_json(make_standing())
    assert "连州市" in text
    assert text.endswith("}\n")


def test_order_that_means_nothing_is_sorted() -> None:
    parts = (make_part("b", "乙", 1, 2), make_part("a", "甲", 1, 2))
    one = make_result(below=parts, parameters={"b": {"y", "x"}, "a": 1})
    other = make_result(below=parts[::-1], parameters={"a": 1, "b": {"x", "y"}})
    assert dump_json(make_standing(results=(one,))) == dump_json(make_standing(results=(other,)))


def test_order_of_clauses_and_responsible_units_is_kept() -> None:
    result = make_result(clauses=("二", "一"), responsible=("乙局", "甲局"))
    written = to_json(make_standing(results=(result,)))["results"][0]
    assert written["clause"] == ["二", "一"]
    assert written["responsible"] == ["乙局", "甲局"]


def test_words_of_parameters_and_tasks_are_written() -> None:
    asked = {"parameter_words": (("要求熟练", "是"),), "lead": ("甲局",), "responsible": ("甲局",)}
    result = make_result(**asked, responsible_tasks=(("LZ-k01", "三(一)4"),), judged_note="累计")
    written = to_json(make_standing(results=(result,)))["results"][0]
    assert written["parameter_words"] == [{"label": "要求熟练", "value": "是"}]
    assert (written["lead"], written["judged_note"]) == (["甲局"], "累计")
    assert written["responsible_tasks"] == [{"task": "LZ-k01", "clause": "三(一)4"}]


def test_why_there_are_no_results(schema: Any) -> None:
    empty = make_standing(results=(), empty_because="没有政策文件适用。")
    assert to_json(empty)["empty_because"] == "没有政策文件适用。"
    assert _fits(schema, to_json(empty))
    assert to_json(make_standing())["empty_because"] is None


def test_suppressed_numbers_are_not_given_away() -> None:
    result = without_number(ValueState.SUPPRESSED, numerator="2", denominator="3")
    written = to_json(make_standing(results=(result,)))["results"][0]
    assert (written["numerator"], written["denominator"], written["value"]) == (None, None, None)
