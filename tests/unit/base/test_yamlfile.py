"""YAML is read strictly, and every fault of a file is told in Chinese with its place."""

from __future__ import annotations

from dataclasses import field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from xinglin.base.errors import DefinitionError
from xinglin.base.yamlfile import Strict, build, faults_of, read_yaml


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Inner(Strict):
    number: int


class Form(Strict):
    text: str = ""
    number: int = 0
    exact: Decimal = Decimal(0)
    share: float = 0.0
    small: Annotated[int, Field(gt=0, le=5)] = 1
    yes: bool = False
    day: date = date(2020, 1, 1)
    colour: Colour = Colour.RED
    word: Literal["a", "b", "c"] = "a"
    several: Annotated[tuple[int, ...], Field(min_length=1, max_length=2)] = (1,)
    table: dict[str, int] = {}  # noqa: RUF012 - a field of a model
    inner: Inner | None = None


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Parameters:
    residents: int
    share: float = field(default=0.5)


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class County:
    population: Parameters


FAULTS = [
    ({"extra": 1}, "extra：不认识这个键，请检查拼写或删去"),
    ({"inner": {}}, "inner.number：缺少这个键"),
    ({"inner": 3}, "inner：应为键值表"),
    ({"text": 3}, "text：应为文字"),
    ({"number": "三"}, "number：应为整数"),
    ({"number": []}, "number：应为整数"),
    ({"number": Decimal("1.5")}, "number：应为整数，不带小数"),
    ({"exact": "三"}, "exact：应为数字"),
    ({"exact": "nan"}, "exact：应为数字"),
    ({"share": "三"}, "share：应为数字"),
    ({"small": 0}, "small：应大于 0"),
    ({"small": 6}, "small：应不大于 5"),
    ({"yes": "maybe"}, "yes：应为 true 或 false"),
    ({"day": "2020"}, "day：应为日期，如 2025-12-31"),
    ({"day": "2020-02-30"}, "day：应为存在的日期，如 2025-12-31"),
    ({"day": []}, "day：应为日期，如 2025-12-31"),
    ({"colour": "blue"}, "colour：值不在允许的范围内：red、green"),
    ({"word": "d"}, "word：值不在允许的范围内：a、b、c"),
    ({"several": []}, "several：至少要有 1 项"),
    ({"several": [1, 2, 3]}, "several：至多 2 项"),
    ({"several": 1}, "several：应为列表"),
    ({"several": [1, "x"]}, "several.1：应为整数"),
    ({"table": 1}, "table：应为键值表"),
    ({"table": {"x": "y"}}, "table.x：应为整数"),
    ({1: 2}, "1：键应为文字，请加引号"),
    ([], "文件：应为键值表"),
]


@pytest.mark.parametrize(("content", "fault"), FAULTS, ids=str)
def test_a_fault_is_told_in_chinese(content: object, fault: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        build(Form, content, "x.yaml")

    assert refused.value.faults == (fault,)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (
            {"population": {"residents": 1, "resident": 2}},
            "population.resident：不认识这个键，请检查拼写或删去",
        ),
        ({"population": {}}, "population.residents：缺少这个键"),
        ({"population": 3}, "population：应为键值表"),
    ],
)
def test_a_fault_of_a_dataclass_is_told_alike(content: object, fault: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(County).validate_python(content)

    assert faults_of(refused.value) == [fault]


def test_all_faults_come_at_once() -> None:
    with pytest.raises(DefinitionError) as refused:
        build(Form, {"number": "三", "extra": 1}, "x.yaml")

    assert str(refused.value) == (
        "x.yaml 有 2 处错误：\n  - number：应为整数\n  - extra：不认识这个键，请检查拼写或删去"
    )


def written(folder: Path, text: str) -> Path:
    path = folder / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_numbers_are_exact_and_only_true_and_false_are_booleans(tmp_path: Path) -> None:
    content = read_yaml(written(tmp_path, "{share: 0.6, yes: true, on: off, day: 2020-12-31}"))

    assert content == {"share": Decimal("0.6"), "yes": True, "on": "off", "day": date(2020, 12, 31)}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a: 1\nb: 2\na: 3\n", "第 3 行：键“a”在第 1 行已写过，请删去一个"),
        ("", "文件是空的"),
        ("a: [", "不是有效的 YAML"),
    ],
)
def test_a_file_is_refused(text: str, fault: str, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as refused:
        read_yaml(written(tmp_path, text))

    assert refused.value.source == "x.yaml"
    assert refused.value.faults[0].startswith(fault)
