import pytest

from xinglin.base.places import (
    AmbiguousPlace,
    Level,
    UnknownEdition,
    UnknownPlace,
    load_divisions,
)

LIANZHOU_TOWNSHIPS = [
    "连州镇", "星子镇", "大路边镇", "龙坪镇", "西岸镇", "保安镇",
    "丰阳镇", "东陂镇", "九陂镇", "西江镇", "瑶安瑶族乡", "三水瑶族乡",
]  # fmt: skip


@pytest.fixture(scope="module")
def lianzhou():
    return load_divisions("441882")


def codes(places):
    return [place.code for place in places]


def test_a_county_its_ancestors_and_its_townships(lianzhou):
    assert lianzhou.get("441882").name == "连州市"
    assert [place.name for place in lianzhou.ancestors("441882")] == ["清远市", "广东省", "全国"]
    assert [place.name for place in lianzhou.children("441882")] == LIANZHOU_TOWNSHIPS
    assert len(lianzhou.descendants("441882", Level.VILLAGE)) == 174


def test_a_county_is_loaded_with_nothing_beside_it(lianzhou):
    assert len(lianzhou) == 4 + 12 + 174
    assert "441882101" in lianzhou
    assert "441881" not in lianzhou
    assert codes(lianzhou.counties()) == ["441882"]


def test_children_of_the_nation_and_of_a_village(nation):
    assert len(nation.children("0")) == 34
    assert nation.children("441882101001") == ()


@pytest.mark.parametrize(
    ("code", "full_name"),
    [
        ("0", "全国"),
        ("44", "广东省"),
        ("441882", "广东省清远市连州市"),
        ("110101", "北京市东城区"),
        ("429021", "湖北省神农架林区"),
        ("441900104", "广东省东莞市石排镇"),
        ("4690", "海南省省直辖县级行政区划"),
    ],
)
def test_full_names_pass_over_fillers(nation, code, full_name):
    assert nation.full_name(code) == full_name


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("连州市", "441882"),
        ("连州", "441882"),
        ("广东", "44"),
        ("内蒙古", "15"),
        ("延边", "2224"),
        ("清远市连州市", "441882"),
        ("广东省连州市", "441882"),
        ("广东省 清远市 连州市", "441882"),
        ("连州市星子镇", "441882101"),
        ("东莞市石排镇", "441900104"),
        ("东莞市", "4419"),
        ("东莞", "4419"),
        ("全国", "0"),
        ("0", "0"),
        ("441882101001", "441882101001"),
    ],
)
def test_one_place_by_name_path_or_code(nation, name, code):
    assert nation.one(name).code == code


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("鼓楼区", ["320106", "320302", "350102", "410204"]),
        ("朝阳区", ["110105", "220104"]),
        ("朝阳", ["2113", "110105", "211321", "220104"]),
        ("吉林", ["22", "2202"]),
        ("恩施", ["4228", "422801"]),
        ("市辖区", ["1101", "1201", "3101", "5001"]),
    ],
)
def test_ambiguity_is_reported_with_full_names(nation, name, expected):
    with pytest.raises(AmbiguousPlace) as caught:
        nation.one(name)
    assert codes(caught.value.candidates) == expected
    assert "不止一处" in str(caught.value)
    assert all(full in str(caught.value) for full in caught.value.full_names)


def test_many_candidates_are_cut_short(nation):
    with pytest.raises(AmbiguousPlace, match=r"等 \d+ 处"):
        nation.one("城关镇")


def test_ambiguity_is_settled_by_place_or_level(nation):
    assert nation.one("鼓楼区", within="35").code == "350102"
    assert nation.one("吉林", level=Level.PREFECTURE).code == "2202"
    assert nation.one("东莞市", level=Level.COUNTY).code == "441900"
    assert codes(nation.find("东莞市")) == ["4419", "441900"]
    assert codes(nation.find("星子镇", within="44")) == ["441882101"]
    assert nation.find("星子镇", within="44", level=Level.COUNTY) == ()
    assert nation.find("") == ()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("441883", r"没有代码 441883。最近的上级是清远市（4418）.*连山壮族瑶族自治县（441825）等 8 处"),
        ("990101", r"最近的上级是全国（0）"),
        ("44188", r"不是区划代码"),
        ("连洲市", r"没有名为“连洲市”的区划。相近的有：连州市"),
        ("新津县", r"沿革：2019→2020 更名或改设：新津县（510132） → 新津区（510118）"),
        ("330104", r"沿革：.*江干区（330104） → 上城区（330102）；.*钱塘区（330114）"),
    ],
)
def test_what_is_not_found_is_told_with_what_comes_near(nation, asked, message):
    with pytest.raises(UnknownPlace, match=message):
        nation.one(asked)


def test_what_was_not_loaded_is_told_apart_from_what_does_not_exist(lianzhou):
    with pytest.raises(UnknownPlace, match="当前只载入了 441882 范围内"):
        lianzhou.get("441881")
    with pytest.raises(UnknownPlace, match="当前只载入到县级"):
        load_divisions("44", depth=Level.COUNTY).get("441882101")
    with pytest.raises(UnknownPlace, match=r"最近的上级是清远市（4418），其下有：清城区"):
        load_divisions("441889")


def test_depth_keeps_the_place_and_its_ancestors():
    assert len(load_divisions(depth=Level.PROVINCE)) == 35
    assert len(load_divisions(depth=Level.NATION)) == 1
    township = load_divisions("441882101", depth=Level.PROVINCE)
    assert codes(township) == ["0", "44", "4418", "441882", "441882101"]


def test_real_counties_only_unless_asked(nation):
    assert len(nation.counties("44")) == 122
    assert len(nation.counties("44", real_only=False)) == 124
    assert codes(nation.counties("4419")) == []
    assert codes(nation.counties("441882101")) == []


def test_the_table_is_arrow_with_words_for_kinds(lianzhou):
    first = lianzhou.table.slice(0, 2).to_pylist()
    assert first == [
        {"code": "0", "name": "全国", "level": 0, "kind": "real"},
        {"code": "44", "name": "广东省", "level": 2, "kind": "real"},
    ]


def test_membership_takes_anything(lianzhou):
    assert None not in lianzhou
    assert "连州市" not in lianzhou


def test_other_editions_are_refused():
    with pytest.raises(UnknownEdition, match="没有 2019 版"):
        load_divisions(edition="2019")
