"""Herbs while typing: by initials, full pinyin or characters, the everyday reading beside the pharmacopoeia's."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from xinglin.base import pinyin
from xinglin.knowledge.herbs.model import Herb, Suggestion
from xinglin.knowledge.herbs.names import normal
from xinglin.knowledge.herbs.store import Table

_RARE = ("其他药典收载", "药引食材")
_HIDDEN = ("禁用或停用", "毒性管理品种")  # known so that they are refused, never offered


@dataclass(frozen=True, slots=True)
class _Key:
    """One way to reach a herb. name: written form it stands for. own: it is the standard name, not an alias."""

    text: str
    herb: Herb
    name: str
    own: bool


class Index:
    """Sorted keys of one table; a prefix is found by bisection."""

    def __init__(self, table: Table) -> None:
        self._keys = sorted(_keys(table), key=lambda key: key.text)
        self._texts = [key.text for key in self._keys]
        self._order = {herb.name: place for place, herb in enumerate(table)}

    def suggest(self, letters: str, limit: int) -> tuple[Suggestion, ...]:
        """Herbs whose name, alias, initials or pinyin begin with the letters, best first."""
        wanted = normal(letters).lower()
        best: dict[str, tuple[tuple[int, ...], _Key]] = {}
        for key in self._starting(wanted):
            rank = self._rank(key, wanted)
            if key.herb.name not in best or rank < best[key.herb.name][0]:
                best[key.herb.name] = (rank, key)
        ordered = sorted(best.values(), key=lambda entry: entry[0])
        return tuple(Suggestion(key.herb, key.name) for _, key in ordered[:limit])

    def _starting(self, wanted: str) -> list[_Key]:
        if not wanted:
            return []
        start = bisect_left(self._texts, wanted)
        return self._keys[start : bisect_left(self._texts, wanted + "\uffff", lo=start)]

    def _rank(self, key: _Key, wanted: str) -> tuple[int, ...]:
        """Whole before beginning, standard name before alias, usual before rare, short before long."""
        rare = key.herb.category in _RARE
        return (key.text != wanted, rare, not key.own, len(key.text), self._order[key.herb.name])


def _keys(table: Table) -> list[_Key]:
    found = []
    for herb in table:
        if herb.category in _HIDDEN:
            continue
        for text in {herb.initials, herb.pinyin}:
            found.append(_Key(text, herb, herb.name, own=True))
        for name in (herb.name, *herb.aliases):
            found.extend(_key_of(herb, name, text) for text in _readings(name))
    found.extend(_unclear(table))
    return found


def _unclear(table: Table) -> Iterator[_Key]:
    """Names that mean several herbs lead to each of them: 贝母 and bm to 川贝母, 浙贝母 …"""
    for generic in table.generic.values():
        if generic.action in ("confirm", "map"):
            for name in generic.candidates:
                for text in _readings(generic.written):
                    yield _Key(text, table.herbs[name], generic.written, own=False)


def _key_of(herb: Herb, name: str, text: str) -> _Key:
    return _Key(text, herb, name, own=name == herb.name)


def _readings(name: str) -> set[str]:
    read = pinyin.of_name(name)
    return {name, read.initials, read.plain}


@lru_cache(maxsize=4)
def _index(edition: str) -> Index:
    from xinglin.knowledge.herbs.store import load

    return Index(load(edition))


def suggest(letters: str, limit: int, edition: str) -> tuple[Suggestion, ...]:
    """Herbs that fit what has been typed so far; see ``Index.suggest``."""
    return _index(edition).suggest(letters, limit)
