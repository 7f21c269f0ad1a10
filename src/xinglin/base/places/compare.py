"""How two editions of the code list compare: which place became which.

Codes alone mislead: they are reused (232701 was 加格达奇区 in 2017 and 漠河市 in 2018), and a place can lose
half its ground without a change of code (余杭区, 2021). So the ground is followed by its villages: a village
of the old edition is found again in the new one by name and surroundings, and a county or township is where
its villages are. What the villages do not settle is called unclear, never guessed.

Pure functions over plain mappings ``code -> name`` that hold all levels of an edition.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass

from xinglin.base.places.model import Level, ancestor_code

Edition = Mapping[str, str]
VillageKey = Callable[[str, str], Hashable]

_COUNTY_PREFIX = re.compile(r"^\w{1,6}?[区县市旗](?=\w{2,}(街道|镇|乡|苏木)$)")
_COMMITTEES = ("村民委员会", "居民委员会", "村委会", "居委会", "委员会", "委会", "社区", "村")


def bare_village(name: str) -> str:
    """Village name without its kind of committee: 东关村村民委员会 and 东关社区居委会 are both 东关."""
    for ending in _COMMITTEES:
        if name.endswith(ending) and name != ending:
            return bare_village(name.removesuffix(ending))
    return name


def bare_township(name: str) -> str:
    """Township name as later lists write it: 东华门街道办事处 is 东华门街道, 孝南区新铺镇 is 新铺镇."""
    if name.endswith("办事处"):
        name = name.removesuffix("办事处").removesuffix("街道") + "街道"
    return _COUNTY_PREFIX.sub("", name)


def match_villages(old: Edition, new: Edition) -> dict[str, str]:
    """Old village code → new village code, for the villages that can be found again beyond doubt.

    In turn: same code and name; same township and village name within the province; same name within the
    same county; same name within the county that took over the ground of the old one; for counties whose
    code ended or began, same name within the prefecture. A name counts only where it is unique on both sides.
    """
    old_villages, new_villages = _villages(old), _villages(new)
    found = {code: code for code, name in old_villages.items() if new_villages.get(code) == name}
    _add_unique(found, old_villages, new_villages, _township_key(old), _township_key(new))
    _add_unique(found, old_villages, new_villages, _county_key({}), _county_key({}))
    heirs = _dominant_counties(found)
    _add_unique(found, old_villages, new_villages, _county_key(heirs), _county_key({}))
    _add_unique(
        found, old_villages, new_villages, _prefecture_key, _prefecture_key, _recoded_county(old, new)
    )
    return found


def _recoded_county(old: Edition, new: Edition) -> Callable[[str, str], bool]:
    return lambda before, after: before[:6] not in new or after[:6] not in old


def _villages(edition: Edition) -> dict[str, str]:
    return {code: bare_village(name) for code, name in edition.items() if len(code) == Level.VILLAGE}


def _township_key(edition: Edition) -> VillageKey:
    return lambda code, name: (code[:2], bare_township(edition[code[:9]]), name)


def _county_key(heirs: Mapping[str, str]) -> VillageKey:
    return lambda code, name: (heirs.get(code[:6], code[:6]), name)


def _prefecture_key(code: str, name: str) -> Hashable:
    return code[:4], name


def _add_unique(
    found: dict[str, str],
    old: Mapping[str, str],
    new: Mapping[str, str],
    old_key: VillageKey,
    new_key: VillageKey,
    admits: Callable[[str, str], bool] = lambda before, after: True,
) -> None:
    taken = set(found.values())
    by_key = _unique(new, new_key)
    for key, code in _unique(old, old_key).items():
        target = by_key.get(key)
        if code not in found and target is not None and target not in taken and admits(code, target):
            found[code] = target


def _unique(villages: Mapping[str, str], key: VillageKey) -> dict[Hashable, str]:
    seen: dict[Hashable, list[str]] = defaultdict(list)
    for code, name in villages.items():
        seen[key(code, name)].append(code)
    return {k: codes[0] for k, codes in seen.items() if len(codes) == 1}


def _dominant_counties(found: Mapping[str, str], percent: int = 90) -> dict[str, str]:
    flows = Flows.at(Level.COUNTY, found.items())
    return {
        old: new
        for (old, new), count in flows.count.items()
        if old != new and count * 100 >= percent * flows.leaving[old]
    }


@dataclass(frozen=True)
class Flows:
    """Found villages counted by the place they were in and the place they are in.

    Attributes:
        count: (old place, new place) → villages. leaving, arriving: their sums per old and per new place.
    """

    count: Counter[tuple[str, str]]
    leaving: Counter[str]
    arriving: Counter[str]

    @classmethod
    def at(cls, level: Level, found: Iterable[tuple[str, str]]) -> Flows:
        """Flows between places of one level (prefecture to township)."""
        count = Counter((ancestor_code(a, level), ancestor_code(b, level)) for a, b in found)
        leaving: Counter[str] = Counter()
        arriving: Counter[str] = Counter()
        for (old, new), number in count.items():
            leaving[old] += number
            arriving[new] += number
        return cls(count, leaving, arriving)

    def of_old(self, old: str, new: str) -> float:
        """Percent of the old place's found villages that are in the new place."""
        return 100 * self.count[old, new] / self.leaving[old] if self.leaving[old] else 0.0

    def of_new(self, old: str, new: str) -> float:
        """Percent of the new place's found villages that were in the old place."""
        return 100 * self.count[old, new] / self.arriving[new] if self.arriving[new] else 0.0
