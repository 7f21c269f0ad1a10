"""Names of units, made comparable; whose they are and what they do decide, not how they are written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from record_making import content_of, faults, load, write

from xinglin.records.units import unit_key, unit_keys, units_in

COUNTY, CITY, LIANZHOU, DISTRICT = "441827", "4418", "441882", "370305"
"""A 县 (none of that name any more: by its code alone), its city, a 县级市, a district (临淄区)."""

ALIKE = [
    (
        LIANZHOU,
        "市医保局",
        "连州市医疗保障局",
        "医保局",
        "医疗保障部门",
        "市医保局（牵头）",
        " 广东省清远市连州市医疗保障局 ",
    ),
    (LIANZHOU, "市卫生健康局", "卫健局", "卫生健康（中医药）部门", "连州市卫健局（演示）"),
    (LIANZHOU, "市委宣传部", "宣传部门", "宣传部"),
    (LIANZHOU, "市市场监督管理局", "市场监管部门", "市场监管（药品监管）部门"),
    (LIANZHOU, "市发展和改革局", "发改局", "发展改革部门"),
    (CITY, "市人社局", "清远市人力资源和社会保障局", "人力资源社会保障部门"),
    (DISTRICT, "区卫健局", "临淄区卫生健康局"),
    (DISTRICT, "区委编办", "编办", "机构编制委员会办公室"),
    (DISTRICT, "市卫生健康委", "淄博市卫生健康委员会"),
    (DISTRICT, "省中医药管理局", "山东省中医药局"),
    ("110101", "市卫生健康委", "北京市卫生健康委员会"),
]
APART = [
    (LIANZHOU, "市医保局", "清远市医保局"),
    (LIANZHOU, "市医保局", "省医保局"),
    (LIANZHOU, "市民政局", "民政协会"),
    (LIANZHOU, "市政府", "市政府办公室"),
    (LIANZHOU, "卫健局", "国家卫健委"),
    (DISTRICT, "区卫健局", "市卫健局"),
    (DISTRICT, "区教体局", "区教育局"),
]


@pytest.mark.parametrize("case", ALIKE, ids=lambda case: case[1])
def test_the_same_unit(case: tuple[str, ...]) -> None:
    place, *names = case
    assert len({unit_key(name, place) for name in names}) == 1
    assert unit_key(names[0], place)


@pytest.mark.parametrize("case", APART, ids=lambda case: f"{case[1]} {case[2]}")
def test_other_units(case: tuple[str, str, str]) -> None:
    place, one, other = case
    assert unit_key(one, place) != unit_key(other, place)


def test_the_same_name_is_another_unit_elsewhere() -> None:
    keys = {unit_key("医保局", place) for place in (LIANZHOU, "441881", CITY, DISTRICT, "44")}
    assert len(keys) == 5
    assert unit_key("市医保局", CITY) == unit_key("清远市医保局", LIANZHOU)
    assert unit_key("县医保局", CITY) == ""  # which county? None is meant that could be told
    assert unit_key("医保局", "441882101001") == unit_key("医保局", LIANZHOU)


@given(st.text(max_size=30), st.sampled_from([LIANZHOU, CITY, "44", DISTRICT, "0", "999999", ""]))
def test_any_text_has_a_key_or_none(text: str, place: str) -> None:
    for key in (unit_key(text, place), *unit_keys(text, place)):
        assert key == "" or (key.split(":")[0].isdigit() and key.split(":", 1)[1])


def test_texts_and_choices_name_several(tmp_path: Path) -> None:
    changes = {
        "who.read": ["liaison"],
        "who.units": ["name", "rooms"],
        "fields.rooms.options": {"hall": "财政部门", "screen": "教育部门"},
    }
    one = load(tmp_path, "register", changes)
    found = units_in(one, {"name": "市医保局、市卫健局（牵头）；省医保局", "rooms": ("hall",)}, LIANZHOU)
    assert found == {f"{LIANZHOU}:医保", f"{LIANZHOU}:卫健", "44:医保", f"{LIANZHOU}:财政"}
    assert units_in(one, {"name": None, "rooms": None}, LIANZHOU) == frozenset()


def test_a_parent_without_units_names_none(tmp_path: Path) -> None:
    child = content_of(
        "register", {"subject": "record", "of": "thing", "unique": [], "facts": [], "reports": {}}
    )
    child |= {
        "who": {"read": ["liaison"], "write": ["liaison"], "units": ["parent"]},
        "serves": {"S232": ["deadline"]},
    }
    child["due"] = {
        "every": "year",
        "per": "parent",
        "who": "liaison",
        "parents": {"field": "state", "is": "nowhere"},
    }
    write(tmp_path, "thing", content_of("case"))
    write(tmp_path, "below", child)
    told = faults(tmp_path)
    assert told == (
        "culture/below：who.units：上级记录“thing”的 who.units 里没有它自己的字段，parent 不起作用",
        "culture/below：due.parents：thing “state”没有“nowhere”这一项",
    )
