"""The oracle: counting in plain Python over lists of dicts. Slow and obvious on purpose.

It shares nothing with the compiler but the model (`nodes`, `walk`). It also explains: the value of every
condition for every unit.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from xinglin.base.period import PeriodKind, Window, month_end, period_of, rolling
from xinglin.facts import Contract, Table
from xinglin.measures import walk
from xinglin.measures.alike import TIMES, how_many
from xinglin.measures.comparing import compare
from xinglin.measures.linked import Linked, Row
from xinglin.measures.months import Cell, From
from xinglin.measures.nodes import (
    All,
    AnyOf,
    AtLeastCode,
    Bound,
    Compare,
    Condition,
    Count,
    CountDistinct,
    Exists,
    Field,
    Kind,
    Latest,
    Literal,
    Not,
    OneOf,
    Present,
    Proportion,
    Recent,
    Rows,
    Sum,
    Value,
    When,
)
from xinglin.measures.results import Counted, Number
from xinglin.measures.sent import Report, reports_in

ANSWERING = ("real", "without_districts")


class Reference(Linked):
    """Counts measures over facts at a date.

    Args:
        contract: table declarations.
        facts: rows per table; `region` rows carry code, name, level, kind.
        on: date of the data.
        reports: the reports that have come in; None to take them from the `reporting` rows.
    """

    def __init__(
        self,
        contract: Contract,
        facts: Mapping[str, Sequence[Row]],
        on: date,
        reports: Container[Report] | None = None,
    ) -> None:
        super().__init__(contract, facts)
        self.on = on
        self._today = Window(on, on)
        self._units: dict[tuple[object, ...], list[Row]] = {}
        self._needs: dict[tuple[int, str, str | None], tuple[Bound, tuple[str, ...]]] = {}
        self._reports = reports_in(facts.get("reporting", ())) if reports is None else reports

    # -- areas -------------------------------------------------------------------------------------------------

    def count(self, bound: Bound, areas: Sequence[str]) -> dict[str, Counted]:
        """Count one measure in several areas."""
        return {area: self._count_area(bound, area) for area in areas}

    def _count_area(self, bound: Bound, area: str) -> Counted:
        units = [unit for unit in self.units(bound) if self.lies_in(unit, bound, area)]
        return self.add_up(bound, area, units, [self.unit(bound, unit) for unit in units])

    def add_up(self, bound: Bound, area: str, units: Sequence[Row], sums: Sequence[Counted]) -> Counted:
        """A measure in an area out of its units and what each contributes (see `unit`)."""
        numerator: Number = sum((one.numerator for one in sums), 0)
        denominator: Number | None = sum((one.denominator or 0 for one in sums), 0)
        if bound.distinct is not None:
            numerator = self._distinct(bound, bound.distinct, units)
        if bound.kind in (Kind.COUNT, Kind.FLAG):
            denominator = None
        if bound.population is not None:
            denominator = self.population(bound.population, area)
        places = self._places(area)
        n_units, n_reported = sum(one.n_units for one in sums), sum(one.n_reported for one in sums)
        reported = sum(self._place_reports(bound, place) for place in places)
        return Counted(area, numerator, denominator, n_units, n_reported, len(places), reported)

    def lies_in(self, unit: Row, bound: Bound, area: str) -> bool:
        """Whether a unit lies in an area."""
        place = self._unit_place(unit, bound)
        return place is not None and place.startswith("" if area == "0" else area)

    def _unit_place(self, unit: Row, bound: Bound) -> str | None:
        table = self.contract.table(bound.units.table)
        assert table.place is not None
        place: str | None = self.follow(unit, table, table.place)
        return place

    def _places(self, area: str) -> list[str]:
        """The counties that answer for an area (for a township: its county)."""
        if len(area) >= 6:
            return [area[:6]]
        prefix = "" if area == "0" else area
        return [
            row["code"]
            for row in self.facts.get("region", ())
            if row["level"] == 6 and row["kind"] in ANSWERING and row["code"].startswith(prefix)
        ]

    def answering(self, area: str) -> list[str]:
        """The places whose residents make up those of an area: its counties, or the township itself."""
        return [area] if len(area) > 6 else self._places(area)

    def _place_reports(self, bound: Bound, place: str) -> bool:
        return all(self._has_report(place, name, bound.period) for name in self._needed(bound, "place"))

    def population(self, column: str, area: str) -> int | None:
        """Residents of an area; None unless every county of it (or the township itself) is there."""
        stated = {
            row["place"]: row[column]
            for row in self.facts.get("population", ())
            if row["year"] == self.on.year and row.get(column) is not None
        }
        wanted = self.answering(area)
        if not wanted or any(place not in stated for place in wanted):
            return None
        return sum(int(stated[place]) for place in wanted)

    def _distinct(self, bound: Bound, numerator: CountDistinct, units: Sequence[Row]) -> int:
        table = self.contract.table(bound.units.table)
        target = self.contract.table(numerator.rows.table)
        found = set()
        for unit in units:
            if self.reported(bound, unit):
                for row in self.rows(numerator.rows, unit, table, bound):
                    found.add(self.follow(row, target, numerator.path))
        return len(found - {None})

    # -- units -------------------------------------------------------------------------------------------------

    def units(self, bound: Bound) -> list[Row]:
        """The units of a measure, wherever they lie; found once for all measures of the same units."""
        asked = bound.units
        key = (asked.table, asked.level, asked.where, bound.period)
        if key not in self._units:
            table, window = self.contract.table(asked.table), period_of(bound.period, self.on)
            self._units[key] = [
                row
                for row in self.facts.get(table.name, ())
                if self._is_unit(row, table, bound, window)
                and (asked.where is None or self.holds(asked.where, row, table, bound))
            ]
        return self._units[key]

    def _is_unit(self, row: Row, table: Table, bound: Bound, window: Window) -> bool:
        if table.name == "region":
            return bool(row["level"] == bound.units.level and row["kind"] == "real")
        time = table.time
        if time.kind == "validity":
            return self._overlaps(row, table, window)
        if time.kind == "event":
            day = row.get(str(time.date))
            start = window.start if walk.follows_period(table, bound.period) else date.min
            return day is not None and start <= day <= self.on
        if time.kind == "year":
            return bool(row.get(str(time.year)) == self.on.year)
        return True

    def _overlaps(self, row: Row, table: Table, window: Window) -> bool:
        first, last = row.get(str(table.time.from_)), row.get(str(table.time.to))
        return (first is None or first <= window.end) and (last is None or last >= window.start)

    def unit(self, bound: Bound, row: Row) -> Counted:
        """What one unit contributes (its place as area): nothing but ``n_units`` when it has not reported."""
        table = self.contract.table(bound.units.table)
        place = self._unit_place(row, bound) or ""
        if bound.cells:
            return self._cells(bound, row, table, place)
        if not self.reported(bound, row):
            return Counted(place, 0, 0, 1, 0)
        if bound.condition is not None:
            return Counted(place, int(self.holds(bound.condition, row, table, bound)), 1, 1, 1)
        numerator = self._number(bound.numerator, row, table, bound)
        denominator = 0
        if bound.denominator is not None:
            denominator = self._number(bound.denominator, row, table, bound)
        return Counted(place, numerator, denominator, 1, 1)

    def _number(self, value: Value | None, row: Row, table: Table, bound: Bound) -> Any:
        found = None if value is None else self.value(value, row, table, bound)
        return 0 if found is None else found

    # -- reporting ---------------------------------------------------------------------------------------------

    def reported(self, bound: Bound, row: Row) -> bool:
        """Whether the reports that a unit needs are there, and enough in them to count it."""
        return not self.missing_reports(bound, row) and self.complete(bound, row)

    def complete(self, bound: Bound, row: Row) -> bool:
        """Whether what was reported is enough to count a unit."""
        table, condition = self.contract.table(bound.units.table), bound.units.complete
        return condition is None or self.holds(condition, row, table, bound)

    def _needed(self, bound: Bound, by: str, every: str | None = None) -> tuple[str, ...]:
        """The same as `walk.needed`, walked once for a bound and not for each of its units."""
        key = (id(bound), by, every)
        if key not in self._needs:
            self._needs[key] = (bound, walk.needed(bound, self.contract, by, every))  # keeps the id taken
        return self._needs[key][1]

    def missing_reports(self, bound: Bound, row: Row) -> tuple[str, ...]:
        """Tables whose reports are missing for a unit, sorted."""
        table = self.contract.table(bound.units.table)
        path = walk.facility_path(table)
        facility = self.follow(row, table, path) if path else None
        place = (self._unit_place(row, bound) or "")[:6]
        registers = self._needed(bound, "place")
        tables = self._needed(bound, "facility", "year" if bound.cells else None)
        missing = [name for name in registers if not self._has_report(place, name, bound.period)]
        missing += [name for name in tables if not self._has_report(facility, name, bound.period)]
        return tuple(sorted(missing))

    def _has_report(self, unit: Any, name: str, period: PeriodKind) -> bool:
        reported = self.contract.table(name).reported
        if reported is None or reported.every == "year":
            return (unit, name, str(self.on.year)) in self._reports
        start = self.on.replace(day=1) if period is PeriodKind.MONTH else date(self.on.year, 1, 1)
        months = Window(start, self.on).months()
        return any((unit, name, f"{month:%Y-%m}") in self._reports for month in months)

    # -- cells -------------------------------------------------------------------------------------------------

    def _cells(self, bound: Bound, row: Row, table: Table, place: str) -> Counted:
        cells = self.cells(bound, row)
        found = [
            (0, 0) if cell.source is From.WITHIN else self._pair(bound, row, table, cell.window, cell.totals)
            for cell in cells
            if cell.source is not From.MISSING
        ]
        return Counted(place, sum(n for n, _ in found), sum(d for _, d in found), len(cells), len(found))

    def cells(self, bound: Bound, row: Row) -> list[Cell]:
        """The months of a unit that is counted month by month, and what each is counted from."""
        table = self.contract.table(bound.units.table)
        months = self._months(bound, row, table)
        if not self.reported(bound, row):
            return [Cell(month, From.MISSING) for month in months]
        cells = [self._cell(bound, row, table, month) for month in months]
        if all(cell.source is From.MISSING for cell in cells):
            totals = self._yearly(bound, row, table)
            if totals is not None and months:
                rest = [Cell(month, From.WITHIN) for month in months[1:]]
                return [Cell(months[0], From.YEAR, totals=totals), *rest]
        return cells

    def _months(self, bound: Bound, row: Row, table: Table) -> list[date]:
        months = period_of(bound.period, self.on).months()
        return [m for m in months if self._overlaps(row, table, Window(m, min(month_end(m), self.on)))]

    def _cell(self, bound: Bound, row: Row, table: Table, month: date) -> Cell:
        monthly = self._needed(bound, "facility", "month")
        facility = row[str(table.id_column)]
        if all((facility, name, f"{month:%Y-%m}") in self._reports for name in monthly):
            return Cell(month, From.EVENTS, window=Window(month, min(month_end(month), self.on)))
        totals = self._totals(bound, facility, month.month)
        return Cell(month, From.MISSING) if totals is None else Cell(month, From.TOTALS, totals=totals)

    def _yearly(self, bound: Bound, row: Row, table: Table) -> dict[str, int] | None:
        if bound.period is not PeriodKind.YEAR or (self.on.month, self.on.day) != (12, 31):
            return None
        return self._totals(bound, row[str(table.id_column)], None)

    def _totals(self, bound: Bound, facility: Any, month: int | None) -> dict[str, int] | None:
        items = walk.total_items(bound)
        if items is None:
            return None
        found = {
            row["item"]: row["value"]
            for row in self.linked("facility_total", "facility").get(facility, ())
            if row["year"] == self.on.year and row.get("month") == month
        }
        return {item: found[item] for item in items} if all(item in found for item in items) else None

    def _pair(
        self, bound: Bound, row: Row, table: Table, window: Window | None, totals: dict[str, int] | None
    ) -> tuple[Any, Any]:
        parts = (bound.numerator, bound.denominator)
        pair = [
            0 if part is None else self._cell_value(part, row, table, bound, window, totals) for part in parts
        ]
        return pair[0], pair[1]

    def _cell_value(
        self,
        value: Value,
        row: Row,
        table: Table,
        bound: Bound,
        window: Window | None,
        totals: dict[str, int] | None,
    ) -> Any:
        if isinstance(value, When):
            if not self.holds(value.condition, row, table, bound):
                return 0
            return self._cell_value(value.value, row, table, bound, window, totals)
        if totals is not None and isinstance(value, Count | Sum):
            return totals[str(value.rows.total)]
        found = self.value(value, row, table, bound, window)
        return 0 if found is None else found

    # -- rows --------------------------------------------------------------------------------------------------

    def rows(
        self,
        rows: Rows,
        row: Row,
        table: Table,
        bound: Bound,
        window: Window | None = None,
        *,
        ended: bool = False,
    ) -> list[Row]:
        """Related rows of a row that lie in time and meet the filter; with ``ended``, also states that are over."""
        target = self.contract.table(rows.table)
        key = self.follow(row, table, rows.matches)
        if key is None:
            return []
        return [
            other
            for other in self._candidates(rows, target, key, bound, window)
            if self._in_time(rows, other, target, bound, window, ended=ended)
            and (rows.where is None or self.holds(rows.where, other, target, bound))
        ]

    def _candidates(
        self, rows: Rows, target: Table, key: Any, bound: Bound, window: Window | None
    ) -> Sequence[Row]:
        if window is not None and walk.of_one_month(rows, target, bound.period):
            return self.in_month(target, rows.by).get((key, window.start.year, window.start.month), [])
        if not rows.within:
            return self.linked(target.name, rows.by).get(key, [])
        places = self.linked(target.name, rows.by)
        return [
            other for place, found in places.items() if place and place.startswith(key) for other in found
        ]

    def _in_time(
        self, rows: Rows, row: Row, table: Table, bound: Bound, window: Window | None, *, ended: bool = False
    ) -> bool:
        if table.time.kind == "validity":
            return self._overlaps(row, table, self._today)
        if table.time.kind == "year":
            return bool(row.get(str(table.time.year)) == self.on.year)
        if table.time.kind == "event":
            return self._event_in_time(rows, row, table, bound, window, ended)
        return True

    def _event_in_time(
        self, rows: Rows, row: Row, table: Table, bound: Bound, window: Window | None, ended: bool
    ) -> bool:
        day = row.get(str(table.time.date))
        if day is None or day > self.on:
            return False
        if rows.span is not None and rows.span.since is not None:
            return bool(day >= rows.span.since)
        if rows.span is not None and rows.span.months is not None:
            return day in rolling(self.on, rows.span.months)
        if rows.span is None and walk.follows_period(table, bound.period):
            return day in (window or period_of(bound.period, self.on))
        until = row.get(table.time.until) if table.time.until else None
        return ended or until is None or until >= self.on

    # -- values and conditions ---------------------------------------------------------------------------------

    def value(self, value: Value, row: Row, table: Table, bound: Bound, window: Window | None = None) -> Any:
        """The value of a node for a row; None for an empty cell."""
        if isinstance(value, Literal):
            return value.constant
        if isinstance(value, Field):
            return self.follow(row, table, value.path)
        if isinstance(value, When):
            if not self.holds(value.condition, row, table, bound):
                return 0
            return self.value(value.value, row, table, bound, window)
        target = self.contract.table(value.rows.table)
        found = self.rows(value.rows, row, table, bound, window, ended=isinstance(value, Latest))
        if isinstance(value, Latest):
            return self._latest(value, found, target, bound, window)
        if isinstance(value, Count):
            return how_many(found)
        cells = [
            (cell, other) for other in found if (cell := self.follow(other, target, value.path)) is not None
        ]
        if isinstance(value, CountDistinct):
            return len({cell for cell, _ in cells})
        return sum(cell * other.get(TIMES, 1) for cell, other in cells)

    def _latest(
        self, value: Latest, found: list[Row], target: Table, bound: Bound, window: Window | None
    ) -> Any:
        """The last row's cell; the default where there is no row, or the last one's state is over."""
        day, key = str(target.time.date), target.key[0]
        last = max(found, key=lambda row: (row[day], row[key]), default=None)
        if last is None or not self._in_time(value.rows, last, target, bound, window):
            return value.default
        return self.follow(last, target, value.path)

    def holds(self, condition: Condition, row: Row, table: Table, bound: Bound) -> bool:
        """Whether a condition holds for a row."""
        if isinstance(condition, All):
            return all(self.holds(part, row, table, bound) for part in condition.conditions)
        if isinstance(condition, AnyOf):
            return any(self.holds(part, row, table, bound) for part in condition.conditions)
        if isinstance(condition, Not):
            return not self.holds(condition.condition, row, table, bound)
        if isinstance(condition, Exists):
            return bool(self.rows(condition.rows, row, table, bound))
        if isinstance(condition, Proportion):
            return self._proportion(condition, row, table, bound)
        found = self.value(condition.value, row, table, bound)
        return found is not None and self._test(condition, found)

    def _proportion(self, condition: Proportion, row: Row, table: Table, bound: Bound) -> bool:
        part = self.value(condition.part, row, table, bound)
        whole = self.value(condition.whole, row, table, bound)
        if part is None or not whole:
            return False
        return bool(Decimal(part) * 100 >= condition.percent * Decimal(whole))

    def _test(self, condition: Compare | OneOf | AtLeastCode | Present | Recent, found: Any) -> bool:
        if isinstance(condition, Present):
            return True
        if isinstance(condition, OneOf):
            return found in condition.codes
        if isinstance(condition, AtLeastCode):
            return self._code_at_least(condition, found)
        if isinstance(condition, Recent):
            return bool(0 <= (self.on - found).days < condition.days)
        return compare(condition.operator, found, condition.constant)

    def _code_at_least(self, condition: AtLeastCode, found: str) -> bool:
        codes = self.contract.codelists[condition.codelist]
        if found not in codes.codes or codes.codes[found].scheme != codes.codes[condition.code].scheme:
            return False
        return codes.rank(found) >= codes.rank(condition.code)
