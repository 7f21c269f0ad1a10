"""One cell: what it says, as a typed value, or why it cannot be understood.

Understood without a word: full-width digits and letters, surrounding spaces, thousands separators, Chinese
labels of codes, the usual ways of writing dates and yes or no. Whatever could be meant in two ways is told.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeAlias

from xinglin.facts.dates import read_date, read_period, read_year
from xinglin.facts.fault import Fault
from xinglin.facts.formulas import Broken, is_error_word
from xinglin.facts.model import Column, ColumnType
from xinglin.facts.readers import Raw
from xinglin.facts.spelling import (
    code_spelled,
    list_of,
    nearest_codes,
    nearest_techniques,
    technique_spelled,
)
from xinglin.facts.text import narrow, normal

Value: TypeAlias = str | int | Decimal | bool | date | None

_PLACEHOLDERS = frozenset(("-", "--", "—", "——", "/", "\\", "无", "N/A", "n/a", "NA", "NULL", "null", "nan"))
_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_WITH_UNIT = re.compile(rf"({_NUMBER.pattern})\s*([^\d\s.,+\-]\S*)")
_SCIENTIFIC = re.compile(r"[+-]?(\d+)(?:\.(\d+))?[eE]\+?(\d+)")
_PLACE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")
_BOOLEANS = {
    **dict.fromkeys(("是", "有", "true", "1", "√", "✓", "✔", "y", "yes", "对"), True),
    **dict.fromkeys(("否", "无", "没有", "false", "0", "×", "✗", "✘", "x", "n", "no", "错"), False),
}
_TEXT_TYPES = (ColumnType.TEXT, ColumnType.ID, ColumnType.REF, ColumnType.THING, ColumnType.PERSON)
_BAD = {
    ColumnType.DATE: "bad_date",
    ColumnType.YEAR: "bad_year",
    ColumnType.PERIOD: "bad_period",
    ColumnType.BOOLEAN: "bad_boolean",
    ColumnType.INTEGER: "bad_number",
    ColumnType.DECIMAL: "bad_number",
}
_DECIMAL_PLACES = 6
_INTEGER_LIMIT = Decimal(2**63)
_DECIMAL_LIMIT = Decimal(10) ** 12


@dataclass(frozen=True)
class CellReader:
    """Reads the cells of one column; remembers the texts it has seen."""

    column: Column
    _seen: dict[str, Value | Fault] = field(default_factory=dict, repr=False, compare=False)

    def read(self, raw: Raw) -> Value | Fault:
        """The typed value, None for an empty cell, or the fault. Required cells are checked by the caller."""
        if type(raw) is not str:
            return self._read_other(raw)
        if raw not in self._seen:
            self._seen[raw] = self._read_text(raw)
        return self._seen[raw]

    def _read_other(self, raw: Raw) -> Value | Fault:
        if isinstance(raw, Broken):
            return _broken(raw)
        if raw is None or (
            isinstance(raw, float) and math.isnan(raw)
        ):  # how other programs write "no number"
            return None
        return _TYPED[self.column.type](raw, self.column)

    def _read_text(self, raw: str) -> Value | Fault:
        text = normal(raw)
        if not text:
            return None
        if "\ufffd" in text or "锟斤拷" in text:
            fix = "原文在转换编码时已经丢失，请回到来源重新导出"
            return Fault("garbled", f"“{raw}”是转换编码留下的乱码", fix)
        if is_error_word(text):
            return _broken(Broken(text))
        if self.column.type is ColumnType.TEXT:
            return narrow(raw)
        if text in _PLACEHOLDERS and not self._means_something(text):
            return _placeholder(raw, self.column)
        return _TYPED[self.column.type](text, self.column)

    def _means_something(self, text: str) -> bool:
        if self.column.type is ColumnType.BOOLEAN:
            return text.lower() in _BOOLEANS
        is_code = self.column.type is ColumnType.CODE
        return is_code and code_spelled(list_of(self.column), text) is not None


def _placeholder(raw: str, column: Column) -> Fault:
    kind = _BAD.get(column.type, "placeholder")
    zero = "；确实是零请写 0" if kind == "bad_number" else ""
    return Fault(kind, f"“{raw}”不是{column.label}", f"没有内容就让单元格空着{zero}")


def _broken(cell: Broken) -> Fault:
    if cell.shown:
        return Fault("formula_error", f"公式出错，显示 {cell.shown}", "请改正公式，或直接填写数值")
    fix = "请用 Excel 或 WPS 打开并保存一次，或直接填写数值"
    return Fault("formula_uncomputed", "公式还没有算出结果", fix)


def _number_text(raw: int | float | Decimal) -> str:
    """A number as one would type it: 441882.0 is 441882."""
    exact = Decimal(str(raw))
    if not exact.is_finite():
        return str(raw)
    return f"{exact.to_integral_value() if exact == exact.to_integral_value() else exact:f}"


def _as_text(raw: Raw, column: Column) -> str | Fault:
    """Identifier or text that a spreadsheet may have turned into something else."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        fix = "请把单元格格式设为文本后重填"
        return Fault("not_text", f"“{str(raw).upper()}”是逻辑值，不是{column.label}", fix)
    if isinstance(raw, int | float | Decimal):
        return _number_text(raw)
    fix = "Excel 把输入当成了日期或时间，请把单元格格式设为文本后重填"
    return Fault("not_text", f"“{raw}”是日期或时间，不是{column.label}", fix)


def _text(raw: Raw, column: Column) -> Value | Fault:
    text = _as_text(raw, column)
    if isinstance(text, Fault) or column.references != "technique":
        return text
    found = technique_spelled(text)
    return found or Fault("unknown_code", f"中医医疗技术目录里没有“{text}”", nearest_techniques(text))


def _code(raw: Raw, column: Column) -> Value | Fault:
    text = _as_text(raw, column)
    if isinstance(text, Fault):
        return text
    codes = list_of(column)
    what = f"“{text}”不在代码表“{codes.label}”里"
    found = code_spelled(codes, text)
    return found or Fault("unknown_code", what, nearest_codes(codes, text))


def _place(raw: Raw, column: Column) -> Value | Fault:
    text = _as_text(raw, column)
    if isinstance(text, Fault):
        return text
    text = _unscientific(text)
    if _PLACE.fullmatch(text):
        return text
    if _SCIENTIFIC.fullmatch(text):
        fix = "后几位已经丢失，请从原表把这一列设为文本后重新导出"
        return Fault("bad_place", f"“{text}”是科学记数法，不是完整的区划代码", fix)
    return Fault("bad_place", f"“{text}”不是区划代码", "请填统计用区划代码：县 6 位、乡镇 9 位、村 12 位数字")


def _unscientific(text: str) -> str:
    """4.41882E+5 as 441882, if no digit was lost; else as it was."""
    match = _SCIENTIFIC.fullmatch(text)
    if match is None:
        return text
    whole, rest, exponent = match[1], match[2] or "", int(match[3])
    return whole + rest if len(rest) == exponent else text


def _integer(raw: Raw, column: Column) -> Value | Fault:
    number = _number(raw, column)
    if isinstance(number, Fault):
        return number
    if number != number.to_integral_value():
        return Fault("not_integer", f"{_shown(raw)}不是整数", f"{column.label}按整数填写")
    return _range_fault(number, raw, column, _INTEGER_LIMIT) or int(number)


def _decimal(raw: Raw, column: Column) -> Value | Fault:
    number = _number(raw, column)
    if isinstance(number, Fault):
        return number
    exponent = number.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _DECIMAL_PLACES:
        what = f"{_shown(raw)}的小数超过 {_DECIMAL_PLACES} 位"
        return Fault("too_precise", what, f"请四舍五入到 {_DECIMAL_PLACES} 位小数")
    return _range_fault(number, raw, column, _DECIMAL_LIMIT) or number


def _range_fault(number: Decimal, raw: Raw, column: Column, limit: Decimal) -> Fault | None:
    low, high = column.min, column.max
    if (low is None or number >= low) and (high is None or number <= high) and abs(number) < limit:
        return None
    span = f"不小于 {low}" if high is None else f"在 {low} 至 {high} 之间"
    unit = f"（单位：{column.unit}）" if column.unit else ""
    return Fault("out_of_range", f"{_shown(raw)}超出范围", f"{column.label}应{span}{unit}，请核对")


def _shown(raw: Raw) -> str:
    return f"“{_number_text(raw) if isinstance(raw, int | float | Decimal) else raw}”"


def _number(raw: Raw, column: Column) -> Decimal | Fault:
    if isinstance(raw, bool):
        return Fault("bad_number", f"“{str(raw).upper()}”是逻辑值，不是数字", "请填写数值")
    if isinstance(raw, date | time | timedelta):
        return Fault("bad_number", f"“{raw}”是日期或时间，不是数字", "请把单元格格式设为常规后重填")
    if isinstance(raw, int | float | Decimal):
        number = Decimal(str(raw))
        return number if number.is_finite() else Fault("bad_number", f"“{raw}”不是数字", "请填写数值")
    return _number_of_text(str(raw), column)


def _number_of_text(text: str, column: Column) -> Decimal | Fault:
    text = _unscientific(text)
    if _NUMBER.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if _SCIENTIFIC.fullmatch(text):
        return Fault(
            "bad_number", f"“{text}”是科学记数法，后几位看不见了", "请把单元格格式设为数值后重新导出"
        )
    match = _WITH_UNIT.fullmatch(text)
    if match:
        unit = f"；本列单位是“{column.unit}”" if column.unit else ""
        return Fault("number_with_unit", f"“{text}”里带了“{match[2]}”", f"只写数字，如 {match[1]}{unit}")
    return Fault("bad_number", f"“{text}”不是数字", "请用阿拉伯数字填写，没有数就空着")


def _boolean(raw: Raw, column: Column) -> Value | Fault:
    if isinstance(raw, bool):
        return raw
    text = _as_text(raw, column)
    if isinstance(text, Fault):
        return Fault("bad_boolean", text.what, "请填“是”或“否”")
    found = _BOOLEANS.get(text.lower())
    return Fault("bad_boolean", f"“{text}”看不出是还是否", "请填“是”或“否”") if found is None else found


def _date(raw: Raw, column: Column) -> Value | Fault:
    return read_date(raw.date() if isinstance(raw, datetime) else raw)


def _year(raw: Raw, column: Column) -> Value | Fault:
    return read_year(raw)


def _period(raw: Raw, column: Column) -> Value | Fault:
    return read_period(raw.date() if isinstance(raw, datetime) else raw)


_TYPED: Mapping[ColumnType, Callable[[Raw, Column], Value | Fault]] = {
    **dict.fromkeys(_TEXT_TYPES, _text),
    ColumnType.CODE: _code,
    ColumnType.PLACE: _place,
    ColumnType.INTEGER: _integer,
    ColumnType.DECIMAL: _decimal,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: _date,
    ColumnType.YEAR: _year,
    ColumnType.PERIOD: _period,
}
