"""A whole definition in plain Chinese, written from the bound nodes: what is counted, of whom, when, by whose word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from xinglin.base.period import PeriodKind
from xinglin.facts import Contract, Table
from xinglin.measures import walk
from xinglin.measures.definition import Book, Definition
from xinglin.measures.fold import FALSE, TRUE, fold
from xinglin.measures.nodes import All, AnyOf, Bound, Kind
from xinglin.measures.phrases import phrase

__all__ = ["describe", "phrase", "simplified", "value_words"]

Combination = TypeVar("Combination", All, AnyOf)

_KINDS = {
    Kind.SHARE: "占比（符合条件的 ÷ 全部，按 100）",
    Kind.RATIO: "比值（分子之和 ÷ 分母之和，按 100）",
    Kind.RATE: "率（分子之和 ÷ 人口）",
    Kind.COUNT: "数量",
    Kind.FLAG: "有无（有一个符合即为 1）",
}
_PERIODS = {
    PeriodKind.STOCK: "期末时点：看数据截止日当天的情况；有日期的事件算到截止日为止，有有效期的须仍有效",
    PeriodKind.YEAR: "全年：数据截止日所在年份的 1 月 1 日至截止日；到 12 月 31 日才算期满",
    PeriodKind.MONTH: "当月：数据截止日所在月份的 1 日至截止日；到月末才算期满",
}
_DIRECTIONS = {"up": "越高越好", "down": "越低越好"}


def simplified(condition: Combination) -> Combination:
    """The same all or any without the parts that constants decide (the readings a parameter has not chosen)."""
    neutral = TRUE if isinstance(condition, All) else FALSE
    return type(condition)(tuple(part for part in map(fold, condition.conditions) if part != neutral))


def describe(definition: Definition, book: Book, parameters: Mapping[str, Any] | None = None) -> str:
    """The definition with its parameters' values in words, one statement a line.

    Args:
        definition: what to describe. book: where its contract and named indicators are.
        parameters: values that differ from the defaults.

    Raises:
        DefinitionError: a parameter is unknown or its value does not fit.
    """
    bound = book.bind(definition.id, parameters)
    lines = [
        f"{definition.label}（{definition.id}）",
        f"含义：{definition.meaning}",
        f"类型：{_KINDS[bound.kind]}；单位：{definition.unit}；{_DIRECTIONS[definition.direction]}",
        *_counting(bound, book.contract),
        f"期：{_PERIODS[bound.period]}",
        f"填报：{_reporting(bound, book.contract)}",
        *_parameters(definition, bound, book.contract),
        *_background(definition, bound, book.contract),
    ]
    return "\n".join(lines)


def _counting(bound: Bound, contract: Contract) -> list[str]:
    """Units, filter, and the phrases of condition, numerator and denominator."""
    table = contract.table(bound.units.table)
    lines = [f"逐个看：{_units(bound, table)}"]
    if bound.units.where is not None:
        lines.append(f"只看：{phrase(bound.units.where, table, contract)}")
    if bound.units.complete is not None:
        lines.append(f"数据齐全指：{phrase(bound.units.complete, table, contract)}；不齐全的作未报")
    parts = (("条件", bound.condition), ("分子", bound.numerator), ("分母", bound.denominator))
    lines += [f"{word}：{phrase(part, table, contract)}" for word, part in parts if part is not None]
    if bound.distinct is not None:
        lines.append("分子按整个地区去重，不是各单位之和")
    if bound.population is not None:
        column = contract.table("population").columns[bound.population]
        lines.append(
            f"人口：{column.label}（{column.meaning}），每 {bound.per} {column.unit or '人'}；辖区缺一县即无数"
        )
    if bound.cells:
        lines.append(
            "逐机构逐月计数：该月逐次记录已报的用记录，否则用当月汇总数；一个月也没有的，全年期满时用全年汇总数"
        )
        lines += _totals(bound, contract)
    return lines


def _units(bound: Bound, table: Table) -> str:
    if bound.units.level is not None:
        return {4: "市（真实行政区）", 6: "县（真实行政区）"}[bound.units.level]
    return f"“{table.label}”（{table.grain}）"


def _totals(bound: Bound, contract: Contract) -> list[str]:
    items = walk.total_items(bound)
    if items is None:
        return []
    labels = "、".join(contract.codelists["total_item"].codes[item].label for item in items)
    return [f"可替代的汇总项目：{labels}"]


def _reporting(bound: Bound, contract: Contract) -> str:
    """Whose reports a unit needs before it counts."""
    needs = []
    for by, who in (("facility", "所属机构"), ("place", "所在县")):
        names = walk.needed(bound, contract, by)
        if names:
            needs.append(f"{who}须已报“{'”“'.join(contract.table(name).label for name in names)}”")
    if not needs:
        return "不看填报情况"
    return "；".join(needs) + "（已报、迟报、零报都算）；未报的单位不进分子分母，绝不当作 0"


def _parameters(definition: Definition, bound: Bound, contract: Contract) -> list[str]:
    lines = []
    for name, value in bound.parameters:
        parameter = definition.parameters[name]
        lines.append(f"参数：{parameter.label}（{name}）＝ {value_words(value, parameter.codes, contract)}")
    return lines


def value_words(value: object, codes: str | None, contract: Contract) -> str:
    """A parameter's value as people read it; ``codes`` names the code list that it is taken from."""
    items = list(value) if isinstance(value, tuple) else [value]
    known = contract.codelists[codes].codes if codes else {}
    words = {True: "是", False: "否"}
    texts = [
        known[str(i)].label if str(i) in known else words[i] if isinstance(i, bool) else str(i) for i in items
    ]
    return "、".join(texts) if texts else "（空）"


def _background(definition: Definition, bound: Bound, contract: Contract) -> list[str]:
    """Suppression, disaggregation, named indicators, sources, author."""
    columns = contract.table(bound.units.table).columns
    lines = []
    if bound.suppress_below:
        lines.append(f"样本少于 {bound.suppress_below} 个时不公布")
    if definition.disaggregate:
        lines.append(f"另按{'、'.join(columns[name].label for name in definition.disaggregate)}分开计")
    lines += [f"用于：{named.label}（{name}）" for name, named in definition.indicators.items()]
    lines.append(f"缺口以“{definition.act_on}”计")
    for source in definition.sources:
        clause = f" {source.clause}" if source.clause else ""
        lines.append(f"出处：{source.document}{clause}：{source.says}")
    checked = f"；核对：{definition.checker}" if definition.checker else ""
    reviewed = f"；复核于 {definition.reviewed.isoformat()}" if definition.reviewed else ""
    return [*lines, f"编写：{definition.author}{checked}{reviewed}"]
