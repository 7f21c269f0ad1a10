"""Numbers as text: exact ones for machines, rounded ones for the eye."""

from __future__ import annotations

from typing import Any

from xinglin.measures import Bound, Kind
from xinglin.measures.results import Reading, display


def exact_text(number: Any) -> str:
    """An exact number as text, without a tail of zeros."""
    text = str(number) if isinstance(number, int) else f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(reading: Reading, bound: Bound) -> str:
    """What stands in a table: the value rounded half up, or the word for its state."""
    if reading.value is None:
        return reading.state.label
    if bound.kind is Kind.FLAG:
        return "有" if reading.value else "无"
    return display(reading.value, 0 if bound.kind is Kind.COUNT else 2)
