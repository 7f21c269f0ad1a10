"""Problems gathered with their place, in order, none repeated ten thousand times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from xinglin.base.problems import Problem, Severity
from xinglin.facts.fault import Fault


@dataclass(frozen=True)
class Spot:
    """A worksheet or file, and the table it holds."""

    table: str
    file: str
    sheet: str = ""

    def problem(
        self,
        fault: Fault,
        row: int | None = None,
        column: str = "",
        severity: Severity = Severity.ERROR,
    ) -> Problem:
        """The fault at this spot; ``row`` as the spreadsheet shows it."""
        return Problem(
            fault.kind, self.table, self.file, self.sheet, row, column, fault.what, fault.fix, severity
        )

    def warning(self, fault: Fault, row: int | None = None, column: str = "") -> Problem:
        """The same as a warning: the rows go in."""
        return self.problem(fault, row, column, Severity.WARNING)


@dataclass(frozen=True)
class More:
    """Further problems of the same kind and column as ``like``, counted but not made."""

    like: Problem
    count: int


class Findings:
    """Collects problems; of one kind, table, file, sheet and column only the first are kept, and counted."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._kept: list[Problem] = []
        self._total: Counter[tuple[str, ...]] = Counter()
        self._first: dict[tuple[str, ...], Problem] = {}

    def add(self, problems: Iterable[Problem | More]) -> None:
        """Take in problems of any kinds."""
        for item in problems:
            if isinstance(item, More):
                self._total[_key(item.like)] += item.count
                continue
            key = _key(item)
            self._first.setdefault(key, item)
            self._total[key] += 1
            if self._total[key] <= self.limit:
                self._kept.append(item)

    def all(self) -> list[Problem]:
        """Every problem kept and a count for those cut short, ordered by file, sheet and row."""
        cut = [key for key, total in self._total.items() if total > self.limit]
        counts = [_count(self._first[key], self._total[key], self.limit) for key in cut]
        return sorted([*self._kept, *counts], key=_order)


def _key(problem: Problem) -> tuple[str, ...]:
    return problem.kind, problem.table, problem.file, problem.sheet, problem.column


def _order(problem: Problem) -> tuple[str, str, int]:
    return problem.file, problem.sheet, problem.row or 0


def _count(first: Problem, total: int, limit: int) -> Problem:
    what = f"同类问题共 {total} 处（{first.kind}），只列出前 {limit} 处"
    return replace(first, row=None, what=what, fix="改正后请再检查一次")
