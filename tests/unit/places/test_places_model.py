import pytest

from xinglin.base.places import NATION, Level, Place, PlaceKind, UnknownPlace, ancestor_code, level_of

LIANZHOU = Place("441882", "连州市", Level.COUNTY, PlaceKind.REAL)


def test_level_is_the_number_of_digits():
    assert [int(level) for level in Level] == [0, 2, 4, 6, 9, 12]


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("0", Level.NATION),
        ("44", Level.PROVINCE),
        ("4418", Level.PREFECTURE),
        ("441882", Level.COUNTY),
        ("441882101", Level.TOWNSHIP),
        ("441882101001", Level.VILLAGE),
    ],
)
def test_level_of_a_code(code, level):
    assert level_of(code) is level


@pytest.mark.parametrize("text", ["", "4", "441", "44188", "44188x", "4418821011", "４４", "连州市"])
def test_what_is_not_a_code_is_refused_in_chinese(text):
    with pytest.raises(UnknownPlace, match="不是区划代码"):
        level_of(text)


@pytest.mark.parametrize(
    ("code", "level", "expected"),
    [
        ("441882101", Level.COUNTY, "441882"),
        ("441882101001", Level.TOWNSHIP, "441882101"),
        ("441882", Level.COUNTY, "441882"),
        ("441882", Level.PROVINCE, "44"),
        ("441882", Level.NATION, "0"),
        ("0", Level.NATION, "0"),
    ],
)
def test_ancestor_code_is_a_prefix(code, level, expected):
    assert ancestor_code(code, level) == expected


def test_a_place_has_no_ancestor_below_itself():
    with pytest.raises(ValueError, match="县级"):
        ancestor_code("441882", Level.TOWNSHIP)


def test_parents_up_to_the_nation():
    assert LIANZHOU.parent_code == "4418"
    assert Place("44", "广东省", Level.PROVINCE, PlaceKind.REAL).parent_code == "0"
    assert NATION.parent_code is None


def test_levels_and_kinds_have_chinese_labels():
    assert LIANZHOU.label == "县级"
    assert [level.label for level in Level] == ["全国", "省级", "地级", "县级", "乡级", "村级"]
    assert len({kind.label for kind in PlaceKind}) == len(PlaceKind)


def test_levels_know_their_neighbours():
    assert Level.COUNTY.above is Level.PREFECTURE
    assert Level.COUNTY.below is Level.TOWNSHIP
    assert Level.NATION.above is None
    assert Level.VILLAGE.below is None


def test_a_place_is_a_value():
    assert Place("441882", "连州市", Level.COUNTY, PlaceKind.REAL) == LIANZHOU
    with pytest.raises(AttributeError):
        LIANZHOU.name = "连县"
