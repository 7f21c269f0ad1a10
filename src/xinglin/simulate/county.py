"""One county, whole: registers, totals, reports, and the events month by month."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from xinglin.base.places import Divisions
from xinglin.simulate.activities import activity_tables
from xinglin.simulate.arrays import schema_of
from xinglin.simulate.county_level import (
    consortium_tables,
    population_table,
    recognition_tables,
    survey_table,
)
from xinglin.simulate.parameters import CountyParameters
from xinglin.simulate.premises import premises_tables
from xinglin.simulate.reporting import reporting_table
from xinglin.simulate.services import prescription_month, total_table, visit_month
from xinglin.simulate.setting import Setting, ground_of
from xinglin.simulate.sites import Site, facility_table, sites_of
from xinglin.simulate.staff import staff_tables
from xinglin.simulate.techniques import technique_table
from xinglin.simulate.volumes import Volumes, silent_sites, volumes_of
from xinglin.simulate.wellness import check_wellness, wellness_month
from xinglin.simulate.workers import workers_of
from xinglin.simulate.works import works_tables

MONTHLY = ("visit", "prescription", "health_management")


@dataclass(frozen=True, slots=True)
class County:
    """A simulated county before its events are written out.

    Attributes:
        registers: every table but the events of ``MONTHLY`` and `reporting`.
        sites: all facilities. volumes: the year's numbers. wellness: whether health management is made.
    """

    setting: Setting
    sites: tuple[Site, ...]
    heard: tuple[Site, ...]
    volumes: Volumes
    registers: dict[str, pa.Table]
    wellness: bool = True

    def month(self, name: str, month: int) -> pa.Table:
        """The rows of one event table (of ``MONTHLY``) in one month (1–12)."""
        makers: dict[str, Callable[[], pa.Table]] = {
            "visit": lambda: visit_month(self.setting, self.volumes, month),
            "prescription": lambda: prescription_month(self.setting, self.volumes, month),
            "health_management": lambda: wellness_month(self.setting, self.heard, month),
        }
        return makers[name]()

    def months(self, name: str) -> Iterator[pa.Table]:
        """The rows of one event table month by month."""
        return (self.month(name, month) for month in range(1, 13))

    def reporting(self, tables: dict[str, pa.Table]) -> pa.Table:
        """The `reporting` table for what was handed in."""
        return reporting_table(self.setting, self.heard, self.volumes, {**self.registers, **tables})


def prepare(
    parameters: CountyParameters,
    *,
    year: int,
    seed: int,
    divisions: Divisions | None = None,
) -> County:
    """Everything of a county but its events.

    Raises:
        UnknownPlace: no such place. SimulationError: not a county, or parameters that contradict each other.
    """
    setting = Setting(parameters, year, seed, ground_of(parameters.place, divisions))
    check_wellness(setting)
    sites = sites_of(setting)
    silent = silent_sites(setting, sites)
    heard = tuple(site for site in sites if site.facility not in silent)
    volumes = volumes_of(setting, sites, silent)
    return County(setting, sites, heard, volumes, _registers(setting, sites, heard, volumes))


def _registers(
    setting: Setting, sites: tuple[Site, ...], heard: tuple[Site, ...], volumes: Volumes
) -> dict[str, pa.Table]:
    facility = facility_table(setting, sites)
    beds = dict(zip(facility["facility"].to_pylist(), facility["beds"].to_pylist(), strict=True))
    premises, staff = premises_tables(setting, heard, beds), staff_tables(setting, heard)
    workers = workers_of(staff, sites)
    return {
        "facility": facility,
        **premises,
        **staff,
        "technique_capability": technique_table(setting, heard),
        **consortium_tables(setting, sites),
        **recognition_tables(setting, sites, premises["tcm_hall"], workers),
        **works_tables(setting, sites, heard, workers),
        **activity_tables(setting, sites, workers),
        "population": population_table(setting),
        "survey_response": survey_table(setting),
        "facility_total": total_table(setting, volumes),
        "discharge": schema_of("discharge").empty_table(),
        "treatment": schema_of("treatment").empty_table(),
    }


def simulate_county(parameters: CountyParameters, *, year: int, seed: int) -> dict[str, pa.Table]:
    """All fact tables of one synthetic county, marked 演示数据. Same arguments, same tables.

    Args:
        parameters: what the county is like. year: calendar year of the data. seed: any whole number ≥ 0.

    Raises:
        UnknownPlace: no such place. SimulationError: not a county, or parameters that contradict each other.
    """
    county = prepare(parameters, year=year, seed=seed)
    events = {name: pa.concat_tables(county.months(name)) for name in MONTHLY}
    return {**county.registers, **events, "reporting": county.reporting(events)}
