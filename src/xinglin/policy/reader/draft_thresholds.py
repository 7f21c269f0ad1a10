"""The threshold of a target as our policy file means it: what is held against a number, and what is a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

from xinglin.base.states import Comparator, Strength
from xinglin.policy.fields import Unit
from xinglin.policy.reader.matching import Match, MeasureWords
from xinglin.policy.reader.model import ReadTarget
from xinglin.policy.rows import load_rows

_FULL = Decimal(100)
_UNITS = {unit.value for unit in Unit}
_BINDING = {"类": "categories", "项": "techniques", "%": "percent", "个月": "months"} | dict.fromkeys(
    ("名", "人", "个"), "at_least"
)
_TECHNIQUES = {"categories", "techniques"}


class Book(MeasureWords, Protocol):
    """The book of measures as drafts see it; ``xinglin.measures.load_measures()`` gives one."""

    def parameters(self, name: str) -> Mapping[str, Any]:
        """Every parameter of a measure with the value it has when nothing else is bound."""
        ...

    def definition(self, name: str) -> Any:
        """The definition behind a name, which has a ``unit``."""
        ...


@dataclass(frozen=True)
class Threshold:
    """Comparator, value, upper end and unit, what stands in the note, and what is doubtful of it."""

    comparator: Comparator
    value: Decimal | None
    upper: Decimal | None
    unit: str | None
    note: str | None = None
    doubts: tuple[str, ...] = ()


def is_share(target: ReadTarget, match: Match, book: Book) -> bool:
    """Whether the indicator counts how many of its units reach what the text prints as an amount."""
    if target.unit == "%":
        return (
            target.share is not None and not match.is_wanted and "percent" in book.parameters(match.measure)
        )
    if target.share is not None:
        return True
    row = load_rows().get(match.row or "")
    unit = (
        row.unit
        if row and match.is_wanted
        else ""
        if match.is_wanted
        else book.definition(match.measure).unit
    )
    return unit == "%" and target.unit != "%" and target.comparator is not Comparator.BETWEEN


def threshold_of(target: ReadTarget, of_units: bool) -> Threshold:
    """Comparator, value and unit as our file means them: of “80% have one” the value is the share, not the one."""
    if target.strength is Strength.ENCOURAGE or target.comparator is Comparator.ENCOURAGED:
        return Threshold(
            Comparator.ENCOURAGED, plain(target.value), None, target.unit if target.value else None
        )
    if target.comparator is Comparator.EXISTS or target.value is None:
        return Threshold(Comparator.EXISTS, None, None, None)
    if of_units:
        share = target.share if target.share is not None else _FULL
        comparator = Comparator.ALL if share == _FULL else Comparator.AT_LEAST
        doubts = () if target.share is not None else ("原文没有写占比，按每一家都要达到读",)
        return Threshold(comparator, plain(share), None, "%", f"每家的门槛：{amounts(target)}", doubts)
    doubts = () if target.unit in _UNITS else (f"单位“{target.unit}”不在文件格式的单位之列",)
    note = f"门槛：{amounts(target)}" if target.second else None
    if target.share is not None:
        note = f"原文要求 {plain(target.share)}% 的机构各自达到{amounts(target)}"
        doubts = (*doubts, "原文按每家各自达到计，所配的指标按合计计，请核对指标")
    return Threshold(target.comparator, plain(target.value), plain(target.upper), target.unit, note, doubts)


def plain(value: Decimal | None) -> Decimal | None:
    """A number without zeros to spare: 85 for 85.00, never 8.5E+1."""
    return None if value is None else Decimal(f"{value.normalize():f}")


def amounts(target: ReadTarget) -> str:
    """The printed amounts in words: 不少于6类10项."""
    word = {Comparator.MORE_THAN: "超过", Comparator.AT_LEAST: "不少于"}.get(target.comparator, "")
    rest = "".join(f"{plain(part.value)}{part.unit}" for part in target.second)
    upper = f"–{plain(target.upper)}" if target.upper is not None else ""
    return f"{word}{plain(target.value)}{upper}{target.unit or ''}{rest}"


def parameters_of(target: ReadTarget, match: Match, book: Book, of_units: bool) -> dict[str, Any]:
    """Thresholds that differ from those the indicator has of itself; of 类 and 项 what is not printed is not asked."""
    known = book.parameters(match.measure)
    amounts = [(part.value, part.unit) for part in target.second]
    if of_units and target.value is not None and target.unit:
        amounts.insert(0, (target.value, target.unit))
    whole = [(int(value), unit) for value, unit in amounts if value == value.to_integral_value()]
    bound = {_BINDING[unit]: value for value, unit in whole if _BINDING.get(unit) in known}
    if len(bound.keys() & _TECHNIQUES) == 1 and known.keys() >= _TECHNIQUES:
        bound |= dict.fromkeys(_TECHNIQUES - bound.keys(), 0)
    return {name: value for name, value in sorted(bound.items()) if known[name] != value}
