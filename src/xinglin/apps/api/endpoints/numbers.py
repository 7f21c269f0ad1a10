"""What the pages of insight show: targets and how a place stands, numbers, the units and rows behind them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404
from ninja import Field, Query, Schema

from xinglin.apps.api.operations import Section
from xinglin.apps.api.paging import Listed, PageQuery, page_of
from xinglin.apps.insight import pictures
from xinglin.apps.insight.history import Point
from xinglin.apps.insight.pictures import Counts, Picture
from xinglin.standing.areas_file import Area, Measure, Number, ResultRow, UnitRow
from xinglin.standing.opened import Opened

section = Section("指标和对照")
VIEW = "insight.view"


class VintageAsked(Schema):
    """Of which publication."""

    vintage: str = Field("", max_length=40, description="统计期次的编号；默认最新的")


class PagedOfVintage(PageQuery):
    """Which page, of which publication."""

    vintage: str = Field("", max_length=40, description="统计期次的编号；默认最新的")


class UnitsOfVintage(PagedOfVintage):
    """Which units."""

    included: Literal["", "计入分子", "只在分母", "计入", "未计"] = Field("", description="只列这一类")
    search: str = Field("", max_length=60, description="名称里的文字")


class PublishedOut(Schema):
    """From which publication the numbers come."""

    vintage: str
    place: str
    on: date
    published_at: datetime
    demonstration: bool = Field(description="演示数据")


class StandingOut(Schema):
    """How a place stands to all targets that bind it."""

    published: PublishedOut
    area: Area
    counts: Counts
    results: list[ResultRow]


class NumberOut(Schema):
    """A number of a place and of the places directly below it."""

    published: PublishedOut
    measure: Measure
    number: Number
    below: list[Number]
    targets: list[ResultRow]


class UnitsOut(Schema):
    """Units of a measure; their numerators and denominators add up to the number's."""

    items: list[UnitRow]
    page: int
    pages: int
    total: int
    included: dict[str, int]
    numerator: str
    denominator: str
    opened: bool = Field(description="逐个列得出；太多时不逐个列")
    withheld: bool = Field(description="份数太少，不公布")


@section.read("/areas/{code}/standing", VIEW, StandingOut)
def get_standing(request: Any, code: str, asked: Query[VintageAsked]) -> Any:
    """一个县以上地区的对照结果：每份文件每个目标的数值、评判、差距"""
    picture = _picture(request)
    return {
        "published": _published(picture),
        "area": picture.area(code),
        "counts": picture.counts(code),
        "results": picture.rows_of_results(code),
    }


@section.read("/areas/{code}/children", VIEW, list[Area])
def list_areas(request: Any, code: str, asked: Query[VintageAsked]) -> Any:
    """有数的下级地区"""
    return _picture(request).children(code)


@section.read("/measures", VIEW, Listed[Measure])
def list_measures(request: Any, asked: Query[PagedOfVintage]) -> Any:
    """指标（连同参数）；key 用来取数"""
    return page_of(request, _picture(request).measures(), asked, list)


@section.read("/measures/{key}/areas/{code}", VIEW, NumberOut)
def get_number(request: Any, key: str, code: str, asked: Query[VintageAsked]) -> Any:
    """一个指标在一个地区和它下级的数，及各文件的目标"""
    picture = _picture(request)
    return {
        "published": _published(picture),
        "measure": picture.measure(key),
        "number": picture.number(key, code),
        "below": picture.numbers(key, code),
        "targets": picture.targets(key, code),
    }


@section.read("/measures/{key}/areas/{code}/history", VIEW, list[Point])
def list_points(request: Any, key: str, code: str, asked: Query[VintageAsked]) -> Any:
    """各期的数，旧的在前；同一数据日期先后发布的都在"""
    picture = _picture(request)
    picture.measure(key)
    return picture.history(key, picture.area(code).code)


@section.read("/measures/{key}/areas/{code}/units", VIEW, UnitsOut)
def list_units(request: Any, key: str, code: str, asked: Query[UnitsOfVintage]) -> Any:
    """数的背后：逐个统计对象，是否计入及理由"""
    picture = _picture(request)
    picture.measure(key)
    found = picture.units(
        key, code, included=asked.included, search=asked.search, page=asked.page, per_page=asked.size
    )
    names = ("page", "pages", "total", "included", "numerator", "denominator", "opened", "withheld")
    return {"items": found.units, **{name: getattr(found, name) for name in names}}


@section.read("/measures/{key}/units/{unit}", VIEW, Opened)
def get_rows(request: Any, key: str, unit: str, asked: Query[PagedOfVintage]) -> Any:
    """一个统计对象的明细行：加起来就是它的分子和分母"""
    picture = _picture(request)
    picture.measure(key)
    return picture.rows(key, unit, asked.page, asked.size)


@section.read("/facilities/{facility}/counted", VIEW, list[UnitRow])
def list_counted(request: Any, facility: str, asked: Query[VintageAsked]) -> Any:
    """一个机构计入了哪些指标，缺什么"""
    return _picture(request).facility(facility)


def _picture(request: Any) -> Picture:
    """The publication that is asked for. Raises Http404: there is none, or it is another area's."""
    found = pictures.of(request)
    if found is None:
        raise Http404
    return found


def _published(picture: Picture) -> dict[str, Any]:
    row = picture.vintage
    return {
        "vintage": row.pk,
        "place": row.place,
        "on": row.on,
        "published_at": row.published_at,
        "demonstration": picture.info.demonstration,
    }
