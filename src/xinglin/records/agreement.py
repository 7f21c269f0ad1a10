"""Whether a condition fits what it tests: a date is held against a date, a choice against its list, never a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from xinglin.facts.model import ColumnType, load_contract
from xinglin.records.conditions import Condition, Other
from xinglin.records.definition import Definition
from xinglin.records.fields import Field, FieldType

_ORDERED = ("number", "date", "month")
_MANY = ("codes", "references")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_SORTS = {
    FieldType.INTEGER: "number",
    FieldType.DECIMAL: "number",
    FieldType.YEAR: "number",
    FieldType.DATE: "date",
    FieldType.MONTH: "month",
    FieldType.BOOLEAN: "boolean",
    FieldType.CODE: "code",
    FieldType.CODES: "codes",
    FieldType.TEXT: "text",
    FieldType.LINES: "text",
    FieldType.FACILITIES: "references",
    FieldType.PRACTITIONERS: "references",
    FieldType.FILE: "file",
}
_WORDS = {
    "number": ("数字", "数字，如 3"),
    "date": ("日期", "日期，如 2024-05-20，不加引号"),
    "month": ("月份", '月份，如 "2024-05"'),
    "boolean": ("是否题", " true 或 false"),
    "code": ("单选", "选项的代码"),
    "codes": ("多选", "选项的代码"),
    "text": ("文字", "文字"),
    "reference": ("引用", "编号，加引号"),
    "references": ("多个引用", "编号，加引号"),
    "file": ("文件", ""),
}
COLUMN_SORTS = {
    ColumnType.INTEGER: ("number",),
    ColumnType.DECIMAL: ("number",),
    ColumnType.YEAR: ("number",),
    ColumnType.DATE: ("date",),
    ColumnType.BOOLEAN: ("boolean",),
    ColumnType.CODE: ("code",),
    ColumnType.PLACE: ("reference",),
    ColumnType.REF: ("reference", "code", "text"),
    ColumnType.PERIOD: ("month", "text"),
    ColumnType.PERSON: ("reference",),
    ColumnType.THING: ("reference",),
}
"""What may stand in a column of a fact table; text and ids take anything."""


@dataclass(frozen=True)
class Thing:
    """Something a condition may test: its sort, and its codes if it has a list."""

    sort: str
    codes: Collection[str] | None = None

    @property
    def word(self) -> str:
        """Chinese word."""
        return _WORDS[self.sort][0]


def thing_of(field: Field) -> Thing:
    """A field as something that a condition may test."""
    codes: Collection[str] | None = field.options
    lists = load_contract().codelists
    if field.codes in lists:
        codes = tuple(lists[str(field.codes)].codes)
    return Thing(_SORTS.get(field.type, "reference"), codes)


def things_of(one: Definition) -> dict[str, Thing]:
    """What conditions over whole records (reports, facts) may test: fields, state, place, facility, and results."""
    found = {name: thing_of(field) for name, field in one.fields.items()}
    virtual = {"id": Thing("reference"), "place": Thing("reference"), "facility": Thing("reference")}
    found = {**virtual, **found, "state": Thing("code", tuple(one.states))}
    if one.standard is not None:
        results = Thing("code", tuple(one.standard.results))
        points = Thing("number")
        found |= {"points_self": points, "points_verified": points, "result_self": results, "result": results}
    if one.survey is not None:
        found |= {"score": Thing("number"), "reached": Thing("boolean")}
    return found


def faults_of(condition: Condition, things: Mapping[str, Thing]) -> Iterator[str]:
    """What is wrong with a condition's tests, in Chinese; names that do not exist included."""
    for name in sorted(condition.fields() - set(things)):
        yield f"没有字段“{name}”"
    for name, test, right in condition.tests():
        if name in things:
            yield from _faults(name, things[name], test, right, things)


def _faults(name: str, thing: Thing, test: str, right: Any, things: Mapping[str, Thing]) -> Iterator[str]:
    if test == "given":
        return
    written = test.rstrip("_")
    if not _may(thing.sort, test):
        yield f"“{name}”是{thing.word}，不能用 {written}"
    elif isinstance(right, Other):
        other = things.get(right.field)
        if other is not None and other.sort != thing.sort:
            yield f"“{name}”是{thing.word}，不能与“{right.field}”（{other.word}）比较"
    else:
        for value in right if isinstance(right, tuple) else (right,):
            yield from _value_faults(name, thing, written, value)


def _may(sort: str, test: str) -> bool:
    if test == "has":
        return sort in _MANY
    if test in ("is_", "is_not", "in_"):
        return sort not in (*_MANY, "file")
    return sort in _ORDERED


def _value_faults(name: str, thing: Thing, test: str, value: Any) -> Iterator[str]:
    if thing.codes is not None:
        if value not in thing.codes:
            yield f"“{name}”没有“{value}”这一项"
    elif not fits(thing.sort, value):
        yield f"“{name}”是{thing.word}，{test} 后面应写{_WORDS[thing.sort][1]}，不是“{_written(value)}”"


def fits(sort: str, value: Any) -> bool:
    """Whether a value written in a file is of a sort."""
    if sort == "number":
        return isinstance(value, int | Decimal) and not isinstance(value, bool)
    if sort == "boolean":
        return isinstance(value, bool)
    if sort == "date":
        return isinstance(value, date)
    if sort == "month":
        return isinstance(value, str) and _MONTH.fullmatch(value) is not None
    return isinstance(value, str)


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
