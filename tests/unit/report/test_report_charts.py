"""Charts are tested as data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from report_standings import make_result, make_standing, without_number

from xinglin.base.states import ValueState, Verdict
from xinglin.report import charts


def _rows(spec: charts.Spec | None) -> list[dict[str, Any]]:
    assert spec is not None
    rows: list[dict[str, Any]] = spec["data"]["values"]
    return rows


def test_bars_add_up_to_the_defined_targets() -> None:
    standing = make_standing()
    rows = _rows(charts.verdict_chart(standing))
    assert sum(row["count"] for row in rows) == sum(not r.wanted for r in standing.results)
    assert {row["document"] for row in rows} == {"连州方案", "国家行动计划"}


def test_percent_chart_draws_values_against_thresholds() -> None:
    rows = _rows(charts.percent_chart([(7, make_result(value=83.6, display="83.60", threshold=80.0))]))
    assert rows[0] | {"label": ""} == {
        "label": "", "value": 83.6, "threshold": 80.0, "upper": None, "verdict": "达标", "words": "83.60%",
    }  # fmt: skip
    assert rows[0]["label"].startswith("7  ")


def test_other_units_are_drawn_relative_to_their_target() -> None:
    result = make_result(unit="人/万人", value=0.3, display="0.30", threshold=0.6, upper=0.9)
    row = _rows(charts.relative_chart([(1, result)]))[0]
    assert [row["value"], row["threshold"], row["upper"]] == pytest.approx([50, 100, 150])
    assert row["words"] == "0.30 人/万人"


def test_what_is_no_number_is_not_drawn() -> None:
    numbered = [(1, without_number(ValueState.NOT_REPORTED)), (2, make_result(threshold=None))]
    assert charts.percent_chart(numbered) is None
    assert charts.relative_chart(numbered) is None
    assert charts.drawn(numbered) == 0


def test_every_verdict_has_a_colour_and_a_shape_of_its_own() -> None:
    assert len(set(charts.COLOURS.values())) == len(Verdict)
    assert len(set(charts._SHAPES.values())) == len(Verdict)


def test_a_chart_is_plain_json() -> None:
    spec = charts.verdict_chart(make_standing())
    assert json.loads(json.dumps(spec)) == spec
