"""A draw that anyone can repeat: from the published lists and seed, the same objects and inspectors come out.

The seed should be made of numbers that nobody could know when the lists were closed (a lottery's result, a share
index).
Each candidate's ticket is SHA-256 of seed, round and id; the lowest tickets are drawn. Order and repeats of the list
do not
matter, so two people with the same lists agree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from xinglin.base.errors import DataError


def ticket(seed: str, round_: str, id_: str) -> str:
    """The ticket of a candidate: 64 hexadecimal digits."""
    return hashlib.sha256(f"{seed}\n{round_}\n{id_}".encode()).hexdigest()


def draw(candidates: Collection[str], count: int, seed: str, round_: str = "") -> list[str]:
    """The candidates drawn, in the order of their tickets.

    Raises:
        DataError: no seed, or fewer candidates than are to be drawn.
    """
    known = set(candidates)
    if not seed.strip():
        raise DataError("没有随机种子：请填写开奖号码等事先无人知道的数")
    if not 0 < count <= len(known):
        raise DataError(f"名单里有 {len(known)} 个，抽不出 {count} 个")
    return sorted(known, key=lambda one: (ticket(seed, round_, one), one))[:count]


@dataclass(frozen=True)
class Pair:
    """An object and who inspects it."""

    object: str
    inspectors: tuple[str, ...]


def double_draw(
    objects: Collection[str],
    inspectors: Collection[str],
    *,
    count: int,
    seed: str,
    team: int = 2,
    apart: Mapping[str, Collection[str]] | None = None,
) -> list[Pair]:
    """Objects drawn, and for each a team of inspectors drawn anew from those who need not stay away.

    Args:
        apart: object → inspectors who must not inspect it (they work there).

    Raises:
        DataError: too few objects, or too few inspectors for one of them.
    """
    found = []
    for one in draw(objects, count, seed, "objects"):
        free = set(inspectors) - set((apart or {}).get(one, ()))
        if len(free) < team:
            raise DataError(f"检查“{one}”要 {team} 人，可派的只有 {len(free)} 人")
        found.append(Pair(one, tuple(draw(free, team, seed, f"inspectors\n{one}"))))
    return found
