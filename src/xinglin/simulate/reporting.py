"""Who has reported which table for which period; whoever has no row here has not reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa

from xinglin.facts import load_contract
from xinglin.simulate.arrays import from_columns, schema_of
from xinglin.simulate.setting import Setting
from xinglin.simulate.sites import Site
from xinglin.simulate.volumes import MONTHS, Flags, Volumes

_STATUS = ("reported", "reported_nothing", "late")


def reporting_table(
    setting: Setting, sites: Sequence[Site], volumes: Volumes, tables: Mapping[str, pa.Table]
) -> pa.Table:
    """The `reporting` table: ``sites`` report at all, ``tables`` is what they handed in."""
    random = setting.random("reporting")
    units = [site.facility for site in sites if site.closed is None]
    pieces = [
        _piece(setting, name, period, *answers, random)
        for name, period, answers in [
            *_of_place(setting, tables),
            *_yearly(units, tables),
            *_monthly(units, volumes),
        ]
    ]
    return pa.concat_tables(pieces) if pieces else schema_of("reporting").empty_table()


_Answers = tuple[Sequence[str], Flags]  # units that reported, and whether each had anything to report
_Draft = tuple[str, int, _Answers]  # table, month (0: the year), answers


def _of_place(setting: Setting, tables: Mapping[str, pa.Table]) -> Iterator[_Draft]:
    for name, table in load_contract().tables.items():
        if not table.reported or table.reported.by != "place":
            continue
        if name == "survey_response" and not setting.parameters.county.survey_reported:
            continue
        if name in tables:
            yield name, 0, ([setting.parameters.place], np.array([tables[name].num_rows > 0]))


def _yearly(units: Sequence[str], tables: Mapping[str, pa.Table]) -> Iterator[_Draft]:
    hall_of = dict(zip(*(tables["tcm_hall"][name].to_pylist() for name in ("hall", "facility")), strict=True))
    for name, table in load_contract().tables.items():
        if not table.reported or (table.reported.by, table.reported.every) != ("facility", "year"):
            continue
        if name in tables:
            rows = tables[name]
            named = rows["facility" if "facility" in rows.column_names else "hall"].unique().to_pylist()
            having = {hall_of.get(unit, unit) for unit in named}
            yield name, 0, (units, np.array([unit in having for unit in units], dtype=bool))


def _monthly(units: Sequence[str], volumes: Volumes) -> Iterator[_Draft]:
    """Visits, prescriptions and discharges; who sees no patients of its own has none to report.

    A facility-month that comes as a total is not reported as events: no row says so here.
    """
    none_discharged = volumes.handed_in & (volumes.discharges.sum(axis=1) == 0)[:, None]
    numbers = {
        "visit": (volumes.visits, volumes.events),
        "prescription": (volumes.prescriptions.sum(axis=2), volumes.events),
        "discharge": (volumes.discharges, none_discharged),
    }
    position = {site.facility: index for index, site in enumerate(volumes.sites)}
    rows = np.array([position.get(unit, -1) for unit in units], dtype=np.int64)
    for name, (values, as_events) in numbers.items():
        for month in range(MONTHS):
            handed_in = np.where(rows < 0, True, as_events[rows, month])
            some = np.where(rows < 0, 0, values[rows, month]) > 0
            named = [unit for unit, given in zip(units, handed_in.tolist(), strict=True) if given]
            yield name, month + 1, (named, some[handed_in])


def _piece(
    setting: Setting,
    name: str,
    month: int,
    units: Sequence[str],
    some: Flags,
    random: np.random.Generator,
) -> pa.Table:
    """Rows of one table and period. On time: within ten days of the month, or in January."""
    count = len(units)
    late = random.random(count) < setting.parameters.gaps.late
    status = np.where(late & some, 2, np.where(some, 0, 1))
    delay = random.integers(2, 10 if month else 31, count) + np.where(late, random.integers(15, 45, count), 0)
    period = f"{setting.year}-{month:02d}" if month else str(setting.year)
    return from_columns(
        "reporting",
        {
            "unit": list(units),
            "table": [name] * count,
            "period": [period] * count,
            "status": pa.array(_STATUS).take(pa.array(status)),
            "reported_on": pa.array(_period_end(setting.year, month) + delay),
        },
    )


def _period_end(year: int, month: int) -> np.datetime64:
    start = np.datetime64(f"{year}-{month or 12:02d}", "M")
    end: np.datetime64 = (start + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    return end
