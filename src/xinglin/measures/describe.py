"""A definition in plain Chinese, phrase by phrase, from its bound nodes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from xinglin.base.period import PeriodKind
from xinglin.facts import Column, Contract, Table
from xinglin.facts.model import AREAS
from xinglin.measures import walk
from xinglin.measures.definition import Book, Definition
from xinglin.measures.nodes import (
    All,
    AnyOf,
    AtLeastCode,
    Bound,
    Compare,
    Condition,
    Count,
    CountDistinct,
    Exists,
    Field,
    Kind,
    Latest,
    Literal,
    Not,
    OneOf,
    Operator,
    Present,
    Proportion,
    Recent,
    Rows,
    Sum,
    Value,
    When,
)

_SIGNS = {
    Operator.EQUAL: "为",
    Operator.NOT_EQUAL: "不为",
    Operator.AT_LEAST: "≥",
    Operator.AT_MOST: "≤",
    Operator.MORE_THAN: ">",
    Operator.LESS_THAN: "<",
}
_AREA_WORDS = {"province": "所在省", "prefecture": "所在市", "county": "所在县"}
_PERIODS = {
    PeriodKind.STOCK: "数据日期当日",
    PeriodKind.YEAR: "当年（到年末才算完）",
    PeriodKind.MONTH: "当月（到月末才算完）",
}


def phrase(node: Condition | Value, table: Table, contract: Contract) -> str:
    """One condition or value on a row of ``table`` as a short Chinese phrase."""
    if isinstance(node, All | AnyOf):
        joint = "，且" if isinstance(node, All) else "，或"
        parts = [phrase(part, table, contract) for part in simplified(node).conditions]
        return parts[0] if len(parts) == 1 else f"（{joint.join(parts)}）"
    if isinstance(node, Not):
        return _negation(node, table, contract)
    if isinstance(node, Exists):
        return f"有{_rows(node.rows, contract)}"
    if isinstance(node, Proportion):
        part, whole = phrase(node.part, table, contract), phrase(node.whole, table, contract)
        return f"{part}占{whole}的比例 ≥ {node.percent}%"
    if isinstance(node, Compare | OneOf | AtLeastCode | Present | Recent):
        return _test(node, table, contract)
    return _value(node, table, contract)


def simplified(node: All | AnyOf) -> All | AnyOf:
    """The combination without the branches that a chosen parameter has closed or made certain."""
    kept = []
    for part in node.conditions:
        fate = _fate(part)
        if fate is None or (fate is isinstance(node, AnyOf)):
            kept.append(part)
    return type(node)(tuple(kept) or node.conditions)


def _fate(node: Condition) -> bool | None:
    """True or False where constants alone decide a condition, None elsewhere."""
    if isinstance(node, Compare) and isinstance(node.value, Literal):
        return node.value.constant == node.constant
    if isinstance(node, All):
        return False if any(_fate(part) is False for part in node.conditions) else None
    return None


def _negation(node: Not, table: Table, contract: Contract) -> str:
    inner = node.condition
    if isinstance(inner, Present):
        return f"{phrase(inner.value, table, contract)}为空"
    if isinstance(inner, Compare) and inner.constant is True:
        return f"不是“{phrase(inner.value, table, contract)}”"
    if isinstance(inner, Exists):
        return f"没有{_rows(inner.rows, contract)}"
    return f"并非{phrase(inner, table, contract)}"


def _test(node: Compare | OneOf | AtLeastCode | Present | Recent, table: Table, contract: Contract) -> str:
    words = phrase(node.value, table, contract)
    if isinstance(node, Present):
        return f"{words}不为空"
    if isinstance(node, Recent):
        return f"{words}在最近 {node.days} 天内"
    if isinstance(node, AtLeastCode):
        return f"{words}为{contract.codelists[node.codelist].codes[node.code].label}及以上"
    column = _column(node.value, table, contract)
    if isinstance(node, OneOf):
        chosen = [_code(code, column, contract) for code in node.codes]
        if column is not None and column.codes and len(chosen) == len(contract.codelists[column.codes].codes):
            return f"{words}不限"
        return f"{words}为{'、'.join(chosen) or '（未选）'}"
    if isinstance(node.constant, bool) and node.operator is Operator.EQUAL:
        return words if node.constant else f"不是“{words}”"
    return f"{words}{_spaced(node.operator)}{_code(node.constant, column, contract)}"


def _spaced(operator: Operator) -> str:
    sign = _SIGNS[operator]
    return sign if operator in (Operator.EQUAL, Operator.NOT_EQUAL) else f" {sign} "


def _code(value: object, column: Column | None, contract: Contract) -> str:
    if column is not None and column.codes and isinstance(value, str):
        return contract.codelists[column.codes].codes[value].label
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        labels = [codes.codes[value].label for codes in contract.codelists.values() if value in codes.codes]
        return labels[0] if labels else value
    return value.isoformat() if isinstance(value, date) else str(value)


def _column(value: Value, table: Table, contract: Contract) -> Column | None:
    if isinstance(value, Field):
        return contract.follow(table.name, value.path)[1]
    if isinstance(value, Latest):
        return contract.follow(value.rows.table, value.path)[1]
    return None


def _value(node: Value, table: Table, contract: Contract) -> str:
    if isinstance(node, Literal):
        return _code(node.constant, None, contract)
    if isinstance(node, Field):
        return path_words(node.path, table, contract)
    if isinstance(node, When):
        condition, value = phrase(node.condition, table, contract), phrase(node.value, table, contract)
        return f"（{condition}时）{value}"
    target = contract.table(node.rows.table)
    if isinstance(node, Count):
        return f"{_rows(node.rows, contract)}数"
    cell = path_words(node.path, target, contract)
    if isinstance(node, CountDistinct):
        return f"{_rows(node.rows, contract)}的不同{cell}数"
    if isinstance(node, Sum):
        return f"{_rows(node.rows, contract)}的{cell}合计"
    default = (
        ""
        if node.default is None
        else f"（没有时作{_code(node.default, _column(node, table, contract), contract)}）"
    )
    return f"最近一次{_rows(node.rows, contract)}的{cell}{default}"


def path_words(path: str, table: Table, contract: Contract) -> str:
    """A path as its labels: ``practitioner.category`` is 人员的执业类别."""
    *steps, last = path.split(".")
    words: list[str] = []
    for step in steps:
        column = table.columns[step]
        if column.references is None:
            return "的".join([*words, _AREA_WORDS[last]])
        table = contract.table(column.references)
        words.append(table.label)
    assert last not in AREAS or last in table.columns
    return "的".join([*words, table.columns[last].label])


def _rows(rows: Rows, contract: Contract) -> str:
    table = contract.table(rows.table)
    words = table.label
    if rows.where is not None:
        inner = phrase(rows.where, table, contract)
        words += inner if inner.startswith("（") else f"（{inner}）"
    if rows.span is not None and rows.span.months is not None:
        words = f"近 {rows.span.months} 个月{words}"
    if rows.span is not None and rows.span.since is not None:
        words = f"{rows.span.since.isoformat()} 以来{words}"
    return words


def describe(definition: Definition, book: Book, parameters: Mapping[str, Any] | None = None) -> str:
    """The whole definition in plain Chinese, with the parameters given (defaults otherwise)."""
    contract = book.contract
    bound = book.bind(definition.id, parameters)
    table = contract.table(bound.units.table)
    lines = [f"指标：{definition.label}", f"含义：{definition.meaning.strip()}", f"单位：{definition.unit}"]
    lines += [f"逐个看的是：{_units(bound, table, contract)}", *_formula(bound, table, contract)]
    lines += [f"时期：{_PERIODS[bound.period]}", f"填报：{_reports(bound, contract)}"]
    lines += [
        f"参数 {p.label}：{_parameter(dict(bound.parameters)[n], p.codes, contract)}"
        for n, p in definition.parameters.items()
    ]
    lines += [f"依据：{s.document}{f' {s.clause}' if s.clause else ''}：{s.says}" for s in definition.sources]
    return "\n".join(lines)


def _units(bound: Bound, table: Table, contract: Contract) -> str:
    level = {6: "（县级）", 4: "（地级）"}.get(bound.units.level or 0, "")
    words = f"“{table.label}”{level}"
    if bound.units.where is not None:
        words += f"，其中{phrase(bound.units.where, table, contract)}"
    return words


def _formula(bound: Bound, table: Table, contract: Contract) -> list[str]:
    if bound.condition is not None:
        return [f"计入分子的条件：{phrase(bound.condition, table, contract)}", "分母：上述单位数"]
    assert bound.numerator is not None
    count = isinstance(bound.numerator, Literal)
    lines = ["数：上述单位数" if count else f"分子：各单位 {phrase(bound.numerator, table, contract)} 之和"]
    if bound.distinct is not None:
        lines[0] += "（全域同一人只计一次）"
    if bound.denominator is not None:
        lines.append(f"分母：各单位 {phrase(bound.denominator, table, contract)} 之和")
    if bound.population is not None:
        column = contract.table("population").columns[bound.population]
        lines.append(f"分母：本地区{column.label}" + ("" if bound.per == 100 else f"（每 {bound.per} 人）"))
    if bound.kind is Kind.RATIO and bound.cells:
        lines.append("按机构逐月取数：有逐次记录的用记录，没有的用报表汇总数，同一月不混用")
    return lines


def _reports(bound: Bound, contract: Contract) -> str:
    names = [*walk.needed(bound, contract, "facility"), *walk.needed(bound, contract, "place")]
    labels = "、".join(contract.table(name).label for name in names)
    return f"要有{labels}的填报；没有填报的单位不计入分子分母，只计入单位数" if labels else "不另需填报"


def _parameter(value: object, codes: str | None, contract: Contract) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if codes is None:
        return str(value)
    known = contract.codelists[codes].codes
    chosen = value if isinstance(value, tuple) else (value,)
    return "不限" if len(chosen) == len(known) > 1 else "、".join(known[str(code)].label for code in chosen)
