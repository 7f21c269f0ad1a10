"""Definitions, conditions and values in Chinese."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from xinglin.facts import load_contract
from xinglin.measures import describe, load_measures, phrase
from xinglin.measures.describe import simplified
from xinglin.measures.nodes import (
    CONDITION_NODES,
    VALUE_NODES,
    All,
    AnyOf,
    AtLeastCode,
    Compare,
    Count,
    CountDistinct,
    Exists,
    Field,
    Latest,
    Literal,
    Not,
    OneOf,
    Operator,
    Present,
    Proportion,
    Recent,
    Rows,
    Span,
    Sum,
    When,
)

CONTRACT = load_contract()
FACILITY = CONTRACT.table("facility")
GOLDEN = Path(__file__).parent / "golden"

HALLS = Rows("tcm_hall", "facility", "facility")
VISITS = Rows("visit", "facility", "facility", where=Compare(Field("tcm"), Operator.EQUAL, True))
GRADES = Rows("assessment", "thing", "facility")
CAPABILITIES = Rows(
    "technique_capability",
    "facility",
    "facility",
    where=AtLeastCode(Field("proficiency"), "proficiency", "standard"),
)
OF_HALL = Rows("facility", "facility", "facility")
CLINIC = Compare(Field("kind"), Operator.EQUAL, "clinic")
PUBLIC = Compare(Field("ownership"), Operator.EQUAL, "public")
BEDS = Compare(Field("beds"), Operator.AT_LEAST, 10)

PHRASES: list[tuple[object, str]] = [
    (All((CLINIC, BEDS)), "机构类别为“诊所”，且床位数 ≥ 10"),
    (All((BEDS, AnyOf((CLINIC, PUBLIC)))), "床位数 ≥ 10，且（机构类别为“诊所”，或所有制为“公立”）"),
    (All(()), "恒成立"),
    (AnyOf((CLINIC, BEDS)), "机构类别为“诊所”，或床位数 ≥ 10"),
    (AnyOf(()), "恒不成立"),
    (Not(CLINIC), "并非（机构类别为“诊所”）"),
    (Not(Present(Field("beds"))), "床位数为空"),
    (Compare(Field("beds"), Operator.MORE_THAN, 10), "床位数 ＞ 10"),
    (Compare(Field("beds"), Operator.LESS_THAN, 10), "床位数 ＜ 10"),
    (Compare(Field("beds"), Operator.AT_MOST, 10), "床位数 ≤ 10"),
    (Compare(Field("beds"), Operator.NOT_EQUAL, 10), "床位数 ≠ 10"),
    (Compare(Field("kind"), Operator.NOT_EQUAL, "clinic"), "机构类别不为“诊所”"),
    (Compare(Field("government_run"), Operator.EQUAL, False), "政府办为“否”"),
    (Compare(Field("valid_from"), Operator.AT_LEAST, date(2020, 1, 1)), "开业日期 ≥ 2020-01-01"),
    (Compare(Literal("any_worker"), Operator.EQUAL, "physician"), "any_worker ＝ physician"),
    (
        Compare(CountDistinct(CAPABILITIES, "technique"), Operator.AT_LEAST, 6),
        "“适宜技术开展”〔熟练程度达到“规范开展”及以上〕中不同的技术数 ≥ 6",
    ),
    (OneOf(Field("kind"), ("clinic",)), "机构类别为“诊所”"),
    (OneOf(Field("kind"), ("clinic", "outpatient")), "机构类别为“诊所、门诊部”之一"),
    (
        AtLeastCode(Latest(GRADES, "result"), "assessment_result", "hospital_2a"),
        "最近一次“评审结果”的结果达到“二级甲等”及以上",
    ),
    (Present(Field("tcm_kind")), "有中医类别"),
    (Recent(Field("valid_from"), 30), "开业日期在最近 30 天内"),
    (Exists(HALLS), "有“中医馆”"),
    (Exists(Rows("facility", "place", "code", True, CLINIC)), "有辖区内“机构”〔机构类别为“诊所”〕"),
    (Exists(Rows("visit", "facility", "facility", span=Span(months=12))), "有最近 12 个月的“诊疗人次”"),
    (
        Exists(Rows("visit", "facility", "facility", span=Span(since=date(2021, 1, 1)))),
        "有2021-01-01 以来的“诊疗人次”",
    ),
    (
        Proportion(Count(VISITS), Field("beds"), Decimal("33.3")),
        "“诊疗人次”〔中医诊疗为“是”〕数 ÷ 床位数 ≥ 33.3%",
    ),
    (Literal(Decimal("0.5")), "0.5"),
    (Literal(True), "是"),
    (Field("place.county"), "所在县"),
    (Count(HALLS), "“中医馆”数"),
    (
        CountDistinct(CAPABILITIES, "technique.category"),
        "“适宜技术开展”〔熟练程度达到“规范开展”及以上〕中不同的中医医疗技术目录的类别代码数",
    ),
    (Sum(HALLS, "facility.beds"), "“中医馆”的机构的床位数之和"),
    (Latest(GRADES, "result"), "最近一次“评审结果”的结果"),
    (Latest(GRADES, "result", "level_0"), "最近一次“评审结果”的结果（没有时作“未定级”）"),
    (When(CLINIC, Field("beds")), "机构类别为“诊所”时计床位数，否则计 0"),
    (Exists(Rows("designation", "thing", "place.county")), "有对象编号为其所在县的“命名”"),
    (Exists(Rows("facility", "name", "name")), "有同一机构名称的“机构”"),
    (Exists(Rows("facility", "place", "code", within=True)), "有辖区内“机构”"),
    (
        Exists(Rows("tcm_hall", "facility", "facility", where=Exists(OF_HALL))),
        "有“中医馆”〔有机构编号所指的“机构”〕",
    ),
]


@pytest.mark.parametrize(("node", "words"), PHRASES, ids=[words for _, words in PHRASES])
def test_phrase(node: object, words: str) -> None:
    assert phrase(node, FACILITY, CONTRACT) == words


def test_every_node_type_has_a_phrase() -> None:
    assert {type(node) for node, _ in PHRASES} == {*VALUE_NODES, *CONDITION_NODES}


def test_what_is_no_condition_has_no_phrase() -> None:
    with pytest.raises(TypeError, match="“Span”既不是条件，也不是取值"):
        phrase(Span(months=1), FACILITY, CONTRACT)


def test_simplified_leaves_out_what_constants_decide() -> None:
    chosen = Compare(Literal("a"), Operator.EQUAL, "a")
    other = Compare(Literal("a"), Operator.EQUAL, "b")
    assert simplified(All((chosen, BEDS))) == All((BEDS,))
    assert simplified(AnyOf((All((other, CLINIC)), All((chosen, BEDS))))) == AnyOf((BEDS,))


@pytest.mark.parametrize("name", ["technique_breadth", "tcm_visit_share", "elderly_tcm_health_mgmt_rate"])
def test_description_is_golden(name: str) -> None:
    book = load_measures()
    expected = (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")
    assert describe(book.definition(name), book) + "\n" == expected


def test_description_says_what_is_complete() -> None:
    book = load_measures()
    text = describe(book.definition("consortium_population_coverage"), book)
    assert "数据齐全指：有“常住人口”，且并非（有辖区内“医共体服务区”" in text
    assert "不齐全的作未报" in text


def test_description_shows_the_parameters_given() -> None:
    book = load_measures()
    text = describe(
        book.definition("technique_breadth"), book, {**book.parameters("technique_breadth"), "categories": 4}
    )
    assert "参数：技术类数（categories）＝ 4" in text
    assert "类别代码数 ≥ 4" in text
