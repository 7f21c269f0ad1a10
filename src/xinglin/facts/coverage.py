# ruff: noqa: S608 - names in the SQL are the contract's own, never a user's text
"""What reporting says against the rows that are there: warnings, one per table, never one per row."""

from __future__ import annotations

from collections.abc import Iterator

from xinglin.base.problems import Problem
from xinglin.facts.fault import Fault
from xinglin.facts.findings import Spot
from xinglin.facts.model import Table, load_contract
from xinglin.facts.relations import Relations
from xinglin.facts.source import Source

# Items of facility_total that are counted from a table's events as well.
_COUNTED_FROM = {
    "visit": ("visits", "tcm_visits", "non_drug_visits"),
    "prescription": ("prescriptions", "tcm_prescriptions", "herbal_prescriptions"),
    "discharge": ("discharges",),
}


def coverage_problems(relations: Relations, source: Source) -> Iterator[Problem]:
    """Rows nobody vouches for, rows where nothing was reported, totals beside events."""
    tables = [table for table in load_contract().tables.values() if source.of(table.name)]
    reportable = [table for table in tables if table.reported]
    if reportable and not source.of("reporting"):
        what = "没有“填报情况”表（reporting），每个单位都会算作“未报”"
        fix = "请补上填报情况：单位、表、期、状态各一列"
        yield source.spot("reporting").warning(Fault("missing_reporting", what, fix))
        reportable = []
    for table in reportable:
        yield from _unvouched(relations, table, source.of(table.name)[0].spot)
    if source.of("facility_total"):
        for name in _COUNTED_FROM:
            yield from _total_and_events(relations, load_contract().table(name), source)


def _unvouched(relations: Relations, table: Table, spot: Spot) -> Iterator[Problem]:
    units = _units(table)
    if units is None:
        return
    period = " AND r.period = u.period" if table.time.kind in ("event", "year") else ""
    sql = (
        f"WITH u AS ({units}),"
        f" r AS (SELECT unit, period, status FROM reporting WHERE \"table\" = '{table.name}'),"
        " seen AS (SELECT u.unit, u.period, coalesce(bool_or(r.status <> 'not_reported'), false) AS vouched,"
        " coalesce(bool_or(r.status = 'reported_nothing'), false) AS nothing"
        f" FROM u LEFT JOIN r ON r.unit = u.unit{period} GROUP BY u.unit, u.period)"
        " SELECT count(*) FILTER (NOT vouched), min(unit) FILTER (NOT vouched),"
        " count(*) FILTER (nothing), min(unit) FILTER (nothing) FROM seen WHERE unit IS NOT NULL"
    )
    missing, example, nothing, other = relations.rows(sql)[0]
    unit = _unit_word(table)
    if missing:
        what = f"有 {missing} 个{unit}有数据行，填报情况却没有记为已报，如“{example}”"
        yield spot.warning(Fault("unreported_rows", what, "这些会算作“未报”，请在填报情况里补上"))
    if nothing:
        what = f"有 {nothing} 个{unit}记为“零报”，却有数据行，如“{other}”"
        yield spot.warning(Fault("nothing_but_rows", what, "请改正填报状态，或删去多出的行"))


def _unit_word(table: Table) -> str:
    assert table.reported is not None
    unit = "机构" if table.reported.by == "facility" else "县"
    if table.time.kind == "validity":
        return unit
    return f"{unit}·{'月' if table.reported.every == 'month' else '年'}"


def _units(table: Table) -> str | None:
    """SQL for the distinct units and periods a table's rows belong to; None when no path leads to a unit."""
    if table.place is None or table.reported is None:
        return None
    unit, joins = _unit(table, table.place.split("."), table.reported.by)
    return f'SELECT DISTINCT {unit} AS unit, {_period(table)} AS period FROM "{table.name}" t{joins}'


def _unit(table: Table, path: list[str], by: str) -> tuple[str, str]:
    """Expression for the reporting unit and the joins it needs: the facility, or the county of the place."""
    *steps, last = path
    alias, joins = "t", ""
    for number, step in enumerate(steps):
        target = load_contract().table(str(table.columns[step].references))
        if by == "facility" and target.name == "facility":
            return f'{alias}."{step}"', joins
        joins += f' JOIN "{target.name}" j{number} ON {alias}."{step}" = j{number}."{target.id_column}"'
        alias, table = f"j{number}", target
    return f'left({alias}."{last}", 6)', joins


def _period(table: Table) -> str:
    assert table.reported is not None
    if table.time.kind == "event":
        pattern = "%Y-%m" if table.reported.every == "month" else "%Y"
        return f"strftime(t.\"{table.time.date}\", '{pattern}')"
    return f'CAST(t."{table.time.year}" AS VARCHAR)' if table.time.kind == "year" else "NULL"


def _total_and_events(relations: Relations, table: Table, source: Source) -> Iterator[Problem]:
    items = ", ".join(f"'{item}'" for item in _COUNTED_FROM[table.name])
    sql = (
        f"WITH e AS (SELECT DISTINCT facility, year(date) AS y, month(date) AS m FROM {table.name}),"
        " f AS (SELECT DISTINCT facility, year AS y, month AS m FROM facility_total"
        f" WHERE item IN ({items}))"
        " SELECT count(*), min(facility) FROM f WHERE EXISTS (SELECT 1 FROM e WHERE e.facility = f.facility"
        " AND e.y = f.y AND (f.m IS NULL OR e.m = f.m))"
    )
    count, example = relations.rows(sql)[0]
    if count:
        what = f"有 {count} 个机构·期既有汇总数，又有“{table.label}”明细，如“{example}”"
        fix = "每个机构每期只会取一种，请核对两者是否一致，或只留一种"
        spot = source.of("facility_total")[0].spot
        yield spot.warning(Fault("total_and_events", what, fix))
