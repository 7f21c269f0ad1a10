"""Values that follow from others: what is not asked for is emptied, what is computed is worked out, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from graphlib import CycleError, TopologicalSorter
from math import prod
from typing import Any

from xinglin.records.conditions import Values, is_given
from xinglin.records.fields import Field

_DIGITS = 100
"""More than any product of factors with limits has (see `soundness`)."""


def leaning_on(field: Field) -> frozenset[str]:
    """The fields that a field's condition or computation looks at."""
    asked = field.when.fields() if field.when is not None else frozenset()
    return asked | frozenset(field.computed.fields if field.computed is not None else ())


def in_order(fields: Mapping[str, Field]) -> tuple[str, ...]:
    """Names of the fields, each after those it leans on.

    Raises:
        CycleError: fields lean on each other in a circle; ``args[1]`` names them.
    """
    sorter = TopologicalSorter({name: leaning_on(field) & set(fields) for name, field in fields.items()})
    return tuple(sorter.static_order())


def circle(fields: Mapping[str, Field]) -> tuple[str, ...]:
    """Fields that lean on each other in a circle, the first again at the end; nothing if there is none."""
    try:
        in_order(fields)
    except CycleError as error:
        return tuple(error.args[1])
    return ()


def settled(fields: Mapping[str, Field], order: tuple[str, ...], values: Values) -> dict[str, Any]:
    """All values with what is not asked for emptied and what is computed worked out.

    Args:
        order: of `in_order`, so that a field may lean on one that stands below it in the form.
    """
    found = dict(values)
    for name in order:
        field = fields[name]
        if field.when is not None and not field.when.holds(found):
            found[name] = None
        elif field.computed is not None:
            found[name] = _value(field, found)
    return found


def computed(fields: Mapping[str, Field], values: Values) -> dict[str, Any]:
    """Every computed field of a record; None where something it needs is empty (a sum takes what there is)."""
    found: dict[str, Any] = dict(values)
    for name in in_order(fields):
        if fields[name].computed is not None:
            found[name] = _value(fields[name], found)
    return {name: found[name] for name, field in fields.items() if field.computed is not None}


def _value(field: Field, values: Values) -> Any:
    rule = field.computed
    assert rule is not None
    parts = [values.get(name) for name in rule.fields]
    if rule.way == "sum":
        given: list[Any] = [part for part in parts if is_given(part)]
        return sum(given[1:], given[0]) if given else None
    if not all(map(is_given, parts)):
        return None
    return _product(parts, field.places) if rule.way == "product" else _WAYS[rule.way](*parts)


def _product(parts: list[Any], places: int | None) -> Any:
    """Exact; only then rounded, half up, to the places that the field has. Whole numbers stay whole."""
    with localcontext(prec=_DIGITS):
        found = prod(parts[1:], start=parts[0])
        return found if places is None else round_half_up(Decimal(found), places)


def round_half_up(number: Decimal, places: int) -> Decimal:
    """To so many decimals, half up."""
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


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
