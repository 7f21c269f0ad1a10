"""The part of the check that asks the database and the area of whoever imports: done for the dry run, and again
before writing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from xinglin.apps.access.scope import Scope
from xinglin.apps.exchange.merging import (
    alike,
    missing,
    not_inside,
    not_into,
    not_shown,
    padded,
    same_name,
    together,
)
from xinglin.apps.exchange.outcomes import Checked, Lines, Outcome
from xinglin.apps.exchange.sifting import Sifted
from xinglin.apps.exchange.spec import SPECS, Area, Change, Key, Row, RowFault, Stored, TableSpec, holds
from xinglin.base.problems import Problem
from xinglin.facts.fault import Fault
from xinglin.facts.parts import Part

STEP = 5000
Merged = dict[int, tuple[Stored | None, Row]]
"""Number of a row → the stored one, and the row as it would stand afterwards."""


class Steps(Protocol):
    """What tells how far the work is (`xinglin.apps.work.progress.Progress` is one)."""

    total: int | None

    def step(self, steps: int = 1, message: str | None = None) -> None:
        """So many more rows are done."""

    def beat(self, message: str | None = None) -> None:
        """A sign of life, with words for the page."""


def check(
    sifted: Sifted,
    scopes: Mapping[str, Scope],
    seen: Mapping[str, Scope],
    personal: Mapping[str, Scope | bool],
    progress: Steps,
) -> Checked:
    """Check all rows.

    Args:
        scopes: where the importer may write, by register. seen: where rows may be referred to, by register.
        personal: where the importer is shown personal columns, by register.
    """
    problems = list(sifted.problems)
    columns = [column for part in sifted.parts for column in part.table.columns.values()]
    run = _Run(scopes, seen, personal, progress, problems, {column.references for column in columns})
    parts: dict[str, list[Part]] = {}
    for part in sifted.parts:
        parts.setdefault(part.table.name, []).append(part)
    outcomes = [run.table(spec, parts[spec.name]) for spec in SPECS.values() if spec.name in parts]
    return Checked(sorted(problems, key=lambda one: (one.sheet, one.row or 0)), outcomes)


class _Run:
    """One check: what earlier registers of the same file bring is known to later ones."""

    def __init__(
        self,
        scopes: Mapping[str, Scope],
        seen: Mapping[str, Scope],
        personal: Mapping[str, Scope | bool],
        progress: Steps,
        problems: list[Problem],
        referred: set[str | None],
    ) -> None:
        self.referred, self.personal = referred, personal
        self.scopes, self.seen, self.progress, self.problems = scopes, seen, progress, problems
        self.areas: dict[str, dict[str, Area]] = {}
        self.spoilt: dict[str, set[str]] = {}

    def table(self, spec: TableSpec, parts: list[Part]) -> Outcome:
        """Check the rows of one register."""
        self.progress.beat(f"核对“{spec.label}”")
        lines, scope = Lines(parts, self.problems), self.scopes[spec.name]
        lines.rows = [spec.completed(row) for row in lines.rows]
        lines.tell(self._references(spec, lines))
        good = [number for number in range(len(lines.rows)) if number not in lines.bad]
        stored = spec.stored([lines.rows[number] for number in good], scope)
        merged, faults = self._merge(spec, lines, good, stored)
        lines.tell(faults)
        rows = {number: row for number, (_, row) in merged.items()}
        lines.tell(list(spec.conflicts(rows, stored, scope, self.progress.beat)))
        self.progress.step(len(lines.rows) - len(good) // STEP * STEP)
        return self._outcome(spec, lines, merged)

    def _references(self, spec: TableSpec, lines: Lines) -> Iterator[RowFault]:
        """Ids of rows that are not there, not in the area, or spoilt in this very file."""
        for name, column in spec.form.columns.items():
            target = SPECS.get(column.references or "")
            if target is None or spec.judges_references:
                continue
            ids = {row[name] for row in lines.rows if row[name] is not None}
            known = self.areas.setdefault(target.name, {})
            known |= target.areas(ids - known.keys(), self.seen[target.name])
            spoilt = self.spoilt.get(target.name, set())
            maybe = {one for value in ids - known.keys() for one in padded(value)}
            near = {*known, *target.areas(maybe - known.keys(), self.seen[target.name])} if maybe else known
            for number, row in enumerate(lines.rows):
                value = row[name]
                if value is not None and value not in known:
                    yield RowFault(number, name, missing(target, value, value in spoilt, near))

    def _merge(
        self, spec: TableSpec, lines: Lines, good: list[int], stored: Mapping[Key, Stored]
    ) -> tuple[Merged, list[RowFault]]:
        """Rows as they would stand afterwards, beside the stored ones; and those that may not be written."""
        merged: Merged = {}
        faults: list[RowFault] = []
        outside, twice = self._outside(spec), same_name(spec, stored.values())
        veiled = self._veiled(spec, stored)
        for at, number in enumerate(good, start=1):
            if at % STEP == 0:
                self.progress.step(STEP)
            told = lines.rows[number]
            old = stored.get(spec.key(told))
            row = together(spec, lines.part(number), told, old) if old else told
            fault = outside(row, old) or twice(told, row) or veiled(row, old)
            if fault:
                faults.append(RowFault(number, *fault))
            else:
                merged[number] = (old, row)
        return merged, faults

    def _outside(self, spec: TableSpec) -> Callable[[Row, Stored | None], tuple[str, Fault] | None]:
        """Tells a row that lies, or would lie, outside the area; each area is asked once."""
        scope, area_of = self.scopes[spec.name], self._area_of(spec)
        inside: dict[Area | None, bool] = {None: True}

        def ask(row: Row, old: Stored | None) -> tuple[str, Fault] | None:
            if old is not None and not old.inside:
                return not_inside(spec)
            area = area_of(row)
            if area not in inside:
                assert area is not None
                inside[area] = scope.covers(place=area.place, facility=area.facility)
            return None if inside[area] else not_into(spec, row)

        return ask

    def _veiled(
        self, spec: TableSpec, stored: Mapping[Key, Stored]
    ) -> Callable[[Row, Stored | None], tuple[str, Fault] | None]:
        """Tells a row that would change personal columns where the importer is not shown them."""
        personal, area_of = self.personal[spec.name], self._area_of(spec)
        if not spec.personal or holds(personal, self.scopes[spec.name]):
            return lambda row, old: None
        scope = personal if isinstance(personal, Scope) else Scope()
        known = spec.areas([one.id for one in stored.values()], scope)

        def ask(row: Row, old: Stored | None) -> tuple[str, Fault] | None:
            was = old.row if old else dict.fromkeys(spec.personal)
            told = [name for name in spec.personal if not alike({name: was[name]}, {name: row[name]})]
            area = area_of(row) or Area()
            inside = old.id in known if old else scope.covers(place=area.place, facility=area.facility)
            return not_shown(spec, told[0]) if told and not inside else None

        return ask

    def _area_of(self, spec: TableSpec) -> Callable[[Row], Area | None]:
        """Where a row would lie; None for registers that lie nowhere."""
        if spec.table.place is None:
            return lambda row: None
        first, *rest = spec.table.place.split(".")
        if rest:
            areas = self.areas.setdefault(spec.table.columns[first].references or "", {})
            return lambda row: areas.get(row[first], Area())
        own = spec.table.key[0]
        if spec.name == "facility":
            return lambda row: Area(row[first] or "", row[own] or "")
        return lambda row: Area(row[first] or "")

    def _outcome(self, spec: TableSpec, lines: Lines, merged: Merged) -> Outcome:
        outcome = Outcome(spec)
        self._spoil(spec, lines)
        found = [pair for number, pair in merged.items() if number not in lines.bad]
        differ = [(old, row) for old, row in found if old is None or not alike(old.row, row)]
        outcome.same = len(found) - len(differ)
        ids = iter(spec.new_ids([row for old, row in differ if old is None]))
        known, area_of = self.areas.setdefault(spec.name, {}), self._area_of(spec)
        referred = spec.name in self.referred
        for old, row in differ:
            id_ = old.id if old is not None else next(ids)
            if old is None and spec.id_column:
                row[spec.id_column] = id_
            outcome.changes.append(Change(id_, old.row if old is not None else None, row))
            if referred:
                known[id_] = area_of(row) or Area()
        outcome.bad = lines.count_bad()
        return outcome

    def _spoil(self, spec: TableSpec, lines: Lines) -> None:
        """Remember ids that rows brought which are bad."""
        if spec.id_column:
            ids = {lines.rows[number][spec.id_column] for number in lines.bad}
            self.spoilt.setdefault(spec.name, set()).update(ids - {None})
