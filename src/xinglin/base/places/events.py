"""From flows of villages to named changes: renamed, merged, split, moved, or unclear.

The thresholds are deliberately blunt. A change of a few villages between two standing places is a matter of
boundaries and is not reported; a place counts as succeeding another only with three quarters of the ground on
both sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xinglin.base.places.change import Change, ChangeKind
from xinglin.base.places.compare import Edition, Flows, bare_township
from xinglin.base.places.kinds import kind_of
from xinglin.base.places.model import NATION_CODE, Level, PlaceKind, ancestor_code

SUCCESSION = 75  # percent of both sides that makes one place the heir of another
MAJORITY = 50  # percent of the old ground still there for a renamed place to be the same one
COVERAGE = 20  # percent of a place's villages that must be found again before they count as evidence


@dataclass(frozen=True)
class Thresholds:
    """Percent of either side from which a flow between two places is reported.

    Attributes:
        ended: when one of the two codes ended or began. standing: when both stand.
    """

    ended: int
    standing: int


THRESHOLDS = {
    Level.PREFECTURE: Thresholds(ended=5, standing=10),
    Level.COUNTY: Thresholds(ended=5, standing=10),
    Level.TOWNSHIP: Thresholds(ended=30, standing=30),
}


@dataclass
class Comparison:
    """Two editions compared at one level.

    Attributes:
        old_edition, new_edition: their names. old, new: their codes and names, all levels.
        level: level compared. found: old village → new village.
        heirs: old place → new place one level up, for places recoded there; places not named stay put.
    """

    old_edition: str
    new_edition: str
    old: Edition
    new: Edition
    level: Level
    found: Mapping[str, str]
    heirs: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.flows = Flows.at(self.level, self.found.items())
        self.old_size = _sizes(self.old, self.level)
        self.new_size = _sizes(self.new, self.level)
        self.before = {code for code in self.old if len(code) == self.level}
        self.after = {code for code in self.new if len(code) == self.level}
        self.standing = {code for code in self.before & self.after if self._stands(code)}
        self.named = self._named_heirs()

    def changes(self) -> list[Change]:
        """All changes of this level, in code order."""
        out = [self._change(self._flow_kind(a, b), a, b) for a, b in self._reported()]
        out += [self._change(self._same_name_kind(a, b), a, b) for a, b in self.named.items()]
        out += self._renamed_in_place()
        out += self._without_flow({c.old_code for c in out}, {c.new_code for c in out})
        return sorted(out, key=lambda c: (c.old_code or c.new_code, c.new_code))

    def heirs_found(self) -> dict[str, str]:
        """Old code → new code where a place goes on under another code."""
        pairs = {(a, b) for a, b in self.flows.count if a != b and self._succeeds(a, b)}
        return dict(pairs) | self.named

    def _stands(self, code: str) -> bool:
        if bare_township(self.old[code]) == bare_township(self.new[code]):
            return self.flows.of_old(code, code) > 0 or not self.flows.leaving[code]
        return self.flows.of_old(code, code) >= MAJORITY

    def _named_heirs(self) -> dict[str, str]:
        """Places without villages to go by that keep their name in the same surroundings under a new code."""
        ended = [c for c in self.before - self.standing if not self._covered_old(c)]
        begun = [c for c in self.after - self.standing if not self._covered_new(c)]
        old_keys = _unique((self._heir_key(code), code) for code in ended)
        new_keys = _unique(((code[: _up(self.level)], self._new_name(code)), code) for code in begun)
        return {old_keys[key]: new_keys[key] for key in old_keys.keys() & new_keys.keys()}

    def _heir_key(self, code: str) -> tuple[str, str]:
        parent = code[: _up(self.level)]
        return self.heirs.get(parent, parent), bare_township(self.old[code])

    def _new_name(self, code: str) -> str:
        return bare_township(self.new[code])

    def _reported(self) -> list[tuple[str, str]]:
        return [pair for pair in sorted(self.flows.count) if self._reportable(*pair)]

    def _reportable(self, old: str, new: str) -> bool:
        if (old == new and old in self.standing) or old in self.named:
            return False
        if not (self._covered_old(old) and self._covered_new(new)):
            return False
        limits = THRESHOLDS[self.level]
        both_stand = old in self.standing and new in self.standing
        limit = limits.standing if both_stand else limits.ended
        return max(self.flows.of_old(old, new), self.flows.of_new(old, new)) >= limit

    def _covered_old(self, code: str) -> bool:
        return self.flows.leaving[code] * 100 >= COVERAGE * max(self.old_size[code], 1)

    def _covered_new(self, code: str) -> bool:
        return self.flows.arriving[code] * 100 >= COVERAGE * max(self.new_size[code], 1)

    def _succeeds(self, old: str, new: str) -> bool:
        free = old not in self.standing and new not in self.standing
        whole = min(self.flows.of_old(old, new), self.flows.of_new(old, new)) >= SUCCESSION
        return free and whole and self._reportable(old, new)

    def _flow_kind(self, old: str, new: str) -> ChangeKind:
        real_before, real_after = self._is_real(self.old, old), self._is_real(self.new, new)
        if self._succeeds(old, new) and real_before == real_after:
            return self._same_ground_kind(old, new)
        if not (real_before and real_after):
            return ChangeKind.STATISTICAL
        if old not in self.standing:
            return self._ended_kind(old)
        fresh = new not in self.standing and not self._has_heirloom(new)
        return ChangeKind.SPLIT if fresh else ChangeKind.TRANSFERRED

    def _ended_kind(self, old: str) -> ChangeKind:
        real = [b for a, b in self.flows.count if a == old and self._is_real(self.new, b)]
        targets = [b for b in real if self._reportable(old, b)]
        if len(targets) == 1:
            return ChangeKind.MERGED
        has_heir = any(self._succeeds(old, b) for b in targets)
        return ChangeKind.TRANSFERRED if has_heir else ChangeKind.SPLIT

    def _has_heirloom(self, new: str) -> bool:
        return any(b == new and self._succeeds(a, b) for a, b in self.flows.count)

    def _same_ground_kind(self, old: str, new: str) -> ChangeKind:
        if self._moved(old, new):
            return ChangeKind.MOVED
        return self._same_name_kind(old, new)

    def _same_name_kind(self, old: str, new: str) -> ChangeKind:
        same = bare_township(self.old[old]) == self._new_name(new)
        return ChangeKind.RECODED if same else ChangeKind.RENAMED

    def _moved(self, old: str, new: str) -> bool:
        up = _up(self.level)
        if up is Level.NATION or not self._is_real(self.old, old[:up]):
            return False  # leaving 省直辖县级行政区划 for a city is a matter of codes
        return self.heirs.get(old[:up], old[:up]) != new[:up]

    def _renamed_in_place(self) -> list[Change]:
        renamed = (c for c in self.standing if bare_township(self.old[c]) != self._new_name(c))
        return [self._change(ChangeKind.RENAMED, c, c) for c in renamed]

    def _without_flow(self, explained_old: set[str], explained_new: set[str]) -> list[Change]:
        begun = sorted(self.after - self.standing - explained_new)
        ended = sorted(self.before - self.standing - explained_old)
        return [self._change(self._begun_kind(c), "", c) for c in begun] + [
            self._change(self._lost_kind(c), c, "") for c in ended
        ]

    def _begun_kind(self, code: str) -> ChangeKind:
        return ChangeKind.CREATED if self._is_real(self.new, code) else ChangeKind.STATISTICAL

    def _lost_kind(self, code: str) -> ChangeKind:
        return ChangeKind.UNCLEAR if self._is_real(self.old, code) else ChangeKind.STATISTICAL

    def _is_real(self, edition: Edition, code: str) -> bool:
        if code == NATION_CODE:
            return True
        parent = edition.get(code[: _up(Level(len(code)))], "")
        return kind_of(code, edition[code], parent) in (PlaceKind.REAL, PlaceKind.WITHOUT_DISTRICTS)

    def _change(self, kind: ChangeKind, old: str, new: str) -> Change:
        return Change(
            kind=kind,
            from_edition=self.old_edition,
            to_edition=self.new_edition,
            old_code=old,
            old_name=self.old[old] if old else "",
            new_code=new,
            new_name=self.new[new] if new else "",
            old_ended=bool(old) and old not in self.standing,
            new_begun=bool(new) and new not in self.standing,
            villages=self.flows.count[old, new],
            old_villages=self.flows.leaving[old],
            new_villages=self.flows.arriving[new],
        )


def _up(level: Level) -> Level:
    above = level.above
    assert above is not None, "the nation has no changes"
    return above


def _sizes(edition: Edition, level: Level) -> Counter[str]:
    return Counter(ancestor_code(code, level) for code in edition if len(code) == Level.VILLAGE)


def _unique(pairs: Iterable[tuple[tuple[str, str], str]]) -> dict[tuple[str, str], str]:
    known = list(pairs)
    often = Counter(key for key, _ in known)
    return {key: code for key, code in known if often[key] == 1}


def compare_editions(
    old_edition: str, new_edition: str, old: Edition, new: Edition, found: Mapping[str, str]
) -> list[Change]:
    """All changes of prefectures, counties and townships between two consecutive editions.

    Args:
        old_edition, new_edition: names of the editions. old, new: codes and names, all levels.
        found: old village → new village (``compare.match_villages``).
    """
    out: list[Change] = []
    heirs: dict[str, str] = {}
    for level in THRESHOLDS:
        comparison = Comparison(old_edition, new_edition, old, new, level, found, heirs)
        out += comparison.changes()
        heirs = comparison.heirs_found()
    return out
