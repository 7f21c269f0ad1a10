"""Definitions in words and as pictures: nothing left out, nothing in English, no line through a box."""

# ruff: noqa: E501

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_making import BASES, book_of, content_of, load

from xinglin.apps.access.table import access_table
from xinglin.records import Definition, load_definitions
from xinglin.records.conditions import Condition
from xinglin.records.describe import PERSONAL, TYPES, describe, due_words
from xinglin.records.diagram import columns_of, edges_of, mermaid, spoken, svg, text_width
from xinglin.records.fields import FieldType, Personal
from xinglin.records.flow import Deadline
from xinglin.records.loading import SHIPPED
from xinglin.records.phrases import Words

ROLES = {name: role.label for name, role in access_table().roles.items()}
SVG = "{http://www.w3.org/2000/svg}"
NAMES = sorted(path.stem for path in SHIPPED.glob("*/*.yaml"))

CASE = """整改（thing）
类型：事项；关于：机构；第 1 版
含义：一个问题。
填写：督导员
查看：县级中医药管理人员（各在自己的范围内）
保存：永久
字段 7 个：
  机构：机构；必填
  发起日期：日期；必填
  问题：多行文字；必填
  程度：单选（一般 / 严重）；必填
  期限：日期；必填
  措施：多行文字；“报结果”之前要填
  销号日期：日期
状态 3 个：
  待整改：开始；限“期限”当日；提前 5 天提醒；逾期告知县级中医药管理人员
  待复核：进入后 10 个工作日内；提前 3 天提醒
  已销号：结束
办理 3 种：
  报结果（待整改 → 待复核）：由机构负责人；先填好措施
  通过（待复核 → 已销号）：由督导员；不能是“报结果”的人；“销号日期”记为当日
  退回（待复核 → 待整改）：由督导员；要写原因
报表：全部，按机构：已销号（记录数，限“状态”是“已销号”）
服务于：S031（办理流程、期限）"""


def test_a_case_in_words(tmp_path: Path) -> None:
    one = load(tmp_path, "case")
    assert describe(one, book_of(one), ROLES) == CASE


# what is changed in which definition, a line that then stands there
LINES: list[tuple[str, dict[str, Any], str]] = [
    ("register", {}, "  核验日期：日期；“已核验”为是时必填"),
    ("register", {}, "  人数：整数，0 至 50，单位人"),
    ("register", {}, "  面积：小数，不小于 0，单位平方米，至多 1 位小数"),
    ("register", {}, "  联系人：文字；个人信息（姓名），加密保存"),
    ("register", {}, "核对：“核验日期”不早于“开始日期”；否则：核验日期不能早于开始日期"),
    ("register", {"checks.0.warning": True}, "提醒：“核验日期”不早于“开始日期”；否则：核验日期不能早于开始日期"),
    ("register", {}, "不重复：机构、名称不能都相同"),
    ("register", {}, "应报：每个县每年一份，期末后 15 天内；提醒县级中医药管理人员"),
    ("register", {}, "事实：进入“建设单位”（unit）"),
    ("register", {}, "报表：各县，按县：基地数（记录数）；人数（“人数”合计，限“已核验”为是）"),
    ("register", {"kinds": ["village_clinic"]}, "类型：登记；关于：机构（限村卫生室）；第 1 版"),
    ("register", {"fields.x": {"label": "占比", "type": "decimal", "computed": {"percent": ["people", "area"]}}},
     "  占比：小数；自动算出：“人数”÷“面积”×100"),
    ("register", {"fields.x": {"label": "月数", "type": "integer", "computed": {"months": ["valid_from", "valid_to"]}}},
     "  月数：整数；自动算出：“开始日期”至“结束日期”的整月数"),
    ("register", {"fields.people.section": "规模"}, "  〔规模〕"),
    ("register", {"version": 2, "migrations": {2: [{"drop": ["x"]}, {"fill": {"people": 3}}]}},
     "第 2 版起：不再有：x；补填：人数 为 3"),
    ("register", {"sources": [{"document": "某方案", "clause": "一", "says": "要设"}]}, "出处：某方案 一：要设"),
    ("register", {"reports.counties.cover": {"level": 6}}, "报表：各县，按县，每个县都列出：基地数（记录数）；人数（“人数”合计，限“已核验”为是）"),
    ("case", {"moves.accept.who": ["author"], "moves.accept.not_by": ["author"]},
     "  通过（待复核 → 已销号）：由填写人；不能是填写人；“销号日期”记为当日"),
    ("case", {"moves.accept": {"label": "会签", "from": ["submitted"], "to": "closed",
                               "approvals": {"a": {"label": "财务", "who": ["inspector"]}}}},
     "  会签（待复核 → 已销号）：须都同意：财务（督导员），各由不同的人"),
    ("case", {"moves.accept.gates": [{"of": "thing", "link": "place", "most": 9, "says": "问题太多"}]},
     "  通过（待复核 → 已销号）：由督导员；遇“问题太多”不能办；不能是“报结果”的人；“销号日期”记为当日"),
    ("assessment", {}, "核验：县级医院专家、基层指导科"),
    ("assessment", {}, "标准：评估表（第一版），共 40 分"),
    ("assessment", {}, "    A2 设备（10 分；分档：齐全 10、不全 5、没有 0）"),
    ("assessment", {}, "    B1 医师（20 分；必达）"),
    ("assessment", {}, "  结果“完成”（passed）：总分不少于 30；必达条目都满分"),
    ("survey", {}, "  态度（分级（1 至 5）；50 分；“看过吗”是“看过”时才问）"),
    ("survey", {}, "类型：调查；关于：地区（县）；第 1 版"),
    ("survey", {}, "得分按所问各题折成百分，达到 80 分算达到"),
]  # fmt: skip


@pytest.mark.parametrize(("base", "changes", "line"), LINES, ids=[line for *_, line in LINES])
def test_a_line_of_the_description(tmp_path: Path, base: str, changes: dict[str, Any], line: str) -> None:
    one = load(tmp_path, base, changes)
    assert line in describe(one, book_of(one), ROLES).split("\n")


CONDITIONS: list[tuple[dict[str, Any], str]] = [
    ({"field": "level", "is": "county"}, "“级别”是“县级”"),
    ({"field": "level", "in": ["county", "township"]}, "“级别”是其中之一：“县级”、“乡镇级”"),
    ({"field": "rooms", "has": "hall"}, "“设施”含“宣讲室”"),
    ({"field": "verified", "is_not": True}, "“已核验”不为是"),
    ({"field": "people", "more_than": 3}, "“人数”大于3"),
    ({"field": "people", "given": False}, "“人数”没有填"),
    ({"not": {"field": "people", "given": True}}, "不符合：“人数”已填"),
    ({"all": [{"field": "people", "given": True}, {"any": [{"field": "people", "is": 1}, {"field": "people", "is": 2}]}]},
     "“人数”已填，且（“人数”是1，或“人数”是2）"),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "words"), CONDITIONS, ids=[words for _, words in CONDITIONS])
def test_a_condition_in_words(tmp_path: Path, condition: dict[str, Any], words: str) -> None:
    register = load(tmp_path, "register")
    assert Words(register).condition(Condition.model_validate(condition)) == words


DEADLINES = [
    ({"field": "due_on"}, "限“期限”当日"),
    ({"working_days": 5}, "进入后 5 个工作日内"),
    ({"days": 5, "after": "due_on"}, "“期限”起 5 天内"),
    ({"months": 5}, "进入后 5 个月内"),
]


@pytest.mark.parametrize(("deadline", "words"), DEADLINES)
def test_a_deadline_in_words(tmp_path: Path, deadline: dict[str, Any], words: str) -> None:
    assert Words(load(tmp_path, "case")).deadline(Deadline.model_validate(deadline)) == words


def test_every_type_and_category_has_a_word() -> None:
    assert set(TYPES) == set(FieldType)
    assert set(PERSONAL) == set(Personal) - {Personal.NONE}


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_definition_is_described_whole(name: str) -> None:
    book = load_definitions()
    one = book[name]
    text = describe(one, book, ROLES)
    shown = [one.label, one.meaning, *(f.label for f in one.fields.values())]
    shown += [state.label for state in one.states.values()] + [move.label for move in one.moves.values()]
    shown += [check.says for check in one.checks] + list(one.serves)
    shown += [item.label for _, item in one.standard.items()] if one.standard else []
    shown += [question.label for question in one.survey.questions.values()] if one.survey else []
    assert [words for words in shown if words not in text] == []
    assert not [role for role in ROLES if re.search(rf"\b{role}\b", text)]
    assert "None" not in text
    if one.due is not None:
        assert due_words(one.due, book, one.of) in text


# -- pictures -----------------------------------------------------------------------------------------------


def boxes(picture: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    found = [box.attrib for box in picture.iter(f"{SVG}rect") if "rx" in box.attrib]
    return [tuple(float(box[key]) for key in ("x", "y", "width", "height")) for box in found]  # type: ignore[misc]


def points(path: str) -> list[tuple[float, float]]:
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def check_picture(one: Definition) -> None:
    """Boxes apart and inside the picture; every state, move and deadline shown; lanes never within a box."""
    picture = ElementTree.fromstring(svg(one))
    width, height = float(picture.attrib["width"]), float(picture.attrib["height"])
    shown = boxes(picture)
    assert len(shown) == len(one.states)
    for x, y, w, h in shown:
        assert 0 <= x <= x + w <= width
        assert 0 <= y <= y + h <= height
    for number, (x, y, w, h) in enumerate(shown):
        for x2, y2, w2, h2 in shown[number + 1 :]:
            assert x + w <= x2 or x2 + w2 <= x or y + h <= y2 or y2 + h2 <= y
    paths = [path.attrib["d"] for path in picture.iter(f"{SVG}path") if "stroke" in path.attrib]
    assert len(paths) == len(edges_of(one))
    for path in paths:
        for px, py in points(path):
            assert 0 <= px <= width
            assert 0 <= py <= height
            assert not any(x + 0.1 < px < x + w - 0.1 and y < py < y + h for x, y, w, h in shown)
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert {state.label for state in one.states.values()} <= set(texts)
    assert {move.label for move in one.moves.values()} <= set(texts)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_of_a_shipped_definition(name: str) -> None:
    one = load_definitions()[name]
    if not one.states:
        assert (svg(one), mermaid(one)) == ("", "")
        return
    check_picture(one)
    text = mermaid(one)
    assert text.startswith("stateDiagram-v2\n")
    assert text.count(" --> ") == len(edges_of(one)) + 1 + sum(s.end for s in one.states.values())
    assert spoken(one).startswith("从")


def drawn(pairs: list[tuple[int, int]], count: int) -> Definition:
    """A case whose states are numbered, with moves between pairs of them; every state is reached and left."""
    content = content_of("case", {"reports": {}, "serves": {}, "list": ["problem"]})
    links = {(n, n + 1) for n in range(count - 1)} | {(a, b) for a, b in pairs if a < count - 1 and b < count}
    content["states"] = {f"s{n}": {"label": f"第{n}步"} for n in range(count)}
    content["states"]["s0"]["start"] = content["states"][f"s{count - 1}"]["end"] = True
    content["moves"] = {
        f"m{a}_{b}": {"label": f"从{a}到{b}", "from": [f"s{a}"], "to": f"s{b}", "who": ["inspector"]}
        for a, b in sorted(links)
    }
    return Definition.model_validate({"id": "drawn", "topic": "t", **content})


@given(st.integers(2, 9), st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=9))
def test_any_flow_can_be_drawn(count: int, pairs: list[tuple[int, int]]) -> None:
    one = drawn(pairs, count)
    check_picture(one)
    columns = columns_of(one)
    assert sorted(state for column in columns for state in column) == sorted(one.states)
    where = {state: number for number, column in enumerate(columns) for state in column}
    assert columns[0] == ["s0"]
    assert all(where[b] <= where[a] + 1 for a, b in edges_of(one))  # nothing is nearer than its way there


def test_labels_cannot_break_out_of_the_picture(tmp_path: Path) -> None:
    one = load(tmp_path, "case", {"states.open.label": '<b>"待":1</b>', "moves.submit.label": "a & b; c # d"})
    assert ElementTree.fromstring(svg(one)) is not None
    assert "<b>" not in svg(one)
    assert 'state "<b>”待”：1</b>" as s_open' in mermaid(one)
    assert "a & b； c ＃ d" in mermaid(one)


def test_the_same_definition_gives_the_same_picture(tmp_path: Path) -> None:
    assert svg(load(tmp_path, "case")) == svg(load(tmp_path, "case"))
    assert "style=" not in svg(load(tmp_path, "case"))
    assert "<script" not in svg(load(tmp_path, "case"))


def test_width_of_text() -> None:
    assert text_width("杏林", 14) == 28
    assert text_width("ab", 10) == pytest.approx(11.6)


@pytest.mark.parametrize("base", sorted(set(BASES) - {"case"}))
def test_without_states_there_is_no_picture(tmp_path: Path, base: str) -> None:
    assert svg(load(tmp_path, base)) == ""
