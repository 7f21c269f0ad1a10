"""What a dry run says of a file: what is wrong, and what every register would become."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from xinglin.apps.exchange.spec import Change, Row, RowFault, TableSpec
from xinglin.base.problems import Problem, Severity
from xinglin.facts.parts import Part

WHOLE_SHEET = frozenset(
    {"missing_column", "unknown_column", "duplicate_column", "blank_header", "merged_header", "no_header"}
    | {"merged_cells"}
)
"""Kinds of fault after which no row of a worksheet can be trusted to be read as it was meant."""


@dataclass
class Outcome:
    """What would become of one register: rows to write and counts."""

    spec: TableSpec
    changes: list[Change] = field(default_factory=list)
    same: int = 0
    bad: int = 0

    @property
    def new(self) -> int:
        """Rows that are not there yet."""
        return sum(change.before is None for change in self.changes)

    def counts(self) -> dict[str, int]:
        """The four numbers shown to users."""
        new = self.new
        return {"new": new, "changed": len(self.changes) - new, "same": self.same, "bad": self.bad}


@dataclass
class Checked:
    """The result of a dry run: what is wrong, and what every register would become."""

    problems: list[Problem]
    outcomes: list[Outcome]

    @property
    def errors(self) -> int:
        """Number of errors."""
        return sum(problem.severity is Severity.ERROR for problem in self.problems)

    def counts(self) -> dict[str, dict[str, int]]:
        """Register → its four numbers."""
        return {outcome.spec.name: outcome.counts() for outcome in self.outcomes}


class Lines:
    """The rows of one register, numbered from 0 over all its worksheets, and which of them are bad."""

    def __init__(self, parts: list[Part], problems: list[Problem]) -> None:
        self.parts = [part for part in parts if part.data is not None]
        self.problems = problems
        self.rows: list[Row] = []
        self._starts: list[int] = []
        for part in self.parts:
            self._starts.append(len(self.rows))
            self.rows += _rows(part)
        self.bad = self._known_bad()

    def part(self, number: int) -> Part:
        """The worksheet of a row."""
        return self.parts[self._at(number)]

    def tell(self, faults: Iterable[RowFault]) -> None:
        """Note faults; their rows are bad from now on."""
        for fault in faults:
            at = self._at(fault.number)
            index = fault.number - self._starts[at]
            self.problems.append(self.parts[at].problem(fault.fault, index, fault.column))
            self.bad.add(fault.number)

    def count_bad(self) -> int:
        """Lines with an error, those that are no rows of data included."""
        whole, places = self._errors()
        lines = sum(part.num_rows for part in self.parts if part.spot.sheet in whole)
        return lines + sum(sheet not in whole for sheet, _ in places)

    def _at(self, number: int) -> int:
        return bisect_right(self._starts, number) - 1

    def _known_bad(self) -> set[int]:
        whole, places = self._errors()
        return {
            start + index
            for start, part in zip(self._starts, self.parts, strict=True)
            for index in range(part.num_rows if whole or places else 0)
            if part.spot.sheet in whole or (part.spot.sheet, part.row(index)) in places
        }

    def _errors(self) -> tuple[set[str], set[tuple[str, int | None]]]:
        """Worksheets that cannot be trusted at all, and the lines of the others with an error."""
        sheets = {part.spot.sheet for part in self.parts}
        errors = [one for one in self.problems if one.severity is Severity.ERROR and one.sheet in sheets]
        whole = {one.sheet for one in errors if one.row is None or one.kind in WHOLE_SHEET}
        return whole, {(one.sheet, one.row) for one in errors}


def _rows(part: Part) -> list[Row]:
    """As ``to_pylist``, several times faster: column by column."""
    assert part.data is not None
    names = part.data.column_names
    columns = [column.to_pylist() for column in part.data.columns]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]
