"""The facilities of a county: where they stand, what they are, whether they provide TCM."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa

from xinglin.base.places import Place
from xinglin.simulate.arrays import Row, from_rows
from xinglin.simulate.setting import Ground, Setting, choose, day_between, is_street

CENTRES = ("township_hospital", "community_centre")
GRASSROOTS = (*CENTRES, "community_station", "village_clinic")
HOSPITALS = ("tcm_hospital", "general_hospital", "maternal_child_hospital")
_SPONSORS = {
    "township_hospital": "township",
    "community_centre": "county",
    "community_station": "township",
    "village_clinic": "village",
}
_COMMITTEE = re.compile(r"(社区居委会|社区居民委员会|社区|居委会|居民委员会|村村委会|村委会|村民委员会|村)$")
_DEMO = "（演示）"


@dataclass(frozen=True, slots=True)
class Site:
    """One facility. ``mainly_tcm`` … ``health_management`` are the four flags of “provides TCM”."""

    facility: str
    name: str
    place: str
    kind: str
    mainly_tcm: bool = False
    herb_cabinet: bool = False
    techniques: bool = False
    health_management: bool = False
    branch_room: bool = False
    opened: date = date(2000, 1, 1)
    closed: date | None = None

    @property
    def township(self) -> str:
        """Code of the township, or of the county for a county institution."""
        return self.place[:9]

    @property
    def provides_tcm(self) -> bool:
        """Whether any of the four flags holds."""
        return self.mainly_tcm or self.herb_cabinet or self.techniques or self.health_management

    @property
    def running(self) -> bool:
        """Whether it sees patients of its own: neither closed nor a room of another clinic."""
        return self.closed is None and not self.branch_room


def sites_of(setting: Setting) -> tuple[Site, ...]:
    """All facilities of the county, county institutions first, numbered in that order."""
    random = setting.random("sites")
    drafts = [*_county_sites(setting), *_centres(setting, random)]
    drafts += [*_stations(setting, random), *_clinics(setting, random), *_private(setting, random)]
    opened = [day_between(random, date(1985, 1, 1), date(setting.year - 2, 12, 31)) for _ in drafts]
    return tuple(
        replace(site, facility=setting.id("f", number), opened=min(day, site.closed or day))
        for number, (site, day) in enumerate(zip(drafts, opened, strict=True), start=1)
    )


def short_name(village: str) -> str:
    """A village without the word for its committee: 四方村委会 is 四方, 燕喜社区居委会 is 燕喜."""
    return _COMMITTEE.sub("", village) or village


def _county_sites(setting: Setting) -> Iterator[Site]:
    county, stem = setting.parameters.county, setting.ground.county.name
    place = setting.ground.county.code
    if county.tcm_hospital:
        word = "蒙医医院" if county.tcm_kind == "mongolian" else "中医院"
        yield Site("", f"{stem}{word}{_DEMO}", place, "tcm_hospital", True, True, True, True)
    yield Site("", f"{stem}人民医院{_DEMO}", place, "general_hospital", False, True, True, True)
    yield Site("", f"{stem}妇幼保健院{_DEMO}", place, "maternal_child_hospital", False, True, True, True)


def _centres(setting: Setting, random: np.random.Generator) -> Iterator[Site]:
    ground = setting.ground
    doubled = {
        place.code for place in choose(random, ground.townships, setting.parameters.premises.second_centres)
    }
    for place in ground.townships:
        yield _centre(place, place.name)
        if place.code in doubled:
            village = ground.villages[place.code][-1]
            yield _centre(place, place.name + short_name(village.name))


def _centre(place: Place, stem: str) -> Site:
    kind = "community_centre" if is_street(place) else "township_hospital"
    word = "社区卫生服务中心" if is_street(place) else "卫生院"
    return Site("", f"{stem}{word}{_DEMO}", place.code, kind, False, True, True, True)


def _villages(ground: Ground, townships: Sequence[Place]) -> list[Place]:
    return [village for place in townships for village in ground.villages[place.code]]


def _stations(setting: Setting, random: np.random.Generator) -> Iterator[Site]:
    ground, wanted = setting.ground, setting.parameters.premises.stations
    places = _villages(ground, ground.streets or ground.townships)
    for village in choose(random, places, wanted):
        site = Site("", f"{short_name(village.name)}社区卫生服务站{_DEMO}", village.code, "community_station")
        yield _with_flags(site, random) if random.random() < 0.95 else site


def _clinics(setting: Setting, random: np.random.Generator) -> Iterator[Site]:
    """Village clinics: those with TCM and those without, then closed ones and branch rooms."""
    premises = setting.parameters.premises
    villages = _villages(setting.ground, setting.ground.towns or setting.ground.townships)
    clinics = [
        _clinic(village, copy) for village, copy in _spread(villages, premises.village_clinics, random)
    ]
    able = set(choose(random, range(len(clinics)), premises.clinics_with_tcm))
    for position, site in enumerate(clinics):
        yield _with_flags(site, random) if position in able else site
    closed_on = date(setting.year - 1, 6, 30)
    for village in choose(random, villages, premises.closed_clinics):
        yield replace(_with_flags(_clinic(village, 8), random), closed=closed_on)
    for village in choose(random, villages, premises.branch_rooms):
        yield replace(_clinic(village, 9), branch_room=True)


def _spread(places: Sequence[Place], count: int, random: np.random.Generator) -> list[tuple[Place, int]]:
    """Every place as often as the number allows, the rest by lot; with the how-manieth in its place."""
    whole, rest = divmod(count, len(places))
    more = {place.code for place in choose(random, places, rest)}
    return [(place, copy) for place in places for copy in range(whole + (place.code in more))]


def _clinic(village: Place, copy: int) -> Site:
    ordinal = "" if copy == 0 else f"第{'一二三四五六七八九十'[copy % 10]}"
    return Site("", f"{short_name(village.name)}{ordinal}村卫生室{_DEMO}", village.code, "village_clinic")


def _with_flags(site: Site, random: np.random.Generator) -> Site:
    """At least one of the four flags, usually several."""
    herbs, techniques, health = (random.random(3) < (0.62, 0.72, 0.5)).tolist()
    mainly = bool(random.random() < 0.1)
    return replace(
        site,
        mainly_tcm=mainly,
        herb_cabinet=herbs or mainly,
        techniques=techniques or not (herbs or health or mainly),
        health_management=health,
    )


def _private(setting: Setting, random: np.random.Generator) -> Iterator[Site]:
    premises, townships = setting.parameters.premises, setting.ground.townships
    for kind, word, count in (
        ("tcm_clinic", "中医诊所", premises.tcm_clinics),
        ("clinic", "诊所", premises.other_clinics),
    ):
        for number in range(1, count + 1):
            place = townships[int(random.integers(len(townships)))]
            tcm = kind == "tcm_clinic"
            yield Site("", f"{place.name}{word}{number}{_DEMO}", place.code, kind, tcm, tcm, tcm)


def facility_table(setting: Setting, sites: Sequence[Site]) -> pa.Table:
    """The `facility` table."""
    random = setting.random("facility")
    return from_rows("facility", [_row(setting, site, random) for site in sites])


def _row(setting: Setting, site: Site, random: np.random.Generator) -> Row:
    private = site.kind in ("tcm_clinic", "clinic")
    county_run = site.kind in HOSPITALS
    corner = site.kind in ("community_station", "village_clinic")
    return {
        "facility": site.facility,
        "name": site.name,
        "place": site.place,
        "kind": site.kind,
        "tcm_kind": _tcm_kind(setting, site),
        "sponsor_level": "private" if private else "county" if county_run else _SPONSORS[site.kind],
        "ownership": "private" if private else "public",
        "government_run": not private and site.kind != "village_clinic",
        "beds": _beds(setting, site, random),
        "township_seat": site.kind == "township_hospital" if site.kind in CENTRES else None,
        "mainly_tcm": site.mainly_tcm,
        "herb_cabinet": site.herb_cabinet,
        "health_management": site.health_management,
        "branch_room": site.branch_room if site.kind == "village_clinic" else None,
        "corner_eligible": site.provides_tcm and bool(random.random() < 0.6) if corner else None,
        "valid_from": site.opened,
        "valid_to": site.closed,
    }


def _tcm_kind(setting: Setting, site: Site) -> str | None:
    if site.kind == "tcm_hospital":
        return setting.parameters.county.tcm_kind
    return "tcm" if site.kind == "tcm_clinic" else None


def _beds(setting: Setting, site: Site, random: np.random.Generator) -> int:
    residents = setting.parameters.population.residents
    per_bed = {"tcm_hospital": 1500, "general_hospital": 550, "maternal_child_hospital": 3000}
    if site.kind in per_bed:
        return max(20, round(residents / per_bed[site.kind] / 10) * 10)
    return int(random.integers(15, 80)) if site.kind in CENTRES else 0
