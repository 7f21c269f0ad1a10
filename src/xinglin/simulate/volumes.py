"""How many visits and prescriptions each facility has in each month, and how each facility hands them in.

The numbers are fixed here, exactly; `services` only turns them into rows. So the whole year keeps its
published share although every month is made (and written) by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xinglin.simulate.setting import Integers, Setting, apportion
from xinglin.simulate.sites import CENTRES, GRASSROOTS, HOSPITALS, Site

Flags = npt.NDArray[np.bool_]

MONTHS = 12
PRESCRIPTION_KINDS = ("herbal_pieces", "granules", "patent_medicine", "preparation", "western")
_TCM_KINDS = np.array([0.42, 0.11, 0.44, 0.03])  # of TCM prescriptions, by kind
_SEASON = np.array([1.08, 0.72, 0.95, 1.0, 1.03, 1.0, 0.99, 0.98, 1.01, 1.0, 1.06, 1.15])
_CENTRES_PART = 0.55  # of grassroots visits
_HOSPITAL_VISITS = {"general_hospital": 0.75, "tcm_hospital": 0.35, "maternal_child_hospital": 0.18}
"""Visits of county institutions, per grassroots visit of the county."""
_HOSPITAL_TCM = {"general_hospital": 0.06, "tcm_hospital": 0.72, "maternal_child_hospital": 0.08}
_DISCHARGES = {"general_hospital": 0.055, "tcm_hospital": 0.05, "maternal_child_hospital": 0.05}


@dataclass(frozen=True, slots=True)
class Volumes:
    """Numbers by facility and month (rows as in ``sites``), and the way they are handed in.

    ``prescriptions`` has a third axis, the kinds. ``events``: rows are handed in; ``totals``: a monthly
    total is; neither: nothing was.
    """

    sites: tuple[Site, ...]
    visits: Integers
    tcm: Integers
    non_drug: Integers
    prescriptions: Integers
    discharges: Integers
    events: Flags
    totals: Flags

    @property
    def handed_in(self) -> Flags:
        """Facility-months with a report of any kind."""
        found: Flags = self.events | self.totals
        return found


def silent_sites(setting: Setting, sites: Sequence[Site]) -> frozenset[str]:
    """Facilities below the hospitals that report nothing at all."""
    draws = setting.random("silent").random(len(sites))
    share = setting.parameters.gaps.silent
    pairs = zip(sites, draws.tolist(), strict=True)
    return frozenset(site.facility for site, draw in pairs if site.kind in GRASSROOTS and draw < share)


def volumes_of(setting: Setting, sites: Sequence[Site], silent: frozenset[str]) -> Volumes:
    """The year's numbers of every facility that sees patients of its own."""
    running = tuple(site for site in sites if site.running)
    random = setting.random("volumes")
    visits = _visits(setting, running, random)
    tcm = _tcm(setting, running, visits, random)
    non_drug = random.binomial(tcm, 0.28)
    events, totals = _ways(setting, running, silent)
    rx, discharges = _prescriptions(visits, tcm, random), _discharges(running, visits, random)
    return Volumes(running, visits, tcm, non_drug, rx, discharges, events, totals)


def _is(sites: Sequence[Site], kinds: Sequence[str]) -> Flags:
    return np.array([site.kind in kinds for site in sites])


def _visits(setting: Setting, sites: Sequence[Site], random: np.random.Generator) -> Integers:
    """Grassroots visits sum exactly to the parameter; the others stand in proportion to them."""
    total = setting.parameters.services.grassroots_visits
    size = random.lognormal(0.0, 0.5, len(sites))
    centres, below = _is(sites, CENTRES), _is(sites, GRASSROOTS) & ~_is(sites, CENTRES)
    weights = np.zeros(len(sites))
    for mask, part in ((centres, _CENTRES_PART), (below, 1 - _CENTRES_PART)):
        weights[mask] = part * size[mask] / max(size[mask].sum(), 1e-9)
    year = apportion(total, weights)
    for position, site in enumerate(sites):
        part = _HOSPITAL_VISITS.get(site.kind, 0.003 if site.kind not in GRASSROOTS else 0)
        year[position] += round(total * part * size[position] / (1 if site.kind in HOSPITALS else 2))
    season = _SEASON * random.lognormal(0.0, 0.03, MONTHS)
    monthly: Integers = random.multinomial(year, season / season.sum()).astype(np.int64)
    return monthly


def _tcm(setting: Setting, sites: Sequence[Site], visits: Integers, random: np.random.Generator) -> Integers:
    """TCM visits of the grassroots sum exactly to the parameter; who provides no TCM has none."""
    grassroots = _is(sites, GRASSROOTS)
    provides = np.array([site.provides_tcm for site in sites])
    rates = np.where(provides & grassroots, random.uniform(0.3, 0.55, len(sites)), 0.0)
    weights = (visits * rates[:, None]).ravel()
    wanted = setting.parameters.services.grassroots_tcm_visits
    tcm = apportion(wanted, weights, visits.ravel()).reshape(visits.shape)
    others = [_HOSPITAL_TCM.get(site.kind, 0.9 if site.provides_tcm else 0.0) for site in sites]
    drawn = random.binomial(visits, np.array(others)[:, None])
    return np.where(grassroots[:, None], tcm, drawn).astype(np.int64)


def _prescriptions(visits: Integers, tcm: Integers, random: np.random.Generator) -> Integers:
    """About 0.7 prescriptions a visit, TCM ones after TCM visits (and patent medicine after some others)."""
    native = random.binomial(tcm, 0.5) + random.binomial(visits - tcm, 0.05)
    western = random.binomial(visits - tcm, 0.72) + random.binomial(tcm, 0.2)
    kinds = random.multinomial(native, _TCM_KINDS)
    return np.concatenate([kinds, western[:, :, None]], axis=2).astype(np.int64)


def _discharges(sites: Sequence[Site], visits: Integers, random: np.random.Generator) -> Integers:
    rates = [_DISCHARGES.get(site.kind, 0.01 if site.kind == "township_hospital" else 0.0) for site in sites]
    drawn: Integers = random.binomial(visits, np.array(rates)[:, None]).astype(np.int64)
    return drawn


def _ways(setting: Setting, sites: Sequence[Site], silent: frozenset[str]) -> tuple[Flags, Flags]:
    """Which facility-months come as events, which as totals; hospitals and private clinics: totals."""
    gaps, random = setting.parameters.gaps, setting.random("gaps")
    grassroots = _is(sites, GRASSROOTS)
    heard = np.array([site.facility not in silent for site in sites])
    by_total = ~grassroots | (random.random(len(sites)) < gaps.totals)
    missing = (random.random((len(sites), MONTHS)) < gaps.missing) & grassroots[:, None]
    handed_in = heard[:, None] & ~missing
    return handed_in & ~by_total[:, None], handed_in & by_total[:, None]
