"""Simulated counties written as a data set: one, or as many as a province has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow as pa

from xinglin.base.places import Divisions, ancestor_code, load_divisions
from xinglin.base.places.model import NATION_CODE, Level
from xinglin.facts import MARK, DatasetInfo, Manifest, write_dataset
from xinglin.simulate.calibration import calibrated
from xinglin.simulate.county import MONTHLY, County, prepare, simulate_county
from xinglin.simulate.defaults import default_parameters
from xinglin.simulate.errors import SimulationError
from xinglin.simulate.parameters import CountyParameters
from xinglin.simulate.published import Comparison, compare
from xinglin.simulate.setting import apportion


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """What was made.

    Attributes:
        place, name, year, seed: as asked. root: the folder written.
        published: every published figure beside the produced one; empty where nothing was calibrated.
        assumptions: Chinese sentences to print with the data. rows: rows by table. manifest: of the data set.
    """

    place: str
    name: str
    year: int
    seed: int
    root: Path
    published: tuple[Comparison, ...]
    assumptions: tuple[str, ...]
    rows: dict[str, int]
    manifest: Manifest


def parameters_for(
    place_code: str, year: int, seed: int, divisions: Divisions | None = None
) -> CountyParameters:
    """The calibrated parameters of a county and year, or default ones.

    Raises:
        UnknownPlace: no such place. SimulationError: not a county.
    """
    known = divisions or load_divisions(place_code)
    place = known.get(place_code)
    return calibrated(place_code, year) or default_parameters(place, known, year, seed)


def simulate(
    place_code: str, *, year: int, seed: int, out: Path, parameters: CountyParameters | None = None
) -> SimulationReport:
    """Make one county and write it as a data set in ``out``. Same arguments, same bytes.

    Args:
        place_code: 6-digit code of the county. year: calendar year. seed: any whole number ≥ 0.
        out: folder, made when absent. parameters: instead of the calibrated or default ones.

    Raises:
        UnknownPlace: no such place. SimulationError: not a county, or parameters that contradict each other.
    """
    _check_seed(seed)
    chosen = parameters or parameters_for(place_code, year, seed)
    tables = simulate_county(chosen, year=year, seed=seed)
    note = "；".join(chosen.assumptions)
    manifest = write_dataset(out, tables, _info(chosen.place, f"{chosen.name}{year}年", note))
    found = compare(chosen, tables, date(year, 12, 31))
    rows = {name: table.num_rows for name, table in tables.items()}
    identity = (chosen.place, chosen.name, year, seed)
    return SimulationReport(*identity, out, found, chosen.assumptions, rows, manifest)


def _check_seed(seed: int) -> None:
    if seed < 0:
        raise SimulationError(f"随机种子 {seed} 是负数，请给 0 或正整数。")


def _info(area: str, title: str, note: str) -> DatasetInfo:
    return DatasetInfo(area=area, title=f"{title}{MARK}", demonstration=True, note=note)


def simulate_many(
    place_codes: Sequence[str],
    *,
    year: int,
    seed: int,
    out: Path,
    visits: int | None = None,
    village_clinics: int | None = None,
    wellness: bool = True,
) -> SimulationReport:
    """Make many counties as one data set; events are made and written month by month to spare memory.

    Args:
        place_codes: 6-digit codes of counties. visits, village_clinics: totals over all counties, shared
            out in proportion; None leaves each county its own. wellness: whether to make health
            management records (millions for a province); without them that table is not reported.

    Raises:
        UnknownPlace: no such place. SimulationError: not counties, or none at all.
    """
    _check_seed(seed)
    if not place_codes:
        raise SimulationError("没有给出要模拟的县，请至少给一个 6 位县代码。")
    area = common_area(place_codes)
    divisions = load_divisions(area)
    chosen = [parameters_for(code, year, seed, divisions) for code in sorted(set(place_codes))]
    chosen = _scaled(chosen, visits, village_clinics)
    counties = [prepare(item, year=year, seed=seed, divisions=divisions) for item in chosen]
    name = divisions.get(area).name
    manifest, rows = _write(counties, out, _info(area, f"{name}{year}年", _note(chosen)), wellness=wellness)
    return SimulationReport(area, name, year, seed, out, (), _joint(chosen), rows, manifest)


def common_area(place_codes: Iterable[str]) -> str:
    """The smallest place that holds all the codes; the nation when they lie in several provinces."""
    codes = sorted(place_codes)
    for level in (Level.COUNTY, Level.PREFECTURE, Level.PROVINCE):
        areas = {ancestor_code(code, level) for code in codes if len(code) >= level}
        if len(areas) == 1:
            return areas.pop()
    return NATION_CODE


def _scaled(
    chosen: list[CountyParameters], visits: int | None, village_clinics: int | None
) -> list[CountyParameters]:
    if visits is not None:
        numbers = apportion(visits, [float(item.population.residents) for item in chosen]).tolist()
        chosen = [_with_visits(item, number) for item, number in zip(chosen, numbers, strict=True)]
    if village_clinics is not None:
        weights = [float(item.premises.village_clinics) for item in chosen]
        numbers = apportion(village_clinics, weights).tolist()
        chosen = [_with_clinics(item, number) for item, number in zip(chosen, numbers, strict=True)]
    return chosen


def _with_visits(item: CountyParameters, visits: int) -> CountyParameters:
    services = item.services
    tcm = round(visits * services.grassroots_tcm_visits / max(services.grassroots_visits, 1))
    return replace(item, services=replace(services, grassroots_visits=visits, grassroots_tcm_visits=tcm))


def _with_clinics(item: CountyParameters, clinics: int) -> CountyParameters:
    """All numbers of village clinics in the same proportion."""
    premises, factor = item.premises, clinics / max(item.premises.village_clinics, 1)
    able = round(premises.clinics_with_tcm * factor)
    corner = round(premises.clinics_with_corner * factor)
    workers = min(round(item.staff.clinics_with_tcm_worker * factor), able)
    return replace(
        item,
        premises=replace(
            premises, village_clinics=clinics, clinics_with_tcm=able, clinics_with_corner=corner
        ),
        staff=replace(item.staff, clinics_with_tcm_worker=workers),
    )


def _joint(chosen: Sequence[CountyParameters]) -> tuple[str, ...]:
    """Every assumption once, in order."""
    return tuple(dict.fromkeys(sentence for item in chosen for sentence in item.assumptions))


def _note(chosen: Sequence[CountyParameters]) -> str:
    return "；".join(_joint(chosen))


def _write(
    counties: Sequence[County], out: Path, info: DatasetInfo, *, wellness: bool
) -> tuple[Manifest, dict[str, int]]:
    registers = {
        name: pa.concat_tables([county.registers[name] for county in counties])
        for name in counties[0].registers
    }
    events = [name for name in MONTHLY if wellness or name != "health_management"]
    tables: dict[str, pa.Table | Iterable[pa.Table]] = {
        **registers,
        **{name: _by_month(counties, name) for name in events},
        "reporting": pa.concat_tables([_reporting(county, wellness=wellness) for county in counties]),
    }
    manifest = write_dataset(out, tables, info)
    return manifest, {name: sum(entry.rows for entry in entries) for name, entries in manifest.tables.items()}


def _by_month(counties: Sequence[County], name: str) -> Iterator[pa.Table]:
    for month in range(1, 13):
        yield pa.concat_tables([county.month(name, month) for county in counties])


def _reporting(county: County, *, wellness: bool) -> pa.Table:
    """Who handed in health management is known without making it: every facility that can do it."""
    if not wellness:
        return county.reporting({})
    able = [site.facility for site in county.heard if site.health_management]
    rows = pa.table({"facility": pa.array(able, pa.string())})
    return county.reporting({"health_management": rows})
