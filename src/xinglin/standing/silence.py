"""Who had not reported when a vintage was published: for each unit the tables and the months that were missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from xinglin.base.period import PeriodKind, Window
from xinglin.facts import Table
from xinglin.measures import Bound, walk
from xinglin.measures.linked import Row
from xinglin.measures.months import From
from xinglin.measures.reference import Reference
from xinglin.standing.areas_file import Measure, UnitRow
from xinglin.standing.keys import unit_id
from xinglin.standing.opening import FrozenFacts

COUNTY = 6


@dataclass(frozen=True, slots=True)
class Report:
    """A missing report of a table, by a facility or a county, for a year or a month (``2020``, ``2020-03``)."""

    by: str
    table: str
    table_label: str
    period: str


@dataclass(frozen=True, slots=True)
class Silence:
    """What a unit lacked.

    Attributes:
        months: months of a unit counted month by month that had no number. of: months it should have had; 0 for a
            unit that is counted once. reports: whose coming would end it; any one of a table's months is enough where
            ``any_month``.
    """

    unit: UnitRow
    months: tuple[str, ...]
    of: int
    reports: tuple[Report, ...]
    any_month: bool = False

    @property
    def missing(self) -> int:
        """How much of the published “应报” this unit did not report: months, or itself."""
        return len(self.months) if self.of else 1


def silences(frozen: FrozenFacts, measure: Measure, units: Iterable[UnitRow]) -> list[Silence]:
    """What each of some units lacked, in their order; units of one county are read together.

    Raises:
        DataError: the rows of the vintage cannot be read any more.
    """
    bound = frozen.bound(measure.measure, measure.parameters)
    found = []
    for around, group in groupby(units, lambda one: one.county or one.place or "0"):
        reference = frozen.reference(around)
        table = frozen.contract.table(bound.units.table)
        rows = {unit_id(table, row): row for row in reference.facts[table.name]}
        found += [_silence(reference, bound, table, one, rows.get(one.unit)) for one in group]
    return found


def _silence(reference: Reference, bound: Bound, table: Table, unit: UnitRow, row: Row | None) -> Silence:
    if row is None:
        return Silence(unit, (), 0, ())
    cells = reference.cells(bound, row) if bound.cells else []
    months = tuple(f"{cell.month:%Y-%m}" for cell in cells if cell.source is From.MISSING)
    labels = {name: reference.contract.table(name).label for name in walk.tables(bound)}
    labels["facility"] = reference.contract.table("facility").label
    reports = []
    for name in reference.missing_reports(bound, row):
        by = _reporter(reference, unit, name)
        reports += [Report(by, name, labels[name], period) for period in _periods(reference, bound, name)]
    for name in walk.needed(bound, reference.contract, "facility", "month") if months else ():
        reports += [Report(unit.facility, name, labels[name], month) for month in months]
    return Silence(unit, months, len(cells), tuple(reports), bool(reports) and not bound.cells)


def _reporter(reference: Reference, unit: UnitRow, name: str) -> str:
    """Who gives the report of a table: the county of a unit, or its facility."""
    reported = reference.contract.table(name).reported
    by_place = reported is None or reported.by == "place"
    return unit.place[:COUNTY] or unit.unit[:COUNTY] if by_place else unit.facility


def _periods(reference: Reference, bound: Bound, name: str) -> list[str]:
    """The periods of which any would do: the year, or the months that the measure looks at."""
    reported = reference.contract.table(name).reported
    if reported is None or reported.every == "year":
        return [str(reference.on.year)]
    on = reference.on
    start = on.replace(day=1) if bound.period is PeriodKind.MONTH else on.replace(month=1, day=1)
    return [f"{month:%Y-%m}" for month in Window(start, on).months()]


@dataclass(frozen=True, slots=True)
class Need:
    """A table that a measure needs reports of: ``by`` place or facility, ``every`` year or month."""

    table: str
    label: str
    by: str
    every: str


def needs(frozen: FrozenFacts, measure: Measure) -> list[Need]:
    """The tables whose reports a measure waits for, those of places first. Raises DataError."""
    bound = frozen.bound(measure.measure, measure.parameters)
    found = []
    for by in ("place", "facility"):
        for name in walk.needed(bound, frozen.contract, by):
            table = frozen.contract.table(name)
            every = table.reported.every if table.reported is not None else "year"
            found.append(Need(name, table.label, by, every))
    return found
