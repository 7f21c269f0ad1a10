"""指标: every number of a place with its targets, opened place by place, unit by unit, down to the rows it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.insight import pictures, redefined, standing_now
from xinglin.apps.insight.history import Point
from xinglin.apps.insight.pictures import Picture
from xinglin.apps.insight.tasks.generating import library
from xinglin.base.states import ValueState, Verdict
from xinglin.report import trends
from xinglin.report.figure import Figure
from xinglin.standing import Result
from xinglin.standing.areas_file import Measure, Number, ResultRow

FILTERS = {
    "met": "达标",
    "not_met": "未达标",
    "warn": "未达（非硬性）",
    "no_data": "没有数",
    "wanted": "尚无定义",
    "silent": "有单位没有报",
}
"""What the list can be narrowed to: verdicts, what has none, what some units did not report for."""
INCLUDED = ("计入分子", "只在分母", "计入", "未计")


@dataclass
class Line:
    """A number of the list with every target that rests on it."""

    key: str
    label: str
    unit: str
    number: Number | None
    rows: list[ResultRow] = field(default_factory=list)
    address: str = ""

    @property
    def worst(self) -> Verdict:
        """The verdict that asks for most."""
        order = (Verdict.NOT_MET, Verdict.WARN, Verdict.MET, Verdict.NOT_JUDGED)
        return min((row.verdict for row in self.rows), key=order.index, default=Verdict.NOT_JUDGED)


def nothing(request: HttpRequest) -> HttpResponse:
    """The page where nothing was published yet."""
    return render(request, "insight/nothing.html", {"nothing": pictures.nothing(request)})


def place_asked(request: HttpRequest, picture: Picture) -> str:
    """The place a page is about: the one asked for, else the account's own; "" for who has facilities only."""
    return request.GET.get("place") or (picture.home.code if picture.home is not None else "")


def page_asked(request: HttpRequest) -> int:
    """The page of a list that is asked for; the first for what is no number."""
    text = request.GET.get("page", "1")
    return int(text) if text.isdecimal() and len(text) < 9 else 1


@route("insight.view")
@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    """All numbers of a place; narrowed by document, by how they stand, by words."""
    picture = pictures.of(request)
    if picture is None:
        return nothing(request)
    place = place_asked(request, picture)
    if not place:
        return render(request, "insight/own_facilities.html", {"picture": picture})
    asked = {name: request.GET.get(name, "") for name in ("document", "state", "q")}
    judged = picture.has_results(place)
    lines = _judged(picture, place, asked) if judged else _counted(picture, place, asked["q"])
    context = {
        "picture": picture,
        "place": picture.area(place),
        "path": picture.path(place),
        "children": [area for area in picture.children(place) if area.real],
        "vintages": pictures.vintages_of(picture.scope, place),
        "query": standing_now.query(place, picture),
        "asked": asked,
        "filters": FILTERS,
        "documents": _documents(picture, place) if judged else [],
        "lines": lines,
        "judged": judged,
        "tones": standing_now.TONES,
    }
    return render(request, "insight/indicators.html", context)


def _documents(picture: Picture, place: str) -> list[tuple[str, str]]:
    rows = picture.rows_of_results(place)
    return list({row.document: row.document_short for row in rows}.items())


def _judged(picture: Picture, place: str, asked: dict[str, str]) -> list[Line]:
    """Numbers in the order of the documents that ask for them; what has no definition stands at the end."""
    found: dict[str, Line] = {}
    for row in picture.rows_of_results(place):
        if not _fits(row, asked):
            continue
        key = row.measure_key or f"{row.document}/{row.target}"
        line = found.setdefault(key, Line(row.measure_key, row.measure_label or row.summary, "", None))
        line.rows.append(row)
    for line in found.values():
        if line.key:
            line.number = picture.number(line.key, place)
            line.unit = picture.measure(line.key).unit
            line.address = standing_now.address_of(line.key, place, picture)
    return sorted(found.values(), key=lambda line: not line.key)


def _fits(row: ResultRow, asked: dict[str, str]) -> bool:
    states = {
        "met": row.verdict is Verdict.MET,
        "not_met": row.verdict is Verdict.NOT_MET,
        "warn": row.verdict is Verdict.WARN,
        "no_data": row.state is not ValueState.NUMBER and not row.wanted,
        "wanted": row.wanted,
        "silent": row.n_reported < row.n_units,
    }
    words = (
        f"{row.measure_label} {row.summary} {' '.join(row.clauses)} {row.target} {' '.join(row.responsible)}"
    )
    return (
        asked["document"] in ("", row.document)
        and states.get(asked["state"], True)
        and all(part in words for part in asked["q"].split())
    )


def _counted(picture: Picture, place: str, words: str) -> list[Line]:
    """Numbers of a place that no document is held against: a township."""
    return [
        Line(
            one.key,
            one.label,
            one.unit,
            picture.number(one.key, place),
            [],
            standing_now.address_of(one.key, place, picture),
        )
        for one in picture.measures()
        if words in one.label
    ]


@route("insight.view")
@require_safe
def indicator(request: HttpRequest, key: str) -> HttpResponse:
    """One number of a place: what it means, its targets, its course, the places below, the way to its units."""
    picture = pictures.of(request)
    if picture is None:
        return nothing(request)
    place = place_asked(request, picture)
    measure = picture.measure(key)
    if not place:
        return units(request, key)
    results = picture.results(place, measure=key) if picture.has_results(place) else []
    strictest = next((one for one in results if one.stricter), results[0] if results else None)
    number = picture.number(key, place)
    page = picture.units(key, place, per_page=1)
    points = picture.history(key, place)
    context = {
        "picture": picture,
        "measure": measure,
        "place": picture.area(place),
        "path": picture.path(place),
        "vintages": pictures.vintages_of(picture.scope, place),
        "number": number,
        "exact": standing_now.exact(number),
        "results": [(one, standing_now.task_address(one, place)) for one in results],
        "query": standing_now.query(place, picture),
        "unreported": 0 if page.withheld else number.n_units - number.n_reported,
        "trend": _trend(measure, place, results, points),
        "reissued": _reissued(place, points),
        "map": standing_now.map_of(picture, measure, place),
        "below": standing_now.below_figure(picture, measure, place, strictest),
        "included": page.included,
        "opened": page.opened,
        "withheld": page.withheld,
        "redefined": redefined.today(measure),
        "may_task": request.user.can("task.assign"),  # type: ignore[union-attr]
        "tones": standing_now.TONES,
    }
    return render(request, "insight/indicator.html", context)


def _trend(measure: Measure, place: str, results: Iterable[Result], points: Sequence[Point]) -> Figure | None:
    """The number over all vintages with its targets; None where there is only one and no target.

    Of several vintages of one day the newest is drawn; the others stand below (`_reissued`).
    """
    aims = [_aim(one) for one in results if one.threshold is not None]
    if sum(not point.superseded for point in points) < 2 and not aims:
        return None
    baseline = next((one.baseline for one in results if one.baseline is not None), None)
    again = {point.on for point in points if point.superseded}
    course = [
        _point(point, measure, place, again=point.on in again) for point in points if not point.superseded
    ]
    return trends.trend_figure(f"{measure.label}：各期与目标", course, aims, baseline, measure.unit)


@dataclass(frozen=True)
class Reissue:
    """A day's number as it was published, beside the newest one of that day, and the page that compares the two."""

    published: Point
    newest: Point
    address: str

    @property
    def both(self) -> tuple[Point, Point]:
        """The two, the older first."""
        return self.published, self.newest


def _reissued(place: str, points: Sequence[Point]) -> list[Reissue]:
    """Numbers that a later vintage of the same day stands beside."""
    newest = {point.on: point for point in points}
    pairs = [(point, newest[point.on]) for point in points if point.superseded]
    return [Reissue(old, new, _compared(place, old, new)) for old, new in pairs if old.vintage != new.vintage]


def _compared(place: str, old: Point, new: Point) -> str:
    asked = urlencode({"place": place, "vintage": new.vintage, "with": old.vintage})
    return f"{reverse('insight:compare_vintages')}?{asked}"


def _aim(result: Result) -> trends.Aim:
    assert result.threshold is not None
    begins = _issued().get(result.document, result.deadline)
    words = f"{result.threshold_words}（{result.document_short}）"
    return trends.Aim(begins, result.deadline, result.threshold, words)


def _issued() -> dict[str, date]:
    """Document → the day it was issued."""
    return {document.id: document.issued or document.period.start for document in library().documents}


def _point(point: Point, measure: Measure, place: str, *, again: bool) -> trends.Vintage:
    known = point.state is ValueState.NUMBER and point.value is not None
    notes = [
        "有补报或定义变动后的新一期，当时发布的见图下" if again else "",
        "计算定义与上一期不同" if point.definitions_changed else "",
    ]
    asked = urlencode({"place": place, "vintage": point.vintage})
    href = f"{reverse('insight:indicator', args=[measure.key])}?{asked}"
    exact = (
        f"{point.numerator} ÷ {point.denominator}"
        if point.denominator is not None
        else point.numerator or "—"
    )
    return trends.Vintage(
        point.on,
        point.value if known else None,
        standing_now.with_unit(point.display, measure.unit) if known else point.state.label,
        ValueState.NUMBER if known else point.state,
        exact,
        "；".join(filter(None, notes)),
        href,
    )


@route("insight.view")
@require_safe
def units(request: HttpRequest, key: str) -> HttpResponse:
    """The units a number rests on, each with what it adds and why."""
    picture = pictures.of(request)
    if picture is None:
        return nothing(request)
    place = place_asked(request, picture)
    asked = {"included": request.GET.get("included", ""), "q": request.GET.get("q", "").strip()}
    if asked["included"] not in INCLUDED:
        asked["included"] = ""
    measure = picture.measure(key)
    found = picture.units(key, place, asked["included"], asked["q"], page=page_asked(request))
    context = {
        "picture": picture,
        "measure": measure,
        "place": picture.area(place) if place else None,
        "path": picture.path(place) if place else [],
        "number": picture.number(key, place) if place else None,
        "found": found,
        "asked": asked,
        "query": standing_now.query(place, picture),
        "numbers": range(1, found.pages + 1) if found.pages <= 12 else [],
    }
    return render(request, "insight/units.html", context)
