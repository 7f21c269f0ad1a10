"""What is to be said about something filled in: one object, in Chinese, with its place and the way out."""

from __future__ import annotations

from dataclasses import dataclass

from xinglin.base.problems import Severity


@dataclass(frozen=True, slots=True)
class Remark:
    """One fault (error: it cannot be taken as it is) or hint (warning: it can, and deserves a second look).

    Attributes:
        kind: stable word. field: key of the place for a page (number of a question, a path), "" for the whole.
        where: the place in Chinese, "" for the whole. what: what is wrong. fix: what to do.
    """

    kind: str
    field: str
    where: str
    what: str
    fix: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.where}：" if self.where else ""
        return f"[{self.severity.label}] {place}{self.what}。{self.fix}。"


def fault(kind: str, field: str, where: str, what: str, fix: str) -> Remark:
    """A remark that forbids."""
    return Remark(kind, field, where, what, fix)


def hint(kind: str, field: str, where: str, what: str, fix: str) -> Remark:
    """A remark that does not forbid."""
    return Remark(kind, field, where, what, fix, Severity.WARNING)
