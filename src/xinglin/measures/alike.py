"""Events that no measure can tell apart: one row may stand for all of them, with how many they are.

A county has a hundred thousand visits, a province ten million. What measures ask of them is their facility, their
month and a few codes; so the oracle can go through all of a province without taking one of them up twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from xinglin.facts import Contract, Table
from xinglin.measures import walk
from xinglin.measures.nodes import Bound, CountDistinct, Field, Latest, Rows, Sum

TIMES = "#"
"""A row with this key stands for so many that are alike in all that is asked of them, within one month."""


def how_many(rows: Sequence[Mapping[str, Any]]) -> int:
    """How many rows some rows stand for."""
    return sum(row.get(TIMES, 1) for row in rows)


def asked_of_events(bounds: Iterable[Bound], contract: Contract) -> dict[str, tuple[str, ...]]:
    """Tables of events whose rows can be taken together, and the columns that measures ask for besides the date.

    Left out are events looked at one by one: units themselves, what others refer to, those of which the latest counts,
    persons counted once, and where days and not months decide.
    """
    asked: dict[str, set[str]] = {}
    one_by_one = {
        column.references
        for table in contract.tables.values()
        for column in table.columns.values()
        if column.references
    }
    for bound in dict.fromkeys(bounds):
        one_by_one.add(bound.units.table)
        for rows, path in _looked_at(bound):
            columns = _columns(rows, path, contract.table(rows.table))
            if columns is None:
                one_by_one.add(rows.table)
            else:
                asked.setdefault(rows.table, set()).update(columns)
    return {name: tuple(sorted(columns)) for name, columns in asked.items() if name not in one_by_one}


def _looked_at(bound: Bound) -> Iterator[tuple[Rows, str | None]]:
    """Related rows, with the column that is added up; None for it where single rows matter."""
    units = (bound.units.where, bound.units.complete)
    for part in (*units, bound.condition, bound.numerator, bound.denominator):
        taken = set()
        for node in walk.nodes(part):
            if isinstance(node, Sum):
                taken.add(id(node.rows))
                yield node.rows, node.path
            elif isinstance(node, CountDistinct | Latest):
                taken.add(id(node.rows))
                yield node.rows, None
            elif isinstance(node, Rows) and id(node) not in taken:
                yield node, ""


def _columns(rows: Rows, path: str | None, table: Table) -> set[str] | None:
    """The columns that are asked of a table's rows; None where they cannot be taken together."""
    time, link = table.time, table.columns.get(rows.by)
    by_facility = link is not None and link.references == "facility" and not rows.within
    if (
        path is None
        or time.kind != "event"
        or time.until is not None
        or rows.span is not None
        or not by_facility
    ):
        return None
    inner = list(walk.nodes(rows.where)) if rows.where is not None else []
    paths = [node.path for node in inner if isinstance(node, Field)] + ([path] if path else [])
    columns = {rows.by, *(one.split(".")[0] for one in paths)}
    if time.date in columns or any(isinstance(node, Rows) for node in inner):
        return None
    return columns
