"""Incompatible herbs (配伍禁忌): 十八反 and 十九畏, carried over to the processed forms.

The committed table names the forms that the pharmacopoeia names. Any other processed form stands for the herb it comes
from: 酒白芍 for 白芍, 黑顺片 for 附子. Where a form and its herb are both listed, the stronger row counts.

Example:
    >>> from xinglin.knowledge import herbs, incompatibility
    >>> incompatibility.load().between(herbs.get("藜芦"), herbs.get("酒白芍")).rule
    '藜芦反诸参、细辛、芍药'
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path

from xinglin.base.errors import DefinitionError
from xinglin.knowledge.edition import Edition, folder_of, read_edition
from xinglin.knowledge.herbs import Herb
from xinglin.knowledge.incompatibility.model import Pair, Strength
from xinglin.knowledge.rows import Row, read_rows, words

__all__ = ["DEFAULT", "Pair", "Pairs", "Strength", "load"]

DATA = Path(__file__).parent / "data"
DEFAULT = "chp2020"
COLUMNS = ("id", "family", "rule", "herb_a", "herb_b", "severity", "basis", "evidence", "note")


class Pairs:
    """All pairs of one edition. edition: where they stand."""

    def __init__(self, edition: Edition, rows: list[Pair]) -> None:
        self.edition = edition
        self._rows = tuple(rows)
        self._by_names = {frozenset({row.first, row.second}): row for row in rows}

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def between(self, first: Herb, second: Herb) -> Pair | None:
        """The strongest pair that holds between two herbs or the herbs they come from; None if there is none."""
        best: Pair | None = None
        for names in product(first.family, second.family):
            found = self._by_names.get(frozenset(names))
            if found and (best is None or found.strength.rank > best.strength.rank):
                best = found
        return best

    def source(self, pair: Pair) -> str:
        """Where a pair stands, in words."""
        return {
            "chp": f"{self.edition.title}【注意】",
            "song": f"{pair.family}歌诀（药典未列）",
            "custom": "常用扩展（药典未列）",
        }[pair.basis]


def load(edition: str = DEFAULT, root: Path = DATA) -> Pairs:
    """The pairs of one edition, read once per process.

    Raises:
        DefinitionError: the edition is not installed, or a pair is listed twice.
    """
    return _load(edition, root)


@lru_cache(maxsize=8)
def _load(edition: str, root: Path) -> Pairs:
    folder = folder_of(root, edition)
    rows = [_pair(row) for row in read_rows(folder / "pairs.csv", COLUMNS)]
    seen: dict[frozenset[str], str] = {}
    faults = []
    for row in rows:
        names = frozenset({row.first, row.second})
        if names in seen:
            faults.append(f"{row.id} 与 {seen[names]} 是同一对药（{row.first}、{row.second}），请删去一行")
        seen[names] = row.id
    if faults:
        raise DefinitionError(f"incompatibility/{edition}", faults)
    return Pairs(read_edition(folder), rows)


def _pair(row: Row) -> Pair:
    return Pair(
        row["id"],
        row["family"],
        row["rule"],
        row["herb_a"],
        row["herb_b"],
        row["severity"],
        row["basis"],
        words(row["evidence"]),
        row["note"],
    )
