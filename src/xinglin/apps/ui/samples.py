"""Charts of invented numbers for the page of components, every kind once and every state a number can be in."""

from __future__ import annotations

from datetime import date

from xinglin.apps.ui.figures import outlines
from xinglin.apps.ui.places import divisions
from xinglin.base.states import ValueState, Verdict
from xinglin.report.comparisons import Missing, comparison_figure, gap_figure
from xinglin.report.figure import Figure, Point
from xinglin.report.maps import map_figure
from xinglin.report.outlines import map_places
from xinglin.report.trends import Aim, Vintage, trend_figure

CITY, COUNTY = "4418", "441882"
_STATES = (ValueState.NOT_REPORTED, ValueState.SUPPRESSED, ValueState.NOT_APPLICABLE, ValueState.NOT_CLOSED)
_TARGET = 80.0


def figures() -> list[Figure]:
    """A map by verdict and one by value, tiles, a trend, a comparison, gaps."""
    known = divisions()
    counties = [(place.code, place.name) for place in map_places(known, CITY)]
    towns = [(place.code, place.name) for place in known.children(COUNTY)]
    city = outlines(CITY)
    return [
        map_figure("达标情况（演示数据）", _points(counties, judged=True), city, "%"),
        map_figure("覆盖率（演示数据）", _points(counties, judged=False), city, "%"),
        map_figure("没有轮廓的乡镇（演示数据）", _points(towns, judged=True), outlines(COUNTY), "%"),
        _trend(),
        comparison_figure("单位比较（演示数据）", _points(towns, judged=True), _TARGET, "目标 ≥80%", "%"),
        _gaps(),
    ]


def _points(places: list[tuple[str, str]], *, judged: bool) -> list[Point]:
    return [_point(number, code, name, judged) for number, (code, name) in enumerate(places)]


def _point(number: int, code: str, name: str, judged: bool) -> Point:
    if number % 4 == 3:
        state = _STATES[number // 4 % len(_STATES)]
        return Point(code, name, None, state.label, state, href="#charts")
    whole = 8 if number % 5 == 4 else 50
    part = whole * (60 + number * 3) // 100
    value = 100 * part / whole
    verdict = Verdict.MET if value >= _TARGET else Verdict.WARN if number % 2 else Verdict.NOT_MET
    return Point(
        code,
        name,
        value,
        f"{value:.1f}%",
        verdict=verdict if judged else None,
        exact=f"{part} ÷ {whole}",
        denominator=whole,
        href="#charts",
    )


def _trend() -> Figure:
    numbers = [(2022, 61.2), (2023, 66.0), (2024, None), (2025, 78.4)]
    vintages = [_vintage(year, value) for year, value in numbers]
    aims = [
        Aim(date(2022, 3, 1), date(2025, 12, 31), 80.0, "≥80%（国家规划）"),
        Aim(date(2023, 1, 1), date(2027, 12, 31), 90.0, "≥90%（省方案）"),
    ]
    return trend_figure("历年覆盖率（演示数据）", vintages, aims, 58.0, "%")


def _vintage(year: int, value: float | None) -> Vintage:
    on = date(year, 12, 31)
    if value is None:
        return Vintage(on, None, ValueState.NOT_REPORTED.label, ValueState.NOT_REPORTED)
    return Vintage(on, value, f"{value}%", exact=f"{value * 5:.0f} ÷ 500", href="#charts")


def _gaps() -> Figure:
    missing = [
        Missing("村卫生室能提供中医药服务", 0.74, "还差 21 家村卫生室", "66.7%", "90%", Verdict.NOT_MET),
        Missing("每万人口中医类别医师", 0.9, "还差 12 名", "7.2", "8", Verdict.WARN),
        Missing("规范化中医馆", 1.0, "已达到", "100%", "100%", Verdict.MET),
        Missing("中医药文化知识角", None, "未报", "未报", "有", Verdict.NOT_JUDGED),
    ]
    return gap_figure("差距（演示数据）", missing)
