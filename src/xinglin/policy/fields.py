"""Field types of a policy file that say in Chinese what is wrong with a value."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

T = TypeVar("T", bound=Sequence[object])


class Unit(StrEnum):
    """Unit of a threshold, as documents print it."""

    PERCENT = "%"
    PEOPLE_PER_10K = "人/万人"
    PEOPLE_PER_1000 = "人/千人"
    BEDS_PER_1000 = "张/千人"
    THINGS = "个"
    FACILITIES = "所"
    BEDS = "张"
    HEADS = "名"
    PEOPLE = "人"
    ITEMS = "项"
    CATEGORIES = "类"
    LEVELS = "级"
    KINDS = "种"
    ROUNDS = "届"
    ISSUES = "期"
    SESSIONS = "场次"
    MONTHS = "个月"

    @property
    def is_total(self) -> bool:
        """Whether values add up over areas: “150 halls” binds the province, not each of its counties."""
        return self not in _NOT_TOTALS


_NOT_TOTALS = {
    Unit.PERCENT,
    Unit.PEOPLE_PER_10K,
    Unit.PEOPLE_PER_1000,
    Unit.BEDS_PER_1000,
    Unit.LEVELS,
    Unit.MONTHS,
}


def _exact(value: object) -> object:
    # A bool is an int to Python, and pydantic would turn "100" and true into numbers without a word.
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("应为数字")
    return Decimal(value)


def _at_most(length: int) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not text.strip():
            raise ValueError("不能为空")
        if len(text) > length:
            raise ValueError(f"最多 {length} 个字，现有 {len(text)} 个")
        return text

    return check


def _matching(pattern: str, words: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"应为{words}，现为“{text}”")
        return text

    return check


def _not_empty(items: T) -> T:
    if not items:
        raise ValueError("至少要有一项")
    return items


def _bindable(value: object) -> object:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(value, bool | int | Decimal | date | str | tuple):
        return value
    raise ValueError("参数的值应为文字、数字、日期、true、false 或文字的列表")


Exact = Annotated[Decimal, BeforeValidator(_exact)]
Day = Annotated[date, Field(strict=True)]
Words = Annotated[str, AfterValidator(_at_most(2000))]
Words60 = Annotated[str, AfterValidator(_at_most(60))]
Words40 = Annotated[str, AfterValidator(_at_most(40))]
Words30 = Annotated[str, AfterValidator(_at_most(30))]
Words8 = Annotated[str, AfterValidator(_at_most(8))]
Clauses = Annotated[tuple[Words, ...], AfterValidator(_not_empty)]
Units = tuple[Words, ...]
Parameter = Annotated[object, BeforeValidator(_bindable)]
DocumentId = Annotated[str, AfterValidator(_matching("[a-z][a-z0-9_]*", "小写字母、数字、下划线"))]
TargetId = Annotated[str, AfterValidator(_matching("[A-Z]{2,6}-t[0-9]{2,3}", "“前缀-t序号”，如 LZ-t01"))]
TaskId = Annotated[str, AfterValidator(_matching("[A-Z]{2,6}-k[0-9]{2,3}", "“前缀-k序号”，如 LZ-k01"))]
DutyId = Annotated[str, AfterValidator(_matching("[A-Z]{2,6}-d[0-9]{2,3}", "“前缀-d序号”，如 LZ-d01"))]
Sha256 = Annotated[str, AfterValidator(_matching("[0-9a-f]{64}", " 64 位十六进制小写数字"))]
