"""The sheets of the workbook as rows of plain cells; nothing here knows Excel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from xinglin.base.states import ValueState
from xinglin.report import columns, words
from xinglin.report.cells import Cell, Link, Quotient, Sheet
from xinglin.report.origin import Address, Origin
from xinglin.report.overview import RESULTS, UNDEFINED, documents, overview
from xinglin.standing.model import Explanation, Part, Result, Standing, Step, UnitExplained


def sheets_of(standing: Standing, origin: Origin, address: Address | None = None) -> tuple[Sheet, ...]:
    """All sheets in their order; with addresses, each result's id and shown value open its source."""
    return (
        Sheet("总览", columns.OVERVIEW, overview(standing)),
        Sheet("各文件", columns.DOCUMENTS, documents(standing)),
        Sheet(RESULTS, columns.RESULTS, (_linked(_result(r), r, address) for r in standing.results)),
        Sheet("差距与机构", columns.GAPS, _gaps(standing)),
        Sheet("分项", columns.BY_CODE, _by_code(standing)),
        Sheet("下级地区", columns.BELOW, _below(standing)),
        Sheet("逐个机构", columns.UNITS, _units(standing.explanations)),
        Sheet("指标定义", columns.DEFINITIONS, _definitions(standing)),
        Sheet("回执", columns.RECEIPT, _receipt(standing, origin)),
        Sheet("说明", columns.NOTES, _notes(standing)),
    )


def _linked(cells: list[Cell], result: Result, address: Address | None) -> list[Cell]:
    if address is not None:
        for heading in ("目标编号", "显示值"):
            place = [name for name, _ in columns.RESULTS].index(heading)
            cells[place] = Link(str(cells[place]), address(result))
    return cells


def exact_number(text: str | None) -> Cell:
    """Exact decimal text as a number where a spreadsheet's number holds it, else as text; None when empty."""
    if text is None or not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text
    if number == number.to_integral_value() and abs(number) < 2**53:
        return int(number)
    return float(number) if Decimal(repr(float(number))) == number else text


def live_value(item: Result | Part, per: int | None) -> Cell:
    """The value as a formula over numerator and denominator when both are there, else the number itself."""
    if item.state is not ValueState.NUMBER or item.value is None:
        return None
    divided = _plain_number(item.numerator) and _plain_number(item.denominator)
    return Quotient(per, item.value) if per is not None and divided else item.value


def _plain_number(text: str | None) -> bool:
    return isinstance(exact_number(text), int | float)


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


def _result(result: Result) -> list[Cell]:
    return [*_promised(result), *_value(result), *_judged(result), *_bound(result)]


def _promised(result: Result) -> list[Cell]:
    clause = words.clause_words(result)
    return [result.document_short, clause, result.target, result.summary, result.measure_label]


def _value(result: Result) -> list[Cell]:
    known = result.state is ValueState.NUMBER
    return [
        exact_number(result.numerator) if known else None,
        exact_number(result.denominator) if known else None,
        live_value(result, _per(result)),
        result.unit,
        UNDEFINED if result.wanted else result.state.label,
        UNDEFINED if result.wanted else words.value_words(result, result),
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
        words.task_words(result),
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
                yield [*_of_target(result), name, *_part(part, result)]


def _below(standing: Standing) -> Iterator[list[Cell]]:
    for result in standing.results:
        for part in result.below:
            yield [*_of_target(result), *_part(part, result)]


def _of_target(result: Result) -> list[Cell]:
    return [result.document_short, result.target, result.summary]


def _part(part: Part, result: Result) -> list[Cell]:
    known = part.state is ValueState.NUMBER
    return [
        part.code,
        part.label,
        exact_number(part.numerator) if known else None,
        exact_number(part.denominator) if known else None,
        live_value(part, _per(result)),
        result.unit,
        part.state.label,
        words.verdict_words(part.verdict),
        part.n_reported,
        part.n_units,
    ]


def _units(explanations: Iterable[Explanation]) -> Iterator[list[Cell]]:
    for explanation in explanations:
        for unit in explanation.units:
            yield _unit(explanation, unit)


def _unit(explanation: Explanation, unit: UnitExplained) -> list[Cell]:
    above, below = words.unit_numbers(unit, explanation)
    return [
        explanation.label,
        unit.unit,
        unit.name,
        unit.place,
        unit.place_name,
        unit.included,
        unit.reason,
        None if above == words.NOTHING else exact_number(above),
        None if below == words.NOTHING else exact_number(below),
        "\n".join(map(_step, unit.steps)),
    ]


def _step(step: Step) -> str:
    sign = "—" if step.holds is None else "✔" if step.holds else "✘"
    return f"{'　' * step.depth}{sign} {step.words}" + (f"：{step.value}" if step.value else "")


def _definitions(standing: Standing) -> list[list[Cell]]:
    found: dict[tuple[str, str], list[Cell]] = {}
    for result in standing.results:
        if not result.wanted:
            parameters = words.parameter_words(result)
            row: list[Cell] = [
                result.measure,
                result.measure_label,
                parameters,
                result.meaning,
                "；".join(result.sources),
            ]
            found.setdefault((result.measure, parameters), row)
    return [found[key] for key in sorted(found)]


def _receipt(standing: Standing, origin: Origin) -> Iterator[list[Cell]]:
    """What makes the numbers again."""
    yield ["回执", origin.results_sha256]
    yield ["期次", origin.vintage or "未发布"]
    yield ["重算", origin.command]
    yield ["怎样核对", "重算得到的 results.json（或所打印的 JSON），其 SHA-256 摘要应与回执相同。"]
    yield ["数据清单", standing.facts_manifest]
    yield ["定义摘要", standing.definitions_hash]
    yield ["计算引擎", standing.engine]
    yield ["行政区划版本", standing.divisions_edition]


def _notes(standing: Standing) -> Iterator[list[Cell]]:
    if standing.demonstration:
        yield ["演示数据", "数据由程序模拟生成，不反映任何真实机构和个人，不得用于考核或公布。"]
    yield ["地区", f"{standing.place_full_name}（{standing.place}）"]
    yield ["数据截至", standing.on]
    yield ["数据", standing.data_title]
    yield ["现值", "有分子、分母的，现值列是公式（分子÷分母×倍数）；其余为数值。百分数以0至100表示。"]
    yield ["计数", "“总览”和“各文件”的数量是公式，从“指标结果”数出。"]
    yield [
        "空格",
        "没有数值（未报、不适用、未到期末、不公布或暂无定义）的格留空，从不写0；原因见“现值状态”。",
    ]
    yield ["判定", "达标与否按未舍入的精确值判定；“显示值”四舍五入。"]
    if not standing.explanations:
        yield ["逐个机构", "本表据已发布的结果生成，不含逐个机构的明细；请用 xinglin explain 打开。"]
