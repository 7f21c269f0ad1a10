"""Reading what was gathered of a vintage (see `gathered`): typed rows out of its one file, without any rights.

Whoever shows them to an account restricts them to its area first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from xinglin.base.errors import DataError
from xinglin.base.states import Due, ValueState, Verdict
from xinglin.standing.gathered import FORMAT
from xinglin.standing.model import Step
from xinglin.standing.words import exact_text

LIKE_ESCAPE = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


@dataclass(frozen=True, slots=True)
class Area:
    """A place of a vintage. ``level``: digits of its code; ``judged``: whether there are results for it."""

    code: str
    name: str
    full_name: str
    level: int
    parent: str
    real: bool
    judged: bool


@dataclass(frozen=True, slots=True)
class ResultRow:
    """The key columns of a result: enough for lists and counts. ``deadline``: ISO date."""

    place: str
    document: str
    document_short: str
    target: str
    clauses: tuple[str, ...]
    measure_key: str
    measure: str
    measure_label: str
    summary: str
    verdict: Verdict
    verdict_words: str
    state: ValueState
    value: float | None
    display: str
    threshold_words: str
    due: Due
    deadline: str
    gap_amount: int | None
    gap_unit: str | None
    gap_words: str | None
    responsible: tuple[str, ...]
    own: bool
    stricter: bool
    wanted: bool
    n_reported: int
    n_units: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure with its parameters.

    Attributes:
        unit_table: the fact table whose rows are its units. population: the column of 常住人口 that divides, or "".
        distinct: persons counted once in an area, however many units saw them.
        slices: column of the unit → {"label", "codes": {code: label}}, to open a number by kind.
    """

    key: str
    measure: str
    label: str
    parameters: Mapping[str, Any]
    parameter_words: tuple[tuple[str, str], ...]
    unit: str
    kind: str
    direction: str
    period: str
    per: int
    meaning: str
    description: str
    units_word: str
    unit_table: str
    population: str
    distinct: bool
    suppress_below: int
    sources: tuple[str, ...]
    slices: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Number:
    """A measure in an area; exact numerator and denominator as text, None where not reported or not published.

    ``repeated``: how often a person was counted in more than one unit: units' numerators − ``repeated`` = numerator.
    """

    key: str
    area: str
    area_name: str
    state: ValueState
    numerator: str | None
    denominator: str | None
    value: float | None
    display: str
    n_reported: int
    n_units: int
    repeated: int


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit in or out of a number, with the reason (see `xinglin.standing.model.UnitExplained`).

    ``facility``: the facility it is or belongs to, "" for none. ``place_name`` is "" where a sample must not tell it.
    """

    key: str
    unit: str
    name: str
    facility: str
    place: str
    place_name: str
    county: str
    included: str
    reason: str
    numerator: str
    denominator: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """What a selection of units adds up to: units by `included`, exact numerator and denominator as text."""

    included: Mapping[str, int]
    numerator: str
    denominator: str

    @property
    def units(self) -> int:
        """How many units."""
        return sum(self.included.values())


@dataclass(frozen=True, slots=True)
class Selection:
    """Units of a measure in an area: all, or those that meet what is asked.

    Attributes:
        area: code; units that lie in it. facilities: None, or only units of these. included, search: see UnitRow;
            the search finds parts of names, of place names and whole ids. slice_of: (column, code). silent: units
            that did not report, or not in all of their months.
    """

    key: str
    area: str = "0"
    facilities: tuple[str, ...] | None = None
    included: str = ""
    search: str = ""
    slice_of: tuple[str, str] | None = None
    silent: bool = False


class AreasFile:
    """One gathered file, open for reading. Not shared between threads.

    Raises:
        DataError: there is none, or it was written by another version of the program.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise DataError(f"没有“{path}”：这一期是旧版程序发布的，请重新统计")
        self._file = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        self._file.row_factory = sqlite3.Row
        self.about = dict(self._rows("SELECT name, value FROM about"))
        if self.about.get("format") != FORMAT:
            raise DataError(f"“{path}”是另一版程序写的，请重新统计")

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def _rows(self, statement: str, values: Iterable[Any] = ()) -> list[Any]:
        return self._file.execute(statement, tuple(values)).fetchall()

    # -- areas -------------------------------------------------------------------------------------------------

    def area(self, code: str) -> Area | None:
        """A place, or None."""
        found = self._areas("code = ?", code)
        return found[0] if found else None

    def children(self, code: str) -> list[Area]:
        """The places one level down, in code order."""
        return self._areas("parent = ?", code)

    def areas(self, level: int, within: str = "0") -> list[Area]:
        """The places of a level inside another."""
        return self._areas("level = ? AND code >= ? AND code < ?", level, *_span(within))

    def _areas(self, where: str, *values: Any) -> list[Area]:
        wanted = "code, name, full_name, level, parent, kind = 'real', content IS NOT NULL"
        rows = self._rows(f"SELECT {wanted} FROM area WHERE {where} ORDER BY code", values)  # noqa: S608
        return [
            Area(code, name, full, level, parent or "", bool(real), bool(judged))
            for code, name, full, level, parent, real, judged in rows
        ]

    # -- results -----------------------------------------------------------------------------------------------

    def standing(self, place: str) -> dict[str, Any] | None:
        """All of a place as JSON of `xinglin evaluate`; None where there are no results."""
        found = self._rows("SELECT content FROM area WHERE code = ? AND content IS NOT NULL", [place])
        if not found:
            return None
        results = self._rows("SELECT content FROM result WHERE place = ? ORDER BY position", [place])
        return {**json.loads(found[0][0]), "results": [json.loads(row[0]) for row in results]}

    def heading(self, place: str) -> dict[str, Any]:
        """What stands above the results of a place: date, editions, hashes. Raises KeyError."""
        found = self._rows("SELECT content FROM area WHERE code = ? AND content IS NOT NULL", [place])
        if not found:
            raise KeyError(place)
        heading: dict[str, Any] = json.loads(found[0][0])
        return heading

    def results(self, where: Mapping[str, str], parent: str = "") -> list[ResultRow]:
        """Results by columns that must be equal; with ``parent``, those of its children, in code order."""
        tests = [f"{column} = ?" for column in where]
        values = list(where.values())
        if parent:
            tests.append("place IN (SELECT code FROM area WHERE parent = ?)")
            values.append(parent)
        columns = ", ".join(ResultRow.__slots__)
        text = f"SELECT {columns} FROM result WHERE {' AND '.join(tests)} ORDER BY place, position"  # noqa: S608
        return [_result_row(row) for row in self._rows(text, values)]

    # -- numbers -----------------------------------------------------------------------------------------------

    def measures(self) -> list[Measure]:
        """Every measure, in display order."""
        return [_measure(*row) for row in self._rows("SELECT key, content FROM measure ORDER BY position")]

    def measure(self, key: str) -> Measure | None:
        """A measure, or None."""
        found = self._rows("SELECT key, content FROM measure WHERE key = ?", [key])
        return _measure(*found[0]) if found else None

    def number(self, key: str, area: str) -> Number | None:
        """A measure in an area, or None."""
        found = self._numbers("a.code = ?", key, area)
        return found[0] if found else None

    def numbers(self, key: str, parent: str) -> list[Number]:
        """A measure in the places one level down."""
        return self._numbers("a.parent = ?", key, parent)

    def _numbers(self, where: str, key: str, value: str) -> list[Number]:
        wanted = (
            "n.measure, n.area, a.name, n.state, n.numerator, n.denominator, n.value, n.display, "
            "n.n_reported, n.n_units, n.repeated"
        )
        text = f"SELECT {wanted} FROM area a JOIN number n ON n.area = a.code AND n.measure = ?"  # noqa: S608
        rows = self._rows(f"{text} WHERE {where} ORDER BY a.code", [key, value])
        return [
            Number(measure, area, name, ValueState(state), *rest)
            for measure, area, name, state, *rest in rows
        ]

    # -- units -------------------------------------------------------------------------------------------------

    def is_opened(self, key: str, area: str) -> bool:
        """Whether all units in an area are there: of too many rows in a county they are not."""
        low, high = _span(area)
        asked = [key, low, high, area]
        return not self._rows(
            "SELECT 1 FROM unopened WHERE measure = ? AND (county >= ? AND county < ? OR ? LIKE county || '%')",
            asked,
        )

    def units(self, selection: Selection, limit: int = -1, offset: int = 0) -> list[UnitRow]:
        """Units of a measure, by place and name."""
        where, values = _where(selection)
        order = "ORDER BY place, name, unit LIMIT ? OFFSET ?"
        return self._units(f"{where} {order}", [*values, limit, offset])

    def sums(self, selection: Selection) -> Sums:
        """What a selection adds up to."""
        where, values = _where(selection)
        text = f"SELECT included, numerator, denominator, COUNT(*) FROM unit WHERE {where} GROUP BY 1, 2, 3"  # noqa: S608
        return add_up(self._rows(text, values))

    def of_facilities(self, facilities: Iterable[str]) -> list[UnitRow]:
        """Every measure that some facilities, or what belongs to them, count in; in display order."""
        known = list(facilities)
        marks = ", ".join("?" * len(known))
        order = "ORDER BY (SELECT position FROM measure m WHERE m.key = unit.measure), name, unit"
        return self._units(f"facility IN ({marks}) {order}", known)

    def unit(self, key: str, unit: str) -> UnitRow | None:
        """One unit of a measure, or None."""
        found = self._units("measure = ? AND unit = ?", [key, unit])
        return found[0] if found else None

    def facilities(
        self,
        area: str,
        search: str = "",
        only: Sequence[str] | None = None,
        limit: int = -1,
        offset: int = 0,
    ) -> list[tuple[str, str, str, str, int, int, int]]:
        """Facilities that are units: id, name, place, its name, and in how many measures with a condition each counts
        in the numerator, in the denominator only, or not."""
        tests, values = _facility_where(area, search, only)
        text = (
            "SELECT facility, name, place, place_name, met, missed, out FROM facility "  # noqa: S608 - words of our own
            f"WHERE {tests} ORDER BY place, name, facility LIMIT ? OFFSET ?"
        )
        return [tuple(row) for row in self._rows(text, [*values, limit, offset])]

    def count_facilities(self, area: str, search: str = "", only: Sequence[str] | None = None) -> int:
        """How many `facilities` there are."""
        tests, values = _facility_where(area, search, only)
        text = f"SELECT COUNT(DISTINCT facility) FROM facility WHERE {tests}"  # noqa: S608
        return int(self._rows(text, values)[0][0])

    def _units(self, where: str, values: Iterable[Any]) -> list[UnitRow]:
        columns = (
            "measure, unit, name, COALESCE(facility, ''), place, place_name, county, included, reason, numerator, "
            "denominator, steps"
        )
        rows = self._rows(f"SELECT {columns} FROM unit WHERE {where}", values)  # noqa: S608
        return [_unit_row(row) for row in rows]


def add_up(rows: Iterable[tuple[str, str, str, int]]) -> Sums:
    """Sums of (included, numerator, denominator, how many units)."""
    included: dict[str, int] = {}
    numerator, denominator = Decimal(0), Decimal(0)
    divided = False
    for word, above, below, number in rows:
        included[word] = included.get(word, 0) + number
        numerator += Decimal(above or 0) * number
        denominator += Decimal(below or 0) * number
        divided |= below != ""
    return Sums(included, exact_text(numerator), exact_text(denominator) if divided else "")


def _span(code: str) -> tuple[str, str]:
    """Codes from here to before there lie in a place; digits sort before the colon."""
    return ("", ":") if code == "0" else (code, f"{code}:")


def _where(selection: Selection) -> tuple[str, list[Any]]:
    low, high = _span(selection.area)
    tests, values = ["measure = ?", "place >= ?", "place < ?"], [selection.key, low, high]
    if selection.facilities is not None:
        tests.append(f"facility IN ({', '.join('?' * len(selection.facilities))})")
        values += selection.facilities
    if selection.included:
        tests.append("included = ?")
        values.append(selection.included)
    if selection.silent:
        tests.append("(included = '未计' OR reason LIKE '%个月有数')")
    if selection.slice_of is not None:
        tests.append("json_extract(codes, ?) = ?")
        values += [f'$."{selection.slice_of[0]}"', selection.slice_of[1]]
    if selection.search.strip():
        _search(selection.search, tests, values)
    return " AND ".join(tests), values


def _search(
    words: str, tests: list[str], values: list[Any], ids: Sequence[str] = ("unit", "facility")
) -> None:
    """Parts of names, or a whole id."""
    like = f"%{words.strip().translate(LIKE_ESCAPE)}%"
    named = ["name LIKE ? ESCAPE '\\'", "place_name LIKE ? ESCAPE '\\'", *(f"{column} = ?" for column in ids)]
    tests.append(f"({' OR '.join(named)})")
    values += [like, like, *([words.strip()] * len(ids))]


def _facility_where(area: str, search: str, only: Sequence[str] | None) -> tuple[str, list[Any]]:
    """Units that are facilities themselves."""
    low, high = _span(area)
    tests, values = ["place >= ?", "place < ?"], [low, high]
    if only is not None:
        tests.append(f"facility IN ({', '.join('?' * len(only))})")
        values += only
    if search.strip():
        _search(search, tests, values, ("facility",))
    return " AND ".join(tests), values


def _result_row(row: Any) -> ResultRow:
    cells = dict(zip(ResultRow.__slots__, row, strict=True))
    cells |= {
        "clauses": tuple(json.loads(cells["clauses"])),
        "responsible": tuple(json.loads(cells["responsible"])),
    }
    cells |= {
        "verdict": Verdict(cells["verdict"]),
        "state": ValueState(cells["state"]),
        "due": Due(cells["due"]),
    }
    return ResultRow(**{**cells, **{name: bool(cells[name]) for name in ("own", "stricter", "wanted")}})


def _unit_row(row: Any) -> UnitRow:
    cells = dict(zip(UnitRow.__slots__, row, strict=True))
    return UnitRow(**{**cells, "steps": tuple(Step(*step) for step in json.loads(cells["steps"]))})


def _measure(key: str, content: str) -> Measure:
    cells = json.loads(content)
    words = tuple((label, value) for label, value in cells.pop("parameter_words"))
    return Measure(key=key, parameter_words=words, sources=tuple(cells.pop("sources")), **cells)
