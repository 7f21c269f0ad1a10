"""What a verification says."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

LIMIT = 100
"""Faults told one by one; the rest are counted."""


class Kind(StrEnum):
    """What was done to the log."""

    EDITED = "日志被改"
    SEAL_EDITED = "封条被改"
    DELETED = "日志被删"
    SEAL_DELETED = "封条被删"
    INSERTED = "插入"
    REORDERED = "次序被换"
    TRUNCATED = "截断"
    ANCHOR_EDITED = "锚被改"
    ANCHOR_DIFFERS = "与锚不符"
    ANCHOR_MISSING = "锚不见了"


@dataclass(frozen=True)
class Fault:
    """One finding: its kind, where it is, and a sentence to read."""

    kind: Kind
    words: str
    sequence: int | None = None
    entry: int | None = None

    def __str__(self) -> str:
        return f"【{self.kind}】{self.words}"


@dataclass
class Verdict:
    """The outcome of a verification.

    Attributes:
        checked: links looked at. head: number of the newest link. unsealed: entries that wait for their seal.
        faults: what is wrong, at most `LIMIT`; found: how many there are. remarks: what to know besides.
    """

    checked: int = 0
    head: int = 0
    unsealed: int = 0
    found: int = 0
    faults: list[Fault] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.found

    def add(self, kind: Kind, words: str, sequence: int | None = None, entry: int | None = None) -> None:
        """Take down a fault."""
        self.found += 1
        if len(self.faults) < LIMIT:
            self.faults.append(Fault(kind, words, sequence, entry))

    def lines(self) -> list[str]:
        """The verdict in sentences."""
        state = "完整，没有发现改动" if self.ok else f"发现 {self.found} 处问题"
        lines = [
            f"核对封存 {self.checked:,} 条，最新序号 {self.head:,}，未封存 {self.unsealed:,} 条：{state}。"
        ]
        lines += [str(fault) for fault in self.faults]
        if self.found > len(self.faults):
            lines.append(f"另有 {self.found - len(self.faults):,} 处没有逐条列出。")
        return lines + [f"提示：{remark}" for remark in self.remarks]
