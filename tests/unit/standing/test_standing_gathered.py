"""Every number of a published county opens: to units, and each unit to rows, that add up to what is displayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from xinglin.base.errors import DataError
from xinglin.base.states import ValueState
from xinglin.cli.receipts import publish
from xinglin.facts.model import ColumnType, load_contract
from xinglin.measures import Kind, load_measures
from xinglin.measures.alike import how_many
from xinglin.report import dump_json, to_json
from xinglin.report.from_json import read
from xinglin.standing import Inputs, evaluate
from xinglin.standing.areas_file import Area, AreasFile, Measure, Number, Selection, UnitRow
from xinglin.standing.evaluate import Evaluation
from xinglin.standing.gathered import AREAS, Disagreement, gather, gatherable
from xinglin.standing.keys import bound_of, measure_key, unit_id
from xinglin.standing.opened import Opening, Residents
from xinglin.standing.opening import FrozenFacts, open_residents, open_unit

LIANZHOU, LINZI = "441882", "370305"
DIVIDED = (Kind.SHARE.value, Kind.RATIO.value)


@pytest.fixture(scope="module")
def evaluation(inputs: Inputs) -> Evaluation:
    return gatherable(inputs)


@pytest.fixture(scope="module")
def vintage(inputs: Inputs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(tmp_path_factory.mktemp("vintages")) / "first"
    publish(inputs, folder)
    return folder


@pytest.fixture(scope="module")
def file(vintage: Path) -> AreasFile:
    return AreasFile(vintage / AREAS)


@pytest.fixture(scope="module")
def frozen(vintage: Path, lianzhou: Path, inputs: Inputs) -> FrozenFacts:
    return FrozenFacts(vintage, lianzhou, inputs.on)


def test_what_lies_there_is_what_evaluate_gives(file: AreasFile, inputs: Inputs, vintage: Path) -> None:
    content = file.standing(LIANZHOU)
    assert content is not None
    told = dump_json(read(content))
    assert told == dump_json(evaluate(replace(inputs)))
    assert told == (vintage / "results.json").read_text(encoding="utf-8")


TABLES = ("about", "area", "measure", "result", "number", "unit", "unopened", "facility")


def _content(file: AreasFile, table: str, where: str = "") -> list[tuple[object, ...]]:
    return [tuple(row) for row in file._rows(f"SELECT * FROM {table} {where}")]


def test_events_taken_together_or_read_one_by_one_give_the_same_file(
    opened: Callable[..., Inputs], linzi: Path, tmp_path: Path
) -> None:
    """Of a county whose documents count visits month by month."""
    inputs = opened(linzi, LINZI, date(2023, 12, 31))
    together = gatherable(inputs)
    places = [place.code for place in inputs.divisions if place.code.startswith(LINZI)]
    single = Evaluation(replace(inputs), list(together.bindings), more=places)
    files = []
    for name, evaluation in (("together", together), ("single", single)):
        gather(evaluation, tmp_path / name, to_json)
        files.append(AreasFile(tmp_path / name))
    for table in TABLES:
        first, second = (_content(file, table) for file in files)
        assert first == second, table
        assert first or table == "unopened"
    visits, alike = (one.at(LINZI).reference.facts["visit"] for one in (single, together))
    assert 0 < 2 * len(alike) < len(visits) == how_many(alike)


def _areas(file: AreasFile) -> list[Area]:
    county = file.area(LIANZHOU)
    assert county is not None
    return [county, *file.children(LIANZHOU)]


class _Walk:
    """All numbers × units × rows of a county; what does not add up is collected by name."""

    def __init__(self, file: AreasFile, frozen: FrozenFacts) -> None:
        self.file, self.frozen = file, frozen
        self.reference = frozen.reference(LIANZHOU)
        self.wrong: list[str] = []
        self.lines = self.units = self.numbers = 0

    def measure(self, measure: Measure) -> None:
        units = self.file.units(Selection(measure.key))
        openings = [self.unit(measure, unit) for unit in units]
        for area in _areas(self.file):
            number = self.file.number(measure.key, area.code)
            assert number is not None
            if number.state is not ValueState.SUPPRESSED:
                inside = [
                    (unit, opening)
                    for unit, opening in zip(units, openings, strict=True)
                    if unit.place.startswith(area.code)
                ]
                self.number(measure, number, inside)

    def unit(self, measure: Measure, unit: UnitRow) -> Opening:
        bound = bound_of(load_measures(), measure.measure, measure.parameters)
        table = load_contract().table(bound.units.table)
        row = next(row for row in self.reference.facts[table.name] if unit_id(table, row) == unit.unit)
        opening = Opening(self.reference, bound, row).collect()
        added = (opening.numerator(), opening.denominator() if measure.kind in DIVIDED else None)
        shown = (Decimal(unit.numerator), Decimal(unit.denominator) if unit.denominator else None)
        if added != shown:
            self.wrong.append(f"{measure.key} {unit.unit}: rows {added}, unit {shown}")
        self.units += 1
        self.lines += len(opening.shares)
        return opening

    def number(self, measure: Measure, number: Number, inside: list[tuple[UnitRow, Opening]]) -> None:
        self.numbers += 1
        added = sum((Decimal(unit.numerator) for unit, _ in inside), Decimal(0))
        if measure.distinct:
            added -= number.repeated
            persons = self.persons(measure, inside)
            if persons != added:
                self.wrong.append(
                    f"{measure.key} {number.area}: {persons} persons in the rows, {added} counted"
                )
        below = sum((Decimal(unit.denominator or 0) for unit, _ in inside), Decimal(0))
        if number.numerator is not None and Decimal(number.numerator) != added:
            self.wrong.append(f"{measure.key} {number.area}: numerator {number.numerator}, units {added}")
        if (
            measure.kind in DIVIDED
            and number.denominator is not None
            and Decimal(number.denominator) != below
        ):
            self.wrong.append(f"{measure.key} {number.area}: denominator {number.denominator}, units {below}")
        if measure.population:
            residents = Residents(self.reference, measure.population, number.area).opened()
            if residents.denominator != (number.denominator or ""):
                self.wrong.append(f"{measure.key} {number.area}: residents {residents.denominator}")

    def persons(self, measure: Measure, inside: list[tuple[UnitRow, Opening]]) -> int:
        """Different persons in the rows of all units that have reported."""
        bound = bound_of(load_measures(), measure.measure, measure.parameters)
        assert bound.distinct is not None
        target = load_contract().table(bound.distinct.rows.table)
        found = {
            self.reference.follow(share.row, target, bound.distinct.path)
            for _, opening in inside
            for share in opening.shares
            if share.table.name == target.name and share.numerator is not None
        }
        return len(found - {None})


def test_every_number_opens_to_rows_that_add_up_to_it(file: AreasFile, frozen: FrozenFacts) -> None:
    """Acceptance: every number of a county → its units → their rows; sums are the displayed ones."""
    walk = _Walk(file, frozen)
    for measure in file.measures():
        walk.measure(measure)
    assert walk.wrong == []
    assert walk.numbers > 400
    assert walk.units > 1500
    assert walk.lines > 50_000
    known = {measure.key for measure in file.measures()}
    for row in file.results({"place": LIANZHOU}):
        if not row.wanted:
            number = file.number(row.measure_key, LIANZHOU)
            assert row.measure_key in known
            assert number is not None
            assert (number.display, number.state) == (row.display, row.state), "a result shows its number"
    content = read(file.standing(LIANZHOU) or {})
    for result in content.results:
        if result.exact is not None and result.denominator is not None and not result.wanted:
            measure = next(
                one for one in file.measures() if one.key == measure_key(result.measure, result.parameters)
            )
            assert result.exact == Fraction(result.numerator or 0) * measure.per / Fraction(
                result.denominator
            )
        for by, parts in result.by_code:
            key = measure_key(result.measure, result.parameters)
            slices = next(one for one in file.measures() if one.key == key).slices
            column = next(name for name, one in slices.items() if one["label"] == by)
            for part in parts:
                sums = file.sums(Selection(key, LIANZHOU, slice_of=(column, part.code)))
                assert (part.numerator or "0", part.n_units) == (sums.numerator, sums.units)


def test_one_unit_is_read_alone(file: AreasFile, frozen: FrozenFacts) -> None:
    """Pages read the rows of one facility; what they show adds up, whatever the page, and names no person."""
    persons = {
        column.label
        for table in load_contract().tables.values()
        for column in table.columns.values()
        if column.type is ColumnType.PERSON
    }
    for measure in file.measures():
        unit = max(file.units(Selection(measure.key)), key=lambda one: Decimal(one.numerator), default=None)
        if unit is None:
            continue
        whole = open_unit(frozen, measure, unit, per_page=1_000_000)
        assert sum(Decimal(line.numerator or 0) for line in whole.lines) == Decimal(unit.numerator)
        if unit.denominator:
            assert sum(Decimal(line.denominator or 0) for line in whole.lines) == Decimal(unit.denominator)
        assert not persons & {label for line in whole.lines for label, _ in line.cells}
        first = open_unit(frozen, measure, unit, page=1, per_page=3)
        assert first.lines == whole.lines[:3]
        assert (first.total, first.numerator) == (whole.total, whole.numerator)
        residents = open_residents(frozen, measure, LIANZHOU)
        number = file.number(measure.key, LIANZHOU)
        assert number is not None
        assert residents.denominator == (number.denominator or "" if measure.population else "")


def test_rows_that_are_not_there_any_more_are_told(
    file: AreasFile, vintage: Path, inputs: Inputs, tmp_path: Path
) -> None:
    measure = file.measures()[0]
    with pytest.raises(DataError):
        open_unit(FrozenFacts(vintage, tmp_path, inputs.on), measure, file.units(Selection(measure.key))[0])


def test_nothing_is_written_where_the_two_ways_of_counting_differ(
    evaluation: Evaluation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound = next(iter(evaluation.numbers.by_bound))
    counts = dict(evaluation.numbers.by_bound[bound])
    counts[LIANZHOU] = counts[LIANZHOU]._replace(numerator=counts[LIANZHOU].numerator + 1)
    monkeypatch.setitem(evaluation.numbers.by_bound, bound, counts)  # type: ignore[misc]
    with pytest.raises(Disagreement, match="逐个单位相加"):
        gather(evaluation, tmp_path / AREAS, to_json)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="重新统计"):
        AreasFile(tmp_path / AREAS)


def test_a_city_has_every_county(
    opened: Callable[..., Inputs], lianzhou: Path, tmp_path: Path, file: AreasFile
) -> None:
    """Facts of one county seen from its city: the county's numbers are the same, the others have not reported."""
    city = opened(lianzhou, "4418")
    gather(gatherable(city), tmp_path / AREAS, to_json)
    there = AreasFile(tmp_path / AREAS)
    mine, theirs = file.standing(LIANZHOU), there.standing(LIANZHOU)
    assert mine is not None
    assert theirs is not None
    assert mine["results"] == theirs["results"]
    assert {area.code for area in there.children("4418") if area.judged} > {LIANZHOU, "441881"}
    for measure in there.measures():
        number, sums = there.number(measure.key, "4418"), there.sums(Selection(measure.key, "4418"))
        assert number is not None
        if number.numerator is not None and not measure.distinct:
            assert number.numerator == sums.numerator
    for table, inside in {
        "number": f"WHERE area LIKE '{LIANZHOU}%' ORDER BY measure, area",
        "unit": f"WHERE county = '{LIANZHOU}' ORDER BY measure, place, name, unit",
        "result": f"WHERE place = '{LIANZHOU}' ORDER BY position",
    }.items():
        shared = {row[0] for row in _content(file, "measure")}
        both = [
            [row for row in _content(one, table, inside) if table == "result" or row[0] in shared]
            for one in (file, there)
        ]
        assert both[0] == both[1], f"{table}: a county alone and among the others"
