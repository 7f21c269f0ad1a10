"""Who has reported, as SQL: one row per reporting unit with a flag per table, joined where a measure needs it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import TypeVar

from sqlglot import exp

from xinglin.base.period import PeriodKind, Window
from xinglin.facts import Contract
from xinglin.measures import sql, walk
from xinglin.measures.frame import Frame
from xinglin.measures.nodes import Bound
from xinglin.measures.sql import Tree

S = TypeVar("S")
COUNTED_STATUS = ("reported", "late", "reported_nothing")
WHO = "reporting unit"
"""The key column of ``report_flags``; two words, so that no fact table bears its name."""


def flags(contract: Contract, on: date, make: Callable[[str, exp.Query], S], names: Collection[str]) -> S:
    """The table ``report_flags``: who reports and, per reportable table, how many of its reports of the year
    (for monthly tables also: of the month of the date) are there; for the tables named only."""
    months = [f"{month:%Y-%m}" for month in Window(date(on.year, 1, 1), on).months()]
    unit = sql.column("unit", "x")
    columns = []
    for table in (contract.table(name) for name in sorted(names)):
        if table.reported is not None and table.reported.every == "month":
            columns.append(_sent(table.name, months, table.name))
            columns.append(_sent(table.name, months[-1:], in_month(table.name)))
        elif table.reported is not None:
            columns.append(_sent(table.name, [str(on.year)], table.name))
    select = exp.select(sql.named(unit, WHO), *columns, copy=False).from_(
        sql.source("reporting", "x"), copy=False
    )
    counted = sql.among(sql.column("status", "x"), COUNTED_STATUS)
    used = sql.among(sql.column("table", "x"), sorted(names))
    inside = sql.among(sql.column("period", "x"), [str(on.year), *months])
    return make(
        "report_flags", select.where(used, inside, counted, copy=False).group_by(unit.copy(), copy=False)
    )


def in_month(name: str) -> str:
    """The column of ``report_flags`` for a monthly table's report of the month of the date alone."""
    return f"{name} of month"


def _sent(name: str, periods: list[str], column: str) -> Tree:
    same = exp.EQ(this=sql.column("table", "x"), expression=sql.constant(name))
    there = sql.both(same, sql.among(sql.column("period", "x"), periods))
    return sql.named(sql.count_if(there), column)


def _there(name: str, alias: str) -> Tree:
    return exp.GT(this=sql.or_zero(sql.column(name, alias)), expression=sql.constant(0))


def place_flags(bound: Bound, frame: Frame) -> list[Tree]:
    """Conditions: the county of the unit has sent the registers the measure needs, and they are complete for it."""
    names = walk.needed(bound, frame.relations.contract, "place")
    if names:
        assert frame.table.place is not None
        county = sql.prefix(frame.path(frame.table.place), 6)
        same = exp.EQ(this=sql.column(WHO, "rp"), expression=county)
        frame.joins.setdefault("rp", (sql.source("report_flags", "rp"), same))
    complete = bound.units.complete
    whole = [] if complete is None else [frame.holds(complete, bound.period)]
    return [*(_there(name, "rp") for name in names), *whole]


def facility_flags(bound: Bound, frame: Frame, every: str | None = None) -> list[Tree]:
    """Conditions: the facility of the unit has sent the tables the measure needs."""
    names = walk.needed(bound, frame.relations.contract, "facility", every)
    path = walk.facility_path(frame.table)
    if names and path is not None:
        same = exp.EQ(this=sql.column(WHO, "rf"), expression=frame.path(path))
        frame.joins.setdefault("rf", (sql.source("report_flags", "rf"), same))
    return [_there(_flag(name, bound, frame), "rf") for name in names]


def _flag(name: str, bound: Bound, frame: Frame) -> str:
    reported = frame.relations.contract.table(name).reported
    monthly = reported is not None and reported.every == "month"
    return in_month(name) if monthly and bound.period is PeriodKind.MONTH else name
