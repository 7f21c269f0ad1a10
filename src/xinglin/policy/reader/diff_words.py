"""A threshold of a policy file in short Chinese words, for comparisons and pages."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from xinglin.base.states import Comparator

_BEFORE = {Comparator.AT_LEAST: "不低于", Comparator.MORE_THAN: "超过", Comparator.ENCOURAGED: "鼓励"}


def thresholds_words(entry: Mapping[str, Any]) -> str:
    """What a target asks: 不低于 80%, 0.6–0.8 人/万人, 全部; parameters that are numbers in brackets."""
    comparator, value, unit = entry.get("comparator"), entry.get("value"), entry.get("unit") or ""
    known = {one.value: one for one in Comparator}.get(str(comparator))
    if known is Comparator.ALL:
        said = "全部"
    elif known is Comparator.EXISTS:
        said = "有即可"
    elif value is None:
        said = _BEFORE.get(known, "没有数值") if known else "没有数值"
    else:
        upper = entry.get("upper")
        number = f"{number_words(value)}–{number_words(upper)}" if upper is not None else number_words(value)
        said = f"{_BEFORE.get(known, '') if known else ''}{number}{'' if unit == '%' else ' '}{unit}"
    extra = [
        f"{name} {number_words(one)}"
        for name, one in sorted((entry.get("parameters") or {}).items())
        if isinstance(one, int | Decimal) and not isinstance(one, bool)
    ]
    return f"{said}（{'，'.join(extra)}）" if extra else said


def number_words(value: object) -> str:
    """A number without zeros to spare."""
    if isinstance(value, Decimal):
        return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
    return str(value)
