"""``{% load insight %}``: filters that show numbers with their state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from xinglin.apps.insight import standing_now
from xinglin.base.states import ValueState
from xinglin.report.words import value_words
from xinglin.standing import Result
from xinglin.standing.areas_file import Number, ResultRow

register = template.Library()

_TONES = {"计入分子": "good", "计入": "good", "只在分母": "warn", "未计": "none"}


@register.filter
def get(table: Mapping[Any, Any], key: Any) -> Any:
    """The value of a mapping for a key that is a variable."""
    return table[key]


@register.filter
def percent(share: float) -> int:
    """A share as whole per cent, at most 100."""
    return min(100, int(share * 100))


@register.filter
def shown(number: Number | ResultRow, unit: str = "") -> str:
    """The value with its unit as people read it, or the word for its state."""
    known = number.state is ValueState.NUMBER
    return standing_now.with_unit(number.display, unit) if known else number.state.label


@register.filter
def told(result: Result) -> str:
    """The value of a result with its unit, or the word for its state."""
    return value_words(result, result)


@register.filter
def exact(number: Number) -> str:
    """Numerator ÷ denominator."""
    return standing_now.exact(number)


@register.filter
def included_tone(word: str) -> str:
    """The tone of how a unit is counted."""
    return _TONES.get(word, "info")
