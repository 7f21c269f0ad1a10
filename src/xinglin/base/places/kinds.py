"""Rules that tell real divisions from lines listed for statistics only.

Used when the data file is derived and when editions are compared. The rules read the code, whose last digits
say what class of unit it is (统计用区划代码和城乡划分代码编制规则), and, where codes say nothing, a short
list of places checked by hand; the data README names them.
"""

from __future__ import annotations

from xinglin.base.places.model import Level, PlaceKind, level_of

WITHOUT_MAINLAND_DATA = frozenset({"71", "81", "82"})
# Administered from Taiwan; listed by the statistics bureau under Fujian with one line per level.
_KINMEN_MATSU = ("350527", "350122400")

_ZONE_CODES = range(71, 80)  # county codes ending in 71–79 are development zones and the like
_DAXINGANLING = "2327"
# Districts of the Daxing'anling forest administration, never approved as divisions; recoded in 2018.
_FOREST_DISTRICTS = frozenset({"加格达奇区", "松岭区", "新林区", "呼中区"})
_SANSHA = "4603"  # lists three archipelagos; the approved districts 西沙区 and 南沙区 are not in the list

_PSEUDO_PREFECTURES = frozenset({"市辖区", "县"})
_UNIT_CLASS_ZONE = "4"  # township and village serials from 400 on are farms, zones, mines and the like
_VIRTUAL_SERIALS = frozenset({"498", "598"})


def kind_of(code: str, name: str, parent_name: str) -> PlaceKind:
    """Kind of a listed place.

    Args:
        code: statistical division code.
        name: its name.
        parent_name: name of the place one level up (tells a city standing in for its own county level).
    """
    if code[:2] in WITHOUT_MAINLAND_DATA or code.startswith(_KINMEN_MATSU):
        return PlaceKind.NO_DATA
    match level_of(code):
        case Level.PREFECTURE:
            return _prefecture_kind(name)
        case Level.COUNTY:
            return _county_kind(code, name, parent_name)
        case Level.TOWNSHIP:
            return _township_kind(code, name)
        case Level.VILLAGE:
            return _village_kind(code)
    return PlaceKind.REAL


def _prefecture_kind(name: str) -> PlaceKind:
    pseudo = name in _PSEUDO_PREFECTURES or name.endswith("直辖县级行政区划")
    return PlaceKind.PSEUDO if pseudo else PlaceKind.REAL


def _county_kind(code: str, name: str, parent_name: str) -> PlaceKind:
    if name == parent_name:
        return PlaceKind.WITHOUT_DISTRICTS
    if name == "市辖区":
        return PlaceKind.PSEUDO
    forest = code.startswith(_DAXINGANLING) and name in _FOREST_DISTRICTS
    other = code.startswith(_SANSHA) or name.endswith("行政委员会")
    if int(code[4:]) in _ZONE_CODES or forest or other:
        return PlaceKind.STATISTICAL
    return PlaceKind.REAL


def _township_kind(code: str, name: str) -> PlaceKind:
    if name.endswith("直辖村级区划"):
        return PlaceKind.PSEUDO
    return PlaceKind.STATISTICAL if code[6] >= _UNIT_CLASS_ZONE else PlaceKind.REAL


def _village_kind(code: str) -> PlaceKind:
    if code[9:] in _VIRTUAL_SERIALS:
        return PlaceKind.PSEUDO
    return PlaceKind.STATISTICAL if code[9] >= _UNIT_CLASS_ZONE else PlaceKind.REAL
