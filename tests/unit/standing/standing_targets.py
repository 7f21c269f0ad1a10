"""Targets and bound measures made by hand: one of each kind, nothing but what a verdict needs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from xinglin.base.period import PeriodKind
from xinglin.base.states import Comparator, Scope, Strength
from xinglin.measures import Bound, Kind
from xinglin.measures.nodes import All, Literal, Units
from xinglin.policy import Target, Unit

_ONE = Literal(1)
_FORMULAS: dict[Kind, dict[str, Any]] = {
    Kind.SHARE: {"condition": All(())},
    Kind.FLAG: {"condition": All(())},
    Kind.RATIO: {"numerator": _ONE, "denominator": _ONE},
    Kind.RATE: {"numerator": _ONE, "population": "residents", "per": 10_000},
    Kind.COUNT: {"numerator": _ONE},
}
_UNITS = {Kind.COUNT: Unit.FACILITIES, Kind.RATE: Unit.PEOPLE_PER_10K}


def make_bound(kind: Kind = Kind.SHARE) -> Bound:
    return Bound("m", kind, Units("facility"), PeriodKind.STOCK, **_FORMULAS[kind])


def make_target(
    comparator: Comparator = Comparator.AT_LEAST,
    value: str | None = "25",
    strength: Strength = Strength.MUST,
    **changes: Any,
) -> Target:
    """A target; what has no threshold has no unit either, and what is encouraged is of that strength."""
    plain: dict[str, Any] = {
        "id": "XX-t01",
        "clauses": ("一",),
        "summary": "要求",
        "measure": "m",
        "comparator": comparator,
        "value": None if value is None else Decimal(value),
        "unit": None if value is None else Unit.PERCENT,
        "scope": Scope.PLACE,
        "strength": Strength.ENCOURAGE if comparator is Comparator.ENCOURAGED else strength,
        "deadline": date(2025, 12, 31),
    }
    return Target(**{**plain, **changes})


def target_for(kind: Kind, comparator: Comparator, value: Decimal) -> Target:
    return make_target(comparator, str(value), unit=_UNITS.get(kind, Unit.PERCENT))
