"""Constants worked out when a measure is bound: a branch that a parameter closes asks nothing and needs no report."""

from __future__ import annotations

from dataclasses import replace

from xinglin.measures.nodes import (
    All,
    AnyOf,
    Compare,
    Condition,
    Count,
    CountDistinct,
    Exists,
    Latest,
    Literal,
    Not,
    Proportion,
    Rows,
    Sum,
    Value,
    When,
)

TRUE, FALSE = All(()), AnyOf(())


def fold(condition: Condition) -> Condition:
    """The same condition without what constants decide; `TRUE` or `FALSE` where nothing else is left."""
    if isinstance(condition, Compare) and isinstance(condition.value, Literal):
        return TRUE if condition.value.constant == condition.constant else FALSE
    if isinstance(condition, All | AnyOf):
        return _combined(condition)
    if isinstance(condition, Not):
        inner = fold(condition.condition)
        return FALSE if inner == TRUE else TRUE if inner == FALSE else Not(inner)
    if isinstance(condition, Exists):
        return Exists(fold_rows(condition.rows))
    if isinstance(condition, Proportion):
        return replace(condition, part=fold_value(condition.part), whole=fold_value(condition.whole))
    return replace(condition, value=fold_value(condition.value))


def _combined(condition: All | AnyOf) -> Condition:
    neutral, deciding = (TRUE, FALSE) if isinstance(condition, All) else (FALSE, TRUE)
    parts = [fold(part) for part in condition.conditions]
    if deciding in parts:
        return deciding
    kept = tuple(part for part in parts if part != neutral)
    return kept[0] if len(kept) == 1 else type(condition)(kept)


def fold_rows(rows: Rows) -> Rows:
    """Related rows with a folded filter; a filter that always holds is dropped."""
    if rows.where is None:
        return rows
    where = fold(rows.where)
    return replace(rows, where=None if where == TRUE else where)


def fold_value(value: Value) -> Value:
    """A value with folded filters; one that is always chosen stands alone."""
    if isinstance(value, Count | CountDistinct | Sum | Latest):
        return replace(value, rows=fold_rows(value.rows))
    if isinstance(value, When):
        condition, inner = fold(value.condition), fold_value(value.value)
        return inner if condition == TRUE else When(condition, inner)
    return value
