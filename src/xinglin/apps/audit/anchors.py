"""The anchors held against the chain, both read from the beginning side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xinglin.apps.audit.anchor import RESTORE, SEAL, Line, Read, read
from xinglin.apps.audit.verdict import LIMIT, Kind, Verdict


@dataclass(frozen=True)
class Lost:
    """Links that a restore from a backup lost: after ``kept`` up to ``top``."""

    kept: int
    top: int
    at: str


class Anchors:
    """All anchors, each only as long as it was when the verification began (the sealer goes on writing)."""

    def __init__(self, paths: tuple[Path, ...]) -> None:
        self.files = [AnchorFile(path) for path in paths]

    def check(self, sequence: int, mac: str) -> None:
        """Hold a link of the database against every anchor."""
        for file in self.files:
            file.check(sequence, mac)

    def restored(self, first: int, last: int) -> bool:
        """Whether a gap is explained by a restore that an anchor knows of."""
        return any(lost.kept < first and last <= lost.top for file in self.files for lost in file.lost)

    def end(self, verdict: Verdict) -> None:
        """Take down what the anchors know."""
        for file in self.files:
            file.end(verdict)


class AnchorFile:
    """One anchor while the chain is walked along.

    Attributes:
        top: the highest number ever written down. due: the one the database must still reach, after restores.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.missing = not path.exists()
        self.size = 0 if self.missing else path.stat().st_size
        self.faults: list[tuple[Kind, str, int]] = []
        self.more = 0
        self.torn = 0
        self.lost: list[Lost] = []
        self.top = self.due = 0
        for one in self._read():
            self._first_look(one)
        self._lines = self._seals()
        self._next = next(self._lines, None)

    def check(self, sequence: int, mac: str) -> None:
        """Hold a link against the lines with its number."""
        while self._next is not None and self._next[1].sequence <= sequence:
            number, line = self._next
            if line.sequence == sequence and line.mac != mac:
                words = f"{self.path} 第 {number} 行记下的第 {sequence} 条与库里的不同：链被重做过，或锚被改"
                self._fault(Kind.ANCHOR_DIFFERS, words, sequence)
            self._next = next(self._lines, None)

    def end(self, verdict: Verdict) -> None:
        """Take down the faults of the file, and a tail that the database no longer has."""
        if verdict.checked and not self.top:
            why = "不存在" if self.missing else "里没有一行读得出的记录"
            verdict.add(Kind.ANCHOR_MISSING, f"锚文件 {self.path} {why}：请从异地副本找回")
        for kind, words, sequence in self.faults:
            verdict.add(kind, words, sequence)
        verdict.found += self.more
        if self.due > verdict.head:
            short = self.due - verdict.head
            words = f"尾部被截断：锚 {self.path} 记到第 {self.due} 条，库里只到第 {verdict.head} 条，少 {short} 条"
            verdict.add(Kind.TRUNCATED, words, verdict.head + 1)
        for lost in self.lost:
            words = f"{lost.at} 从备份恢复过：第 {lost.kept + 1}–{lost.top} 条不在了（锚 {self.path} 有记载）"
            verdict.remarks.append(words)
        if self.torn:
            verdict.remarks.append(f"锚 {self.path} 第 {self.torn} 行没有写完（断电或崩溃所致），不影响核对")

    def _fault(self, kind: Kind, words: str, sequence: int) -> None:
        if len(self.faults) < LIMIT:
            self.faults.append((kind, words, sequence))
        else:
            self.more += 1

    def _read(self) -> Iterator[Read]:
        return iter(()) if self.missing or not self.size else read(self.path, self.size)

    def _first_look(self, one: Read) -> None:
        """The file's own chain, and what restores it knows of."""
        if one.line is None:
            self.torn = self.torn or one.number
            return
        if not one.follows:
            words = f"锚文件 {self.path} 第 {one.number} 行或它的前一行被改动、删除或调换"
            self._fault(Kind.ANCHOR_EDITED, words, one.line.sequence)
        if one.line.event == RESTORE and one.follows and one.line.sequence < self.top:
            self.lost.append(Lost(one.line.sequence, self.top, one.line.at))
            self.due = one.line.sequence
        if one.line.event == SEAL:
            self.top = max(self.top, one.line.sequence)
            self.due = max(self.due, one.line.sequence)

    def _seals(self) -> Iterator[tuple[int, Line]]:
        """Sound lines in order of number, without those that a restore lost."""
        for one in self._read():
            line = one.line
            if line is None or not one.follows or line.event != SEAL:
                continue
            if not any(lost.kept < line.sequence <= lost.top for lost in self.lost):
                yield one.number, line
