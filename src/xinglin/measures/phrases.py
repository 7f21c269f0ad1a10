"""Conditions and values of a measure in short Chinese phrases, with the labels of tables, columns and codes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from xinglin.facts import Column, ColumnType, Contract, Table
from xinglin.measures.nodes import (
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
    Scalar,
    Span,
    Sum,
    When,
)

_SIGNS = {
    Operator.EQUAL: "＝",
    Operator.NOT_EQUAL: "≠",
    Operator.AT_LEAST: "≥",
    Operator.AT_MOST: "≤",
    Operator.MORE_THAN: "＞",
    Operator.LESS_THAN: "＜",
}
_AREA_LABELS = {"province": "所在省", "prefecture": "所在市", "county": "所在县"}


def phrase(node: object, table: Table, contract: Contract) -> str:
    """One condition or value on a row of ``table`` in words, e.g. ``适宜技术开展中不同的技术数 ≥ 6``.

    Raises:
        TypeError: the node is neither a condition nor a value.
    """
    return _Phrases(contract).of(node, table)


def path_label(table: Table, path: str, contract: Contract) -> str:
    """The Chinese label of a path: each step's, joined by 的."""
    labels = []
    for step in path.split("."):
        if step not in table.columns:
            labels.append(_AREA_LABELS[step])
            continue
        column = table.columns[step]
        last = step == path.rsplit(".", maxsplit=1)[-1]
        if column.references and not last:
            table = contract.table(column.references)
            labels.append(table.label)
        elif column.type is not ColumnType.PLACE or last:
            labels.append(column.label)
    return "的".join(labels)


def scalar_label(value: Scalar | None, column: Column | None, contract: Contract) -> str:
    """A constant as people read it: a code's label, 是 or 否, a date, a number."""
    if value is None:
        return "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    codes = contract.codelists[column.codes].codes if column is not None and column.codes else {}
    return codes[str(value)].label if str(value) in codes else str(value)


class _Phrases:
    """One reading of a tree; the method of a node carries its name."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract

    def of(self, node: object, table: Table) -> str:
        reader = getattr(self, f"_{type(node).__name__.lower()}", None)
        if reader is None:
            raise TypeError(f"“{type(node).__name__}”既不是条件，也不是取值")
        return str(reader(node, table))

    def column(self, node: object, table: Table) -> Column | None:
        """The column that gives a value its type; None for a number or a constant."""
        if isinstance(node, Field):
            return self.contract.follow(table.name, node.path)[1]
        if isinstance(node, Latest):
            return self.contract.follow(node.rows.table, node.path)[1]
        return None

    def _all(self, node: All, table: Table) -> str:
        return self._joined(node.conditions, "且", "恒成立", table)

    def _anyof(self, node: AnyOf, table: Table) -> str:
        return self._joined(node.conditions, "或", "恒不成立", table)

    def _joined(self, parts: tuple[object, ...], word: str, none: str, table: Table) -> str:
        texts = [
            f"（{text}）"
            if len(parts) > 1 and isinstance(part, All | AnyOf) and len(part.conditions) > 1
            else text
            for part in parts
            for text in [self.of(part, table)]
        ]
        return f"，{word}".join(texts) if texts else none

    def _not(self, node: Not, table: Table) -> str:
        if isinstance(node.condition, Present):
            return f"{self.of(node.condition.value, table)}为空"
        return f"并非（{self.of(node.condition, table)}）"

    def _compare(self, node: Compare, table: Table) -> str:
        column = self.column(node.value, table)
        constant = scalar_label(node.constant, column, self.contract)
        if isinstance(node.value, Literal):
            return f"{self.of(node.value, table)} {_SIGNS[node.operator]} {constant}"
        if isinstance(node.constant, bool) or (column is not None and column.codes):
            word = "为" if node.operator is Operator.EQUAL else "不为"
            return f"{self.of(node.value, table)}{word}“{constant}”"
        return f"{self.of(node.value, table)} {_SIGNS[node.operator]} {constant}"

    def _oneof(self, node: OneOf, table: Table) -> str:
        column = self.column(node.value, table)
        codes = "、".join(scalar_label(code, column, self.contract) for code in node.codes)
        return f"{self.of(node.value, table)}为“{codes}”" + ("之一" if len(node.codes) > 1 else "")

    def _atleastcode(self, node: AtLeastCode, table: Table) -> str:
        label = self.contract.codelists[node.codelist].codes[node.code].label
        return f"{self.of(node.value, table)}达到“{label}”及以上"

    def _present(self, node: Present, table: Table) -> str:
        return f"有{self.of(node.value, table)}"

    def _recent(self, node: Recent, table: Table) -> str:
        return f"{self.of(node.value, table)}在最近 {node.days} 天内"

    def _exists(self, node: Exists, table: Table) -> str:
        return f"有{self._rows(node.rows, table)}"

    def _proportion(self, node: Proportion, table: Table) -> str:
        part, whole = self.of(node.part, table), self.of(node.whole, table)
        return f"{part} ÷ {whole} ≥ {node.percent:f}%"

    def _literal(self, node: Literal, table: Table) -> str:
        del table
        return scalar_label(node.constant, None, self.contract)

    def _field(self, node: Field, table: Table) -> str:
        return path_label(table, node.path, self.contract)

    def _count(self, node: Count, table: Table) -> str:
        return f"{self._rows(node.rows, table)}数"

    def _countdistinct(self, node: CountDistinct, table: Table) -> str:
        target = self.contract.table(node.rows.table)
        return f"{self._rows(node.rows, table)}中不同的{path_label(target, node.path, self.contract)}数"

    def _sum(self, node: Sum, table: Table) -> str:
        target = self.contract.table(node.rows.table)
        return f"{self._rows(node.rows, table)}的{path_label(target, node.path, self.contract)}之和"

    def _latest(self, node: Latest, table: Table) -> str:
        target = self.contract.table(node.rows.table)
        text = f"最近一次{self._rows(node.rows, table)}的{path_label(target, node.path, self.contract)}"
        if node.default is None:
            return text
        label = scalar_label(node.default, self.column(node, table), self.contract)
        return f"{text}（没有时作“{label}”）"

    def _when(self, node: When, table: Table) -> str:
        condition, value = self.of(node.condition, table), self.of(node.value, table)
        return f"{condition}时计{value}，否则计 0"

    def _rows(self, rows: Rows, table: Table) -> str:
        """The related table, with how it is linked (where that is not plain), which rows, and since when."""
        target = self.contract.table(rows.table)
        parts = ["辖区内" if rows.within else self._link(rows, table, target)]
        parts += [_window(rows.span)] if rows.span is not None else []
        parts.append(f"“{target.label}”")
        if rows.where is not None:
            parts.append(f"〔{self.of(rows.where, target)}〕")
        return "".join(parts)

    def _link(self, rows: Rows, table: Table, target: Table) -> str:
        """How rows are found that do not simply name the row at hand."""
        if rows.matches == table.id_column:
            return ""
        by, matches = (path_label(*end, self.contract) for end in ((target, rows.by), (table, rows.matches)))
        if rows.by == target.id_column and self._references(table, rows.matches) == target.name:
            return f"{matches}所指的"
        return f"同一{by}的" if by == matches else f"{by}为其{matches}的"

    def _references(self, table: Table, path: str) -> str | None:
        return self.contract.follow(table.name, path)[1].references


def _window(span: Span) -> str:
    if span.months is not None:
        return f"最近 {span.months} 个月的"
    return f"{span.since.isoformat()} 以来的" if span.since is not None else "截至期末的"
