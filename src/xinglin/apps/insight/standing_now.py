"""What stands out in a place: its widest gaps, what changed since the vintage before, how its parts stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from xinglin.apps.insight.pictures import Counts, Picture, measure_key
from xinglin.apps.ui import figures
from xinglin.base.states import ValueState, Verdict
from xinglin.report.comparisons import Missing, comparison_figure
from xinglin.report.figure import Figure, Point
from xinglin.report.maps import map_figure
from xinglin.standing import Result
from xinglin.standing.areas_file import Measure, Number, ResultRow

MISSED = (Verdict.NOT_MET, Verdict.WARN)
TONES = {Verdict.MET: "good", Verdict.NOT_MET: "bad", Verdict.WARN: "warn", Verdict.NOT_JUDGED: "none"}
JUDGED_LEVEL = 6
"""Digits of the smallest places that are held against documents."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A missed target: the result, the share of the threshold that is reached, where its number is opened."""

    result: Result
    reached: float | None
    address: str
    task: str


@dataclass(frozen=True, slots=True)
class Change:
    """A target that stands otherwise than in the vintage before; ``better`` None where neither can be said."""

    row: ResultRow
    before: ResultRow
    better: bool | None
    address: str
    unit: str


def address_of(key: str, place: str, picture: Picture, **more: str) -> str:
    """The page that opens a number of a place in the vintage that is shown."""
    return f"{reverse('insight:indicator', args=[key])}?{query(place, picture, **more)}"


def query(place: str, picture: Picture, **more: str) -> str:
    """Place and vintage as an address carries them."""
    return urlencode({"place": place, "vintage": picture.vintage.pk, **more})


def gaps(picture: Picture, place: str) -> list[Gap]:
    """Missed targets, the one furthest from its threshold first; each number once, at its strictest target."""
    found: dict[str, Gap] = {}
    for one in picture.results(place):
        if one.verdict not in MISSED or one.wanted:
            continue
        key = measure_key(one)
        gap = Gap(one, _reached(one), address_of(key, place, picture), task_address(one, place))
        if key not in found or _rank(gap) < _rank(found[key]):
            found[key] = gap
    return sorted(found.values(), key=_rank)


def _rank(gap: Gap) -> tuple[bool, float]:
    return gap.result.verdict is not Verdict.NOT_MET, 1.0 if gap.reached is None else gap.reached


def _reached(result: Result) -> float | None:
    if result.value is None or not result.threshold:
        return None
    return max(0.0, result.value / result.threshold)


def task_address(result: Result, place: str) -> str:
    """The form that makes a task of a missed target, filled with what is known of it."""
    gap = result.gap
    nearest = "、".join(name for _, name, _ in gap.nearest[:5]) if gap else ""
    known = {"place": place, "document": result.document, "target": result.target}
    more = {"gap": gap.words if gap else "", "nearest": nearest}
    return f"{reverse('insight:task_from_target')}?{urlencode(known | more)}"


def gaps_figure(found: Sequence[Gap], most: int) -> Figure | None:
    """The widest gaps as a chart."""
    from xinglin.report.comparisons import gap_figure

    return gap_figure("差距最大的指标", [_missing(gap) for gap in found[:most]]) if found else None


def _missing(gap: Gap) -> Missing:
    one = gap.result
    words = one.gap.words if one.gap else ""
    return Missing(
        one.measure_label, gap.reached, words, one.display, one.threshold_words, one.verdict, gap.address
    )


def changes(now: Picture, before: Picture, place: str) -> list[Change]:
    """Targets whose verdict or state is another than before, those that became worse first."""
    known = {(row.document, row.target): row for row in before.rows_of_results(place)}
    found = []
    for row in now.rows_of_results(place):
        old = known.get((row.document, row.target))
        if old is not None and (row.verdict, row.state) != (old.verdict, old.state):
            address = address_of(row.measure_key, place, now) if row.measure_key else ""
            unit = now.measure(row.measure_key).unit if row.measure_key else ""
            found.append(Change(row, old, _better(row, old), address, unit))
    return sorted(found, key=lambda one: (one.better is not False, one.better is None))


_ORDER = {Verdict.NOT_MET: 0, Verdict.WARN: 1, Verdict.MET: 2}


def _better(row: ResultRow, old: ResultRow) -> bool | None:
    if row.verdict in _ORDER and old.verdict in _ORDER and row.verdict is not old.verdict:
        return _ORDER[row.verdict] > _ORDER[old.verdict]
    return None


def ranking_figure(picture: Picture, place: str) -> Figure | None:
    """How the places below stand, on a map: the share of judged targets that are met. None where nothing is judged."""
    ranked = picture.ranking(place)
    if not ranked:
        return None
    title = f"{picture.area(place).name}各地达标的目标占评判目标的比例"
    points = [_share(area.code, area.name, counts, picture) for area, counts in ranked]
    known = {point.code for point in points}
    points += [
        Point(area.code, area.name, None, "未统计", ValueState.NOT_REPORTED)
        for area in picture.children(place)
        if area.code not in known and area.real
    ]
    return map_figure(title, points, figures.outlines(place), "%")


def _share(code: str, name: str, counts: Counts, picture: Picture) -> Point:
    judged = counts.met + counts.not_met + counts.warn
    href = f"{reverse('insight:overview')}?{query(code, picture)}"
    if not judged:
        return Point(code, name, None, ValueState.NOT_REPORTED.label, ValueState.NOT_REPORTED, href=href)
    value = 100 * counts.met / judged
    return Point(code, name, value, f"{value:.0f}%", exact=f"{counts.met} ÷ {judged}", href=href)


def number_points(picture: Picture, measure: Measure, numbers: Iterable[Number]) -> list[Point]:
    """A measure in several places as points of a chart; each leads to its own page."""
    return [_number(picture, measure, one) for one in numbers]


def _number(picture: Picture, measure: Measure, one: Number) -> Point:
    href = address_of(measure.key, one.area, picture)
    known = one.state is ValueState.NUMBER and one.value is not None
    whole = one.denominator or ""
    return Point(
        one.area,
        one.area_name,
        one.value if known else None,
        with_unit(one.display, measure.unit) if known else one.state.label,
        one.state if not known else ValueState.NUMBER,
        None,
        exact(one),
        int(whole) if known and whole.isdecimal() else None,
        href,
    )


def exact(one: Number) -> str:
    """Numerator ÷ denominator as text."""
    if one.numerator is None:
        return "—"
    return f"{one.numerator} ÷ {one.denominator}" if one.denominator is not None else one.numerator


def below_figure(picture: Picture, measure: Measure, place: str, target: Result | None) -> Figure | None:
    """The places below against the strictest target: bars. None where there are none."""
    points = number_points(picture, measure, picture.numbers(measure.key, place))
    if not points:
        return None
    title = f"{picture.area(place).name}各地：{measure.label}"
    threshold = target.threshold if target is not None else None
    words = target.threshold_words if target is not None else ""
    return comparison_figure(title, points, threshold, words, measure.unit)


def map_of(picture: Picture, measure: Measure, place: str) -> Figure | None:
    """The places below on a map, or as tiles where there are no outlines."""
    points = number_points(picture, measure, picture.numbers(measure.key, place))
    if not points:
        return None
    title = f"{picture.area(place).name}各地：{measure.label}"
    return map_figure(title, points, figures.outlines(place), measure.unit)


def first_map(picture: Picture, keys: Sequence[str], place: str) -> Figure | None:
    """The map of the first of some numbers that the places below have."""
    for key in keys:
        numbers = picture.numbers(key, place)
        if len(keys) == 1 or any(one.state is ValueState.NUMBER for one in numbers):
            return map_of(picture, picture.measure(key), place)
    return None


def with_unit(words: str, unit: str | None) -> str:
    """A value with its unit, as it is read: 31.64%, 0.36 名."""
    return f"{words}{unit}" if unit == "%" else f"{words} {unit}" if unit else words
