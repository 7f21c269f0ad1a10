"""The people who work in the facilities, and their posts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from xinglin.simulate.arrays import Row, from_rows
from xinglin.simulate.errors import SimulationError
from xinglin.simulate.setting import Setting, apportion, choose, day_between
from xinglin.simulate.sites import CENTRES, HOSPITALS, Site

_HOSPITALS = {  # residents per doctor, share of TCM doctors
    "tcm_hospital": (4200, 0.64),
    "general_hospital": (1800, 0.06),
    "maternal_child_hospital": (6300, 0.07),
}
_OTHERS = {"nurse": 1.1, "pharmacist": 0.2, "technician": 0.2}  # per doctor, in hospitals and centres


@dataclass(slots=True)
class _Roll:
    """The people as they are taken on; rows of both tables side by side."""

    setting: Setting
    random: np.random.Generator
    people: list[Row] = field(default_factory=list)
    posts: list[Row] = field(default_factory=list)

    def take(self, site: Site, licence: str, category: str, **more: object) -> Row:
        person = {"practitioner": self.setting.id("p", len(self.people) + 1), "licence": licence}
        row: Row = {**person, "category": category, "gp": False, "tcm_able": False, **more}
        if category == "tcm":
            row |= {"tcm_kind": "tcm" if self.random.random() < 0.9 else "integrated", "tcm_able": True}
        self.people.append(row)
        self.post(row, site, main=True)
        return row

    def post(self, person: Row, site: Site, *, main: bool, until: date | None = None) -> None:
        last = date(self.setting.year, 6, 30) if until is None else date(until.year - 1, 12, 31)
        since = day_between(self.random, date(self.setting.year - 15, 1, 1), last)
        post = {"practitioner": person["practitioner"], "facility": site.facility, "main": main}
        self.posts.append({**post, "valid_from": since, "valid_to": until})


def staff_tables(setting: Setting, sites: Sequence[Site]) -> dict[str, pa.Table]:
    """`practitioner` and `post` of the facilities that report."""
    roll = _Roll(setting, setting.random("staff"))
    running = [site for site in sites if site.running]
    tcm_doctors = [*_hospital_staff(roll, running), *_centre_staff(roll, running)]
    _small_staff(roll, running)
    _name_gps(roll, tcm_doctors)
    _second_posts(roll, running)
    return {
        "practitioner": from_rows("practitioner", roll.people),
        "post": from_rows("post", roll.posts),
    }


def _hospital_staff(roll: _Roll, sites: Sequence[Site]) -> Iterator[Row]:
    residents = roll.setting.parameters.population.residents
    for site in sites:
        if site.kind in HOSPITALS:
            per_doctor, share = _HOSPITALS[site.kind]
            doctors = max(5, round(residents / per_doctor))
            yield from _doctors(roll, site, doctors, round(doctors * share), assistants=0.15)


def _centre_staff(roll: _Roll, sites: Sequence[Site]) -> Iterator[Row]:
    """Centres: doctors by lot around the mean, each centre with its own share of TCM doctors."""
    staff, residents = roll.setting.parameters.staff, roll.setting.parameters.population.residents
    centres = [site for site in sites if site.kind in CENTRES]
    weights = roll.random.lognormal(0.0, 0.35, len(centres))
    spare = residents // staff.residents_per_centre_physician - 4 * len(centres)
    doctors = apportion(max(spare, 0), weights) + 4
    low, high = staff.centre_tcm_share - staff.spread, staff.centre_tcm_share + staff.spread
    shares = roll.random.permutation(np.linspace(low, high, len(centres)))
    for site, count, share in zip(centres, doctors.tolist(), shares.tolist(), strict=True):
        yield from _doctors(roll, site, count, max(1, round(count * share)), assistants=0.4)


def _doctors(roll: _Roll, site: Site, doctors: int, tcm: int, *, assistants: float) -> list[Row]:
    """Doctors of a facility with nurses and others; returns the TCM doctors. One has left."""
    rows = []
    for number in range(doctors):
        licence = "assistant_physician" if roll.random.random() < assistants else "physician"
        if number < tcm:
            rows.append(roll.take(site, licence, "tcm"))
        else:
            trained, gp = (roll.random.random(2) < (0.15, 0.25)).tolist()
            roll.take(site, licence, "clinical", tcm_able=trained, gp=gp and site.kind in CENTRES)
    for licence, ratio in _OTHERS.items():
        for _ in range(round(doctors * ratio)):
            roll.take(site, licence, "none")
    roll.take(site, "physician", "clinical")
    roll.posts[-1]["valid_from"] = date(roll.setting.year - 12, 3, 1)
    roll.posts[-1]["valid_to"] = date(roll.setting.year - 1, 8, 31)
    return rows


def _small_staff(roll: _Roll, sites: Sequence[Site]) -> None:
    """Village clinics, stations and private clinics."""
    clinics = [site for site in sites if site.kind == "village_clinic"]
    providing = [site for site in clinics if site.provides_tcm]
    wanted = roll.setting.parameters.staff.clinics_with_tcm_worker
    able = {site.facility for site in choose(roll.random, providing, wanted)}
    for site in sites:
        if site.kind == "village_clinic":
            _clinic_staff(roll, site, able=site.facility in able)
        elif site.kind == "community_station":
            trained = bool(roll.random.random() < 0.85)
            roll.take(site, "physician", "clinical", gp=True, tcm_able=trained)
            roll.take(site, "nurse", "none")
        elif site.kind == "tcm_clinic":
            roll.take(site, "physician", "tcm")
        elif site.kind == "clinic":
            roll.take(site, "physician", "clinical")


def _clinic_staff(roll: _Roll, site: Site, *, able: bool) -> None:
    """One worker, often two; only the first of an able clinic can provide TCM."""
    rural_gp = roll.random.random() < 0.12
    licence, category = ("rural_gp_assistant", "clinical") if rural_gp else ("village_doctor", "none")
    roll.take(site, licence, category, tcm_able=able)
    if roll.random.random() < 0.35:
        roll.take(site, "village_doctor", "none")


def _name_gps(roll: _Roll, tcm_doctors: Sequence[Row]) -> None:
    """Exactly the wanted number of TCM doctors are general practitioners; grassroots doctors come first."""
    wanted = roll.setting.parameters.staff.tcm_gps
    if wanted > len(tcm_doctors):
        raise SimulationError(
            f"中医类别全科医生 {wanted} 人，多于中医类别医师 {len(tcm_doctors)} 人，请调整参数。"
        )
    order = sorted(range(len(tcm_doctors)), reverse=True)  # centres were taken on last
    candidates = order[: max(wanted * 2, 1)]
    for position in choose(roll.random, candidates, wanted):
        tcm_doctors[position]["gp"] = True


def _second_posts(roll: _Roll, sites: Sequence[Site]) -> None:
    """Hospital doctors who also sit in a centre: they count in the hospital only."""
    centres = [site for site in sites if site.kind in CENTRES]
    doctors = [row for row in roll.people if row["category"] == "tcm"]
    for person in choose(roll.random, doctors, len(centres) // 3):
        own = next(post for post in roll.posts if post["practitioner"] == person["practitioner"])
        others = [site for site in centres if site.facility != own["facility"]]
        if others:
            roll.post(person, others[int(roll.random.integers(len(others)))], main=False)
