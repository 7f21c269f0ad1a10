"""Walks over the nodes of a bound measure: which tables it rests on, whose reports it needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from xinglin.base.period import PeriodKind
from xinglin.facts import Contract, Table
from xinglin.measures.nodes import Bound, Count, CountDistinct, Rows, Sum, When


def nodes(item: object) -> Iterator[object]:
    """Every node below ``item``, itself first."""
    if isinstance(item, tuple):
        for part in item:
            yield from nodes(part)
    elif is_dataclass(item):
        yield item
        for field in fields(item):
            yield from nodes(getattr(item, field.name))


def related(bound: Bound) -> list[Rows]:
    """Every related-rows node of a measure, outermost first, repeats left in."""
    units = (bound.units.where, bound.units.complete)
    parts = (*units, bound.condition, bound.numerator, bound.denominator)
    return [node for part in parts if part is not None for node in nodes(part) if isinstance(node, Rows)]


def tables(bound: Bound) -> tuple[str, ...]:
    """The unit table and every related table, each once, sorted."""
    return tuple(sorted({bound.units.table, *(rows.table for rows in related(bound))}))


def facility_path(table: Table) -> str | None:
    """The column (path) of a unit that names the facility which reports for it, or None."""
    if table.name == "facility":
        return "facility"
    if table.place is not None and table.place.endswith("facility.place"):
        return table.place.removesuffix(".place")
    column = table.columns.get("facility")
    return "facility" if column is not None and column.references == "facility" else None


def needed(bound: Bound, contract: Contract, by: str, every: str | None = None) -> tuple[str, ...]:
    """Tables whose reports a unit needs from facilities or from places, monthly or yearly ones.

    Facility reports are needed only where the unit has a facility. Such a unit also needs the register of
    facilities of its county: without it nobody knows which facilities, and so which units, there are.
    """
    of_facility = facility_path(contract.table(bound.units.table)) is not None
    if by == "facility" and not of_facility:
        return ()
    found = []
    for name in sorted({*tables(bound), *(["facility"] if of_facility else [])}):
        reported = contract.table(name).reported
        if reported is not None and reported.by == by and every in (None, reported.every):
            found.append(name)
    return tuple(found)


def counted_rows(bound: Bound) -> list[Rows]:
    """The related rows that numerator and denominator count or add up (not those inside conditions)."""
    found = []
    for part in (bound.numerator, bound.denominator):
        value = part
        while isinstance(value, When):
            value = value.value
        if isinstance(value, Count | CountDistinct | Sum):
            found.append(value.rows)
    return found


def total_items(bound: Bound) -> tuple[str, ...] | None:
    """Items of reported totals that can stand in for the events; None when some rows have none."""
    items = [rows.total for rows in counted_rows(bound)]
    if not items or any(item is None for item in items):
        return None
    return tuple(sorted({item for item in items if item is not None}))


def countable_by_month(value: object, contract: Contract) -> bool:
    """Whether a value is built of counts and sums of monthly reported events hanging directly on the facility."""
    if isinstance(value, When):
        return countable_by_month(value.value, contract)
    if not isinstance(value, Count | Sum):
        return False
    rows = value.rows
    reported = contract.table(rows.table).reported
    monthly = reported is not None and reported.by == "facility" and reported.every == "month"
    return monthly and rows.by == rows.matches == "facility" and not rows.within and rows.span is None


def follows_period(table: Table, period: PeriodKind) -> bool:
    """Whether the events of a table count within the period only.

    In a stock, and in tables whose events confer a state until a date (grades), everything to date counts.
    """
    return table.time.kind == "event" and table.time.until is None and period is not PeriodKind.STOCK


def of_one_month(rows: Rows, table: Table, period: PeriodKind) -> bool:
    """Whether related events that are looked at month by month all lie in the month looked at."""
    return rows.span is None and not rows.within and follows_period(table, period)
