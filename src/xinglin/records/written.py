"""Single values as a definition's author writes them: told in one sentence when they are something else."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | Decimal | date | str) and not isinstance(value, datetime):
        return value
    raise ValueError("应写一个值：文字、数字、日期、true 或 false")


def _right(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"field"} and isinstance(value["field"], str):
            return value
        raise ValueError("应写一个值，或 {field: 字段名}")
    return _plain(value) if not hasattr(value, "field") else value


def _number(value: Any) -> Any:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    raise ValueError("应为数字")


def _years(value: Any) -> Any:
    if value == "permanent" or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise ValueError("应是年数，或 permanent")


def _set(value: Any) -> Any:
    if isinstance(value, str | bool):
        return value
    raise ValueError("应写 true、false、选项的代码或文字（加引号）；当日写 today")


Plain = Annotated[bool | int | Decimal | date | str, BeforeValidator(_plain)]
RIGHT = BeforeValidator(_right)
Number = Annotated[Decimal | int, BeforeValidator(_number)]
Retention = Annotated[int | Literal["permanent"], BeforeValidator(_years)]
SetTo = Annotated[str | bool, BeforeValidator(_set)]
