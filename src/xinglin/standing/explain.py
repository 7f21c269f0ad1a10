"""A number opened down to its units: the oracle's own evaluation, told condition by condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from xinglin.base.errors import DataError
from xinglin.base.states import ValueState
from xinglin.facts import Column, Dataset, Table
from xinglin.measures import Bound, describe, phrase, walk
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
from xinglin.measures.reference import Reference, Row
from xinglin.measures.results import read
from xinglin.standing.model import Explanation, Step, UnitExplained
from xinglin.standing.words import exact_text, shown

if TYPE_CHECKING:
    from xinglin.standing.evaluate import Inputs

ROWS_LIMIT = 2_000_000
"""Beyond so many rows of one table inside the place, a number is opened place by place below it."""


def reference_for(inputs: Inputs, bound: Bound) -> Reference:
    """The oracle over the rows that one measure needs inside the place. Raises DataError when they are too many."""
    contract = inputs.book.contract
    events = {name for name, table in contract.tables.items() if table.time.kind == "event"}
    used = set(walk.tables(bound))
    facts: dict[str, list[dict[str, Any]]] = {"region": inputs.divisions.table.to_pylist()}
    for name in contract.tables:
        if name != "region" and (name not in events or name in used):
            if name not in inputs.opened:
                inputs.opened[name] = _rows(inputs.dataset, contract.table(name), inputs.place.code)
            facts[name] = inputs.opened[name]
    return Reference(contract, facts, inputs.on)


def _rows(dataset: Dataset, table: Table, place: str) -> list[dict[str, Any]]:
    arrow = dataset.arrow(table.name)
    if "facility" in arrow.column_names and place != "0":
        facility = dataset.arrow("facility")
        inside = facility.filter(pc.starts_with(facility["place"], place))["facility"].combine_chunks()
        arrow = arrow.filter(pc.is_in(arrow["facility"], value_set=inside))
    if arrow.num_rows > ROWS_LIMIT:
        raise DataError(f"“{table.label}”在本地区有 {arrow.num_rows} 行，请到下级地区打开这个数")
    rows: list[dict[str, Any]] = pa.Table.to_pylist(arrow)
    return rows


def explain(inputs: Inputs, name: str, parameters: Mapping[str, Any] | None = None) -> Explanation:
    """Open one number of the place: each unit, each condition with its value, in or out.

    Args:
        inputs: opened inputs. name: measure or named indicator. parameters: those that differ.
    """
    bound = inputs.book.bind(name, parameters)
    reference = reference_for(inputs, bound)
    place = inputs.place
    counted = reference.count(bound, [place.code])[place.code]
    reading = read(bound, counted, inputs.on)
    units = [unit for unit in reference.units(bound) if reference.lies_in(unit, bound, place.code)]
    return Explanation(
        measure=name,
        label=inputs.book.label(name),
        place=place.code,
        place_name=place.name,
        on=inputs.on,
        description=describe(
            inputs.book.definition(name), inputs.book, inputs.book.parameters(name, parameters)
        ),
        state=reading.state,
        numerator=exact_text(counted.numerator) if reading.state is not ValueState.NOT_REPORTED else None,
        denominator=None if counted.denominator is None else exact_text(counted.denominator),
        display=shown(reading, bound),
        n_reported=counted.n_reported,
        n_units=counted.n_units,
        units=tuple(_unit(inputs, reference, bound, unit) for unit in units),
    )


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


def _unit(inputs: Inputs, reference: Reference, bound: Bound, row: Row) -> UnitExplained:
    table = inputs.book.contract.table(bound.units.table)
    one = reference.unit(bound, row)
    key, name = unit_name(reference, table, row)
    missing = reference.missing_reports(bound, row)
    place = one.area
    place_name = inputs.divisions.get(place[:9]).name if place[:9] in inputs.divisions else place
    included, reason = _included(inputs, bound, one.numerator, one.n_reported, one.n_units, missing)
    steps = (
        ()
        if missing or bound.condition is None
        else tuple(_steps(reference, bound, bound.condition, row, table, 0))
    )
    return UnitExplained(
        unit=key,
        name=name,
        place=place,
        place_name=place_name,
        included=included,
        reason=reason,
        numerator=exact_text(one.numerator),
        denominator=exact_text(one.denominator or 0),
        steps=steps,
    )


def _included(
    inputs: Inputs, bound: Bound, numerator: Any, n_reported: int, n_units: int, missing: tuple[str, ...]
) -> tuple[str, str]:
    if missing:
        labels = "、".join(inputs.book.contract.table(name).label for name in missing)
        return "未计", f"未报：{labels}"
    if not n_reported:
        return "未计", "统计期内没有一个月报齐"
    if bound.condition is not None:
        return ("计入分子", "条件成立") if numerator else ("只在分母", "条件不成立")
    partial = "" if n_reported == n_units else f"；{n_units} 个月中 {n_reported} 个月有数"
    return ("计入", f"贡献 {exact_text(numerator)}{partial}")


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
        return f"{len(reference.rows(condition.rows, row, table, bound))} 条"
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
