"""What stands inside facilities: departments, TCM halls and corners, and the halls' platform connection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from xinglin.simulate.arrays import Row, from_rows
from xinglin.simulate.setting import Setting, choose, day_between
from xinglin.simulate.sites import CENTRES, Site

_DEPARTMENTS = {
    "tcm_hospital": {
        "tcm_clinical": (0.5, 1.0),
        "rehabilitation": (0.1, 0.85),
        "geriatric": (0.1, 0.65),
        "preventive_treatment": (0.0, 0.75),
        "infectious_disease": (0.05, 0.7),
        "fever_clinic": (0.0, 0.9),
        "tcm_pharmacy": (0.0, 1.0),
    },
    "general_hospital": {
        "tcm_clinical": (0.05, 0.9),
        "rehabilitation": (0.05, 0.9),
        "infectious_disease": (0.05, 1.0),
        "tcm_pharmacy": (0.0, 1.0),
    },
    "maternal_child_hospital": {"tcm_clinical": (0.0, 0.6)},
    "township_hospital": {"tcm_clinical": (0.0, 0.9), "tcm_pharmacy": (0.0, 0.9)},
    "community_centre": {"tcm_clinical": (0.0, 0.9), "tcm_pharmacy": (0.0, 0.9)},
}
"""Per kind of facility: departments with their part of the beds and the chance that there is one."""


def premises_tables(setting: Setting, sites: Sequence[Site], beds: dict[str, int]) -> dict[str, pa.Table]:
    """`department`, `tcm_hall`, `tcm_corner` and `platform_connection` of the facilities that report."""
    halls = _halls(setting, sites)
    return {
        "department": from_rows("department", _departments(setting, sites, beds)),
        "tcm_hall": from_rows("tcm_hall", halls),
        "tcm_corner": from_rows("tcm_corner", _corners(setting, sites)),
        "platform_connection": from_rows("platform_connection", _connections(setting, halls)),
    }


def _departments(setting: Setting, sites: Sequence[Site], beds: dict[str, int]) -> list[Row]:
    random = setting.random("departments")
    rows = []
    for site in sites:
        for kind, (part, chance) in _DEPARTMENTS.get(site.kind, {}).items():
            if random.random() < chance:
                rows.append(_department(setting, site, kind, round(beds[site.facility] * part), random))
    return rows


def _department(setting: Setting, site: Site, kind: str, beds: int, random: np.random.Generator) -> Row:
    since = day_between(random, date(2010, 1, 1), date(setting.year - 1, 12, 31))
    return {
        "facility": site.facility,
        "kind": kind,
        "beds": beds,
        "standard_met": bool(random.random() < 0.8),
        "valid_from": since,
    }


def _halls(setting: Setting, sites: Sequence[Site]) -> list[Row]:
    premises, random = setting.parameters.premises, setting.random("halls")
    centres = [site for site in sites if site.kind in CENTRES]
    without = {site.facility for site in choose(random, centres, premises.centres_without_hall)}
    having = [site for site in centres if site.facility not in without]
    below = {site.facility for site in choose(random, having, premises.halls_below_standard)}
    return [
        {
            "hall": setting.id("h", number),
            "facility": site.facility,
            "tcm_kind": setting.parameters.county.tcm_kind,
            "standardised": site.facility not in below,
            "valid_from": day_between(random, date(2014, 1, 1), date(setting.year - 1, 12, 31)),
        }
        for number, site in enumerate(having, start=1)
    ]


def _corners(setting: Setting, sites: Sequence[Site]) -> list[Row]:
    random = setting.random("corners")
    able = [site for site in sites if site.kind == "village_clinic" and site.running and site.provides_tcm]
    chosen = choose(random, able, setting.parameters.premises.clinics_with_corner)
    chosen += [site for site in sites if site.kind == "community_station" and random.random() < 0.2]
    return [
        {
            "corner": setting.id("c", number),
            "facility": site.facility,
            "valid_from": day_between(random, date(setting.year - 2, 1, 1), date(setting.year, 10, 31)),
        }
        for number, site in enumerate(chosen, start=1)
    ]


def _connections(setting: Setting, halls: Sequence[Row]) -> list[Row]:
    """Connected halls; the silent ones have sent nothing for more than a month."""
    premises, random = setting.parameters.premises, setting.random("platform")
    apart = choose(random, halls, premises.halls_unconnected)
    connected = [row for row in halls if row not in apart]
    silent = [row["hall"] for row in choose(random, connected, premises.halls_silent)]
    end = setting.last_day
    rows = []
    for row in connected:
        age = int(random.integers(40, 120)) if row["hall"] in silent else int(random.integers(0, 8))
        since = day_between(random, date(setting.year - 3, 1, 1), date(setting.year, 6, 30))
        rows.append({"hall": row["hall"], "connected_on": since, "last_data": end - timedelta(days=age)})
    return rows
