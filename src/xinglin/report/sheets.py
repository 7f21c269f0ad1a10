"""The sheets of the workbook as rows of plain cells; nothing here knows Excel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from xinglin.base.states import ValueState
from xinglin.report import views, words
from xinglin.standing.model import Explanation, Part, Result, Standing, Step


@dataclass(frozen=True, slots=True)
class Quotient:
    """A live value: numerator cell ÷ denominator cell × ``per``; ``cached`` is what it comes to."""

    per: int
    cached: float


Cell = str | float | int | date | Quotient | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: columns as (heading, width in characters) and rows of cells."""

    name: str
    columns: tuple[tuple[str, int], ...]
    rows: Iterable[list[Cell]]


RESULT_COLUMNS = (
    ("文件", 16), ("条款", 18), ("目标编号", 10), ("要求", 44), ("指标", 30), ("分子", 11), ("分母", 11), ("现值", 11),
    ("单位", 10), ("现值状态", 12), ("现值（显示）", 14), ("目标值", 10), ("目标上限", 10), ("目标（文字）", 14),
    ("结论", 16), ("结合期限", 18), ("期限状态", 12), ("差距", 30), ("期限", 12), ("约束力", 11), ("针对", 10),
    ("较严", 7), ("本级文件", 10), ("责任单位", 34), ("已报", 8), ("应报", 8), ("计量单位", 10), ("说明", 30),
)  # fmt: skip
NUMERATOR = [name for name, _ in RESULT_COLUMNS].index("分子")
_GAPS = (("文件", 16), ("目标编号", 10), ("要求", 44), ("结论", 16), ("还差", 8), ("单位", 8), ("差距", 34), ("顺序", 7),
         ("编号", 20), ("名称", 28), ("还缺什么", 46), ("责任单位", 34))  # fmt: skip
_PART = (("代码", 16), ("名称", 20), ("分子", 11), ("分母", 11), ("现值", 11), ("单位", 10), ("现值状态", 12), ("结论", 16),
         ("已报", 8), ("应报", 8))  # fmt: skip
_UNITS = (("指标", 30), ("编号", 20), ("名称", 28), ("所在地代码", 14), ("所在地", 16), ("计入情况", 12), ("原因", 36),
          ("计入分子", 10), ("计入分母", 10), ("逐项条件", 70))  # fmt: skip
_DEFINITIONS = (("指标编号", 34), ("指标", 34), ("口径参数", 34), ("怎样统计", 80), ("口径来源", 50))
_PAIRS = (("项目", 24), ("内容", 80))
_OF_TARGET = (("文件", 16), ("目标编号", 10), ("要求", 44))


def sheets_of(standing: Standing) -> tuple[Sheet, ...]:
    """All sheets in their order."""
    return (
        Sheet("总览", (("项目", 28), ("数量", 10), ("说明", 60)), _overview(standing)),
        Sheet("指标结果", RESULT_COLUMNS, map(_result, standing.results)),
        Sheet("差距与机构", _GAPS, _gaps(standing)),
        Sheet("分项", (*_OF_TARGET, ("分法", 14), *_PART), _by_code(standing)),
        Sheet("下级地区", (*_OF_TARGET, *_PART), _below(standing)),
        Sheet("逐个机构", _UNITS, _units(standing.explanations)),
        Sheet("指标定义", _DEFINITIONS, _definitions(standing)),
        Sheet("说明", _PAIRS, _notes(standing)),
    )


def exact_number(text: str | None) -> Cell:
    """Exact decimal text as a number, where a spreadsheet's number holds it; else as text; empty when none."""
    if text is None or not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if number == number.to_integral_value() and abs(number) < 2**53:
        return int(number)
    return float(number) if Decimal(repr(float(number))) == number else text


def live_value(result: Result) -> Cell:
    """The value as a formula over its numerator and denominator when both are there; else the number itself."""
    if result.state is not ValueState.NUMBER or result.value is None:
        return None
    per = _per(result)
    return result.value if per is None else Quotient(per, result.value)


def _per(result: Result) -> int | None:
    """100 for per cent, 10,000 for per ten thousand residents …; None when no whole factor fits."""
    above, below = exact_number(result.numerator), exact_number(result.denominator)
    if not isinstance(above, int | float) or not isinstance(below, int | float) or not below:
        return None
    if not above:
        return 100 if result.unit == "%" else None
    if result.exact is None:
        return None
    factor = result.exact * Fraction(str(result.denominator)) / Fraction(str(result.numerator))
    return int(factor) if factor.denominator == 1 else None


def _overview(standing: Standing) -> Iterator[list[Cell]]:
    yield [
        "目标合计",
        len(standing.results),
        f"{standing.place_full_name}，数据截至{words.date_words(standing.on)}",
    ]
    for tally in views.tallies_of(standing):
        yield [f"{tally.symbol} {tally.label}", tally.count, tally.note]
    for word, count in views.due_words_of(standing):
        yield [f"结合期限：{word}", count, ""]


def _result(result: Result) -> list[Cell]:
    return [*_promised(result), *_value(result), *_judged(result), *_bound(result)]


def _promised(result: Result) -> list[Cell]:
    clause = words.clause_words(result)
    return [result.document_short, clause, result.target, result.summary, result.measure_label]


def _value(result: Result) -> list[Cell]:
    return [
        exact_number(result.numerator),
        exact_number(result.denominator),
        live_value(result),
        result.unit,
        "暂无定义" if result.wanted else result.state.label,
        "暂无定义" if result.wanted else words.value_words(result, result.unit),
    ]


def _judged(result: Result) -> list[Cell]:
    return [
        result.threshold,
        result.upper,
        result.threshold_words,
        words.verdict_words(result.verdict),
        result.verdict_words,
        result.due.label,
        result.gap.words if result.gap else None,
    ]


def _bound(result: Result) -> list[Cell]:
    return [
        result.deadline,
        result.strength.label,
        result.scope.label,
        "较严" if result.stricter else None,
        "是" if result.own else "否",
        words.responsible_words(result),
        result.n_reported,
        result.n_units,
        result.units_word,
        result.reason,
    ]


def _gaps(standing: Standing) -> Iterator[list[Cell]]:
    for result in standing.results:
        if result.gap:
            yield from _gap_rows(result)


def _gap_rows(result: Result) -> Iterator[list[Cell]]:
    gap = result.gap
    assert gap is not None
    verdict = words.verdict_words(result.verdict)
    start: list[Cell] = [
        result.document_short,
        result.target,
        result.summary,
        verdict,
        gap.amount,
        gap.unit,
        gap.words,
    ]
    responsible = words.responsible_words(result)
    for rank, (unit, name, lacks) in enumerate(gap.nearest, 1):
        yield [*start, rank, unit, name, lacks, responsible]
    if not gap.nearest:
        yield [*start, None, None, None, None, responsible]


def _by_code(standing: Standing) -> Iterator[list[Cell]]:
    for result in standing.results:
        for name, parts in result.by_code:
            for part in parts:
                yield [*_of_target(result), name, *_part(part, result.unit)]


def _below(standing: Standing) -> Iterator[list[Cell]]:
    for result in standing.results:
        for part in result.below:
            yield [*_of_target(result), *_part(part, result.unit)]


def _of_target(result: Result) -> list[Cell]:
    return [result.document_short, result.target, result.summary]


def _part(part: Part, unit: str | None) -> list[Cell]:
    known = part.state is ValueState.NUMBER
    return [
        part.code,
        part.label,
        exact_number(part.numerator) if known else None,
        exact_number(part.denominator) if known else None,
        part.value if known else None,
        unit,
        part.state.label,
        words.verdict_words(part.verdict),
        part.n_reported,
        part.n_units,
    ]


def _units(explanations: Iterable[Explanation]) -> Iterator[list[Cell]]:
    for explanation in explanations:
        for unit in explanation.units:
            yield [
                explanation.label,
                unit.unit,
                unit.name,
                unit.place,
                unit.place_name,
                unit.included,
                unit.reason,
                exact_number(unit.numerator),
                exact_number(unit.denominator),
                "\n".join(map(_step, unit.steps)),
            ]


def _step(step: Step) -> str:
    sign = "—" if step.holds is None else "✔" if step.holds else "✘"
    return f"{'　' * step.depth}{sign} {step.words}" + (f"：{step.value}" if step.value else "")


def _definitions(standing: Standing) -> list[list[Cell]]:
    found: dict[tuple[str, str], list[Cell]] = {}
    for result in standing.results:
        if not result.wanted:
            parameters = words.parameter_words(result.parameters)
            row: list[Cell] = [
                result.measure,
                result.measure_label,
                parameters,
                result.meaning,
                "；".join(result.sources),
            ]
            found.setdefault((result.measure, parameters), row)
    return [found[key] for key in sorted(found)]


def _notes(standing: Standing) -> Iterator[list[Cell]]:
    if standing.demonstration:
        yield ["演示数据", "数据由程序模拟生成，不反映任何真实机构和个人，不得用于考核或公布。"]
    yield ["地区", f"{standing.place_full_name}（{standing.place}）"]
    yield ["数据截至", standing.on]
    yield ["数据", standing.data_title]
    yield ["行政区划版本", standing.divisions_edition]
    yield ["数据清单", standing.facts_manifest]
    yield ["定义摘要", standing.definitions_hash]
    yield ["计算引擎", standing.engine]
    yield ["现值", "有分子、分母的，现值列是公式（分子÷分母×倍数）；其余为数值。百分数以0至100表示。"]
    yield [
        "空格",
        "没有数值（未报、不适用、未到期末、不公布或暂无定义）的格留空，从不写0；原因见“现值状态”。",
    ]
    yield ["判定", "达标与否按未舍入的精确值判定；“现值（显示）”四舍五入。"]
