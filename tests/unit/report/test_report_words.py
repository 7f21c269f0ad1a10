"""Words for readers: nothing English reaches a page, and the copied labels agree with their source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from report_standings import make_result

import xinglin
from xinglin.base.states import Comparator
from xinglin.report import words
from xinglin.report.parameters import CODES, PARAMETERS

ROOM = Path(xinglin.__file__).parent
DEFINITIONS = [
    yaml.safe_load(path.read_text("utf-8")) for path in (ROOM / "measures/definitions").glob("*.yaml")
]
CODELISTS = yaml.safe_load((ROOM / "facts/codelists.yaml").read_text("utf-8"))


def _parameters() -> list[tuple[str, dict[str, Any]]]:
    return [pair for definition in DEFINITIONS for pair in (definition.get("parameters") or {}).items()]


def test_every_parameter_of_every_definition_has_its_word() -> None:
    labels: dict[str, set[str]] = {}
    for name, parameter in _parameters():
        labels.setdefault(name, set()).add(parameter["label"])
    assert {name for name in labels if PARAMETERS.get(name) not in labels[name]} == set()


def test_every_code_a_parameter_may_take_has_its_word() -> None:
    lists = {parameter["codes"] for _, parameter in _parameters() if parameter.get("codes")}
    wanted = {code: entry["label"] for name in lists for code, entry in CODELISTS[name]["codes"].items()}
    assert {code: CODES.get(code) for code in wanted} == wanted


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({}, ""),
        ({"proficient": True, "public_only": False}, "要求熟练：是；只计公立：否"),
        ({"facility_kinds": ["village_clinic", "community_station"]}, "机构类别：村卫生室、社区卫生服务站"),
        ({"facility_kinds": ("village_clinic",)}, "机构类别：村卫生室"),
        ({"techniques": 6}, "技术项数：6"),
        ({"新参数": "新代码"}, "新参数：新代码"),
    ],
)
def test_parameters_in_chinese(parameters: dict[str, object], said: str) -> None:
    assert words.parameter_words(parameters) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"display": "83.62", "unit": "%"}, "83.62%"),
        ({"display": "0.37", "unit": "人/万人"}, "0.37 人/万人"),
        ({"display": "3", "unit": None}, "3"),
        ({"display": "有", "unit": "个"}, "有"),
        ({"display": "100.00", "unit": None, "value": 100.0, "comparator": Comparator.EXISTS}, "有"),
        ({"display": "0.00", "unit": None, "value": 0.0, "comparator": Comparator.EXISTS}, "无"),
    ],
)
def test_values_in_words(changes: dict[str, Any], said: str) -> None:
    result = make_result(**changes)
    assert words.value_words(result, result) == said


@pytest.mark.parametrize(
    ("text", "limit", "short"), [("四个汉字", 4, "四个汉字"), ("五个字汉字", 4, "五个字…")]
)
def test_text_is_shortened_with_a_sign(text: str, limit: int, short: str) -> None:
    assert words.shortened(text, limit) == short
