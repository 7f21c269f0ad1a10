"""Unique constraints of a model, asked of rows that are not written yet: words instead of a failed statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import Q, UniqueConstraint

from xinglin.apps.exchange.spec import Key, Row, RowFault, Stored
from xinglin.facts.fault import Fault

if TYPE_CHECKING:
    from xinglin.apps.exchange.modeltable import ModelTable


def holds(condition: Q | None, row: Row) -> bool:
    """Whether a row meets a condition made of equal, empty and ``__in``; true where there is none.

    Raises:
        NotImplementedError: the condition asks for more.
    """
    if condition is None:
        return True
    found = (holds(child, row) if isinstance(child, Q) else _leaf(child, row) for child in condition.children)
    met = any(found) if condition.connector == Q.OR and condition.children else all(found)
    return met is not condition.negated


def _leaf(child: Any, row: Row) -> bool:
    lookup, wanted = child
    name, _, how = lookup.partition("__")
    value = row[name]
    if how == "isnull":
        return (value is None) is wanted
    if how == "in":
        return value in wanted
    if how in ("", "exact"):
        return bool(value == wanted)
    raise NotImplementedError(lookup)


def broken(
    spec: ModelTable, constraint: UniqueConstraint, rows: Mapping[int, Row], stored: Mapping[Key, Stored]
) -> Iterator[RowFault]:
    """Rows of a file that would be second under a constraint, the stored ones counted as the file changes them."""
    changed = {spec.key(row) for row in rows.values()}
    taken: dict[Key, str] = {}
    for key, one in stored.items():
        if key not in changed and (value := _value(constraint, one.row)) is not None:
            named = f"已登记的编号 {one.id}" if spec.id_column else "已登记的一行"
            taken[value] = named if one.inside else "别的地区已登记的一行"
    for index, row in rows.items():
        value = _value(constraint, row)
        if value is None:
            continue
        if value in taken:
            yield RowFault(index, constraint.fields[0], _fault(constraint, taken[value]))
        else:
            taken[value] = "本文件前面的一行"


def _value(constraint: UniqueConstraint, row: Row) -> Key | None:
    """What must be unique, or None when the constraint does not speak of the row (an empty value is never equal)."""
    if not holds(constraint.condition, row):
        return None
    value = tuple(row[name] for name in constraint.fields)
    return None if None in value else value


def _fault(constraint: UniqueConstraint, other: str) -> Fault:
    what, _, fix = str(constraint.violation_error_message or "不能重复").partition("：")
    if "终止日期" not in fix:
        fix = f"{fix or '请核对'}；要接着登记，先给前一行填上终止日期"
    return Fault("conflict", f"{what}（{other}）", fix)
