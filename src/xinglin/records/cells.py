"""One value of a record: read from a form, a sheet or an API call; kept as JSON; shown to people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from xinglin.facts.cells import CellReader
from xinglin.facts.fault import Fault
from xinglin.facts.formulas import Broken
from xinglin.facts.model import CodeList, Column, load_contract
from xinglin.facts.spelling import code_spelled, nearest_codes
from xinglin.facts.text import narrow, normal
from xinglin.records.conditions import is_given
from xinglin.records.fields import MANY, NUMBERS, Field, FieldType, Value

SEPARATORS = re.compile(r"[；;\n]+")
_COMMAS = re.compile(r"[、,，]+")
"""Weaker: a label may hold them, so a piece is first taken as a whole."""
_MONTH = re.compile(r"(\d{4})\s*[-年/.]\s*(\d{1,2})\s*月?")
_YEAR_DIGITS, _MONTHS = 4, 12
_FIRST, _LAST = 1900, 2099
JOINED = "；"


def code_list(field: Field, definition: str, name: str) -> CodeList:
    """The code list of a field of type code or codes."""
    return field.own_list(definition, name) or load_contract().codelists[str(field.codes)]


class Cells:
    """Reads the values of one field; made once per definition and field.

    Args:
        definition, name: for the name of the field's own code list.
    """

    def __init__(self, field: Field, definition: str, name: str) -> None:
        self.field = field
        self._reader = (
            None if field.type is FieldType.FILE else CellReader(_unlimited(field, definition, name))
        )
        self._codes = code_list(field, definition, name) if field.type is FieldType.CODES else None

    def read(self, raw: Any) -> Value | Fault:
        """The typed value, None for an empty one, or what is wrong with it (whatever an API call may send)."""
        if not self._may_be(raw):
            return Fault("bad_value", f"{self.field.label}的写法不对", self._written())
        found = self._read(raw)
        if isinstance(found, Fault) or found is None:
            return found
        return self._limits(found) or found

    def _may_be(self, raw: Any) -> bool:
        if raw is None or isinstance(raw, _ONE):
            return True
        several = self.field.type in (*MANY, FieldType.FILE) and isinstance(raw, list | tuple)
        return several and all(isinstance(part, str | int) for part in raw)

    def _written(self) -> str:
        return "请写成一列文字" if self.field.type in (*MANY, FieldType.FILE) else "请只写一个值"

    def _read(self, raw: Any) -> Value | Fault:
        if self.field.type in MANY:
            return self._many(raw)
        if self.field.type is FieldType.FILE:
            return tuple(str(part) for part in _parts(raw) if is_given(part)) or None
        if self.field.type is FieldType.MONTH:
            return _month(raw, self.field.label)
        if self.field.type is FieldType.LINES and isinstance(raw, str):
            return _lines(raw)
        assert self._reader is not None
        return self._reader.read(raw)

    def _many(self, raw: Any) -> Value | Fault:
        pieces = [piece for part in _parts(raw) for piece in SEPARATORS.split(str(part))]
        texts = [normal(text) for piece in pieces for text in self._whole_or_split(piece) if normal(text)]
        if self._codes is None:
            return tuple(dict.fromkeys(texts)) or None
        found = [code_spelled(self._codes, text) for text in texts]
        for text, code in zip(texts, found, strict=True):
            if code is None:
                what = f"“{text}”不在“{self._codes.label}”的选项里"
                return Fault("unknown_code", what, nearest_codes(self._codes, text))
        chosen = {code for code in found if code}
        return tuple(code for code in self._codes.codes if code in chosen) or None

    def _whole_or_split(self, piece: str) -> list[str]:
        if self._codes is not None and code_spelled(self._codes, normal(piece)) is not None:
            return [piece]
        return _COMMAS.split(piece)

    def _limits(self, value: Value) -> Fault | None:
        field, label = self.field, self.field.label
        if isinstance(value, str) and field.type in (FieldType.TEXT, FieldType.LINES):
            most = field.longest_text
            fix = f"请缩短到 {most} 个字以内"
            return (
                Fault("too_long", f"{label}有 {len(value)} 个字，最多 {most} 个", fix)
                if len(value) > most
                else None
            )
        if field.type not in NUMBERS or isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        unit = field.unit or ""
        if field.min is not None and value < field.min:
            return Fault("out_of_range", f"{label} {value} 小于 {field.min}{unit}", "请核对后重填")
        if field.max is not None and value > field.max:
            return Fault("out_of_range", f"{label} {value} 大于 {field.max}{unit}", "请核对后重填")
        return self._places(value)

    def _places(self, value: int | Decimal) -> Fault | None:
        places = self.field.places
        if places is None or Decimal(value) == round(Decimal(value), places):
            return None
        fix = f"请四舍五入到 {places} 位小数，或检查单位（{self.field.unit or '无'}）"
        return Fault("too_exact", f"{self.field.label} {value} 的小数超过 {places} 位", fix)


_ONE = (str, int, float, Decimal, date, time, timedelta, Broken)
"""What a single value may come as: from a form, a sheet, or JSON."""


def _unlimited(field: Field, definition: str, name: str) -> Column:
    """The column without limits: these are told here, in the same words for all numbers."""
    return field.column(definition, name).model_copy(update={"min": None, "max": None})


def _parts(raw: Any) -> list[Any]:
    if raw is None:
        return []
    return list(raw) if isinstance(raw, list | tuple) else [raw]


def _lines(raw: str) -> Value | Fault:
    if "\ufffd" in raw or "锟斤拷" in raw:
        return Fault("garbled", "文字里有转换编码留下的乱码", "原文在转换编码时已经丢失，请回到来源重新复制")
    return "\n".join(narrow(line) for line in raw.splitlines()).strip() or None


def _month(raw: Any, label: str) -> Value | Fault:
    if isinstance(raw, date):
        return f"{raw:%Y-%m}"
    text = normal(str(raw or ""))
    if not text:
        return None
    found = _MONTH.fullmatch(text)
    if found is None or not (_FIRST <= int(found[1]) <= _LAST and 1 <= int(found[2]) <= _MONTHS):
        return Fault("bad_month", f"“{text}”不是{label}", "请写成 2024-05 的样子")
    return f"{int(found[1]):0{_YEAR_DIGITS}d}-{int(found[2]):02d}"


def to_json(value: Any) -> Any:
    """A value as it is kept in a document: decimals and dates as text, several choices as a list."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: to_json(one) for key, one in value.items()}
    return [to_json(one) for one in value] if isinstance(value, tuple | list) else value


def from_json(field: Field, kept: Any) -> Value:
    """A kept value with its type again."""
    if not is_given(kept):
        return None
    if field.type is FieldType.DECIMAL:
        return Decimal(str(kept))
    if field.type is FieldType.DATE:
        return date.fromisoformat(kept)
    return tuple(kept) if isinstance(kept, list) else kept


def shown(field: Field, value: Any, definition: str, name: str) -> str:
    """A value in words: labels for codes, 是 and 否, numbers without needless noughts; ids as they are."""
    if not is_given(value):
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.type in (FieldType.CODE, FieldType.CODES):
        codes = code_list(field, definition, name).codes
        chosen = (value,) if isinstance(value, str) else value
        labels = [codes[code].label if code in codes else str(code) for code in chosen]
        return (JOINED if any("、" in label for label in labels) else "、").join(labels)
    if isinstance(value, int | Decimal):
        return str(value) if field.type is FieldType.YEAR else _number(Decimal(value), field.places)
    if isinstance(value, tuple | list):
        return JOINED.join(map(str, value))
    return str(value)


def _number(value: Decimal, places: int | None) -> str:
    if places is not None:
        value = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    words = f"{value:,f}"
    return words.rstrip("0").rstrip(".") if "." in words else words
