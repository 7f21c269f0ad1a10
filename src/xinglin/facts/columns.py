"""Checks of one column at a time, made on its distinct values: ten million rows cost little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from xinglin.base.places import Divisions, UnknownPlace, load_divisions
from xinglin.base.problems import Problem, Severity
from xinglin.facts.cells import CellReader
from xinglin.facts.fault import Fault
from xinglin.facts.findings import More
from xinglin.facts.model import LEVELS, Column, ColumnType, Table, load_contract
from xinglin.facts.parts import Part, empty_fault
from xinglin.facts.source import SHOWN_OF_SHEETS, Source

Judge = Callable[[object], Fault | None]

THINGS = ("facility", "tcm_hall", "consortium", "practitioner")
_LEVEL_WORDS = {2: "省", 4: "市", 6: "县（6 位）", 9: "乡镇（9 位）", 12: "村（12 位）"}
_FREE = (ColumnType.ID, ColumnType.PERSON, ColumnType.TEXT)


class Gazetteer:
    """Whether a place exists, loading no more of the nation than is asked about.

    Attributes:
        area: code of the declared area, or None.
    """

    def __init__(self, area: str | None, divisions: Divisions | None = None) -> None:
        self.area = area
        self._given = divisions
        self._loaded: dict[str, Divisions | None] = {}

    def knows(self, code: str) -> bool:
        """Whether the code is in the edition loaded."""
        within = self.area if self.area and code.startswith(self.area) else code[:2]
        divisions = self._given or self._load(within)
        return divisions is not None and code in divisions

    def outside(self, code: str) -> bool:
        """Whether the place lies outside the declared area."""
        return self.area is not None and not code.startswith(self.area)

    def hint(self, code: str) -> str:
        """What comes nearest, for people."""
        divisions = self._given or self._load(code[:2])
        try:
            if divisions is not None:
                divisions.get(code)
        except UnknownPlace as error:
            return str(error).split("。", 1)[-1].rstrip("。") or "请核对代码"
        return "请核对代码"

    def _load(self, within: str) -> Divisions | None:
        if within not in self._loaded:
            try:
                self._loaded[within] = load_divisions(within)
            except UnknownPlace:
                self._loaded[within] = None
        return self._loaded[within]


def judged(
    part: Part, name: str, judge: Judge, severity: Severity = Severity.ERROR
) -> Iterator[Problem | More]:
    """A problem for every row whose value in a column is refused; nulls are not asked about."""
    column = part.read([name]).column(name)
    by_kind: dict[str, dict[object, Fault]] = {}
    for value in pc.unique(column).to_pylist():
        fault = None if value is None else judge(value)
        if fault:
            by_kind.setdefault(fault.kind, {})[value] = fault
    for faults in by_kind.values():
        rows = pc.indices_nonzero(pc.is_in(column, value_set=pa.array(list(faults), column.type)))
        values = column.take(rows.slice(0, SHOWN_OF_SHEETS)).to_pylist()
        yield from _listed(part, name, rows, [faults[value] for value in values], severity)


def _listed(
    part: Part, name: str, rows: pa.Array, faults: list[Fault], severity: Severity = Severity.ERROR
) -> Iterator[Problem | More]:
    """Problems for the first rows, one fault each, and a count for the rest: millions are never made."""
    shown = rows.slice(0, len(faults)).to_pylist()
    for index, fault in zip(shown, faults, strict=True):
        problem = part.spot.problem(fault, part.row(index), part.header(name), severity)
        yield problem
    if len(rows) > len(shown):
        yield More(problem, len(rows) - len(shown))


def typed_problems(part: Part) -> Iterator[Problem | More]:
    """What a spreadsheet's cells were already asked: required, codes, ranges, dates. For typed Parquet."""
    for name, column in part.table.columns.items():
        if column.required:
            yield from _nulls(part, name, column)
        if column.type not in _FREE and not (
            column.type is ColumnType.REF and column.references != "technique"
        ):
            yield from judged(part, name, _as_cell(column))


def _nulls(part: Part, name: str, column: Column) -> Iterator[Problem | More]:
    values = part.read([name]).column(name)
    if values.null_count:
        rows = pc.indices_nonzero(pc.is_null(values))
        yield from _listed(part, name, rows, [empty_fault(column)] * min(len(rows), SHOWN_OF_SHEETS))


def _as_cell(column: Column) -> Judge:
    """Ask what a cell with this value would be asked; a label where a code belongs is refused as well."""
    reader = CellReader(column)

    def judge(value: object) -> Fault | None:
        found = reader.read(value)  # type: ignore[arg-type]
        if isinstance(found, Fault):
            return found
        if found != value:
            return Fault("unknown_code", f"“{value}”不是规范的写法", f"类型化的 Parquet 里请写“{found}”")
        return None

    return judge


def place_problems(source: Source, gazetteer: Gazetteer) -> Iterator[Problem | More]:
    """Places that do not exist, are of the wrong level, or lie outside the declared area."""
    for part in source.parts:
        for name, column in part.table.columns.items():
            if column.type is ColumnType.PLACE:
                yield from judged(part, name, place_judge(part.table, column, gazetteer))
                severity = Severity.ERROR if part.table.name == "facility" else Severity.WARNING
                yield from judged(part, name, _inside(gazetteer), severity)


def place_judge(table: Table, column: Column, gazetteer: Gazetteer) -> Judge:
    """Whether a place exists and is of a level that the column may hold."""
    levels = column.levels or LEVELS

    def judge(value: object) -> Fault | None:
        code = str(value)
        if len(code) not in levels:
            wanted = "、".join(_LEVEL_WORDS[level] for level in levels)
            found = _LEVEL_WORDS.get(len(code), "")
            return Fault("place_level", f"“{code}”是{found}的代码", f"“{table.label}”表应填{wanted}代码")
        if gazetteer.outside(code) or gazetteer.knows(code):
            return None
        return Fault("bad_place", f"区划里没有代码“{code}”", gazetteer.hint(code))

    return judge


def _inside(gazetteer: Gazetteer) -> Judge:
    def judge(value: object) -> Fault | None:
        if not gazetteer.outside(str(value)):
            return None
        what = f"“{value}”不在本数据所属的地区 {gazetteer.area} 之内"
        return Fault("outside_area", what, "请核对代码，或改正 dataset.yaml 里的 area")

    return judge


def reference_problems(source: Source, gazetteer: Gazetteer) -> Iterator[Problem | More]:
    """References to rows that are not there, and whole tables that are referred to and absent."""
    ids = _Ids(source)
    absent: dict[str, Problem] = {}
    for part in source.parts:
        for name, column in part.table.columns.items():
            target = column.references
            if column.type is ColumnType.THING:
                yield from judged(part, name, _a_thing(ids, gazetteer))
            elif target and target != "technique" and source.of(target):
                yield from judged(part, name, _there(ids, target))
            elif target and target != "technique":
                absent.setdefault(target, _absent(part, target))
    yield from absent.values()


class _Ids:
    """Ids of the rows of a table, read once."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._read: dict[str, frozenset[str]] = {}

    def of(self, table: str) -> frozenset[str]:
        """All ids of a table."""
        if table not in self._read:
            parts = self._source.of(table)
            columns = [part.read([part.table.key[0]]).column(0).to_pylist() for part in parts]
            self._read[table] = frozenset(
                value for column in columns for value in column if value is not None
            )
        return self._read[table]


def _absent(part: Part, target: str) -> Problem:
    label = load_contract().table(target).label
    what = f"引用了“{label}”表（{target}），数据里却没有这张表"
    fault = Fault("missing_table", what, f"请补上“{label}”表")
    return part.spot.problem(fault)


def _there(ids: _Ids, target: str) -> Judge:
    known, label = ids.of(target), load_contract().table(target).label

    def judge(value: object) -> Fault | None:
        if value in known:
            return None
        return Fault("dangling_reference", f"“{label}”表里没有编号“{value}”", _similar(str(value), known))

    return judge


def _similar(value: str, known: frozenset[str]) -> str:
    """The id it may have been before a spreadsheet took its leading zeros, or what to do."""
    padded = [value.zfill(width) for width in range(len(value) + 1, len(value) + 9)]
    found = next((candidate for candidate in padded if candidate in known), None)
    lost = f"是不是“{found}”？Excel 去掉了前面的 0，请把这一列设为文本" if found else ""
    return lost or "请核对编号，或在被引用的表里补上这一行"


def _a_thing(ids: _Ids, gazetteer: Gazetteer) -> Judge:
    known = frozenset().union(*(ids.of(table) for table in THINGS))

    def judge(value: object) -> Fault | None:
        text = str(value)
        digits = text.isascii() and text.isdigit() and len(text) in LEVELS
        if text in known or (digits and gazetteer.knows(text)):
            return None
        what = f"没有编号或地区代码是“{text}”的对象"
        return Fault("dangling_reference", what, "请填机构、中医馆、医共体或人员的编号，或地区代码")

    return judge


def future_problems(source: Source, today: date) -> Iterator[Problem | More]:
    """Events dated after today: let in, but told."""
    for part in source.parts:
        name = part.table.time.date
        if part.table.time.kind == "event" and name:
            yield from judged(part, name, _not_after(today), Severity.WARNING)


def _not_after(today: date) -> Judge:
    def judge(value: object) -> Fault | None:
        assert isinstance(value, date)
        late = Fault("future_date", f"“{value}”在今天（{today}）之后", "请核对日期；没发生的事不要先填")
        return late if value > today else None

    return judge
