"""Numbers as text: exact ones for machines, rounded ones for the eye."""

from __future__ import annotations

from typing import Any

from xinglin.facts import Contract
from xinglin.measures import Bound, Definition, Kind
from xinglin.measures.describe import value_words
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


def parameter_words(bound: Bound, definition: Definition, contract: Contract) -> tuple[tuple[str, str], ...]:
    """Each parameter in Chinese, in the order of the definition: its label and the words of its value."""
    declared = definition.parameters
    return tuple(
        (declared[name].label, value_words(value, declared[name].codes, contract))
        for name, value in bound.parameters
    )
