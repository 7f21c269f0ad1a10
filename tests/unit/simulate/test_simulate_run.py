"""Writing data sets: same seed same bytes, many counties, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from xinglin.base.errors import DefinitionError
from xinglin.base.places import UnknownPlace, load_divisions
from xinglin.facts import check_dataset, open_dataset
from xinglin.simulate import (
    SimulationError,
    default_parameters,
    lianzhou_2020,
    parameters_for,
    read_parameters,
    simulate,
    simulate_county,
    simulate_many,
)
from xinglin.simulate.run import common_area


def files(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_same_seed_same_bytes_other_seed_other_bytes(tmp_path):
    first = simulate("441882", year=2020, seed=1, out=tmp_path / "a")
    second = simulate("441882", year=2020, seed=1, out=tmp_path / "b")
    third = simulate("441882", year=2020, seed=2, out=tmp_path / "c")
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert first.manifest.hash == second.manifest.hash != third.manifest.hash
    assert [item.within for item in third.published] == [True] * 8


def test_the_data_set_says_that_it_is_a_demonstration(tmp_path):
    report = simulate("441882", year=2020, seed=1, out=tmp_path)
    info = open_dataset(tmp_path).info
    assert info.demonstration
    assert info.area == "441882"
    assert info.title == "连州市2020年演示数据"
    assert all(sentence in info.note for sentence in report.assumptions)
    assert json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))["info"]["demonstration"]


def test_default_parameters_are_the_same_every_time_and_differ_by_seed():
    divisions = load_divisions("320481")
    place = divisions.get("320481")
    same = [default_parameters(place, divisions, 2021, 3) for _ in range(2)]
    assert same[0] == same[1] != default_parameters(place, divisions, 2021, 4)


def test_lianzhou_is_calibrated_for_2020_only():
    assert parameters_for("441882", 2020, 1) == lianzhou_2020()
    assert parameters_for("441882", 2021, 1).published == ()


def test_many_counties_make_one_data_set_of_the_wanted_size(tmp_path):
    codes = ["320481", "320402", "320413"]
    report = simulate_many(codes, year=2021, seed=5, out=tmp_path, visits=6000, village_clinics=300)
    data = open_dataset(tmp_path)
    facilities = data.rows("facility")
    clinics = [row for row in facilities if row["kind"] == "village_clinic" and row["valid_to"] is None]
    assert sum(not row["branch_room"] for row in clinics) == 300
    assert report.place == data.info.area == "3204"
    assert 4000 < report.rows["visit"] <= 6000
    months = {path.parent.name for path in tmp_path.rglob("facts/visit/province=32/*/*.parquet")}
    assert months == {f"month=2021-{month:02d}" for month in range(1, 13)}


def test_a_county_is_the_same_alone_and_among_others(tmp_path):
    alone = simulate("320481", year=2021, seed=5, out=tmp_path / "one")
    simulate_many(["320481", "320402"], year=2021, seed=5, out=tmp_path / "two")
    both = open_dataset(tmp_path / "two")
    for name in ("facility", "visit", "health_management", "reporting"):
        table = both.arrow(name)
        column = table["unit" if name == "reporting" else "facility"].to_pylist()
        ours = sum("320481" in unit for unit in column)
        assert ours == alone.rows[name], name


def test_without_wellness_the_table_is_absent_and_not_reported(tmp_path):
    report = simulate_many(["320481"], year=2021, seed=5, out=tmp_path, wellness=False)
    assert "health_management" not in report.rows
    reported = {row["table"] for row in open_dataset(tmp_path).rows("reporting")}
    assert "visit" in reported
    assert "health_management" not in reported


@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        ("441899", UnknownPlace, "没有代码 441899"),
        ("44188", UnknownPlace, "不是区划代码"),
        ("4418", SimulationError, "只能模拟县级地区"),
        ("441882100", SimulationError, "只能模拟县级地区"),
        ("710000", UnknownPlace, "没有代码"),
    ],
)
def test_places_that_cannot_be_simulated(tmp_path, code, error, words):
    with pytest.raises(error, match=words):
        simulate(code, year=2020, seed=1, out=tmp_path)
    assert not files(tmp_path)


def test_nothing_to_simulate_and_a_negative_seed_are_told(tmp_path):
    with pytest.raises(SimulationError, match="没有给出"):
        simulate_many([], year=2020, seed=1, out=tmp_path)
    with pytest.raises(SimulationError, match="负数"):
        simulate("441882", year=2020, seed=-1, out=tmp_path)


CONTRADICTIONS = [
    ("services", {"elderly_managed": 60000}, "老年人"),
    ("services", {"children_managed": 20000}, "儿童"),
    ("staff", {"tcm_gps": 100_000}, "全科医生"),
    ("services", {"grassroots_tcm_visits": 70_000}, "大于可容纳"),
]


@pytest.mark.parametrize(("part", "change", "words"), CONTRADICTIONS)
def test_parameters_that_contradict_each_other(part, change, words):
    ours = lianzhou_2020()
    wrong = replace(ours, **{part: replace(getattr(ours, part), **change)})
    with pytest.raises(SimulationError, match=words):
        simulate_county(wrong, year=2020, seed=1)


def test_a_parameter_file_with_faults_tells_them_all(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text('place: "441882"\nname: 连州市\nyear: zwei\nclinics: 3\n', encoding="utf-8")
    with pytest.raises(DefinitionError) as error:
        read_parameters(path)
    assert "year" in str(error.value)
    assert "clinics：" in str(error.value)


@pytest.mark.parametrize("code", ["110101", "429004", "460400", "150102", "150121", "632524", "441900"])
def test_other_kinds_of_county(code):
    """A district without towns, a remote county, one under the province, a city without districts."""
    tables = simulate_county(parameters_for(code, 2020, 1), year=2020, seed=1)
    assert tables["facility"].num_rows
    assert tables["visit"].num_rows


def test_common_area():
    assert common_area(["320481"]) == "320481"
    assert common_area(["320481", "320402"]) == "3204"
    assert common_area(["320481", "320111"]) == "32"
    assert common_area(["320481", "441882"]) == "0"


@pytest.mark.parametrize(("code", "year"), [("441882", 2020), ("320481", 2021), ("150121", 2022)])
def test_xinglin_check_finds_nothing_wrong(tmp_path, code, year):
    simulate(code, year=year, seed=3, out=tmp_path)
    assert [str(problem) for problem in check_dataset(tmp_path)] == []
