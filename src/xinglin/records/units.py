"""Names of member units as documents print them, made comparable: 县医保局 of a county is its 医疗保障局.

A unit is told apart by whose it is and by what it does. Whose follows from how the name begins (县, 市, 省, 国家, or
the name of a place) and from the place of the record; what it does is the rest, with the usual abbreviations and
without the word for the kind of office. What cannot be read matches nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from xinglin.base.places import Divisions, Level, UnknownPlace, load_divisions
from xinglin.records.definition import Definition
from xinglin.records.fields import Field, FieldType

PARENT = "parent"
"""Among ``who.units``: the units that the record it belongs to names."""
NATION = "0"
_APART = re.compile(r"[、,;/\s]+")
_ASIDE = re.compile(r"\([^()]*\)")
_SHORT = {
    "卫生和计划生育": "卫计",
    "卫生健康": "卫健",
    "医疗保障": "医保",
    "发展和改革": "发改",
    "发展改革": "发改",
    "人力资源和社会保障": "人社",
    "人力资源社会保障": "人社",
    "市场监督管理": "市监",
    "市场监管": "市监",
    "药品监督管理": "药监",
    "药品监管": "药监",
    "文化广电旅游体育": "文旅体",
    "文旅体育": "文旅体",
    "文化广电和旅游": "文旅",
    "文化广电旅游": "文旅",
    "文化和旅游": "文旅",
    "文广旅": "文旅",
    "教育和体育": "教体",
    "教育体育": "教体",
    "工业和信息化": "工信",
    "住房和城乡建设": "住建",
    "科学技术": "科技",
    "农业和农村": "农业农村",
    "退役军人事务": "退役军人",
    "生态环境保护": "生态环境",
    "机构编制委员会办公室": "编办",
    "残疾人联合会": "残联",
    "妇女联合会": "妇联",
    "红十字会": "红会",
    "共产主义青年团": "共青团",
    "中医药管理": "中医药",
    "人民政府": "政府",
    "办公室": "办",
    "委员会": "委",
}
"""Written in full → as it is usually shortened; the longest first matters, and stands first."""
_OFFICES = ("部门", "局", "委", "厅", "部", "办")
"""Last words that only say what kind of office it is."""
_WHOLE = frozenset(("政府", "党", "县", "市", "区", "省"))
"""What no office may be shortened to: 政府办 is not the government."""
_NO_PLACE = ("市场", "市容", "市政公用", "市政园林")
"""Words that begin with 市 and mean no city."""
_MUNICIPALITIES = frozenset(("11", "12", "31", "50"))
_SHORTEST = 2


def unit_key(name: str, place: str) -> str:
    """What stands for a unit named in a record (or a grant) of a place; empty when the name cannot be read.

    Example:
        >>> unit_key("县医保局", "441827") == unit_key("清新区医疗保障局", "441803")
        False
        >>> unit_key("市医保局", "441882") == unit_key("连州市医疗保障局", "441882")
        True
    """
    text = _ASIDE.sub("", unicodedata.normalize("NFKC", name)).strip()
    whose, rest = _whose(text, place)
    rest = rest.removeprefix("委") if rest.startswith("委") and rest[1:] else rest
    for long, short in _SHORT.items():
        rest = rest.replace(long, short)
    for office in _OFFICES:
        stem = rest.removesuffix(office)
        if stem != rest and len(stem) >= _SHORTEST and stem not in _WHOLE:
            rest = stem
            break
    return f"{whose}:{rest}" if whose and rest else ""


def unit_keys(text: str, place: str) -> Iterator[str]:
    """The units of a text that lists several: 县财政局、县医保局（牵头）."""
    plain = _ASIDE.sub("", unicodedata.normalize("NFKC", text))
    for part in _APART.split(plain):
        key = unit_key(part, place)
        if key:
            yield key


def _whose(text: str, place: str) -> tuple[str, str]:
    """Code of the place whose unit a name means, and the rest of the name."""
    own = place[: Level.COUNTY]
    if text.startswith(("国家", "全国")):
        return NATION, text[2:]
    chain = _names(own)
    for code, name in chain:
        if text.startswith(name) and text != name:
            rest = text[len(name) :]
            deeper, core = _whose(rest, place) if any(rest.startswith(n) for _, n in chain) else (code, rest)
            return deeper, core
    begins = len(text) > _SHORTEST and not text.startswith(_NO_PLACE)
    found = _meant(text[:1], own, dict(chain)) if begins else None
    if found is not None:
        return found, text[1:]
    return own, text


def _meant(word: str, place: str, names: Mapping[str, str]) -> str | None:
    """The place above a record (or its own) that 县, 市, 省 mean there; empty: none; None: the word says none."""
    if word == "省":
        return place[:2]
    if word in ("州", "盟"):
        return place[:4] if len(place) >= Level.PREFECTURE else ""
    if word in ("县", "区", "旗"):
        return place if len(place) == Level.COUNTY else ""
    if word != "市":
        return None
    if len(place) == Level.COUNTY and names.get(place, "").endswith("市"):
        return place
    return place[:2] if place[:2] in _MUNICIPALITIES else place[:4] if len(place) >= Level.PREFECTURE else ""


@lru_cache(maxsize=4096)
def _names(place: str) -> tuple[tuple[str, str], ...]:
    """Code and name of a county (or what lies above it) and of all above, the nearest first."""
    known = _counties()
    try:
        listed = [known.get(place), *known.ancestors(place)] if place not in ("", NATION) else []
    except UnknownPlace:
        return ()
    return tuple((one.code, one.name) for one in listed if one.is_real and one.code != NATION)


@lru_cache(maxsize=1)
def _counties() -> Divisions:
    return load_divisions(None, Level.COUNTY)


def units_in(definition: Definition, values: Mapping[str, Any], place: str) -> frozenset[str]:
    """Keys of the units that a record names in the fields of ``who.units`` (those of its parent are not among them)."""
    found: set[str] = set()
    for name in definition.who.units:
        value = values.get(name)
        if name == PARENT or value is None:
            continue
        field = definition.fields[name]
        for text in _texts(definition, name, field, value):
            found.update(unit_keys(text, place))
    return frozenset(found)


def _texts(definition: Definition, name: str, field: Field, value: Any) -> list[str]:
    if field.type not in (FieldType.CODE, FieldType.CODES):
        return [str(value)]
    from xinglin.records.cells import code_list

    codes = code_list(field, definition.id, name).codes
    chosen = value if isinstance(value, tuple) else (value,)
    return [codes[one].label for one in chosen if one in codes]
