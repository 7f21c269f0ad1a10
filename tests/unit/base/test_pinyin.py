"""Readings of names: surnames, order, search."""

from __future__ import annotations

import re
import unicodedata

import pytest
from pypinyin import Style, lazy_pinyin

from xinglin.base.pinyin import SURNAMES, Reading, of_name, of_person, split_surname
from xinglin.base.places import load_divisions


@pytest.mark.parametrize(
    ("name", "plain", "initials"),
    [
        ("单雄信", "shanxiongxin", "sxx"),
        ("仇英", "qiuying", "qy"),
        ("曾国藩", "zengguofan", "zgf"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("欧阳", "ouyang", "oy"),
        ("张 三", "zhangsan", "zs"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("John Smith", "johnsmith", "johnsmith"),
        ("", "", ""),
    ],
)
def test_people(name: str, plain: str, initials: str) -> None:
    reading = of_person(name)
    assert (reading.plain, reading.initials) == (plain, initials)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("连州市中医院", "lianzhoushizhongyiyuan"),
        ("重庆市", "chongqingshi"),
        ("番禺区", "panyuqu"),
        ("东莞市", "dongguanshi"),
        ("第2村（演示）A区", "di2cunyanshiaqu"),
        ("ＡＢ１２", "ab12"),
        ("星子镇", "xingzizhen"),
        ("桌子", "zhuozi"),
        ("奶奶庙乡", "nainaimiaoxiang"),
    ],
)
def test_names_are_read_as_spoken(name: str, plain: str) -> None:
    assert of_name(name).plain == plain


def test_order_is_that_of_a_dictionary() -> None:
    names = ["第10村", "连州", "梁村", "第2村", "安村", "联村", "连村", "A村"]
    expected = ["A村", "安村", "第2村", "第10村", "联村", "连村", "连州", "梁村"]
    assert sorted(names, key=lambda name: of_name(name).sort_key) == expected


def test_keys_hold_only_letters_and_digits() -> None:
    key = of_name("连州市（演示）A-2 绿〇 😀").sort_key
    assert key.isascii()
    assert key.isalnum()
    assert key == key.lower()


@pytest.mark.parametrize("name", [name for name in SURNAMES if len(name) == 1])
def test_each_surname_of_the_table_is_read_otherwise(name: str) -> None:
    assert lazy_pinyin(name, style=Style.TONE3, neutral_tone_with_five=True) != [SURNAMES[name]]


@pytest.mark.parametrize("name", SURNAMES)
def test_each_entry_has_a_syllable_per_character(name: str) -> None:
    assert len(SURNAMES[name].split()) == len(name)


def test_surname_and_rest() -> None:
    assert split_surname("诸葛亮") == ("诸葛", "亮")
    assert split_surname("张三丰") == ("张", "三丰")
    assert split_surname("买买提·热合曼") == ("买买提", "热合曼")


def test_neutral_tones_are_the_last_of_their_syllable() -> None:
    """A syllable without a tone keeps all its letters, and sorts behind the four others."""
    assert of_name("星子镇").initials == "xzz"
    assert of_name("星子镇").sort_key == "xing10661fzi505b50zhen409547"
    assert sorted(["孩子", "孩自", "孩紫"], key=lambda name: of_name(name).sort_key) == [
        "孩紫",
        "孩自",
        "孩子",
    ]


def test_all_divisions_of_a_province_read_as_plainly_put() -> None:
    """Readings go through caches; the plain way, name by name, must say the same of every place of Guangdong."""
    names = {division.name for division in load_divisions("44")}
    assert len(names) > 15_000
    assert [name for name in names if of_name(name) != plainly_read(name)] == []


def plainly_read(name: str) -> Reading:
    """The reading of a name of Chinese characters, letters and brackets, without a cache."""
    read = lazy_pinyin(name, style=Style.TONE3, errors=list)  # type: ignore[return-value,arg-type]
    parts = []
    for syllable, sign in zip(read, name, strict=True):
        if sign.isascii() and sign.isalnum():
            parts.append((sign.lower(),) * 3)
        elif sign >= "\u3400" and not sign.isascii() and unicodedata.category(sign) == "Lo":
            letters, tone = re.fullmatch(
                r"([a-zü]+)([1-4]?)", "zz" if syllable == sign else syllable
            ).groups()  # type: ignore[union-attr]
            parts.append((letters, letters[0], f"{letters}{tone or 5}{ord(sign):05x}"))
    plain, initials, key = map("".join, zip(*parts, strict=True))
    return Reading(plain, initials, key)
