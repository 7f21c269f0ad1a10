"""One search over herbs, diseases, patterns, techniques and formulas: initials, pinyin, characters or code.

Built once per process (half a second of computing), then answered by bisection, so that a query takes well under 5 ms.
The order is stable: beginnings before what stands inside; what this doctor uses often before the rest; common before
rare; whole names, formal names, herbs of many formulas, short names first.

Example:
    >>> [(hit.kind.value, hit.name) for hit in search("ksb", limit=1)]
    [('disease', '咳嗽病')]
    >>> [hit.matched for hit in search("双花", {Kind.HERB})]
    ['双花']
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache
from heapq import nsmallest
from operator import itemgetter

from xinglin.knowledge import diseases, formulas, herbs, syndromes, techniques
from xinglin.knowledge.nomenclature import Term, normal
from xinglin.knowledge.readings import readings, typed

_LETTERS = re.compile(r"[a-zü0-9.']+")
_Key = tuple[str, int, str, bool]
"""What may be typed, place of the entry, the name it stands for, whether it begins inside the name."""
_Rank = tuple[int | str, ...]


class Kind(StrEnum):
    """What was found."""

    HERB = "herb"
    FORMULA = "formula"
    DISEASE = "disease"
    PATTERN = "pattern"
    TECHNIQUE = "technique"

    @property
    def label(self) -> str:
        """Chinese word."""
        return {"herb": "饮片", "formula": "方剂", "disease": "病名", "pattern": "证候", "technique": "技术"}[
            self.value
        ]


class Fit(IntEnum):
    """How well a key fits; smaller is better."""

    WHOLE = 0
    BEGINNING = 1
    INSIDE = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found.

    Attributes:
        key: what its part is asked by: name of a herb, id of a formula, code of the others.
        name: formal name. matched: the name it was found by, the same or an alias.
        fit: how well it fits. doubtful: the source marks the row as not settled.
    """

    kind: Kind
    key: str
    name: str
    matched: str
    fit: Fit
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class _Entry:
    """A thing to be found.

    Attributes:
        rare: 0 common, 1 provisional, 2 rare (terms of the standard nobody marked common, rarely used herbs).
        names: the formal one first. code: code or id, looked at only when a digit is typed.
        weight: in how many formulas a herb stands. readings: given initials and pinyin (those of the pharmacopoeia).
    """

    kind: Kind
    key: str
    name: str
    rare: int
    doubtful: bool
    names: tuple[str, ...]
    code: str
    weight: int = 0
    readings: tuple[str, ...] = ()


class _Keys:
    """Keys of one kind, sorted, so that those beginning with a text are found by bisection."""

    def __init__(self, keys: Iterable[_Key]) -> None:
        self._keys = sorted(keys)
        self._texts = [key[0] for key in self._keys]

    def beginning(self, wanted: str) -> list[_Key]:
        """All keys that begin with a text."""
        start = bisect_left(self._texts, wanted)
        return self._keys[start : bisect_left(self._texts, wanted + "\uffff", lo=start)]


class Index:
    """Everything that can be found, with its keys: from the beginning of each name, and from inside."""

    def __init__(self, entries: list[_Entry]) -> None:
        self.entries = entries
        keys = [key for place, entry in enumerate(entries) for key in _keys(place, entry)]
        self._outer = _Keys(key for key in keys if not key[3])
        self._inner = _Keys(key for key in keys if key[3])
        self._codes = _Keys(key for place, entry in enumerate(entries) for key in _code_keys(place, entry))

    def search(
        self, text: str, kinds: Collection[Kind], limit: int, used: Mapping[tuple[Kind, str], int]
    ) -> tuple[Hit, ...]:
        """The best hits; see ``search``. Inside is looked only when the beginnings do not fill the list."""
        wanted = normal(text).lower()
        letters = bool(_LETTERS.fullmatch(wanted))
        wanted = typed(wanted).replace(".", "") if letters else wanted
        if not wanted or limit < 1:
            return ()
        first = self._outer.beginning(wanted)
        if any(sign.isdigit() for sign in wanted):
            first = [*first, *self._codes.beginning(wanted)]
        hits = self._ranked(first, wanted, kinds, limit, used)
        if len(hits) < limit and (len(wanted) > 1 or not letters):
            known = {(hit.kind, hit.key) for hit in hits}
            inside = self._ranked(self._inner.beginning(wanted), wanted, kinds, limit, used)
            hits += [hit for hit in inside if (hit.kind, hit.key) not in known]
        return tuple(hits[:limit])

    def _ranked(
        self,
        keys: list[_Key],
        wanted: str,
        kinds: Collection[Kind],
        limit: int,
        used: Mapping[tuple[Kind, str], int],
    ) -> list[Hit]:
        best: dict[int, tuple[_Rank, _Key]] = {}
        for key in keys:
            entry = self.entries[key[1]]
            if kinds and entry.kind not in kinds:
                continue
            rank = _rank(entry, key, wanted, used)
            if key[1] not in best or rank < best[key[1]][0]:
                best[key[1]] = (rank, key)
        first = nsmallest(limit * 2, best.values(), key=itemgetter(0))
        return [_hit(self.entries[key[1]], key, wanted) for _, key in first]


def _rank(entry: _Entry, key: _Key, wanted: str, used: Mapping[tuple[Kind, str], int]) -> _Rank:
    """Used by this doctor; whole code or common name; common; whole; formal name; in many formulas; short."""
    text, _, name, _ = key
    whole = text == wanted
    often = used.get((entry.kind, entry.key), 0) if used else 0
    formal = name == entry.name
    sure = whole and (entry.rare == 0 or any(sign.isdigit() for sign in wanted))
    return (
        -often, not sure, entry.rare, not whole, not formal, -entry.weight, len(name),
        entry.name, entry.key,
    )  # fmt: skip


def search(
    text: str,
    kinds: Collection[Kind] = (),
    *,
    limit: int = 12,
    used: Mapping[tuple[Kind, str], int] | None = None,
) -> tuple[Hit, ...]:
    """What may be meant by a few letters, characters or the beginning of a code, best first.

    Args:
        kinds: look only among these; all when empty.
        used: how often this doctor has used a thing lately, by kind and key; the more often, the earlier.
    """
    return index().search(text, kinds, limit, used or {})


@cache
def index() -> Index:
    """The index over everything, built once per process."""
    return Index([*_herbs(), *_formulas(), *_terms(Kind.DISEASE), *_terms(Kind.PATTERN), *_techniques()])


def _herbs() -> Iterator[_Entry]:
    table = herbs.load()
    unclear = _unclear(table)
    for herb in table:
        if herb.offered:
            yield _Entry(
                kind=Kind.HERB,
                key=herb.name,
                name=herb.name,
                rare=2 if herb.rare else 0,
                doubtful=bool(herb.doubt),
                names=(herb.name, *herb.aliases, *unclear.get(herb.name, ())),
                code=herb.id,
                weight=_in_formulas().get(herb.name, 0),
                readings=(herb.initials, herb.pinyin),
            )


def _unclear(table: herbs.Table) -> dict[str, list[str]]:
    """Names that mean several herbs lead to each of them: 贝母 and bm to 川贝母, 浙贝母 …"""
    found: dict[str, list[str]] = {}
    for generic in table.generic.values():
        for name in generic.candidates if generic.action in ("confirm", "map") else ():
            found.setdefault(name, []).append(generic.written)
    return found


def _formulas() -> Iterator[_Entry]:
    for one in formulas.load().values():
        yield _Entry(Kind.FORMULA, one.id, one.name, 0, one.grade == "C", (one.name,), one.id)


def _terms(kind: Kind) -> Iterator[_Entry]:
    book: Collection[Term] = tuple(diseases.load() if kind is Kind.DISEASE else syndromes.load())
    for term in book:
        if not term.heading:
            rare = 0 if term.common else 1 if term.provisional else 2
            names = (term.name, *term.aliases, *term.usual)
            yield _Entry(kind, term.key, term.name, rare, bool(term.doubt), names, term.code)


def _techniques() -> Iterator[_Entry]:
    for one in techniques.load().values():
        yield _Entry(Kind.TECHNIQUE, one.code, one.name, 0, False, one.spellings, one.code)


@cache
def _in_formulas() -> dict[str, int]:
    """How many of the formulas contain each herb: the only frequency our sources give."""
    return Counter(part.herb for one in formulas.load().values() for part in one.ingredients)


def _keys(place: int, entry: _Entry) -> Iterator[_Key]:
    """Each text once: given readings, and every name by character, initials and pinyin."""
    yield from ((typed(reading), place, entry.name, False) for reading in entry.readings)
    for name in dict.fromkeys(entry.names):
        found = {(text, at > 0) for way in _ways(name) for at, text in _from_each(way)}
        yield from ((text, place, name, inside) for text, inside in found if text)


def _code_keys(place: int, entry: _Entry) -> Iterator[_Key]:
    if entry.code:
        yield typed(entry.code).replace(".", ""), place, entry.name, False


def _ways(name: str) -> Iterator[tuple[str, ...]]:
    yield tuple(normal(name).lower())
    for read in readings(name):
        yield tuple(typed(syllable) for syllable in read)
        if len(read) > 1:
            yield tuple(syllable[0] for syllable in read)


def _from_each(parts: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    return ((at, "".join(parts[at:])) for at in range(len(parts)))


def _hit(entry: _Entry, key: _Key, wanted: str) -> Hit:
    text, _, name, inside = key
    fit = Fit.INSIDE if inside else Fit.WHOLE if text == wanted else Fit.BEGINNING
    return Hit(entry.kind, entry.key, entry.name, name, fit, entry.doubtful)
