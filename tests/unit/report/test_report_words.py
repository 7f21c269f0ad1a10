"""Words for readers: values, parameters, who answers."""

from __future__ import annotations

from typing import Any

import pytest
from report_standings import CLINICS_IN_WORDS, make_result

from xinglin.base.states import Comparator
from xinglin.report import words


@pytest.mark.parametrize(
    ("parameter_words", "said"), [((), ""), (CLINICS_IN_WORDS, "机构类别：村卫生室；要求熟练：是")]
)
def test_parameters_in_chinese(parameter_words: tuple[tuple[str, str], ...], said: str) -> None:
    assert words.parameter_words(make_result(parameter_words=parameter_words)) == said


# what: (units, lead, tasks, units in words, tasks in words)
ANSWERING: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...], str, str]] = {
    "named by the target": (("甲局", "乙局"), (), (), "甲局、乙局", ""),
    "taken from tasks": (
        ("甲局", "乙局"),
        ("甲局",),
        (("XX-k01", "三(一)4"), ("XX-k02", "三(一)5"), ("XX-k03", "三(一)4")),
        "甲局（牵头）、乙局",
        "据任务 三(一)4、三(一)5",
    ),
    "nobody": ((), (), (), "文件未指明责任单位", ""),
}


@pytest.mark.parametrize("name", ANSWERING)
def test_who_answers_in_words(name: str) -> None:
    units, lead, tasks, who, whence = ANSWERING[name]
    result = make_result(responsible=units, lead=lead, responsible_tasks=tasks)
    assert (words.responsible_words(result), words.task_words(result)) == (who, whence)


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
    ("text", "limit", "short"),
    [
        ("四个汉字", 4, "四个汉字"),
        ("五个字汉字", 4, "五个字…"),
        ("≥6类15项", 5, "≥6类15项"),
        ("≥6类15项", 4, "≥6类1…"),
    ],
)
def test_text_is_shortened_with_a_sign(text: str, limit: int, short: str) -> None:
    assert words.shortened(text, limit) == short
