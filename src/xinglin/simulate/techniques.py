"""Which techniques of the catalogue a facility offers, and how well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa

from xinglin.facts import technique_rows
from xinglin.simulate.arrays import Row, from_rows
from xinglin.simulate.setting import Setting, day_between
from xinglin.simulate.sites import CENTRES, HOSPITALS, Site

_CATEGORIES_OF = ((1, 1), (2, 2), (4, 3), (6, 4), (9, 5))  # from this many techniques, this many categories


@cache
def _catalogue() -> dict[str, tuple[str, ...]]:
    """Technique codes by category."""
    found: dict[str, list[str]] = {}
    for row in technique_rows():
        found.setdefault(row["category"], []).append(row["technique"])
    return {category: tuple(codes) for category, codes in found.items()}


def technique_table(setting: Setting, sites: Sequence[Site]) -> pa.Table:
    """The `technique_capability` table of the facilities that report."""
    random = setting.random("techniques")
    rows = [
        row for site, count in _counts(setting, sites, random) for row in _offer(setting, site, count, random)
    ]
    return from_rows("technique_capability", rows)


def _counts(
    setting: Setting, sites: Sequence[Site], random: np.random.Generator
) -> list[tuple[Site, tuple[int, int]]]:
    """Facilities with how many techniques in how many categories, spread evenly: gaps show in every run."""
    wanted = setting.parameters.techniques
    centres = [site for site in sites if site.kind in CENTRES]
    kinds = ("village_clinic", "community_station")
    small = [site for site in sites if site.techniques and site.running and site.kind in kinds]
    large = [site for site in sites if site.kind in HOSPITALS]
    numbers = _even(wanted.centre_least, wanted.centre_most, len(centres), random)
    few = _even(wanted.clinic_least, wanted.clinic_most, len(small), random)
    found = [
        (site, (n, wanted.centre_categories + n // 10)) for site, n in zip(centres, numbers, strict=True)
    ]
    found += [(site, (n, _categories(n, random))) for site, n in zip(small, few, strict=True)]
    return found + [(site, (45 if site.kind == "tcm_hospital" else 14, 10)) for site in large]


def _even(least: int, most: int, count: int, random: np.random.Generator) -> list[int]:
    spread = np.rint(np.linspace(least, most, count)).astype(np.int64)
    numbers: list[int] = random.permutation(spread).tolist()
    return numbers


def _categories(techniques: int, random: np.random.Generator) -> int:
    usual = max(categories for start, categories in _CATEGORIES_OF if techniques >= start)
    return max(1, usual - int(random.random() < 0.15))


def _offer(setting: Setting, site: Site, breadth: tuple[int, int], random: np.random.Generator) -> list[Row]:
    """``breadth`` = (techniques, categories) delivered to standard, and now and then one merely tried."""
    count, categories = breadth
    names = random.permutation(list(_catalogue()))[:categories].tolist()
    first = [str(random.choice(_catalogue()[name])) for name in names]
    rest = [code for name in names for code in _catalogue()[name] if code not in first]
    more: list[str] = random.permutation(rest)[: max(count - categories, 0)].tolist()
    chosen = (first + more)[: max(count, 1)]
    rows = [_row(setting, site, code, random) for code in chosen]
    tried = [code for code in rest if code not in chosen]
    if tried and random.random() < 0.3:
        rows.append(_row(setting, site, tried[0], random) | {"proficiency": "able"})
    return rows


def _row(setting: Setting, site: Site, code: str, random: np.random.Generator) -> Row:
    since = day_between(random, date(2012, 1, 1), date(setting.year, 6, 30))
    level = "proficient" if random.random() < 0.45 else "standard"
    return {
        "facility": site.facility,
        "technique": code,
        "proficiency": level,
        "valid_from": max(since, site.opened),
    }
