"""Which prescriptions are reviewed: how many, and a draw that anyone can repeat.

A draw is fixed before anything is seen: it rests only on the ids, the scope and a stored seed. Ids are ordered by the
SHA-256 of seed and id, so the order in which they are given and the version of Python do not matter.

Example:
    >>> size(180, scopes()["pieces_outpatient"]), size(64, scopes()["pieces_outpatient"])
    (100, 64)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256
from math import ceil
from pathlib import Path
from typing import Literal

from pydantic import RootModel

from xinglin.base.yamlfile import Strict, build, read_yaml

DATA = Path(__file__).parent / "data"


class Scope(Strict):
    """What is sampled.

    Attributes:
        title: Chinese name. of: what is counted. rate, floor: the two floors, both of which must be met.
        binding: law, or a parameter of ours. source: where the numbers stand.
    """

    title: str
    of: str
    rate: Fraction
    floor: int
    binding: Literal["law", "parameter"]
    source: str


class _Scopes(RootModel[dict[str, Scope]]):
    pass


@dataclass(frozen=True, slots=True)
class Draw:
    """A sample. ids: drawn ones in the order of their tickets. total: how many there were. seed, scope: as given."""

    ids: tuple[str, ...]
    total: int
    seed: str
    scope: str

    @property
    def share(self) -> Fraction:
        """Share of all that was drawn, exact; 0 where there was nothing."""
        return Fraction(len(self.ids), self.total) if self.total else Fraction(0)


@lru_cache(maxsize=1)
def scopes() -> dict[str, Scope]:
    """What can be sampled, by id."""
    return build(_Scopes, read_yaml(DATA / "sampling.yaml"), "sampling.yaml").root


def size(total: int, scope: Scope) -> int:
    """How many are drawn from so many: the greater of both floors, never more than there are."""
    return min(total, max(scope.floor, ceil(total * scope.rate)))


def draw(
    ids: Iterable[str],
    scope: str,
    seed: str,
    doctors: Mapping[str, str] | None = None,
    always: Iterable[str] = (),
) -> Draw:
    """A sample without replacement.

    Args:
        ids: of all prescriptions of the period, each once. scope: an id of ``scopes()``. seed: stored with the result.
        doctors: prescriber of each id; with it every prescriber with at least one gets at least one, if the size
            allows. always: ids that are taken in any case (双签字 at a post without a pharmacist), beyond the size.

    Raises:
        ValueError: an id is given twice, ``always`` names one that is not among them, or the scope is not known.
    """
    everything = list(ids)
    wanted = set(always)
    _check(everything, wanted, scope)
    ordered = sorted(everything, key=lambda one: _ticket(seed, one))
    count = size(len(ordered), scopes()[scope])
    chosen = set(_one_each(ordered, doctors, count)) if doctors is not None else set()
    for one in ordered:
        if len(chosen) >= count:
            break
        chosen.add(one)
    chosen |= wanted
    return Draw(tuple(one for one in ordered if one in chosen), len(ordered), seed, scope)


def _check(everything: list[str], wanted: set[str], scope: str) -> None:
    if scope not in scopes():
        raise ValueError(f"没有抽样范围“{scope}”；可用：{'、'.join(scopes())}")
    if len(set(everything)) != len(everything):
        raise ValueError("有处方编号重复，请每张只给一次")
    missing = wanted - set(everything)
    if missing:
        raise ValueError(f"必抽的{'、'.join(sorted(missing))}不在本期处方中，请核对")


def _one_each(ordered: list[str], doctors: Mapping[str, str], count: int) -> list[str]:
    """The first of each prescriber; nothing where the size does not reach to all of them."""
    first: dict[str, str] = {}
    for one in ordered:
        first.setdefault(doctors[one], one)
    return list(first.values()) if len(first) <= count else []


def _ticket(seed: str, one: str) -> bytes:
    return sha256(f"{seed}\n{one}".encode()).digest()
