"""The dry run: every row of a file held against the contract, the database and the area of whoever imports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from xinglin.apps.access.scope import Scope
from xinglin.apps.exchange.reading import Read
from xinglin.apps.exchange.spec import SPECS, Area, Change, Key, Row, RowFault, Stored, TableSpec
from xinglin.base.problems import Problem, Severity
from xinglin.facts.columns import Gazetteer, place_judge
from xinglin.facts.fault import Fault
from xinglin.facts.findings import Findings
from xinglin.facts.model import Column, ColumnType, load_contract
from xinglin.facts.parts import Part
from xinglin.facts.relations import (
    Relations,
    catchment_problems,
    duplicate_problems,
    main_post_problems,
    reversed_problems,
)
from xinglin.facts.source import Source
from xinglin.facts.text import narrow

EVERYTHING = 10_000_000
"""Limit of findings that is none: every bad row must be known, so that good ones can go in without it."""
WHOLE_SHEET = frozenset(
    {"missing_column", "unknown_column", "duplicate_column", "blank_header", "merged_header", "no_header"}
    | {"merged_cells"}
)
"""Kinds of fault after which no row of a worksheet can be trusted to be read as it was meant."""
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.:-]{0,39}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FREE = (ColumnType.TEXT, ColumnType.ID, ColumnType.REF)
STEP = 5000


class Steps(Protocol):
    """What tells how far the work is (`xinglin.apps.work.progress.Progress` is one)."""

    total: int | None

    def step(self, steps: int = 1, message: str | None = None) -> None:
        """So many more rows are done."""

    def beat(self, message: str | None = None) -> None:
        """A sign of life, with words for the page."""


@dataclass
class Line:
    """One row of a file: where it stands and what it says."""

    part: Part
    index: int
    row: Row

    @property
    def place(self) -> tuple[str, int]:
        """Worksheet and row as the screen shows it."""
        return self.part.spot.sheet, self.part.row(self.index)


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

    @property
    def changed(self) -> int:
        """Rows that would be different."""
        return len(self.changes) - self.new

    def counts(self) -> dict[str, int]:
        """The four numbers shown to users."""
        return {"new": self.new, "changed": self.changed, "same": self.same, "bad": self.bad}


@dataclass
class Checked:
    """The result of a dry run: what is wrong, and what every register would become."""

    problems: list[Problem]
    outcomes: list[Outcome]

    @property
    def errors(self) -> int:
        """Number of errors."""
        return sum(problem.severity is Severity.ERROR for problem in self.problems)


def check(
    read: Read,
    scopes: Mapping[str, Scope],
    seen: Mapping[str, Scope],
    progress: Steps,
    *,
    ids: bool = True,
) -> Checked:
    """Check all rows.

    Args:
        scopes: where the importer may write, by register. seen: where rows may be referred to, by register.
        ids: give new rows their ids; a dry run needs none.
    """
    progress.total = sum(part.num_rows for part in read.parts)
    progress.beat("核对表内的规则")
    problems = [*read.problems, *_across(read.parts)]
    run = _Run(scopes, seen, progress, problems, ids)
    present = {part.table.name for part in read.parts}
    outcomes = [
        run.table(spec, [part for part in read.parts if part.table.name == spec.name])
        for spec in SPECS.values()
        if spec.name in present
    ]
    return Checked(sorted(problems, key=lambda one: (one.sheet, one.row or 0)), outcomes)


def _across(parts: list[Part]) -> list[Problem]:
    """Duplicates, reversed dates and the other rules of the contract that look at several rows of the file."""
    known = [part for part in parts if part.table.name in load_contract().tables and part.num_rows]
    if not known:
        return []
    findings = Findings(EVERYTHING)
    with Relations(Source(Path(known[0].spot.file), ours=False, parts=known)) as relations:
        for rule in (duplicate_problems, reversed_problems, main_post_problems, catchment_problems):
            rule(relations, findings)
    return findings.all()


class _Run:
    """One dry run: what earlier registers of the same file bring is known to later ones."""

    def __init__(
        self,
        scopes: Mapping[str, Scope],
        seen: Mapping[str, Scope],
        progress: Steps,
        problems: list[Problem],
        ids: bool,
    ) -> None:
        self.ids = ids
        self.scopes, self.seen, self.progress, self.problems = scopes, seen, progress, problems
        self.areas: dict[str, dict[str, Area]] = {}
        self.spoilt: dict[str, set[str]] = {}
        self.gazetteer = Gazetteer(None)

    def table(self, spec: TableSpec, parts: list[Part]) -> Outcome:
        """Check the rows of one register."""
        self.progress.beat(f"核对“{spec.label}”")
        lines = [
            Line(part, index, row)
            for part in parts
            if part.data is not None
            for index, row in enumerate(part.data.to_pylist())
        ]
        bad = self._known_bad(parts, lines)
        self._tell(spec, lines, bad, self._cells(spec, lines))
        self._tell(spec, lines, bad, self._references(spec, lines))
        good = {number: line for number, line in enumerate(lines) if number not in bad}
        stored = spec.stored([line.row for line in good.values()], self.scopes[spec.name])
        merged, faults = self._merge(spec, good, stored)
        self._tell(spec, lines, bad, faults)
        rows = {number: row for number, (_, row) in merged.items() if number not in bad}
        self._tell(spec, lines, bad, list(spec.conflicts(rows, stored, self.scopes[spec.name])))
        return self._outcome(spec, lines, bad, merged)

    def _known_bad(self, parts: list[Part], lines: list[Line]) -> set[int]:
        """Numbers of the lines in which something is wrong already."""
        sheets = {part.spot.sheet for part in parts}
        errors = [one for one in self.problems if one.severity is Severity.ERROR and one.sheet in sheets]
        whole = {one.sheet for one in errors if one.row is None or one.kind in WHOLE_SHEET}
        places = {(one.sheet, one.row) for one in errors}
        return {
            number
            for number, line in enumerate(lines)
            if line.part.spot.sheet in whole or line.place in places
        }

    def _tell(self, spec: TableSpec, lines: list[Line], bad: set[int], faults: Iterable[RowFault]) -> None:
        for fault in faults:
            line = lines[fault.number]
            self.problems.append(line.part.problem(fault.fault, line.index, fault.column))
            bad.add(fault.number)

    def _cells(self, spec: TableSpec, lines: list[Line]) -> Iterator[RowFault]:
        """What single cells may not say, beyond their type: places, lengths, characters, ids."""
        for name, column in spec.form.columns.items():
            judged: dict[Any, Fault | None] = {None: None}
            for number, line in enumerate(lines):
                value = line.row[name]
                if value not in judged:
                    judged[value] = self._judge(spec, name, column, value)
                if (fault := judged[value]) is not None:
                    yield RowFault(number, name, fault)

    def _judge(self, spec: TableSpec, name: str, column: Column, value: Any) -> Fault | None:
        if column.type is ColumnType.PLACE:
            return place_judge(spec.table, column, self.gazetteer)(value)
        if column.type not in _FREE:
            return None
        longest = spec.lengths.get(name, 40)
        if len(value) > longest:
            return Fault("too_long", f"有 {len(value)} 个字，最多 {longest} 个", f"请缩短{column.label}")
        if _CONTROL.search(value):
            return Fault("bad_character", "里面有看不见的控制字符", "请删去后重新输入")
        if column.type is ColumnType.ID and not _ID.fullmatch(value):
            return Fault("bad_id", f"“{value}”不能作编号", "编号由字母和数字组成；新登记的请留空")
        return None

    def _references(self, spec: TableSpec, lines: list[Line]) -> Iterator[RowFault]:
        """Ids of rows that are not there, not in the area, or spoilt in this very file."""
        for name, column in spec.form.columns.items():
            target = SPECS.get(column.references or "")
            if target is None:
                continue
            ids = {line.row[name] for line in lines if line.row[name] is not None}
            known = self.areas.setdefault(target.name, {})
            known |= target.areas(ids - known.keys(), self.seen[target.name])
            spoilt = self.spoilt.get(target.name, set())
            for number, line in enumerate(lines):
                value = line.row[name]
                if value is not None and value not in known:
                    yield RowFault(number, name, _missing(target, value, value in spoilt, known))

    def _merge(
        self, spec: TableSpec, good: Mapping[int, Line], stored: Mapping[Key, Stored]
    ) -> tuple[dict[int, tuple[Stored | None, Row]], list[RowFault]]:
        """Rows as they would stand afterwards, beside the stored ones; and those that may not be written."""
        merged: dict[int, tuple[Stored | None, Row]] = {}
        faults: list[RowFault] = []
        named = _names(spec, stored) if spec.natural else {}
        for number, line in good.items():
            old = stored.get(spec.key(line.row))
            row = _together(spec, line, old)
            fault = self._outside(spec, row, old) or _same_name(spec, line, named, row)
            if fault:
                faults.append(RowFault(number, *fault))
            else:
                merged[number] = (old, row)
        return merged, faults

    def _outside(self, spec: TableSpec, row: Row, old: Stored | None) -> tuple[str, Fault] | None:
        scope = self.scopes[spec.name]
        if old is not None and not old.inside:
            what, fix = "这一行已由别的地区登记", "请核对编号；确实要改，请当地管理人员导入"
            return spec.table.key[0], Fault("outside_area", what, fix)
        area = self._area(spec, row)
        if area is None or scope.covers(place=area.place, facility=area.facility):
            return None
        column = (spec.table.place or "").split(".")[0]
        what = f"“{row[column]}”不在您管理的范围之内"
        fix = "只能导入本地区、本机构的；请核对，或请当地管理人员导入"
        return column, Fault("outside_area", what, fix)

    def _area(self, spec: TableSpec, row: Row) -> Area | None:
        """Where a row would lie; None for registers that lie nowhere."""
        if spec.table.place is None:
            return None
        first, *rest = spec.table.place.split(".")
        if not rest:
            own = row[spec.table.key[0]] if spec.name == "facility" else ""
            return Area(str(row[first] or ""), str(own or ""))
        target = spec.table.columns[first].references
        return self.areas.get(target or "", {}).get(row[first], Area())

    def _outcome(
        self, spec: TableSpec, lines: list[Line], bad: set[int], merged: dict[int, tuple[Stored | None, Row]]
    ) -> Outcome:
        outcome = Outcome(spec)
        known = self.areas.setdefault(spec.name, {})
        for number, line in enumerate(lines):
            if number % STEP == STEP - 1:
                self.progress.step(STEP)
            if number in bad:
                self._spoil(spec, line.row)
                continue
            old, row = merged[number]
            if old is not None and _alike(spec, old.row, row):
                outcome.same += 1
                continue
            id_ = old.id if old is not None else self._new_id(spec, row)
            outcome.changes.append(Change(id_, old.row if old is not None else None, row))
            known[id_] = self._area(spec, row) or Area()
        outcome.bad = self._bad_lines(lines)
        self.progress.step(len(lines) % STEP)
        return outcome

    def _new_id(self, spec: TableSpec, row: Row) -> str:
        if not self.ids:
            return str(row[spec.id_column] or "") if spec.id_column else ""
        id_ = spec.new_id(row)
        if spec.id_column:
            row[spec.id_column] = id_
        return id_

    def _spoil(self, spec: TableSpec, row: Row) -> None:
        if spec.id_column and row[spec.id_column]:
            self.spoilt.setdefault(spec.name, set()).add(row[spec.id_column])

    def _bad_lines(self, lines: list[Line]) -> int:
        """Lines with an error, those that are no rows of data included."""
        sheets = {line.part.spot.sheet for line in lines}
        errors = [one for one in self.problems if one.severity is Severity.ERROR and one.sheet in sheets]
        whole = {one.sheet for one in errors if one.row is None or one.kind in WHOLE_SHEET}
        places = {(one.sheet, one.row) for one in errors if one.sheet not in whole}
        return len(places) + sum(line.part.spot.sheet in whole for line in lines)


def _missing(target: TableSpec, value: str, spoilt: bool, known: Mapping[str, Area]) -> Fault:
    if spoilt:
        what = f"引用的“{value}”在本文件“{target.label}”表里有错，没有收下"
        return Fault("reference_bad", what, "先改正那一行")
    padded = (value.zfill(width) for width in range(len(value) + 1, len(value) + 9))
    lost = next((candidate for candidate in padded if candidate in known), None)
    hint = f"是不是“{lost}”？Excel 去掉了前面的 0，请把这一列设为文本" if lost else ""
    what = f"您管理的范围内，“{target.label}”表里没有编号“{value}”"
    fix = hint or f"请从“{target.label}”的导出文件里复制编号，或在本文件里补上这一行"
    return Fault("dangling_reference", what, fix)


def _together(spec: TableSpec, line: Line, old: Stored | None) -> Row:
    """The stored row with the file's cells over it; columns that the file has not, or that are hidden, stay."""
    if old is None:
        return dict(line.row)
    told = {
        name: value
        for name, value in line.row.items()
        if name in line.part.headers and not (value is None and name in spec.personal)
    }
    return {**old.row, **told}


def _names(spec: TableSpec, stored: Mapping[Key, Stored]) -> dict[Key, str]:
    return {tuple(one.row[name] for name in spec.natural): one.id for one in stored.values()}


def _same_name(spec: TableSpec, line: Line, named: dict[Key, str], row: Row) -> tuple[str, Fault] | None:
    """A row without an id whose name is there already: most likely the same thing, which must not be twice."""
    if not spec.natural or spec.id_column is None or line.row[spec.id_column] is not None:
        return None
    name = tuple(row[column] for column in spec.natural)
    first = spec.natural[0]
    if name in named:
        id_ = named[name]
        where = f"编号 {id_}" if id_ else "本文件前面的一行"
        what = f"同一地方已有“{row[first]}”（{where}）"
        fix = "是同一个就填上它的编号（见导出文件），不是就把名称写得能区分"
        return first, Fault("same_name", what, fix)
    named[name] = ""
    return None


def _alike(spec: TableSpec, before: Row, after: Row) -> bool:
    return all(
        before[name] == value or (isinstance(value, str) and narrow(before[name] or "") == value)
        for name, value in after.items()
    )
