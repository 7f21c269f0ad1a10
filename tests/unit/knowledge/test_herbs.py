"""Herbs: names, the tables themselves."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest

from xinglin.base.errors import DefinitionError
from xinglin.knowledge import formulas, herbs, incompatibility
from xinglin.knowledge.herbs import Ambiguous, Found, Refused, Unknown

FOUND = [
    ("甘草", "甘草"),
    (" 甘 草　", "甘草"),
    ("双花", "金银花"),
    ("杏仁", "苦杏仁"),
    ("北五加皮", "香加皮"),
    ("五加皮", "五加皮"),
    ("川军", "大黄"),
    ("禹白附", "白附子"),
    ("瓜蒌根", "天花粉"),
    ("生白附子", "白附子"),
    ("生千金子", "千金子"),
]
AMBIGUOUS = [
    ("贝母", ("川贝母", "浙贝母", "平贝母", "伊贝母", "湖北贝母"), ""),
    ("白附", ("白附子", "白附片"), ""),
    ("芍药", ("白芍", "赤芍"), ""),
    ("贯众", ("绵马贯众",), "绵马贯众"),
    ("朴硝", ("芒硝", "玄明粉"), "芒硝"),
]


@pytest.mark.parametrize(("written", "name"), FOUND)
def test_a_name_that_means_one_herb(written: str, name: str) -> None:
    answer = herbs.find(written)
    assert isinstance(answer, Found)
    assert answer.herb.name == name


@pytest.mark.parametrize(("written", "candidates", "default"), AMBIGUOUS)
def test_a_name_that_means_several_is_never_resolved(
    written: str, candidates: tuple[str, ...], default: str
) -> None:
    """Also where one is preselected: it is the prescriber who chooses."""
    answer = herbs.find(written)
    assert isinstance(answer, Ambiguous)
    assert (answer.candidates, answer.default) == (candidates, default)
    assert answer.reason


def test_every_name_that_needs_care_is_answered_as_the_table_says() -> None:
    table = herbs.load()
    kinds = {
        "map": Found,
        "hint": Found,
        "confirm": Ambiguous,
        "reject": Refused,
        "reject_unless_toxic": Found,
    }
    for name, generic in table.generic.items():
        answer = herbs.find(name)
        if name in table.herbs:
            assert isinstance(answer, Found)
            assert answer.herb.name == name
        else:
            assert isinstance(answer, kinds[generic.action]), name
        if generic.action == "reject_unless_toxic":
            assert isinstance(answer, Found)
            assert answer.raw, name


def test_every_alias_leads_to_its_herb_unless_it_needs_care() -> None:
    table = herbs.load()
    for alias, name in table.aliases.items():
        answer = herbs.find(alias)
        if isinstance(answer, Found):
            assert answer.herb.name == name, alias
        else:
            assert alias in table.generic, alias


def test_every_item_of_the_toxic_list_is_known() -> None:
    table = herbs.load()
    assert len(table.toxic) == 28
    for official, item in table.toxic.items():
        answer = herbs.find(official)
        assert isinstance(answer, Found), official
        assert answer.herb.name == item.herb
        if item.daily_max is not None:
            assert item.daily_max in {answer.herb.dose_max, (answer.herb.dose_max or 0) * 2}, official


def test_fresh_herbs_only_where_the_book_gives_a_fresh_dose() -> None:
    assert [
        getattr(herbs.find(name), "fresh", None) for name in ("鲜芦根", "鲜鱼腥草", "芦根", "鲜人参")
    ] == [
        True,
        True,
        False,
        None,
    ]


def test_a_name_that_is_not_here_stays_unknown_with_suggestions() -> None:
    assert herbs.find("炒白及") == Unknown("炒白及", ("白及",))
    assert herbs.find("姜南星") == Unknown("姜南星", ("制天南星", "天南星", "胆南星"))
    assert herbs.find("青霉素") == Unknown("青霉素")
    assert herbs.find("") == Unknown("")
    assert "白果" not in herbs.near("青霉素")
    assert "金银花" in herbs.near("金银化")


def test_the_tables_hold_together() -> None:
    table = herbs.load()
    assert len(table) == 729
    assert len({herb.id for herb in table}) == 729
    assert len(formulas.load()) == 194
    assert len(incompatibility.load()) == 132
    for pair in incompatibility.load():
        assert {pair.first, pair.second} <= set(table.herbs), pair.id
    for herb in table:
        assert not herb.base or herb.base != herb.name
        assert herb.special_use or herb.special_max is None
        if herb.grade == "D":
            assert herb.banned or herb.never_oral or herb.dose_max is None or "dose" in herb.doubt, herb.name


def test_formulas_are_found_by_name() -> None:
    found = formulas.find("小青龙汤")
    assert found is not None
    assert formulas.get(found.id) is found
    assert found in formulas.containing("细辛")
    assert formulas.find("没有这首方") is None
    assert formulas.get("F999") is None
    assert {part.herb: part.decoction for part in formulas.load()["F001"].ingredients}["苦杏仁"] == "后下"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("净麻黄", "桂枝", "“桂枝”同时属于 麻黄 和 桂枝"),
        ("H0002,桂枝,", "H0002,桂枝", "格，应有"),
        (",chaotaoren,ctr,,桃仁,", ",chaotaoren,ctr,,没有,", "炒桃仁 指向“没有”，表中没有"),
        (",温,辛、微苦,肺、膀胱,2,10,CHP,", ",温,辛、微苦,肺、膀胱,12,10,CHP,", "麻黄 的剂量下限大于上限"),
        (",温,辛、微苦,肺、膀胱,2,10,CHP,", ",温,辛、微苦,肺、膀胱,2,10g,CHP,", "“10g”不是数字"),
    ],
)
def test_a_table_with_a_fault_is_refused(tmp_path: Path, old: str, new: str, fault: str) -> None:
    folder = tmp_path / "chp2020"
    copytree(Path(herbs.__file__).parent / "data" / "chp2020", folder)
    path = folder / "herbs.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError, match=fault):
        herbs.load("chp2020", tmp_path)
