"""The real ground a county is simulated on, its random streams, and exact sharing out of whole numbers."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from xinglin.base.places import Divisions, Level, Place, UnknownPlace, load_divisions
from xinglin.simulate.errors import SimulationError
from xinglin.simulate.parameters import CountyParameters

Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ground:
    """A county's real townships and the villages of each, in code order."""

    county: Place
    townships: tuple[Place, ...]
    villages: Mapping[str, tuple[Place, ...]]

    @property
    def towns(self) -> tuple[Place, ...]:
        """Townships that are not streets: their centre is a township hospital."""
        return tuple(place for place in self.townships if not is_street(place))

    @property
    def streets(self) -> tuple[Place, ...]:
        """Streets: their centre is a community health centre."""
        return tuple(place for place in self.townships if is_street(place))


def is_street(place: Place) -> bool:
    """Whether a township-level place is a street (街道)."""
    return place.name.endswith("街道")


def ground_of(place_code: str, divisions: Divisions | None = None) -> Ground:
    """The ground of a county.

    Raises:
        UnknownPlace: no such place. SimulationError: it is not a county, or has no townships.
    """
    known = divisions or load_divisions(place_code)
    county = known.get(place_code)
    if county.level is not Level.COUNTY:
        raise SimulationError(
            f"{county.name}（{place_code}）是{county.label}，只能模拟县级地区，请给 6 位县代码。"
        )
    townships = tuple(place for place in known.children(place_code) if place.is_real)
    villages = {place.code: known.children(place.code) for place in townships}
    townships = tuple(place for place in townships if villages[place.code])
    if not townships:
        raise SimulationError(f"{county.name}（{place_code}）在区划中没有乡镇和村，无从模拟。")
    return Ground(county, townships, villages)


@dataclass(frozen=True, slots=True)
class Setting:
    """One run: parameters, year, seed and ground."""

    parameters: CountyParameters
    year: int
    seed: int
    ground: Ground

    def random(self, topic: str) -> np.random.Generator:
        """A random stream of its own for each topic, so that a change in one moves no other."""
        key = [self.seed, int(self.parameters.place), self.year, zlib.crc32(topic.encode())]
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(key)))

    def id(self, letter: str, number: int) -> str:
        """An opaque id with the prefix of the demonstration installation."""
        return f"demo-{letter}{self.parameters.place}-{number:05d}"

    @property
    def last_day(self) -> date:
        """31 December of the year."""
        return date(self.year, 12, 31)


def day_between(random: np.random.Generator, first: date, last: date) -> date:
    """A day drawn evenly between two, both included."""
    return first + timedelta(days=int(random.integers(0, (last - first).days + 1)))


def apportion(total: int, weights: npt.ArrayLike, caps: Integers | None = None) -> Integers:
    """Share a whole number out by weight, by largest remainder, nobody above their cap; exact in sum.

    Raises:
        SimulationError: the caps leave no room for the total.
    """
    weight = np.asarray(weights, dtype=np.float64)
    limit = np.full(weight.shape, total, dtype=np.int64) if caps is None else caps
    if int(limit[weight > 0].sum()) < total:
        raise SimulationError(f"要分配的数 {total} 大于可容纳的 {int(limit.sum())}，请调小总数或增加机构。")
    parts = np.zeros(weight.shape, dtype=np.int64)
    while (rest := total - int(parts.sum())) > 0:
        open_ = np.where(parts < limit, weight, 0.0)
        parts = np.minimum(parts + _largest_remainder(rest, open_), limit)
    return parts


def _largest_remainder(total: int, weight: Numbers) -> Integers:
    exact = total * (weight / weight.sum())
    parts = np.floor(exact).astype(np.int64)
    order = np.argsort(parts - exact, kind="stable")  # largest remainder first, ties in order
    parts[order[: total - int(parts.sum())]] += 1
    result: Integers = parts
    return result


def choose(random: np.random.Generator, items: Sequence[Any], count: int) -> list[Any]:
    """``count`` different items, in their own order (all of them when there are not so many)."""
    size = min(count, len(items))
    return [items[i] for i in sorted(random.permutation(len(items))[:size].tolist())]


__all__ = [
    "Ground",
    "Integers",
    "Numbers",
    "Setting",
    "UnknownPlace",
    "apportion",
    "choose",
    "day_between",
    "ground_of",
    "is_street",
]
