"""What the county builds and keeps: units, family doctor teams, trainers, secondments and performance schemes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa

from xinglin.simulate.arrays import Row, from_rows
from xinglin.simulate.setting import Setting, choose, day_between
from xinglin.simulate.sites import CENTRES, Site
from xinglin.simulate.workers import Worker

_POINTS = 100
_TEAMS = (2, 6)


def works_tables(
    setting: Setting, sites: Sequence[Site], heard: Sequence[Site], workers: Sequence[Worker]
) -> dict[str, pa.Table]:
    """`unit`, `trainer`, `team`, `secondment` and `scheme_weight`: ``heard`` report for themselves."""
    running = [site for site in sites if site.running]
    centres = [site for site in running if site.kind in CENTRES]
    drafts = {
        "unit": ("u", _units(setting, running)),
        "trainer": ("t", _trainers(setting, workers)),
        "team": ("m", _teams(setting, [site for site in heard if site.kind in CENTRES])),
        "secondment": ("x", _secondments(setting, centres, workers)),
        "scheme_weight": ("z", _schemes(setting, running)),
    }
    return {name: numbered_rows(setting, name, letter, rows) for name, (letter, rows) in drafts.items()}


def numbered_rows(setting: Setting, name: str, letter: str, rows: Iterator[Row]) -> pa.Table:
    """A table whose ids (its first column) are numbered in the order of the rows."""
    key = {"scheme_weight": "scheme", "education_activity": "activity", "supervision_visit": "visit"}
    column = key.get(name, name)
    return from_rows(name, [{column: setting.id(letter, n), **row} for n, row in enumerate(rows, start=1)])


def host_of(sites: Sequence[Site]) -> Site:
    """The hospital that leads the county's work: the TCM hospital, or where there is none the general one."""
    hospitals = {site.kind: site for site in reversed(sites)}
    return hospitals.get("tcm_hospital") or hospitals["general_hospital"]


# Units


def _units(setting: Setting, sites: Sequence[Site]) -> Iterator[Row]:
    works, random = setting.parameters.works, setting.random("units")
    host = host_of(sites)
    if works.management_body:
        people = int(random.integers(1, 5))
        yield _unit(setting, random, "management_body", None, "county") | {"people": people}
    if works.promotion_centre:
        staff = {"people": works.centre_staff, "standard_met": True}
        yield _unit(setting, random, "promotion_centre", host, "county") | staff
    if host.kind == "tcm_hospital":
        yield from (_unit(setting, random, "specialty", host, "county") for _ in range(works.specialties))
    if works.internet_hospital:
        yield _unit(setting, random, "internet_hospital", host, "county")
    yield from (
        _unit(setting, random, "inheritance_studio", host, "provincial") for _ in range(works.studios)
    )
    yield from _at_centres(setting, random, [site for site in sites if site.kind in CENTRES])
    yield from _premises(setting, random, sites)


def _at_centres(setting: Setting, random: np.random.Generator, centres: Sequence[Site]) -> Iterator[Row]:
    works = setting.parameters.works
    shares = {
        "knowledge_corner": works.knowledge_corners,
        "preventive_service": works.preventive,
        "premises": works.equipped,
    }
    for kind, share in shares.items():
        for site in choose(random, centres, round(len(centres) * share)):
            yield _unit(setting, random, kind, site, "township")


def _premises(setting: Setting, random: np.random.Generator, sites: Sequence[Site]) -> Iterator[Row]:
    """Stations and village clinics with premises and equipment: only where TCM is provided at all."""
    kinds = ("community_station", "village_clinic")
    for site in sites:
        if site.kind in kinds and site.provides_tcm and random.random() < setting.parameters.works.equipped:
            checked = [True, None, False][int(random.choice(3, p=[0.7, 0.25, 0.05]))]
            yield _unit(setting, random, "premises", site, "township") | {"standard_met": checked}


def _unit(
    setting: Setting, random: np.random.Generator, kind: str, site: Site | None, level: str
) -> dict[str, object]:
    since = day_between(random, date(setting.year - 4, 1, 1), date(setting.year, 10, 31))
    return {
        "kind": kind,
        "place": setting.parameters.place if site is None else site.place,
        "facility": None if site is None else site.facility,
        "level": level,
        "valid_from": since if site is None else max(since, site.opened),
    }


# People


def chosen_trainers(setting: Setting, workers: Sequence[Worker]) -> list[Worker]:
    """The county's technique trainers: TCM doctors of the hospital and the centres."""
    doctors = [worker for worker in workers if worker.tcm_doctor and worker.site.running]
    return choose(setting.random("trainers"), doctors, setting.parameters.works.trainers)


def _trainers(setting: Setting, workers: Sequence[Worker]) -> Iterator[Row]:
    random = setting.random("trainer skills")
    for worker in chosen_trainers(setting, workers):
        categories = int(random.choice([7, 8, 9, 10], p=[0.08, 0.42, 0.3, 0.2]))
        yield {
            "practitioner": worker.practitioner,
            "place": setting.parameters.place,
            "level": "county",
            "categories": categories,
            "techniques": categories * int(random.integers(3, 6)),
            "valid_from": day_between(random, date(setting.year - 3, 1, 1), date(setting.year, 6, 30)),
        }


def _teams(setting: Setting, centres: Sequence[Site]) -> Iterator[Row]:
    works, random = setting.parameters.works, setting.random("teams")
    for site in centres:
        for _ in range(int(random.integers(*_TEAMS))):
            since = day_between(random, date(2016, 6, 1), date(setting.year - 1, 12, 31))
            tcm = bool(random.random() < works.teams_with_tcm)
            yield {"facility": site.facility, "tcm": tcm, "valid_from": max(since, site.opened)}


def _secondments(setting: Setting, centres: Sequence[Site], workers: Sequence[Worker]) -> Iterator[Row]:
    """Doctors of the county's hospitals stationed in centres, most for half a year and more."""
    random = setting.random("secondments")
    for kind in ("tcm_hospital", "general_hospital"):
        own = [worker for worker in workers if worker.doctor and worker.site.kind == kind]
        for worker in choose(random, own, setting.parameters.works.seconded):
            yield _secondment(setting, random, worker, centres[int(random.integers(len(centres)))])


def _secondment(setting: Setting, random: np.random.Generator, worker: Worker, site: Site) -> Row:
    months = int(random.choice([3, 6, 8, 12], p=[0.1, 0.5, 0.2, 0.2]))
    since = day_between(random, date(setting.year, 1, 5), date(setting.year, 9, 30))
    until = since + timedelta(days=31 * months)
    return {
        "supporter": worker.site.facility,
        "facility": site.facility,
        "practitioner": worker.practitioner,
        "months": months,
        "valid_from": since,
        "valid_to": until if until <= setting.last_day else None,
    }


def _schemes(setting: Setting, sites: Sequence[Site]) -> Iterator[Row]:
    random, day = setting.random("schemes"), date(setting.year, 3, 1)
    for site in sites:
        if site.kind in CENTRES or site.kind == "community_station":
            points = int(random.choice([8, 10, 12, 15, 18, 20], p=[0.05, 0.1, 0.1, 0.4, 0.15, 0.2]))
            weights = {"tcm_points": Decimal(points), "points": Decimal(_POINTS)}
            yield {
                "facility": site.facility,
                "date": day_between(random, day, date(day.year, 4, 30)),
                **weights,
            }
