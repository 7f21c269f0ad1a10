"""Everything of a vintage that pages open, in one file: areas, results, numbers, units.

Written once, beside the results: a plain SQLite file with the same content for the same inputs. What stands in it was
added up twice, by the counting engine and unit by unit, and is written only where both agree.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

from xinglin.base.errors import DataError
from xinglin.base.places import Level, Place
from xinglin.base.places.model import NATION_CODE
from xinglin.base.states import ValueState
from xinglin.facts import Table
from xinglin.measures import Bound, Definition, describe, walk
from xinglin.measures.results import Counted, read
from xinglin.policy import Target
from xinglin.standing.evaluate import Evaluation
from xinglin.standing.explain import DIVIDED, UnitCounted, told, units_of
from xinglin.standing.inputs import Inputs
from xinglin.standing.keys import measure_key, plain, unit_id
from xinglin.standing.model import Standing
from xinglin.standing.units import unit_word
from xinglin.standing.words import exact_text, parameter_words, shown

AREAS = "areas.sqlite"
FORMAT = "2"
SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE area (code TEXT PRIMARY KEY, name TEXT, full_name TEXT, level INTEGER, parent TEXT, kind TEXT,
    content TEXT) WITHOUT ROWID;
CREATE TABLE measure (key TEXT PRIMARY KEY, position INTEGER, content TEXT) WITHOUT ROWID;
CREATE TABLE result (place TEXT, position INTEGER, document TEXT, document_short TEXT, target TEXT, clauses TEXT,
    measure_key TEXT, measure TEXT, measure_label TEXT, summary TEXT, verdict TEXT, verdict_words TEXT, state TEXT,
    value REAL, display TEXT, threshold_words TEXT, due TEXT, deadline TEXT, gap_amount INTEGER, gap_unit TEXT,
    gap_words TEXT, responsible TEXT, own INTEGER, stricter INTEGER, wanted INTEGER, n_reported INTEGER,
    n_units INTEGER, content TEXT, PRIMARY KEY (place, position)) WITHOUT ROWID;
CREATE TABLE number (measure TEXT, area TEXT, state TEXT, numerator TEXT, denominator TEXT, value REAL, display TEXT,
    n_reported INTEGER, n_units INTEGER, repeated INTEGER, PRIMARY KEY (measure, area)) WITHOUT ROWID;
CREATE TABLE unit (measure TEXT, place TEXT, name TEXT, unit TEXT, facility TEXT, county TEXT, place_name TEXT,
    included TEXT, reason TEXT, numerator TEXT, denominator TEXT, codes TEXT, steps TEXT,
    PRIMARY KEY (measure, place, name, unit)) WITHOUT ROWID;
CREATE TABLE unopened (measure TEXT, county TEXT);
CREATE TABLE facility (place TEXT, name TEXT, facility TEXT, place_name TEXT, met INTEGER, missed INTEGER, out INTEGER,
    PRIMARY KEY (place, name, facility, place_name)) WITHOUT ROWID;
"""
FACILITIES = """
INSERT INTO facility SELECT place, name, facility, place_name,
    COUNT(DISTINCT CASE WHEN included = '计入分子' THEN measure END),
    COUNT(DISTINCT CASE WHEN included = '只在分母' THEN measure END),
    COUNT(DISTINCT CASE WHEN included = '未计' THEN measure END)
FROM unit WHERE unit = facility GROUP BY 1, 2, 3, 4
"""
"""Units that are facilities themselves, each once: a province has too many units to group them for a page."""
INDEXES = """
CREATE INDEX result_target ON result (document, target, place);
CREATE INDEX result_measure ON result (measure_key, place);
CREATE INDEX unit_facility ON unit (facility);
CREATE INDEX unit_unit ON unit (unit, measure);
"""
Dump = Callable[[Standing], Mapping[str, Any]]
"""Makes JSON of a standing: `xinglin.report.to_json`, which lies in a room above this one."""


class Disagreement(DataError):  # noqa: N818 - says what is the matter
    """The two ways of counting differ: nothing may be published."""


def gatherable(inputs: Inputs) -> Evaluation:
    """The place of the inputs and all real ones inside down to counties, everything counted down to townships."""
    divisions, top = inputs.divisions, inputs.place
    below = [place for place in divisions if _inside(place, top) and place.level <= Level.TOWNSHIP]
    places = [place.code for place in below if place.is_real and place.level <= max(Level.COUNTY, top.level)]
    places += [] if top.code in places else [top.code]
    ordered = sorted(places, key=lambda code: (len(code), code))
    return Evaluation(inputs, ordered, more=[place.code for place in below], together=True)


def _inside(place: Place, top: Place) -> bool:
    return top.level is Level.NATION or place.code.startswith(top.code)


def gather(evaluation: Evaluation, path: Path, dump: Dump) -> Standing:
    """Write the file; the standing of the place itself.

    Raises:
        Disagreement: see there.
    """
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    try:
        whole = _written(evaluation, new, dump)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    new.replace(path)
    return whole


def _written(evaluation: Evaluation, path: Path, dump: Dump) -> Standing:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA page_size=8192;" + SCHEMA)
        file.execute("BEGIN")
        whole = _Writer(evaluation, file, dump).write()
        file.execute("COMMIT")
        file.executescript(INDEXES + "ANALYZE;")
    return whole


class _Writer:
    def __init__(self, evaluation: Evaluation, file: sqlite3.Connection, dump: Dump) -> None:
        self.evaluation, self.file, self.dump = evaluation, file, dump
        self.inputs = evaluation.inputs
        self.areas = [
            place
            for place in self.inputs.divisions
            if _inside(place, self.inputs.place) and place.level <= Level.TOWNSHIP
        ]
        self.measures = dict(_measures(evaluation))
        self.sums: dict[str, dict[str, Counted]] = {key: {} for key in self.measures}
        """Key → area → what its units add up to."""
        self.closed: set[tuple[str, str]] = set()
        """(key, county) whose units are too many to be read one by one."""

    def write(self) -> Standing:
        """Everything, place by place; areas and numbers when all units are known."""
        inputs, whole, headings = self.inputs, None, {}
        self._insert("measure", _measure_rows(inputs, self.measures))
        for code in self.evaluation.bindings:
            standing = self.evaluation.standing(code)
            heading = dict(self.dump(standing))
            self._insert("result", _result_rows(standing, heading.pop("results")))
            headings[code] = heading
            whole = standing if code == inputs.place.code else whole
            if len(code) == Level.COUNTY:
                self._units_in(code, self.measures)
        assert whole is not None
        self._other_units()
        self._insert("area", (self._area_row(place, headings.get(place.code)) for place in self.areas))
        self._insert("number", (row for key in sorted(self.measures) for row in self._number_rows(key)))
        self._insert("unopened", sorted(self.closed))
        self.file.execute(FACILITIES)
        about = {"format": FORMAT, "place": inputs.place.code, "on": inputs.on.isoformat()}
        self._insert("about", sorted(about.items()))
        return whole

    def _insert(self, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
        rows = iter(rows)
        first = next(rows, None)
        if first is not None:
            marks = ", ".join("?" * len(first))
            self.file.executemany(f"INSERT INTO {table} VALUES ({marks})", chain([first], rows))  # noqa: S608

    def _area_row(self, place: Place, heading: Mapping[str, Any] | None) -> tuple[Any, ...]:
        divisions = self.inputs.divisions
        content = None if heading is None else _text(heading)
        name = divisions.full_name(place.code)
        return (place.code, place.name, name, int(place.level), place.parent_code, place.kind.value, content)

    # -- units -------------------------------------------------------------------------------------------------

    def _units_in(self, place: str, keys: Iterable[str]) -> None:
        """The units that lie in a place, of some measures."""
        inputs = self.evaluation.at(place)
        for key in keys:
            bound = self.measures[key].bound
            if not self._counted(key, place).n_units:
                continue
            try:
                units = units_of(inputs, bound)
            except DataError:  # too many rows of one table
                self.closed.add((key, place))
            else:
                self._write_units(inputs, key, units)

    def _write_units(self, inputs: Inputs, key: str, units: list[UnitCounted]) -> None:
        measure = self.measures[key]
        self._insert("unit", (_unit_row(inputs, key, measure, unit) for unit in units))
        sums = self.sums[key]
        for unit in units:
            one = unit.counted
            for code in _around(one.area):
                before = sums.get(code, Counted(code, 0, 0, 0, 0))
                sums[code] = Counted(
                    code,
                    before.numerator + one.numerator,
                    (before.denominator or 0) + (one.denominator or 0),
                    before.n_units + one.n_units,
                    before.n_reported + one.n_reported,
                )

    def _other_units(self) -> None:
        """Units in counties that are none in name, and those of a city, a province itself."""
        for place in self.areas:
            if place.level == Level.COUNTY and place.code not in self.evaluation.bindings:
                self._units_in(place.code, self.measures)
        for place in sorted(self.areas, key=lambda place: -place.level):
            if place.level < Level.COUNTY:
                self._own_units(place.code)

    def _own_units(self, place: str) -> None:
        """Units that lie in a city, a province as a whole, in none of its counties."""
        for key, measure in self.measures.items():
            known = self.sums[key].get(place, Counted(place, 0, 0, 0, 0)).n_units
            if self._counted(key, place).n_units == known or self._is_closed(key, place):
                continue
            inputs = self.evaluation.at(place)
            units = [one for one in units_of(inputs, measure.bound) if len(one.counted.area) < Level.COUNTY]
            self._write_units(inputs, key, [one for one in units if one.counted.area == place])

    def _is_closed(self, key: str, place: str) -> bool:
        prefix = "" if place == NATION_CODE else place
        return any(
            one == key and (county.startswith(prefix) or place.startswith(county))
            for one, county in self.closed
        )

    # -- numbers -----------------------------------------------------------------------------------------------

    def _counted(self, key: str, area: str) -> Counted:
        return self.evaluation.numbers.by_bound[self.measures[key].bound][area]

    def _number_rows(self, key: str) -> Iterator[tuple[Any, ...]]:
        bound = self.measures[key].bound
        for place in self.areas:
            counted = self._counted(key, place.code)
            repeated = self._agreed(key, bound, counted)
            yield (key, place.code, *_number(bound, counted, self.inputs.on), repeated)

    def _agreed(self, key: str, bound: Bound, counted: Counted) -> int:
        """How often persons were counted in more than one unit; 0 where no persons are counted."""
        if self._is_closed(key, counted.area):
            return 0
        added = self.sums[key].get(counted.area, Counted(counted.area, 0, 0, 0, 0))
        same = added[3:5] == counted[3:5]
        if bound.distinct is None:
            same &= added.numerator == counted.numerator
        if bound.kind in DIVIDED:
            same &= added.denominator == counted.denominator
        if not same:
            raise Disagreement(
                f"“{key}”在 {counted.area}：计算引擎得 {_pair(counted)}，逐个单位相加得 {_pair(added)}。"
                "没有发布；这是程序的错误，请把这句话报告给开发者"
            )
        return 0 if bound.distinct is None else int(added.numerator - counted.numerator)


@dataclass(frozen=True)
class _Measure:
    """A measure with its parameters, its target that is first in display order, its table and declaration."""

    bound: Bound
    target: Target
    table: Table
    definition: Definition


def _measures(evaluation: Evaluation) -> Iterator[tuple[str, _Measure]]:
    """Every measure that a result of one of the places rests on, each once, in display order."""
    book, bounds, seen = evaluation.inputs.book, evaluation.numbers.bounds, set()
    for binding in (one for bindings in evaluation.bindings.values() for one in bindings):
        bound = bounds.get(binding.target.id)
        if bound is not None and bound not in seen:
            seen.add(bound)
            definition, table = (
                book.definition(binding.target.measure),
                book.contract.table(bound.units.table),
            )
            key = measure_key(definition.id, dict(bound.parameters))
            yield key, _Measure(bound, binding.target, table, definition)


def _around(place: str) -> list[str]:
    """The codes of the areas around a place, itself included, down to the township."""
    return [NATION_CODE, *(place[:digits] for digits in (2, 4, 6, 9) if len(place) >= digits)]


def _pair(counted: Counted) -> str:
    numbers = (
        f"{counted.numerator} ÷ {counted.denominator}" if counted.denominator else f"{counted.numerator}"
    )
    return f"{numbers}（{counted.n_units} 个单位中 {counted.n_reported} 个已报）"


def _number(bound: Bound, counted: Counted, on: date) -> tuple[Any, ...]:
    """State, numerator, denominator, value, display, units reported, units; a small sample gives no numbers."""
    reading = read(bound, counted, on)
    hidden = reading.state is ValueState.SUPPRESSED
    numerator = None if hidden or reading.state is ValueState.NOT_REPORTED else exact_text(counted.numerator)
    denominator = None if hidden or counted.denominator is None else exact_text(counted.denominator)
    value = None if reading.value is None else float(reading.value)
    return (
        reading.state.value,
        numerator,
        denominator,
        value,
        shown(reading, bound),
        counted.n_reported,
        counted.n_units,
    )


def _unit_row(inputs: Inputs, key: str, measure: _Measure, unit: UnitCounted) -> tuple[Any, ...]:
    bound, table, row, reference = measure.bound, measure.table, unit.row, inputs.reference
    one = told(inputs, bound, unit)
    path = walk.facility_path(table)
    facility = reference.follow(row, table, path) if path else None
    # Of a sample it stays untold from which township an answer came: few answers would point to a person.
    place = one.place[: Level.COUNTY] if bound.suppress_below else one.place
    place_name = "" if bound.suppress_below else one.place_name
    codes = {column: row[column] for column in measure.definition.disaggregate}
    steps = [[step.words, step.value, step.holds, step.depth] for step in one.steps]
    return (
        key,
        place,
        one.name,
        unit_id(table, row),
        facility,
        one.place[: Level.COUNTY],
        place_name,
        one.included,
        one.reason,
        one.numerator,
        one.denominator,
        _text(codes),
        _text(steps),
    )


def _text(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def _measure_rows(inputs: Inputs, measures: Mapping[str, _Measure]) -> Iterator[tuple[Any, ...]]:
    for position, (key, measure) in enumerate(measures.items()):
        yield key, position, _text(_measure_content(inputs, measure))


def _measure_content(inputs: Inputs, measure: _Measure) -> dict[str, Any]:
    book, bound, definition = inputs.book, measure.bound, measure.definition
    contract = book.contract
    parameters = dict(bound.parameters)
    columns = {column: contract.codes(measure.table.name, column) for column in definition.disaggregate}
    return {
        "measure": definition.id,
        "label": book.label(measure.target.measure),
        "parameters": {name: plain(value) for name, value in parameters.items()},
        "parameter_words": parameter_words(bound, definition, contract),
        "unit": definition.unit,
        "kind": definition.kind.value,
        "direction": definition.direction,
        "period": definition.period.value,
        "per": bound.per,
        "meaning": definition.meaning.strip(),
        "description": describe(definition, book, parameters),
        "units_word": unit_word(bound, contract),
        "unit_table": measure.table.name,
        "population": bound.population or "",
        "distinct": bound.distinct is not None,
        "suppress_below": bound.suppress_below,
        "sources": [f"{one.document} {one.clause or ''}：{one.says}" for one in definition.sources],
        "slices": {
            column: {
                "label": measure.table.columns[column].label,
                "codes": {code: item.label for code, item in codes.codes.items()},
            }
            for column, codes in columns.items()
            if codes is not None
        },
    }


def _result_rows(standing: Standing, contents: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    for position, (one, content) in enumerate(zip(standing.results, contents, strict=True)):
        key = "" if one.wanted else measure_key(one.measure, one.parameters)
        gap = (None, None, None) if one.gap is None else (one.gap.amount, one.gap.unit, one.gap.words)
        yield (
            standing.place,
            position,
            one.document,
            one.document_short,
            one.target,
            _text(one.clauses),
            key,
            one.measure,
            one.measure_label,
            one.summary,
            one.verdict.value,
            one.verdict_words,
            one.state.value,
            one.value,
            one.display,
            one.threshold_words,
            one.due.value,
            one.deadline.isoformat(),
            *gap,
            _text(one.responsible),
            one.own,
            one.stricter,
            one.wanted,
            one.n_reported,
            one.n_units,
            _text(content),
        )
