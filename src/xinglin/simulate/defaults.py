"""Parameters of a county nobody has calibrated: drawn around national averages, the same every time."""

from __future__ import annotations

import zlib

import numpy as np

from xinglin.base.places import Divisions, Place
from xinglin.simulate.parameters import (
    County,
    CountyParameters,
    Gaps,
    Population,
    Premises,
    Services,
    Staff,
    Techniques,
    Works,
)
from xinglin.simulate.setting import Ground, ground_of

# Seventh national census (2020) over the 620,573 villages of the 2023 divisions; 第七次全国人口普查。
_RESIDENTS_PER_VILLAGE = 1_409_778_724 / 620_573
_AGED_65_PLUS = 190_635_280 / 1_409_778_724
_CHILDREN_0_36 = (11_988_057 + 65_895_831 * 2 / 4) / 1_409_778_724
_HALL_STANDARD = {"32": "hall_grade", "15": "hall_quality"}  # provinces with a scheme of their own
_TCM_KIND = {"15": "mongolian"}
_SHARES_OF_WORKS = (
    (0.75, 1.0),
    (0.3, 0.9),
    (0.7, 1.0),
    (0.7, 1.0),
    (0.5, 1.0),
    (0.4, 1.0),
    (0.3, 0.65),
    (0.4, 1.0),
    (0.82, 0.97),
    (0.72, 0.95),
)
_ASSUMPTIONS = (
    "机构、人员、就诊、处方和健康管理记录全部是合成的演示数据，不对应任何真实的人和机构的情况",
    "人口按村（居）数和全国平均推算，不是该地的普查数",
    "各项比例围绕全国平均随机取定，没有按该地刊出的数字校准",
    "有的机构没有填报、有的缺月、有的只报汇总数，是有意造成的",
)


def default_parameters(place: Place, divisions: Divisions, year: int, seed: int) -> CountyParameters:
    """Plausible parameters for any county, with gaps in reporting. Same arguments, same parameters.

    Raises:
        SimulationError: the place is not a county or has no townships.
    """
    ground = ground_of(place.code, divisions)
    key = [seed, int(place.code), year, zlib.crc32(b"parameters")]
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))
    people = _population(ground, random)
    premises = _premises(ground, random)
    return CountyParameters(
        place=place.code,
        name=place.name,
        year=year,
        population=people,
        premises=premises,
        staff=_staff(people, premises, random),
        services=_services(people, random),
        techniques=Techniques(
            centre_least=int(random.integers(6, 12)), centre_most=int(random.integers(16, 32))
        ),
        county=_county(place, random),
        gaps=_gaps(random),
        works=_works(key),
        assumptions=_ASSUMPTIONS,
    )


def _population(ground: Ground, random: np.random.Generator) -> Population:
    villages = sum(len(found) for found in ground.villages.values())
    residents = round(villages * _RESIDENTS_PER_VILLAGE * random.uniform(0.75, 1.3))
    old, young = random.uniform(0.85, 1.2, 2).tolist()
    return Population(
        residents=residents,
        aged_65_plus=round(residents * _AGED_65_PLUS * old),
        children_0_36=round(residents * _CHILDREN_0_36 * young),
    )


def _premises(ground: Ground, random: np.random.Generator) -> Premises:
    towns = sum(len(ground.villages[place.code]) for place in ground.towns)
    streets = sum(len(ground.villages[place.code]) for place in ground.streets)
    clinics = round(towns * random.uniform(1.0, 1.3))
    centres = len(ground.townships)
    second = round(centres * random.uniform(0.0, 0.16))
    return Premises(
        second_centres=second,
        village_clinics=clinics,
        clinics_with_tcm=round(clinics * random.uniform(0.72, 0.95)),
        clinics_with_corner=round(clinics * random.uniform(0.02, 0.15)),
        branch_rooms=int(random.integers(0, 3)) if clinics else 0,
        closed_clinics=int(random.integers(0, 3)) if clinics else 0,
        stations=round(streets * random.uniform(0.2, 0.5)),
        centres_without_hall=int(random.binomial(centres, 0.06)),
        halls_below_standard=int(random.binomial(centres, 0.2)),
        halls_unconnected=int(random.binomial(centres, 0.1)),
        halls_silent=int(random.binomial(centres, 0.08)),
        halls_upgraded=round(centres * random.uniform(0.05, 0.25)),
        tcm_clinics=max(1, centres // 2),
        other_clinics=centres,
    )


def _staff(people: Population, premises: Premises, random: np.random.Generator) -> Staff:
    share = random.uniform(0.68, 0.92)
    return Staff(
        tcm_gps=round(people.residents / 10_000 * random.uniform(0.3, 0.8)),
        clinics_with_tcm_worker=min(round(premises.village_clinics * share), premises.clinics_with_tcm),
        centre_tcm_share=float(random.uniform(0.2, 0.3)),
    )


def _services(people: Population, random: np.random.Generator) -> Services:
    visits = round(people.residents * 0.16)
    managed, only, young = (
        random.uniform(low, high) for low, high in ((0.55, 0.8), (0.01, 0.05), (0.6, 0.9))
    )
    return Services(
        grassroots_visits=visits,
        grassroots_tcm_visits=round(visits * random.uniform(0.25, 0.42)),
        elderly_managed=round(people.aged_65_plus * managed),
        elderly_assessed_only=round(people.aged_65_plus * only),
        children_managed=round(people.children_0_36 * young),
        survey_reached=float(random.uniform(0.12, 0.3)),
    )


def _county(place: Place, random: np.random.Generator) -> County:
    province = place.code[:2]
    return County(
        tcm_hospital=bool(random.random() < 0.93),
        tcm_hospital_grade=str(random.choice(["level_2", "hospital_2a", "hospital_3b"], p=[0.2, 0.65, 0.15])),
        tcm_kind=_TCM_KIND.get(province, "tcm"),
        consortium_townships=float(random.choice([0.0, 0.25, 0.4, 1.0])),
        hall_standard=_HALL_STANDARD.get(province),
        education_base=bool(random.random() < 0.6),
        demonstration_county=bool(random.random() < 0.4),
        survey_reported=bool(random.random() < 0.5),
    )


def _gaps(random: np.random.Generator) -> Gaps:
    silent, missing, totals = (float(random.uniform(0.01, high)) for high in (0.05, 0.03, 0.08))
    return Gaps(silent=silent, missing=missing, totals=totals, late=0.04)


def _works(key: list[int]) -> Works:
    """Drawn from a stream of their own, so that they move no other parameter."""
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence([*key, zlib.crc32(b"works")])))
    equipped, corners, preventive, teams, rural, backbone, taught, visited, satisfied, aware = (
        float(random.uniform(low, high)) for low, high in _SHARES_OF_WORKS
    )
    return Works(
        management_body=bool(random.random() < 0.9),
        promotion_centre=bool(random.random() < 0.85),
        centre_staff=int(random.integers(1, 5)),
        trainers=int(random.integers(8, 22)),
        backbone_teachers=int(random.integers(0, 3)),
        techniques_promoted=int(random.integers(20, 60)),
        specialties=int(random.integers(0, 4)),
        studios=int(random.integers(0, 3)),
        internet_hospital=bool(random.random() < 0.3),
        emr=str(random.choice(["emr_2", "emr_3", "emr_4", "emr_5"], p=[0.15, 0.35, 0.4, 0.1])),
        construction_met=bool(random.random() < 0.75),
        age_friendly=bool(random.random() < 0.7),
        equipped=equipped,
        knowledge_corners=corners,
        preventive=preventive,
        teams_with_tcm=teams,
        village_doctors_trained=rural,
        backbone_trained=backbone,
        seconded=int(random.integers(2, 6)),
        education_tcm=taught,
        visited=visited,
        satisfied=satisfied,
        aware=aware,
    )
