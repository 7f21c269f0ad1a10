"""Values that follow from others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from xinglin.records.conditions import Values, is_given
from xinglin.records.fields import Computed, Field


def computed(fields: Mapping[str, Field], values: Values) -> dict[str, Any]:
    """Every computed field of a record; None where something it needs is empty (a sum takes what there is)."""
    found: dict[str, Any] = {}
    for name, field in fields.items():
        if field.computed is not None:
            found[name] = _value(field.computed, {**values, **found})
    return found


def _value(rule: Computed, values: Values) -> Any:
    parts = [values.get(name) for name in rule.fields]
    if rule.way == "sum":
        given: list[Any] = [part for part in parts if is_given(part)]
        return sum(given[1:], given[0]) if given else None
    if not all(map(is_given, parts)):
        return None
    return _WAYS[rule.way](*parts)


def _percent(part: Any, whole: Any) -> Decimal | None:
    if not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _months(first: date, last: date) -> int:
    """Whole months from one day to another, the last day counted: 1 March to 31 August are six."""
    after = date.fromordinal(last.toordinal() + 1)
    months = (after.year - first.year) * 12 + after.month - first.month
    return months - 1 if after.day < first.day else months


_WAYS: dict[str, Callable[[Any, Any], Any]] = {
    "difference": lambda left, right: left - right,
    "percent": _percent,
    "days": lambda first, last: (last - first).days + 1,
    "months": _months,
}
