"""Places: what lies where, and what a name may mean. Public knowledge, the same for everybody."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from ninja import Field, Query, Schema

from xinglin.apps.access.scope import NATION
from xinglin.apps.api.operations import Section
from xinglin.apps.api.paging import Listed, PageQuery, page_of
from xinglin.apps.ui.places import divisions, place_name, suggest
from xinglin.base.places import Place, UnknownPlace

section = Section("地区")
CHOOSE = "place.choose"


class PlaceOut(Schema):
    """A place."""

    code: str = Field(description="行政区划代码：2、4、6、9 或 12 位；0 是全国")
    name: str
    full_name: str
    digits: int = Field(description="代码的位数，即层级")
    kind: str


class PlaceAsked(PageQuery):
    """A name, its initials or the beginning of a code."""

    q: str = Field(min_length=1, max_length=60)


@section.read("/places", CHOOSE, Listed[PlaceOut])
def find_places(request: Any, asked: Query[PlaceAsked]) -> Any:
    """按名称、拼音首字母或代码查找地区
    一页以内：最像的在前。
    """
    found = [divisions().get(one.value) for one in suggest(asked.q, [NATION])]
    return page_of(request, found, asked, lambda rows: [_shown(one) for one in rows])


@section.read("/places/{code}", CHOOSE, PlaceOut)
def get_place(request: Any, code: str) -> Any:
    """一个地区"""
    return _shown(_place(code))


@section.read("/places/{code}/children", CHOOSE, Listed[PlaceOut])
def list_children(request: Any, code: str, asked: Query[PageQuery]) -> Any:
    """直接下级地区，按代码排"""
    found = divisions().children(_place(code).code)
    return page_of(request, found, asked, lambda rows: [_shown(one) for one in rows])


def _place(code: str) -> Place:
    try:
        return divisions().get(code)
    except UnknownPlace:
        raise Http404 from None


def _shown(place: Place) -> dict[str, Any]:
    return {
        "code": place.code,
        "name": place.name,
        "full_name": place_name(place.code),
        "digits": 0 if place.code == NATION else len(place.code),
        "kind": str(place.kind),
    }
