"""How far a target is missed, in the unit people act on, and which units are nearest to meeting it."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from xinglin.base.errors import DataError
from xinglin.base.places import Level
from xinglin.base.states import Comparator, Verdict
from xinglin.facts import Table
from xinglin.measures import Bound, Definition, Kind
from xinglin.measures.linked import Row
from xinglin.measures.nodes import Condition
from xinglin.measures.results import Counted, Reading
from xinglin.policy import Target
from xinglin.standing.explain import distance, lacks, unit_name, units_of
from xinglin.standing.model import Gap
from xinglin.standing.units import lacking_word

if TYPE_CHECKING:
    from xinglin.standing.inputs import Inputs

NEAREST = 20
_ITSELF = {Level.PREFECTURE: "本市", Level.COUNTY: "本县"}


def gap_of(
    inputs: Inputs,
    target: Target,
    bound: Bound,
    counted: Counted,
    reading: Reading,
    definition: Definition,
    verdict: Verdict,
) -> Gap | None:
    """The gap of a missed target; None when it is met, not judged or has no number."""
    if verdict not in (Verdict.NOT_MET, Verdict.WARN) or reading.value is None:
        return None
    amount = missing_units(target, bound, counted)
    unit = lacking_word(bound, inputs.book.contract, definition.act_on)
    if amount is None:
        return Gap(None, unit, "加权抽样的数，不能折成单位")
    words = f"还差 {amount} {unit}"
    if bound.condition is not None and bound.units.level == inputs.place.level:
        words = f"{_ITSELF[inputs.place.level]}尚未达到"
    if bound.kind is Kind.RATIO:
        words += "（分母不变时）"
    nearest = _nearest(inputs, bound) if bound.kind is Kind.SHARE else ()
    return Gap(amount, unit, words, nearest)


def missing_units(target: Target, bound: Bound, counted: Counted) -> int | None:
    """The least whole number to add to the numerator so that the target is met; None for weighted sums."""
    if not isinstance(counted.numerator, int):
        return None
    if target.comparator is Comparator.EXISTS and bound.kind not in (Kind.SHARE, Kind.RATIO):
        return 1 if counted.numerator <= 0 else 0
    if target.comparator is Comparator.EXISTS or target.threshold is None:
        threshold = Fraction(100)
    else:
        threshold = Fraction(target.threshold)
    needed = threshold
    if bound.kind is not Kind.COUNT and counted.denominator is not None:
        needed = threshold * Fraction(counted.denominator) / bound.per
    strict = target.comparator is Comparator.MORE_THAN
    whole = floor(needed) + 1 if strict else ceil(needed)
    return max(whole - counted.numerator, 0)


def _nearest(inputs: Inputs, bound: Bound) -> tuple[tuple[str, str, str], ...]:
    """Units that have reported and do not meet the condition, nearest first, with what each lacks."""
    condition = bound.condition
    if condition is None or inputs.place.level < Level.COUNTY:
        return ()  # above a county the list would be thousands of rows read one by one: open the county instead
    if bound not in inputs.nearest:
        reference, table = inputs.reference, inputs.book.contract.table(bound.units.table)
        try:
            found = _missing(inputs, bound, condition, table)
        except DataError:
            found = []  # too many rows to read them one by one
        found.sort(key=lambda item: item[:3])
        inputs.nearest[bound] = tuple(
            (key, name, "；".join(lacks(reference, bound, condition, row, table)))
            for _, key, name, row in found[:NEAREST]
        )
    return inputs.nearest[bound]


def _missing(
    inputs: Inputs, bound: Bound, condition: Condition, table: Table
) -> list[tuple[float, str, str, Row]]:
    """Distance, id and name of each unit of the place that has reported and does not meet the condition."""
    reference = inputs.reference
    missing = [
        one.row for one in units_of(inputs, bound) if one.counted.n_reported and not one.counted.numerator
    ]
    far = [(distance(reference, bound, condition, row, table), row) for row in missing]
    return [(left, *unit_name(reference, table, row), row) for left, row in far if left > 0]
