"""TCM health management of the elderly and of small children, as distinct people and as service rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xinglin.simulate.arrays import from_columns, numbered, person_hashes, schema_of
from xinglin.simulate.errors import SimulationError
from xinglin.simulate.setting import Integers, Setting
from xinglin.simulate.sites import CENTRES, GRASSROOTS, Site
from xinglin.simulate.volumes import MONTHS

Floats = npt.NDArray[np.float64]

_TWICE = 0.01  # of the elderly are managed in two facilities
_AGAIN = 0.3  # of the children come a second time in the year
_UNGUIDED = 0.03  # of the children were seen but not guided
_CENTRES_PART = 0.6


def check_wellness(setting: Setting) -> None:
    """More people managed than there are cannot be simulated.

    Raises:
        SimulationError: saying which number is too large.
    """
    people, services = setting.parameters.population, setting.parameters.services
    old = services.elderly_managed + services.elderly_assessed_only
    if old > people.aged_65_plus:
        raise SimulationError(f"接受老年人健康管理的 {old} 人多于 65 岁及以上的 {people.aged_65_plus} 人。")
    young = services.children_managed + _unguided(setting)
    if young > people.children_0_36:
        raise SimulationError(f"接受健康管理的儿童 {young} 人多于应管理的 {people.children_0_36} 人。")


def _unguided(setting: Setting) -> int:
    """Children seen but not guided, as far as there are children left."""
    people, services = setting.parameters.population, setting.parameters.services
    left = max(people.children_0_36 - services.children_managed, 0)
    return min(round(services.children_managed * _UNGUIDED), left)


def wellness_month(setting: Setting, sites: Sequence[Site], month: int) -> pa.Table:
    """The `health_management` rows of one month (1–12): each person's first service lies in one month."""
    able = [site for site in sites if site.running and site.health_management and site.kind in GRASSROOTS]
    if not able:
        return schema_of("health_management").empty_table()
    random = setting.random(f"wellness {month}")
    parts = [_elderly(setting, month, random), _children(setting, month, random)]
    parts[1]["again_of"][parts[1]["again_of"] >= 0] += len(parts[0]["person"])
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    count = len(columns["person"])
    facility = _where(_weights(able, sites), columns.pop("second_of"), random)
    again = columns.pop("again_of")  # a child comes back to where it was seen first
    facility[again >= 0] = facility[again[again >= 0]]
    first = np.datetime64(f"{setting.year}-{month:02d}-01", "D")
    services = pa.array(["elderly", "child"]).take(pa.array(columns["child"].astype(np.int64)))
    return from_columns(
        "health_management",
        {
            "record": numbered(f"demo-w{setting.parameters.place}{month:02d}", count),
            "facility": pa.array([site.facility for site in able]).take(pa.array(facility)),
            "person": person_hashes(setting.parameters.place, setting.seed, columns["person"]),
            "service": services,
            "date": pa.array(first + random.integers(0, 28, count)),
            "assessed": pa.array(columns["assessed"], mask=columns["child"]),
            "guided": columns["guided"],
        },
    )


def _of_month(persons: Integers, month: int) -> Integers:
    """The part of a year's people whose service falls in this month."""
    bounds = np.linspace(0, len(persons), MONTHS + 1).astype(np.int64)
    return persons[bounds[month - 1] : bounds[month]]


def _elderly(setting: Setting, month: int, random: np.random.Generator) -> dict[str, Any]:
    """Managed people (some in two facilities) and people who were only assessed: residents 0 … n-1."""
    people, services = setting.parameters.population, setting.parameters.services
    drawn = setting.random("elderly").permutation(people.aged_65_plus)
    done = services.elderly_managed
    managed = _of_month(drawn[:done], month)
    assessed = _of_month(drawn[done : done + services.elderly_assessed_only], month)
    twice = np.flatnonzero(random.random(len(managed)) < _TWICE)
    persons = np.concatenate([managed, managed[twice], assessed])
    return {
        "person": persons,
        "second_of": np.concatenate([np.full(len(managed), -1), twice, np.full(len(assessed), -1)]),
        "again_of": np.full(len(persons), -1),
        "child": np.zeros(len(persons), dtype=bool),
        "assessed": np.ones(len(persons), dtype=bool),
        "guided": np.arange(len(persons)) < len(managed) + len(twice),
    }


def _children(setting: Setting, month: int, random: np.random.Generator) -> dict[str, Any]:
    """Guided children (some twice) and children who were seen only. Children follow the elderly."""
    people, services = setting.parameters.population, setting.parameters.services
    drawn = people.aged_65_plus + setting.random("children").permutation(people.children_0_36)
    done = services.children_managed
    guided = _of_month(drawn[:done], month)
    seen = _of_month(drawn[done : done + _unguided(setting)], month)
    again = np.flatnonzero(random.random(len(guided)) < _AGAIN)
    persons = np.concatenate([guided, guided[again], seen])
    return {
        "person": persons,
        "second_of": np.full(len(persons), -1),
        "again_of": np.concatenate([np.full(len(guided), -1), again, np.full(len(seen), -1)]),
        "child": np.ones(len(persons), dtype=bool),
        "assessed": np.zeros(len(persons), dtype=bool),
        "guided": np.arange(len(persons)) < len(guided) + len(again),
    }


def _weights(able: Sequence[Site], sites: Sequence[Site]) -> Floats:
    """The part of the county's services each facility gives.

    A township weighs as much as it has village clinics, about as it has people, so that nowhere more people are
    managed than live there; within it the centres give six in ten.
    """
    clinics = Counter(site.place[:9] for site in sites if site.kind == "village_clinic")
    sides = Counter((site.place[:9], site.kind in CENTRES) for site in able)
    weights = []
    for site in able:
        town, centre = site.place[:9], site.kind in CENTRES
        part = (_CENTRES_PART if centre else 1 - _CENTRES_PART) if sides[town, not centre] else 1.0
        weights.append(max(clinics[town], 1) * part / sides[town, centre])
    found: Floats = np.array(weights) / sum(weights)
    return found


def _where(weights: Floats, second_of: Integers, random: np.random.Generator) -> Integers:
    """A facility for every row; a second service elsewhere than the first."""
    facility: Integers = random.choice(len(weights), len(second_of), p=weights).astype(np.int64)
    second = second_of >= 0
    facility[second] = (facility[second_of[second]] + 1) % len(weights)
    return facility
