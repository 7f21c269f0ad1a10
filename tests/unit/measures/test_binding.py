"""Parameters that a target may not bind, each with its message."""

from __future__ import annotations

from typing import Any

import pytest

from xinglin.measures import load_measures


@pytest.mark.parametrize(
    ("name", "parameters", "fault"),
    [
        ("nothing", {}, "没有名为“nothing”的指标"),
        ("technique_breadth", {"colour": 1}, "指标“technique_breadth”没有参数“colour”"),
        (
            "technique_breadth",
            {"categories": "six"},
            "参数“categories”（技术类数）的值“six”类型不对，应为 integer",
        ),
        (
            "technique_breadth",
            {"categories": True},
            "参数“categories”（技术类数）的值“True”类型不对，应为 integer",
        ),
        (
            "technique_breadth",
            {"facility_kinds": ["palace"]},
            "参数“facility_kinds”的代码“palace”不在代码表“facility_kind”中",
        ),
        (
            "headcount_trained",
            {"since": "2021-01-01"},
            "参数“since”（起算日）的值“2021-01-01”类型不对，应为 date",
        ),
    ],
    ids=[
        "unknown name",
        "unknown parameter",
        "word for a number",
        "boolean for a number",
        "bad code",
        "word for a date",
    ],
)
def test_binding_is_refused(name: str, parameters: dict[str, Any], fault: str) -> None:
    assert load_measures().check(name, parameters) == [fault]
