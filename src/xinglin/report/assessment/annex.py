"""Where each number comes from: notes on the data, and the annex with definition, numerator and denominator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xinglin.base.states import ValueState
from xinglin.report import words
from xinglin.report.assessment.blocks import Block, Cell, Heading, Paragraph, Run, Table, plain
from xinglin.report.origin import Address, Origin
from xinglin.report.views import Row
from xinglin.standing.model import Result, Standing

_NOTES = (("项目", 30), ("内容", 126))
_ANNEX = (("序号", 12), ("指标和口径", 70), ("分子", 16), ("分母", 18), ("现值", 20), ("已报／应报", 20))


def data_notes(standing: Standing, origin: Origin) -> Iterator[Block]:
    """What the numbers rest on and how to make them again."""
    yield Paragraph(plain("本报告各数由程序按政策文件和指标定义从数据中统计，未经手工改动。数据依据如下。"))
    rows = tuple((Cell(plain(label)), Cell(plain(said))) for label, said in _notes(standing, origin))
    yield Table("数据依据", _NOTES, rows)


def _notes(standing: Standing, origin: Origin) -> Iterator[tuple[str, str]]:
    yield "数据", standing.data_title or words.NOTHING
    yield "数据截至", words.date_words(standing.on)
    yield "行政区划版本", standing.divisions_edition
    yield "填报完整性", _completeness(standing.results)
    for state in ValueState:
        names = [result.target for result in standing.results if result.state is state and not result.wanted]
        if state is not ValueState.NUMBER and names:
            yield state.label, f"{len(names)}项，不按0计：{'、'.join(names)}"
    yield "定义摘要", standing.definitions_hash
    yield "数据清单", standing.facts_manifest
    yield "计算引擎", standing.engine
    yield "回执", origin.results_sha256
    if origin.vintage:
        yield "期次", origin.vintage
    yield "重算", f"{origin.command}（得到的结果，其摘要应与回执相同）"
    yield "判定", "按未舍入的精确值判定；显示值四舍五入。"


def _completeness(results: Sequence[Result]) -> str:
    asked = [result for result in results if result.n_units]
    whole = [result for result in asked if result.n_reported == result.n_units]
    if not asked:
        return "各项目标没有应逐个填报的单位"
    if len(whole) == len(asked):
        return f"有应报单位的{len(asked)}项目标，应报单位均已填报"
    least = min(asked, key=lambda result: result.n_reported / result.n_units)
    said = words.basis_words(least.n_reported, least.n_units, least.units_word)
    return (
        f"有应报单位的{len(asked)}项目标中，{len(whole)}项的应报单位均已填报；"
        f"填报最少的是“{least.summary}”，{said}（已报／应报）。各项见附件"
    )


def annex(rows: Sequence[Row], address: Address | None) -> Iterator[Block]:
    """Each number's definition, numerator, denominator and the units it rests on; its bookmark is ``r<number>``."""
    yield Heading(1, "附件　指标口径和数据来源", "annex")
    yield Table("指标口径和数据来源", _ANNEX, tuple(_row(row, address) for row in rows))


def _row(row: Row, address: Address | None) -> tuple[Cell, ...]:
    result = row.result
    known = result.state is ValueState.NUMBER
    value = words.value_words(result, result)
    return (
        Cell(plain(str(row.number)), f"r{row.number}"),
        Cell(plain(_definition(result))),
        Cell(plain((known and result.numerator) or words.NOTHING)),
        Cell(plain((known and result.denominator) or words.NOTHING)),
        Cell((Run(value, address(result) if address else ""),)),
        Cell(plain(words.basis_words(result.n_reported, result.n_units, ""))),
    )


def _definition(result: Result) -> str:
    said = [f"{result.measure_label}。{result.meaning}"]
    if result.parameter_words:
        said.append(f"口径：{words.parameter_words(result)}。")
    if result.judged_note:
        said.append(f"目标换算：{result.judged_note}。")
    if result.reason:
        said.append(f"{result.reason}。")
    return "".join(said)
