"""Templates: empty workbooks with drop-downs, checks, and help at every column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from xinglin.apps.exchange.choosing import Choices, choices
from xinglin.apps.exchange.sheets import Book, sheet_name
from xinglin.apps.exchange.spec import TableSpec
from xinglin.apps.exchange.values import labels
from xinglin.facts.model import Column, ColumnType

LISTS, HELP = "代码表", "填表说明"
VALIDATED = 5000
"""Rows of a template that carry checks."""
LONGEST_MESSAGE = 255
"""Characters that Excel shows of a message."""
_KIND_WORDS = {
    ColumnType.ID: "编号",
    ColumnType.REF: "编号",
    ColumnType.PLACE: "地区代码",
    ColumnType.CODE: "从列表中选",
    ColumnType.TEXT: "文字",
    ColumnType.INTEGER: "整数",
    ColumnType.DECIMAL: "数",
    ColumnType.BOOLEAN: "是 / 否",
    ColumnType.DATE: "日期，如 2026-03-01",
}


def template(specs: Sequence[TableSpec], by: Any) -> bytes:
    """An empty workbook for registers: drop-downs, checks, comments, a sheet that explains every column.

    Args:
        by: the account that fills it in: places and rows of registers are offered in its area.
    """
    book = Book()
    asked = [
        _Asked(spec, column, offered.get(name))
        for spec in specs
        for offered in [choices(spec, by)]
        for name, column in spec.form.columns.items()
    ]
    sheets = {spec.name: book.book.add_worksheet(sheet_name(spec)) for spec in specs}
    explained = book.book.add_worksheet(HELP)
    lists = book.book.add_worksheet(LISTS)
    known = _write_lists(lists, asked)
    lists.hide()
    for spec in specs:
        sheet = sheets[spec.name]
        book.head_row(sheet, spec)
        for at, one in enumerate(one for one in asked if one.spec is spec):
            sheet.write_comment(0, at, one.help, {"x_scale": 2, "y_scale": 1.2, "author": "杏林"})
            rule = _rule(one, known)
            if rule:
                sheet.data_validation(1, at, VALIDATED, at, rule)
    _explain(book, explained, asked)
    return book.close()


class _Asked:
    """A column of a template, and what it offers."""

    def __init__(self, spec: TableSpec, column: Column, offered: Choices | None) -> None:
        self.spec, self.column, self.offered = spec, column, offered
        self.entries = offered.entries if offered else tuple(labels(column).values())
        own = column.options.name if column.options else ""
        self.list = offered.name if offered else own or column.codes or column.references or ""

    @property
    def kind(self) -> str:
        """What a cell holds, in words."""
        if self.offered is not None:
            return self.offered.words
        words = "从列表中选" if self.entries else _KIND_WORDS.get(self.column.type, "文字")
        column = self.column
        unit = f"，单位：{column.unit}" if column.unit else ""
        span = f"，{column.min} 至 {column.max}" if column.min is not None and column.max is not None else ""
        return words + unit + span

    @property
    def help(self) -> str:
        """What the comment says."""
        must = "必填。" if self.column.required else ""
        return f"{must}{self.column.meaning}。填法：{self.kind}。"


def _write_lists(sheet: Any, asked: Sequence[_Asked]) -> dict[str, str]:
    """Every list as a column of the hidden sheet; name of the list → its range."""
    known: dict[str, str] = {}
    for one in asked:
        if one.entries and one.list not in known:
            at = len(known)
            for row, text in enumerate(one.entries):
                sheet.write_string(row, at, text)
            letter = xl_col_to_name(at)
            known[one.list] = f"='{LISTS}'!${letter}$1:${letter}${len(one.entries)}"
    return known


def _rule(one: _Asked, lists: Mapping[str, str]) -> dict[str, Any] | None:
    """The check of a cell inside the sheet; wrong entries are refused with the column's meaning.

    Of what a list offers something else may stand in a cell: a code that the list has not, or several. Excel then asks
    whether it is meant.
    """
    column = one.column
    told: dict[str, Any] = {
        "error_title": column.label[:32],
        "error_message": one.help[:LONGEST_MESSAGE],
    }
    if one.list in lists:
        if one.offered is not None:
            told |= {"show_error": False} if one.offered.several else {"error_type": "warning"}
        return {**told, "validate": "list", "source": lists[one.list]}
    if column.type is ColumnType.BOOLEAN:
        return {**told, "validate": "list", "source": ["是", "否"]}
    if column.type is ColumnType.DATE:
        span = {"minimum": date(1900, 1, 1), "maximum": date(2099, 12, 31)}
        return {**told, "validate": "date", "criteria": "between", **span}
    if column.type in (ColumnType.INTEGER, ColumnType.DECIMAL):
        low, high = column.min, column.max
        numbers = {"minimum": -(10**9) if low is None else low, "maximum": 10**9 if high is None else high}
        return {**told, "validate": column.type.value, "criteria": "between", **numbers}
    return None


def _explain(book: Book, sheet: Any, asked: Sequence[_Asked]) -> None:
    """The sheet of help: one line per column."""
    for at, (words, width) in enumerate(
        [("表", 14), ("列", 20), ("必填", 6), ("填法", 26), ("说明", 60), ("可填", 60)]
    ):
        sheet.write_string(0, at, words, book.head)
        sheet.set_column(at, at, width)
    for number, told in enumerate(_explained(asked), start=1):
        for at, text in enumerate(told):
            sheet.write_string(number, at, text, book.wrap)
    sheet.freeze_panes(1, 0)


def _explained(asked: Sequence[_Asked]) -> Iterator[tuple[str, ...]]:
    for one in asked:
        column = one.column
        told = column.type is ColumnType.CODE or (one.offered is not None and one.offered.several)
        codes = "、".join(one.entries[:40]) if told else ""
        must = "是" if column.required else ""
        yield one.spec.label, column.label, must, one.kind, column.meaning, codes
