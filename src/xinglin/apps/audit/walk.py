"""The walk along the chain, link by link, with what has to be remembered on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from xinglin.apps.audit.anchors import Anchors
from xinglin.apps.audit.chain import START, canonical, link
from xinglin.apps.audit.models import Seal
from xinglin.apps.audit.suspects import Suspect, explain
from xinglin.apps.audit.verdict import Kind, Verdict

LATE = timedelta(hours=1)
"""How long after its time a row may come into the log: no transaction of the site is open as long as this."""

SHIFTS = 8
"""How many numbers up a renumbered seal is looked for."""

PATIENCE = 200
"""After so many links that do not fit, the rest are only counted."""


@dataclass
class Walk:
    """The state of a walk along the chain.

    Attributes:
        before: MACs that the link before may truly have had: as stored, and as computed if that differs.
        good: MAC of the last link that fitted. run: suspects since then. more: suspects not kept.
        shift: by how much the numbers behind an inserted or removed seal were moved.
        gap: the link before this one is missing.
    """

    anchors: Anchors
    verdict: Verdict = field(default_factory=Verdict)
    before: tuple[str, ...] = (START,)
    good: str = START
    shift: int = 0
    expected: int = 1
    suspects: list[Suspect] = field(default_factory=list)
    run: int = 0
    more: int = 0
    highest_entry: int = 0
    latest: datetime | None = None
    gap: bool = False

    def step(self, seal: Seal, row: tuple[Any, ...] | None) -> None:
        """Check one link; ``row`` is its entry, None if there is none."""
        self.verdict.checked += 1
        self.verdict.head = seal.sequence
        self._check_gap(seal.sequence)
        self.anchors.check(seal.sequence, seal.mac)
        if row is None:
            words = f"第 {seal.sequence} 条封存的日志 {seal.entry} 不见了：被删除"
            self.verdict.add(Kind.DELETED, words, seal.sequence, seal.entry)
            self.before, self.good = (seal.mac,), seal.mac
        else:
            self._check_mac(seal, row)
            self._check_time(seal, row[1])
        self.highest_entry = max(self.highest_entry, seal.entry)
        self.gap = False

    def end(self) -> Verdict:
        """Finish: explain what did not fit, and what the anchors say of the end."""
        explain(self.suspects, self.verdict, more=self.more)
        self.anchors.end(self.verdict)
        return self.verdict

    def _check_gap(self, sequence: int) -> None:
        missing = (self.expected, sequence - 1)
        self.expected = sequence + 1
        if missing[0] > missing[1] or self.anchors.restored(*missing):
            return
        self.gap = True
        which = f"第 {missing[0]} 条" if missing[0] == missing[1] else f"第 {missing[0]}–{missing[1]} 条"
        words = f"{which}封条不见了：被删除（第 {sequence} 条因此无法与前一条核对）"
        self.verdict.add(Kind.SEAL_DELETED, words, missing[0])

    def _check_mac(self, seal: Seal, row: tuple[Any, ...]) -> None:
        body = canonical(row)
        number = seal.sequence - self.shift
        fits = next((mac for mac in self.before if link(number, mac, body) == seal.mac), None)
        if fits is not None or self.gap:
            if fits is not None and fits in self.before[1:]:
                self.suspects[-1].seal_only = True
            self._go_on(seal.mac)
            return
        suspect = Suspect(seal.sequence, seal.entry, seal.mac, self.before[0], body, row)
        if len(self.suspects) >= PATIENCE:
            self.more += 1
            self.before = (seal.mac,)
        elif not self._exchanged(suspect) and not self._put_in(suspect) and not self._renumbered(suspect):
            self.suspects.append(suspect)
            self.before = (seal.mac, link(number, self.before[0], body))
            self.run += 1

    def _go_on(self, mac: str) -> None:
        """The next link hangs on this MAC."""
        self.before, self.good, self.run = (mac,), mac, 0

    def _exchanged(self, second: Suspect) -> bool:
        """Whether this seal and the one before have exchanged their numbers."""
        if self.run != 1:
            return False
        first = self.suspects[-1]
        here, there = first.sequence - self.shift, second.sequence - self.shift
        if (
            link(here, self.good, second.body) != second.mac
            or link(there, second.mac, first.body) != first.mac
        ):
            return False
        first.origin, second.origin = second.sequence, first.sequence
        self.suspects.append(second)
        self._go_on(first.mac)
        return True

    def _put_in(self, suspect: Suspect) -> bool:
        """Whether this link fits when the suspects just before it are left out."""
        number = suspect.sequence - self.shift - self.run
        if not self.run or link(number, self.good, suspect.body) != suspect.mac:
            return False
        for one in self.suspects[-self.run :]:
            one.inserted = True
        self.shift += self.run
        self._go_on(suspect.mac)
        return True

    def _renumbered(self, suspect: Suspect) -> bool:
        """Whether this link once had a higher number: seals were taken out and the rest moved up."""
        number = suspect.sequence - self.shift
        for more in range(1, SHIFTS + 1):
            if link(number + more, suspect.before, suspect.body) == suspect.mac:
                self.shift -= more
                if self.run:
                    self.suspects[-1].renumbered = more
                self._go_on(suspect.mac)
                return True
        return False

    def _check_time(self, seal: Seal, at: Any) -> None:
        """A row older than what was sealed long before, with a lower id, was put in afterwards."""
        if not isinstance(at, datetime):
            return
        if self.latest and at < self.latest - LATE and seal.entry < self.highest_entry:
            words = (
                f"日志 {seal.entry} 的时间和编号早于此前已封存的日志：疑似事后插入（第 {seal.sequence} 条）"
            )
            self.verdict.add(Kind.INSERTED, words, seal.sequence, seal.entry)
        self.latest = max(self.latest, at) if self.latest else at
