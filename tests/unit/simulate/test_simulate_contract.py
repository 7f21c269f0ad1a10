"""Whatever is simulated keeps the data contract: schemas, codes, keys, references, dates, places."""

from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from xinglin.base.places import load_divisions
from xinglin.facts import MARK, MARK_KEY, ColumnType, Table, arrow_schema, load_contract, technique_rows

CONTRACT = load_contract()
TABLES = [name for name, table in CONTRACT.tables.items() if not table.built_in]


@pytest.fixture(params=["lianzhou", "liyang"])
def county(request: pytest.FixtureRequest) -> dict[str, pa.Table]:
    return request.getfixturevalue(request.param)


def columns(name: str, *types: ColumnType) -> Iterator[str]:
    return (key for key, column in CONTRACT.table(name).columns.items() if column.type in types)


@pytest.mark.parametrize("name", TABLES)
def test_schema_is_the_contract_s_and_marked(county, name):
    schema = county[name].schema
    assert schema.equals(arrow_schema(CONTRACT.table(name)))
    assert schema.metadata[MARK_KEY.encode()] == MARK.encode()


@pytest.mark.parametrize("name", TABLES)
def test_required_cells_are_filled(county, name):
    required = [key for key, column in CONTRACT.table(name).columns.items() if column.required]
    assert {key: county[name][key].null_count for key in required} == dict.fromkeys(required, 0)


@pytest.mark.parametrize("name", TABLES)
def test_keys_are_unique(county, name):
    keys = county[name].select(list(CONTRACT.table(name).key))
    assert keys.group_by(keys.column_names).aggregate([]).num_rows == keys.num_rows


@pytest.mark.parametrize("name", TABLES)
def test_codes_are_in_their_lists(county, name):
    for key in columns(name, ColumnType.CODE):
        listed = CONTRACT.codes(name, key)
        assert listed is not None
        assert set(county[name][key].unique().to_pylist()) - {None} <= set(listed.codes)


@pytest.mark.parametrize("name", TABLES)
def test_references_resolve(county, name):
    for key in columns(name, ColumnType.REF):
        target = CONTRACT.table(CONTRACT.table(name).columns[key].references or "")
        assert set(county[name][key].to_pylist()) - {None} <= known_ids(county, target)


def known_ids(county: dict[str, pa.Table], target: Table) -> set[str]:
    if target.name == "technique":
        return {row["technique"] for row in technique_rows()}
    assert target.id_column is not None
    return set(county[target.name][target.id_column].to_pylist())


def test_things_and_reporting_units_exist(county):
    known = set(county["facility"]["facility"].to_pylist()) | set(county["tcm_hall"]["hall"].to_pylist())
    known |= set(county["population"]["place"].to_pylist())
    known |= set(county["practitioner"]["practitioner"].to_pylist())
    for name in ("assessment", "designation"):
        assert set(county[name]["thing"].to_pylist()) <= known
    assert set(county["reporting"]["unit"].to_pylist()) <= known


@pytest.mark.parametrize("name", TABLES)
def test_numbers_lie_in_their_bounds(county, name):
    for key, column in CONTRACT.table(name).columns.items():
        bounds = (
            pc.min_max(county[name][key]).as_py() if column.min is not None else {"min": None, "max": None}
        )
        if bounds["min"] is not None:
            assert bounds["min"] >= (column.min or 0)
            assert column.max is None or bounds["max"] <= column.max


@pytest.mark.parametrize("name", TABLES)
def test_dates_run_the_right_way(county, name):
    time = CONTRACT.table(name).time
    if time.kind == "validity" and time.from_ and time.to:
        pairs = zip(county[name][time.from_].to_pylist(), county[name][time.to].to_pylist(), strict=True)
        assert all(start is None or end is None or start <= end for start, end in pairs)


def test_places_are_real_and_inside_the_county(county):
    code = county["population"]["place"][0].as_py()
    divisions = load_divisions(code)
    for name in TABLES:
        for key in columns(name, ColumnType.PLACE):
            found = set(county[name][key].to_pylist()) - {None}
            assert all(place in divisions and place.startswith(code) for place in found)


def test_names_say_that_they_are_made_up(county):
    assert all(name.endswith("（演示）") for name in county["facility"]["name"].to_pylist())
    assert all(person.startswith("demo-") for person in county["visit"]["person"].to_pylist())


def test_every_table_has_rows_in_lianzhou_but_for_what_it_has_not(lianzhou):
    empty = {name for name in TABLES if name in lianzhou and not lianzhou[name].num_rows}
    assert empty == {
        "discharge",
        "designation",
        "treatment",
    }  # totals; nothing designated by 2020; told by the clinic


def test_village_clinics_stand_in_real_villages(lianzhou):
    facilities = lianzhou["facility"].to_pylist()
    clinics = [row for row in facilities if row["kind"] == "village_clinic" and not row["branch_room"]]
    in_use = [row for row in clinics if row["valid_to"] is None or row["valid_to"] > date(2020, 1, 1)]
    assert all(len(row["place"]) == 12 for row in in_use)
    assert len({row["place"] for row in in_use}) == 174  # every village has one, three have two
    assert len({row["name"] for row in in_use if row["place"].startswith("441882100")}) > 20
