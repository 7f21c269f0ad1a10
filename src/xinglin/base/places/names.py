"""How people write place names: without endings, as a path from the province down, or slightly wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from xinglin.base.places.model import Place, PlaceKind

_PEOPLES = (
    "(壮|回|维吾尔|蒙古|藏|苗|瑶|彝|土家|侗|布依|满|朝鲜|白|哈尼|傣|黎|傈僳|佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|"
    "达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|普米|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春|哈萨克|门巴|珞巴|各)族?"
)
_UNITS = (
    "(自治区|特别行政区|省|市|地区|自治州|州|盟|新区|林区|特区|区|自治县|县|自治旗|旗|"
    "民族乡|镇|乡|街道|苏木|地区办事处|村民委员会|居民委员会|村委会|居委会|社区居委会|社区居民委员会|社区|村|嘎查)"
)
_ENDING = re.compile(f"({_PEOPLES}){{0,4}}{_UNITS}")


def is_ending(text: str) -> bool:
    """Whether the text is only the generic end of a name: 市, 壮族自治区, 社区居委会."""
    return _ENDING.fullmatch(text) is not None


def leads_to(path: str, above: Sequence[str]) -> bool:
    """Whether a path spells names of ancestors, from the top down, none out of order.

    Args:
        path: e.g. 广东省清远市. above: names of the ancestors, nearest first.
    """
    rest = path
    for name in reversed(above):
        rest = rest.removeprefix(name)
    return not rest


def is_spoken(place: Place) -> bool:
    """Whether a full name mentions the place: fillers and stand-ins are passed over."""
    return place.kind not in (PlaceKind.PSEUDO, PlaceKind.WITHOUT_DISTRICTS)


def nearest(name: str, spellings: Iterable[str], limit: int = 3) -> list[str]:
    """Names that are spelled much like this one, best first."""
    return get_close_matches(name, list(spellings), n=limit, cutoff=0.6)


def enumerated(places: Sequence[Place], limit: int = 5) -> str:
    """The first few places with their codes, in Chinese."""
    shown = "、".join(f"{place.name}（{place.code}）" for place in places[:limit])
    return f"{shown}等 {len(places)} 处" if len(places) > limit else shown or "（无）"
