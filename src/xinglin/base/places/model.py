"""What a place is: its level, its kind, its code, and how codes contain one another.

Codes are the statistical division codes of the National Bureau of Statistics (统计用区划代码): 2 digits for
a province, 4 prefecture, 6 county, 9 township, 12 village. Each code begins with the code of the place it
lies in, so containment needs no table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from itertools import pairwise

from xinglin.base.errors import XinglinError

NATION_CODE = "0"
NATION_NAME = "全国"


class Level(IntEnum):
    """Level of a place. The value is the number of digits of its code; the nation is 0."""

    NATION = 0
    PROVINCE = 2
    PREFECTURE = 4
    COUNTY = 6
    TOWNSHIP = 9
    VILLAGE = 12

    @property
    def label(self) -> str:
        """Chinese word shown to users."""
        return _LEVEL_LABELS[self]

    @property
    def above(self) -> Level | None:
        """The next level up; None for the nation."""
        position = _LEVELS.index(self)
        return _LEVELS[position - 1] if position else None

    @property
    def below(self) -> Level | None:
        """The next level down; None for the village."""
        return dict(pairwise(_LEVELS)).get(self)


_LEVELS = tuple(Level)
_LEVEL_LABELS = {
    Level.NATION: "全国",
    Level.PROVINCE: "省级",
    Level.PREFECTURE: "地级",
    Level.COUNTY: "县级",
    Level.TOWNSHIP: "乡级",
    Level.VILLAGE: "村级",
}


class PlaceKind(StrEnum):
    """What a line of the code list stands for. Only ``REAL`` places are counted as places.

    REAL: an administrative division, or a village or residents' committee.
    STATISTICAL: listed for statistics only: a development zone, a management district, a forest bureau,
        a farm coded as a township.
    PSEUDO: a filler that keeps the code tree whole: 市辖区, 省直辖县级行政区划, 直辖村级区划, 虚拟社区.
    WITHOUT_DISTRICTS: the county-level line of a prefecture-level city that has no counties (东莞, 中山,
        儋州, 嘉峪关). It covers the same ground as the city, which is itself REAL.
    NO_DATA: a real place for which no data can be expected (71, 81, 82; 金门县, 马祖乡).
    """

    REAL = "real"
    STATISTICAL = "statistical_area"
    PSEUDO = "pseudo_level"
    WITHOUT_DISTRICTS = "without_districts"
    NO_DATA = "no_data"

    @property
    def label(self) -> str:
        """Chinese word shown to users."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    PlaceKind.REAL: "行政区划",
    PlaceKind.STATISTICAL: "统计区",
    PlaceKind.PSEUDO: "虚设层级",
    PlaceKind.WITHOUT_DISTRICTS: "不设区县的市",
    PlaceKind.NO_DATA: "无数据",
}


def level_of(code: str) -> Level:
    """Level of a well-formed code.

    Raises:
        UnknownPlace: the text is not a division code (wrong length, or not digits).
    """
    if code == NATION_CODE:
        return Level.NATION
    if code.isascii() and code.isdigit() and len(code) in _LEVELS:
        return Level(len(code))
    raise UnknownPlace(f"“{code}”不是区划代码。代码应为 2、4、6、9 或 12 位数字，全国为 0。")


def ancestor_code(code: str, level: Level) -> str:
    """Code of the place of ``level`` that contains ``code``; the code itself when it is of that level.

    Pure: looks nothing up. ``ancestor_code("441882101", Level.COUNTY)`` is ``"441882"``.

    Raises:
        UnknownPlace: not a code. ValueError: the code lies above ``level``.
    """
    if level_of(code) < level:
        raise ValueError(f"{code} 是{level_of(code).label}，没有{level.label}上级。")
    return code[:level] if level else NATION_CODE


@dataclass(frozen=True, slots=True)
class Place:
    """One place of one edition of the code list.

    Attributes:
        code: statistical division code; "0" for the nation.
        name: name as listed, e.g. 连州市.
        level, kind: see ``Level`` and ``PlaceKind``.
    """

    code: str
    name: str
    level: Level
    kind: PlaceKind

    @property
    def parent_code(self) -> str | None:
        """Code of the place one level up; None for the nation."""
        above = self.level.above
        return None if above is None else ancestor_code(self.code, above)

    @property
    def label(self) -> str:
        """Chinese word for the level, e.g. 县级."""
        return self.level.label

    @property
    def is_real(self) -> bool:
        """Whether the place is counted when places are counted."""
        return self.kind is PlaceKind.REAL


NATION = Place(NATION_CODE, NATION_NAME, Level.NATION, PlaceKind.REAL)


class UnknownPlace(XinglinError, LookupError):  # noqa: N818 – says what is the matter
    """No place has this code or name; the Chinese message says what comes near."""


class AmbiguousPlace(XinglinError, LookupError):  # noqa: N818 – says what is the matter
    """Several places answer to a name.

    Attributes:
        name: the name asked for.
        candidates: the places, highest level first, then in code order.
        full_names: their full names, in the same order.
    """

    def __init__(self, name: str, candidates: Sequence[Place], full_names: Sequence[str]) -> None:
        self.name = name
        self.candidates = tuple(candidates)
        self.full_names = tuple(full_names)
        shown = "；".join(
            f"{full}（{place.code}，{place.label}）"
            for full, place in list(zip(full_names, candidates, strict=True))[:_SHOWN]
        )
        more = f"；等 {len(candidates)} 处" if len(candidates) > _SHOWN else ""
        super().__init__(f"“{name}”不止一处：{shown}{more}。请改用代码，或写明上级。")


_SHOWN = 8
