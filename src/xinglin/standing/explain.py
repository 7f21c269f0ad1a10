"""A number opened down to its units: the oracle's own evaluation, told condition by condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xinglin.base.errors import DataError
from xinglin.base.places import Level
from xinglin.base.states import ValueState
from xinglin.facts import Column, Table
from xinglin.measures import Bound, Kind, describe, phrase
from xinglin.measures.alike import how_many
from xinglin.measures.linked import Row
from xinglin.measures.nodes import (
    All,
    AnyOf,
    Compare,
    Condition,
    Exists,
    Field,
    Latest,
    Not,
    Operator,
    Proportion,
    Value,
)
from xinglin.measures.phrases import scalar_label
from xinglin.measures.reference import Reference
from xinglin.measures.results import Counted, read
from xinglin.standing.model import Explanation, Result, Standing, Step, UnitExplained
from xinglin.standing.words import exact_text, parameter_words, shown

if TYPE_CHECKING:
    from xinglin.standing.inputs import Inputs

UNITS_LIMIT = 3_000
"""Of more units than these nobody reads a list: it is given county by county."""
DIVIDED = (Kind.SHARE, Kind.RATIO)  # the kinds whose denominator is made up of what each unit adds


def with_explanations(inputs: Inputs, standing: Standing) -> Standing:
    """The standing with its numbers opened down to their units, each measure with its parameters once.

    Above a county, what rests on more than ``UNITS_LIMIT`` units is left to the places below.
    """
    found: dict[str, Explanation] = {}
    for result in standing.results:
        key = repr((result.measure, sorted(result.parameters.items())))
        if not result.wanted and key not in found and not _too_many(inputs, result):
            with suppress(DataError):
                explanation = explain(inputs, result.measure, result.parameters)
                found[key] = replace(explanation, label=result.measure_label)
    return replace(standing, explanations=tuple(found.values()))


def _too_many(inputs: Inputs, result: Result) -> bool:
    return inputs.place.level < Level.COUNTY and result.n_units > UNITS_LIMIT


def explain(inputs: Inputs, name: str, parameters: Mapping[str, Any] | None = None) -> Explanation:
    """Open one number of the place: each unit, each condition with its value, in or out.

    Args:
        inputs: opened inputs. name: measure or named indicator. parameters: those that differ.

    Raises:
        DataError: the number rests on more rows of one table than can be read one by one.
    """
    book, place = inputs.book, inputs.place
    bound, definition = book.bind(name, parameters), book.definition(name)
    units = units_of(inputs, bound)
    counted = inputs.reference.add_up(
        bound, place.code, [one.row for one in units], [one.counted for one in units]
    )
    reading = read(bound, counted, inputs.on)
    return Explanation(
        measure=name,
        label=book.label(name),
        parameters=dict(bound.parameters),
        parameter_words=parameter_words(bound, definition, book.contract),
        place=place.code,
        place_name=place.name,
        on=inputs.on,
        description=describe(definition, book, book.parameters(name, parameters)),
        state=reading.state,
        numerator=exact_text(counted.numerator) if reading.state is not ValueState.NOT_REPORTED else None,
        denominator=None if counted.denominator is None else exact_text(counted.denominator),
        display=shown(reading, bound),
        n_reported=counted.n_reported,
        n_units=counted.n_units,
        units=tuple(told(inputs, bound, one) for one in units),
    )


@dataclass(frozen=True, slots=True)
class UnitCounted:
    """A unit of a measure, by its row, and what it contributes."""

    row: Row
    counted: Counted


def units_of(inputs: Inputs, bound: Bound) -> list[UnitCounted]:
    """The units of a measure in the place of the inputs, each counted once however often it is asked for."""
    if bound not in inputs.units:
        reference, place = inputs.reference, inputs.place.code
        rows = [row for row in reference.units(bound) if reference.lies_in(row, bound, place)]
        inputs.units[bound] = [UnitCounted(row, reference.unit(bound, row)) for row in rows]
    return inputs.units[bound]


def unit_name(reference: Reference, table: Table, row: Row) -> tuple[str, str]:
    """Id and readable name of a unit (a hall is called by its facility)."""
    key = str(row[table.key[0]])
    for path in ("name", "facility.name"):
        try:
            reference.contract.follow(table.name, path)
        except KeyError:
            continue
        name = reference.follow(row, table, path)
        if name:
            return key, str(name)
    return key, key


def told(inputs: Inputs, bound: Bound, unit: UnitCounted) -> UnitExplained:
    """A unit in words: in or out, why, condition by condition."""
    row, one = unit.row, unit.counted
    reference, table = inputs.reference, inputs.book.contract.table(bound.units.table)
    key, name = unit_name(reference, table, row)
    place = one.area
    silent = "" if one.n_reported else _silent(reference, bound, row, table)
    included, reason = ("未计", silent) if silent else _included(bound, one)
    condition = None if silent else bound.condition
    return UnitExplained(
        unit=key,
        name=name,
        place=place,
        place_name=inputs.name_of(place[:9]) or place,
        included=included,
        reason=reason,
        numerator=exact_text(one.numerator),
        denominator=exact_text(one.denominator or 0) if bound.kind in DIVIDED else "",
        steps=() if condition is None else tuple(_steps(reference, bound, condition, row, table, 0)),
    )


def _silent(reference: Reference, bound: Bound, row: Row, table: Table) -> str:
    """Why a unit has not reported; "" when it has."""
    contract = reference.contract
    missing = reference.missing_reports(bound, row)
    if missing:
        return f"未报：{'、'.join(contract.table(name).label for name in missing)}"
    if bound.units.complete is not None and not reference.complete(bound, row):
        return f"填报不齐，作未报：没有做到“{phrase(bound.units.complete, table, contract)}”"
    return ""


def _included(bound: Bound, one: Counted) -> tuple[str, str]:
    """How a unit that has reported is counted, and why."""
    if not one.n_reported:
        return "未计", "统计期内没有一个月报齐"
    if bound.condition is not None:
        return ("计入分子", "条件成立") if one.numerator else ("只在分母", "条件不成立")
    partial = "" if one.n_reported == one.n_units else f"；{one.n_units} 个月中 {one.n_reported} 个月有数"
    return "计入", f"贡献 {exact_text(one.numerator)}{partial}"


def _steps(
    reference: Reference, bound: Bound, condition: Condition, row: Row, table: Table, depth: int
) -> Iterator[Step]:
    """Each condition with its value; binding has left out those that a parameter decides."""
    holds = reference.holds(condition, row, table, bound)
    words = phrase(condition, table, reference.contract)
    if isinstance(condition, All | AnyOf):
        yield Step("以下全部成立" if isinstance(condition, All) else "以下至少一项成立", "", holds, depth)
        for part in condition.conditions:
            yield from _steps(reference, bound, part, row, table, depth + 1)
        return
    yield Step(words, _found(reference, bound, condition, row, table), holds, depth)


def _found(reference: Reference, bound: Bound, condition: Condition, row: Row, table: Table) -> str:
    if isinstance(condition, Exists):
        return f"{how_many(reference.rows(condition.rows, row, table, bound))} 条"
    if isinstance(condition, Proportion):
        part = reference.value(condition.part, row, table, bound)
        return f"{part}/{reference.value(condition.whole, row, table, bound)}"
    if isinstance(condition, Not | All | AnyOf):
        return ""
    value = reference.value(condition.value, row, table, bound)
    if isinstance(value, Decimal):
        return exact_text(value)
    return scalar_label(value, _column(reference, condition.value, table), reference.contract)


def _column(reference: Reference, value: Value, table: Table) -> Column | None:
    """The column whose code list gives a value its words; None for a number or a constant."""
    if isinstance(value, Field):
        return reference.contract.follow(table.name, value.path)[1]
    if isinstance(value, Latest):
        return reference.contract.follow(value.rows.table, value.path)[1]
    return None


def distance(reference: Reference, bound: Bound, condition: Condition, row: Row, table: Table) -> float:
    """How far a unit is from meeting a condition: 0 met; each unmet test up to 1; the easiest of alternatives."""
    if reference.holds(condition, row, table, bound):
        return 0.0
    if isinstance(condition, All):
        return sum(distance(reference, bound, part, row, table) for part in condition.conditions)
    if isinstance(condition, AnyOf):
        return min(
            (distance(reference, bound, part, row, table) for part in condition.conditions), default=1.0
        )
    if isinstance(condition, Compare) and condition.operator is Operator.AT_LEAST:
        found = reference.value(condition.value, row, table, bound)
        wanted = condition.constant
        if isinstance(found, int | Decimal) and isinstance(wanted, int | Decimal) and wanted > 0:
            return float((wanted - found) / wanted)
    return 1.0


def lacks(reference: Reference, bound: Bound, condition: Condition, row: Row, table: Table) -> list[str]:
    """What a unit lacks, in short phrases: the unmet tests of the easiest way."""
    if reference.holds(condition, row, table, bound):
        return []
    if isinstance(condition, All):
        return [w for part in condition.conditions for w in lacks(reference, bound, part, row, table)]
    if isinstance(condition, AnyOf) and condition.conditions:
        best = min(condition.conditions, key=lambda part: distance(reference, bound, part, row, table))
        return lacks(reference, bound, best, row, table)
    found = _found(reference, bound, condition, row, table)
    words = phrase(condition, table, reference.contract)
    return [f"{words}（现为{found}）" if found else words]
