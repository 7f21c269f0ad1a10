"""The reader on plans of our own: structure, tables, exact quotations, no number that is not printed, speed."""

import re
import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from reading_score import facts, places, plain

from xinglin.base.states import Strength
from xinglin.policy import TaskKind
from xinglin.policy.model import DocumentLevel
from xinglin.policy.reader import Block, Reading, ReadTarget, Source, read

HERE = Path(__file__).parent
DEMO = (HERE / "demo_plan.txt").read_text(encoding="utf-8")
CASES: list[dict[str, Any]] = yaml.safe_load((HERE / "adversarial.yaml").read_text(encoding="utf-8"))
PAGE = 0.05
FIFTY_PAGES = 3.0


def source(text: str) -> Source:
    lines = text.split("\n")
    kept = ((n, line) for n, line in enumerate(lines, 1) if line.strip() or "\t" in line)
    return Source("演示", tuple(Block("paragraph", line, line=n) for n, line in kept))


@pytest.fixture(scope="module")
def demo() -> Reading:
    return read(source(DEMO))


def target(reading: Reading, place: str, subject: str, number: int = 0) -> ReadTarget:
    found = [one for one in reading.targets if place in places(one) and one.subject == subject]
    return found[number]


def short(one: ReadTarget) -> tuple[object, ...]:
    op, value, unit, second, share, day = facts(one)
    return op, value, unit, second and second[0]["value"], share, day and int(str(day)[:4])


def test_document_says_who_where_and_until_when(demo: Reading) -> None:
    document = demo.document
    assert document.title == "杏林县基层中医药服务能力提升“十五五”行动方案"
    assert (document.number, document.issuers) == (None, ("杏林县卫生健康局",)) or document.number
    assert document.issued == date(2026, 3, 5)
    assert document.addressees == ("各镇人民政府", "县直各单位", "各医疗卫生单位")
    assert document.period_end == date(2030, 12, 31)
    assert document.level is DocumentLevel.COUNTY


def test_clause_tree_knows_every_kind(demo: Reading) -> None:
    kinds = {clause.place.path: clause.kind for clause in demo.clauses.walk()}
    assert kinds["前言"] == "preface"
    assert kinds["三(一)2"] == "item"
    assert kinds["三(一)专栏1"] == "box"
    assert kinds["五(二)"] == "dash"
    assert kinds["附件 表"] == "table"


WANTED = [
    ("二", "社区卫生服务中心和乡镇卫生院", ("==", 100, "%", None, None, 2030)),
    ("二", "村卫生室", (">=", 95, "%", None, None, 2030)),
    ("二", "老年人", (">=", 80, "%", None, None, 2030)),
    ("二", "儿童", (">=", 88, "%", None, None, 2030)),
    ("二", "社区卫生服务中心、乡镇卫生院", (">=", 6, "类", 15, 100, 2030)),
    ("三(一)1", "县中医院", (">=", 3, "个", None, None, None)),
    ("三(一)2", "社区卫生服务中心和乡镇卫生院中医馆", (">=", 20, "%", None, None, 2027)),
    ("三(一)专栏1", "具备条件的村卫生室", ("==", 100, "%", None, None, None)),
    ("三(一)专栏1", "示范型中医馆", (">=", 8, "个", None, None, None)),
    ("三(二)3", "中医药骨干人才", (">=", 60, "名", None, None, None)),
    ("三(二)3", "中医护理骨干", (">=", 20, "名", None, None, None)),
    ("三(二)3", "中医类别全科医生", (">=", 5, "名", None, None, None)),
    ("三(二)3", "城乡居民", (">=", 0.9, "人/万人", None, None, None)),
    ("三(二)4", "县级推广中心", (">=", 10, "类", 40, None, None)),
    ("三(二)4", "乡镇", (">=", 3, "名", None, 100, None)),
    ("三(二)4", "师资", (">=", 5, "类", None, 100, None)),
    ("附件 表 国家 1", "村卫生室", (">=", 80, "%", None, None, 2030)),
    ("附件 表 县 1", "村卫生室", (">=", 90, "%", None, None, 2030)),
    ("附件 表 国家 2", "中医馆", ("==", 100, "%", None, None, 2030)),
    ("附件 表 县 2", "县中医院牵头的医共体", ("exists", None, None, None, None, 2030)),
    ("附件 表 县 3", "县中医院", (">=", 65, "%", None, None, 2030)),
]


@pytest.mark.parametrize(("place", "subject", "expected"), WANTED)
def test_targets(demo: Reading, place: str, subject: str, expected: tuple[object, ...]) -> None:
    found = [short(one) for one in demo.targets if place in places(one) and one.subject == subject]
    assert expected in found


def test_there_are_no_other_targets(demo: Reading) -> None:
    more = {("三(一)1", "县中医院", ">=", 1.0), ("三(一)1", "县中医院", "exists", None)}
    more |= {
        ("附件 表 国家 2", "县中医院牵头的医共体", "exists", None),
        ("附件 表 县 2", "中医馆", "==", 100.0),
    }
    known = {(place, subject, *expected[:2]) for place, subject, expected in WANTED} | more
    extra = [
        one for one in demo.targets if not {(p, one.subject, *short(one)[:2]) for p in places(one)} & known
    ]
    assert extra == []


def test_levels_strength_and_earlier_values(demo: Reading) -> None:
    assert target(demo, "附件 表 国家 1", "村卫生室").level is DocumentLevel.NATIONAL
    assert target(demo, "附件 表 县 1", "村卫生室").level is DocumentLevel.COUNTY
    assert target(demo, "三(二)3", "城乡居民").strength is Strength.EXPECTED
    earlier = target(demo, "二", "村卫生室").baseline
    assert earlier is not None
    assert (earlier.value, earlier.year) == (Decimal(88), 2025)
    assert {one.value for one in demo.baselines} == {Decimal(88), Decimal("71.5")}


def test_tasks_steps_safeguards_and_their_units(demo: Reading) -> None:
    found = [(str(t.quotation.place), t.kind, t.units, t.lead, t.period) for t in demo.tasks]
    health, money = "县卫生健康局", "县财政局"
    assert found == [
        ("三(一)1", TaskKind.TASK, (health, "县发展和改革局"), (), None),
        ("三(一)2", TaskKind.TASK, (health, money, "县医疗保障局"), (health,), None),
        ("三(二)3", TaskKind.TASK, (health, "县人力资源和社会保障局"), (), None),
        ("三(二)4", TaskKind.TASK, (health,), (), None),
        ("四(一)", TaskKind.STEP, (), (), "2026年3月-4月"),
        ("四(二)", TaskKind.STEP, (), (), "2026年5月-2030年6月"),
        ("五(一)", TaskKind.SAFEGUARD, (), (), None),
        ("五(二)", TaskKind.SAFEGUARD, (), (), None),
    ]
    assert [duty.units for duty in demo.duties] == [("财政部门",), ("医疗保障部门",)]


def test_quotations_are_the_letters_of_the_source(demo: Reading) -> None:
    entries = [q for one in demo.targets for q in one.quotations]
    entries += [one.quotation for one in (*demo.tasks, *demo.duties, *demo.baselines, *demo.trends)]
    assert len(entries) > 30
    for quotation in entries:
        assert quotation.text == "".join(demo.source.text(span) for span in quotation.spans)
        assert quotation.text


def as_table(rows: list[list[str]]) -> Block:
    return Block("table", rows=tuple(tuple(row) for row in rows))


ROWS = [
    ["序号", "分类", "指标内容"],
    ["1", "覆盖面", "100%的乡镇卫生院能够规范开展6类10项以上中医药适宜技术。"],
    ["2", "", "县级中医医院均达到《基本标准》。"],
    ["3", "人才", "社区卫生服务站至少配备1名中医类别医师。"],
]
FLAT = {
    "table": None,
    "one cell a line, tabs": "\n".join(f"\t{cell}" for row in ROWS for cell in row),
    "one row a line, tabs": "\n".join("\t".join(row) for row in ROWS),
    "one row a line, bars": "\n".join("| " + " | ".join(row) + " |" for row in ROWS),
    "one cell a line, bare": "\n".join(cell for row in ROWS for cell in row if cell),
}


def entries(reading: Reading) -> list[tuple[object, ...]]:
    return [(sorted(places(one)), one.subject, one.measure, short(one)) for one in reading.targets]


@pytest.mark.parametrize("form", FLAT)
def test_real_and_flattened_tables_give_the_same(form: str) -> None:
    lead = source("一、要求\n做好工作。\n附件1\n“十四五”行动计划评价指标").blocks
    flat = FLAT[form]
    table = (
        (as_table(ROWS),)
        if flat is None
        else tuple(replace(b, line=(b.line or 0) + 9) for b in source(flat).blocks)
    )
    assert entries(read(Source("表", (*lead, *table)))) == [
        (["附件1 表 1"], "乡镇卫生院", "能够规范开展中医药适宜技术", (">=", 6, "类", 10, 100, 2025)),
        (["附件1 表 2"], "县级中医医院", "《基本标准》", ("==", 100, "%", None, None, 2025)),
        (["附件1 表 3"], "社区卫生服务站", "配备中医类别医师", (">=", 1, "名", None, None, 2025)),
    ]


def test_merged_heading_rows_and_milestone_years() -> None:
    rows = [
        ["序号", "指标", "2025年", "目标值", "", "属性"],
        ["", "", "", "2027年", "2030年", ""],
        ["1", "乡镇卫生院中医馆设置率（%）", "80", "90", "100", "约束性"],
        ["2", "群众中医药服务满意率", "—", "≥85%", "90%以上", "预期性"],
    ]
    text = "一、目标\n到2030年，中医药服务能力进一步提升。"
    reading = read(Source("表", (*source(text).blocks, as_table(rows))))
    assert [(one.subject, short(one)[:2], short(one)[5], one.attribute) for one in reading.targets] == [
        ("乡镇卫生院", (">=", 90.0), 2027, "约束性"),
        ("乡镇卫生院", ("==", 100.0), 2030, "约束性"),
        ("群众", (">=", 85.0), 2027, "预期性"),
        ("群众", (">=", 90.0), 2030, "预期性"),
    ]
    assert reading.targets[0].baseline is not None


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_adversarial(case: dict[str, Any]) -> None:
    reading = read(source(case["text"]))
    found = []
    for one in reading.targets:
        op, value, unit, _, share, year = short(one)
        found.append((plain(one.subject), op, value, unit, share, year))
    wanted = [(*row, *[None] * (6 - len(row))) for row in case["targets"]]
    assert found == [(plain(str(row[0])), *row[1:]) for row in wanted]
    if "baselines" in case:
        assert sorted(float(one.value) for one in reading.baselines) == sorted(case["baselines"])
    doubts = [*reading.doubts, *(doubt for one in reading.targets for doubt in one.surety.doubts)]
    assert "doubt" not in case or any(case["doubt"] in doubt for doubt in doubts)


def printed(quotation: str) -> str:
    return re.sub(r"\s", "", quotation)


@given(cut=st.integers(min_value=0, max_value=len(DEMO)), start=st.integers(min_value=0, max_value=400))
def test_a_torn_text_never_raises_and_invents_no_number(cut: int, start: int) -> None:
    reading = read(source(DEMO[start:cut]))
    for one in reading.targets:
        quoted = printed(one.quotation.text)
        for value in (one.value, one.upper, *(part.value for part in one.second)):
            shown = value is None or f"{value.normalize():f}" in quoted
            spelled = re.search("一|两|全部|均|所有|都|全覆盖|普遍|配备|全面", quoted)
            assert shown or spelled, (value, quoted)


def test_fast_enough() -> None:
    page = DEMO[:900]
    fifty = "\n".join([DEMO[: DEMO.index("附件\n杏林")]] * 33)
    assert len(fifty) > 50 * 600
    read(source(page))
    start = time.process_time()
    read(source(page))
    once = time.process_time()
    read(source(fifty))
    assert once - start < PAGE
    assert time.process_time() - once < FIFTY_PAGES


def table_reading(*rows: list[str], more: tuple[Block, ...] = ()) -> Reading:
    lead = source(
        "某县中医药发展“十四五”规划\n一、目标\n到2025年，中医药服务能力进一步提升。\n专栏1 主要指标"
    ).blocks
    return read(Source("表", (*lead, as_table(list(rows)), *more)))


def test_units_earlier_values_and_numbers_in_front_of_names() -> None:
    reading = table_reading(
        ["指标名称", "单位", "2020年实际", "2025年目标", "属性"],
        ["1.中医类医院数", "个", "29", "39", "预期性"],
        ["2.每万人口中医类别全科医生数", "人", "0.4", "0.62", "预期性"],
        ["3.县级中医医院药占比", "%", "45", "≤40", "约束性"],
    )
    found = [
        (one.subject, short(one)[:3], one.baseline and float(one.baseline.value)) for one in reading.targets
    ]
    assert found == [
        ("中医类医院", (">=", 39.0, "个"), 29.0),
        ("中医类别全科医生", (">=", 0.62, "人/万人"), 0.4),
    ]
    assert any("上限" in doubt for doubt in reading.doubts)


def test_table_that_divides_tasks_between_units() -> None:
    reading = table_reading(
        ["序号", "工作任务", "牵头单位", "责任单位", "完成时限"],
        ["1", "90%的村卫生室设置中医阁。", "县卫健局", "县财政局、县医保局", "2024年底"],
        ["2", "加强中医药文化宣传。", "县委宣传部", "县卫健局", "持续推进"],
    )
    (only,) = reading.targets
    assert (only.subject, short(only)[1], short(only)[5]) == ("村卫生室", 90.0, 2024)
    assert only.responsible == ("县卫健局", "县财政局", "县医保局")
    assert [(task.units, task.lead) for task in reading.tasks] == [
        (("县卫健局", "县财政局", "县医保局"), ("县卫健局",)),
        (("县委宣传部", "县卫健局"), ("县委宣传部",)),
    ]


def test_table_going_on_over_the_page() -> None:
    more = as_table([["2", "群众满意度（%）", "80", "95"]])
    reading = table_reading(
        ["序号", "指标", "2020年", "2025年"], ["1", "乡镇卫生院中医馆设置率（%）", "80", "100"], more=(more,)
    )
    assert [(sorted(places(one)), one.subject) for one in reading.targets] == [
        (["一专栏1 表 1"], "乡镇卫生院"),
        (["一专栏1 表 2"], "群众"),
    ]


def test_numbers_kept_outside_the_text_and_headings_without_numbers() -> None:
    word = (
        Block("heading", "主要目标", level=1, numbering="一、"),
        Block("paragraph", "到2025年，80%的村卫生室设置中医阁。", numbering="（一）"),
    )
    assert sorted(places(read(Source("编号", word)).targets[0])) == ["一(一)"]
    plain_headings = (
        Block("heading", "重点任务", level=1),
        Block("heading", "完善体系", level=2),
        Block("paragraph", "乡镇卫生院全部设置中医馆。"),
    )
    assert sorted(places(read(Source("标题", plain_headings)).targets[0])) == ["重点任务 完善体系"]


@pytest.mark.parametrize("faults", ["traditional", "doubled", "full width", "wrapped"])
def test_noise_changes_nothing(demo: Reading, faults: str) -> None:
    from opencc import OpenCC

    body = DEMO[: DEMO.index("附件\n杏林")]
    noisy = {
        "traditional": lambda: OpenCC("s2t").convert(body),
        "doubled": lambda: "".join(char if char == "\n" else char * 2 for char in body),
        "full width": lambda: body.translate(str.maketrans("0123456789%", "０１２３４５６７８９％")),
        "wrapped": lambda: "\n".join(re.sub(r"(.{24})(?!$)", r"\1\n", line) for line in body.split("\n")),
    }[faults]()
    clean, read_noisy = read(source(body)), read(source(noisy))
    assert [(one.subject, short(one)) for one in read_noisy.targets] == [
        (one.subject, short(one)) for one in clean.targets
    ]
    assert [task.units for task in read_noisy.tasks] == [task.units for task in clean.tasks]


HOSTILE = {
    "numbers": "1个" * 20_000,
    "brackets": "（责任单位：" * 5_000,
    "quotes": "“" * 20_000,
    "list marks": "和、" * 20_000,
    "clauses": "\n".join(f"{number}.任务" for number in range(2_000)),
    "sections": "\n".join(["一、目标"] * 2_000),
    "boxes": "\n".join(["专栏"] * 1_500),
    "rows": "序号\t指标\n" + "\n".join(f"{n}\t村卫生室100%设置中医阁{n}" for n in range(1, 600)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_end_soon(name: str) -> None:
    text = source("一、任务\n" + HOSTILE[name])
    start = time.process_time()
    read(text)
    assert time.process_time() - start < FIFTY_PAGES
