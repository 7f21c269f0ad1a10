"""A number over time: its vintages, the targets it was held against, its baseline, and where a straight line leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xinglin.base.states import ValueState
from xinglin.report import figure
from xinglin.report.figure import INK, SCHEMA, SOFT, Cell, Figure, Spec, Table
from xinglin.report.words import NOTHING, date_words

WIDTH, HEIGHT = 600, 280
VALUE, TARGET, PROJECTION, BASELINE = "现值", "目标", "直线外推", "基线"
_COLOURS = {VALUE: "#0B4A82", TARGET: "#B34700", PROJECTION: "#3B82BD", BASELINE: SOFT}
_DASHES: dict[str, list[int]] = {VALUE: [1, 0], TARGET: [8, 3], PROJECTION: [3, 4], BASELINE: [1, 3]}
_FEWEST = 3
"""Vintages below which no line is drawn on."""


@dataclass(frozen=True, slots=True)
class Vintage:
    """The number as it stood at a day.

    Attributes:
        on: last day of the data. value: None unless ``state`` is a number. words: the value as people read it.
        exact: numerator ÷ denominator. note: said beside it (``补报后``). href: the page that opens it.
    """

    on: date
    value: float | None
    words: str
    state: ValueState = ValueState.NUMBER
    exact: str = NOTHING
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Aim:
    """A threshold from the issue of its document to its deadline. words: ``≥ 90%（“十四五”行动计划）``."""

    begins: date
    due: date
    threshold: float
    words: str


def trend_figure(
    title: str,
    vintages: Sequence[Vintage],
    aims: Sequence[Aim] = (),
    baseline: float | None = None,
    unit: str = "",
) -> Figure:
    """A trend with its targets as steps.

    A day without a number leaves a gap in the line and a sign at the bottom with the word for its state. From three
    numbers on, a straight line (least squares) is drawn on to the last deadline, dotted and named as such.

    Args:
        title: caption. vintages: in any order. aims: targets. baseline: the number at the beginning.
        unit: of the values; shares in ``%`` are not drawn on beyond 0 and 100.
    """
    vintages = sorted(vintages, key=lambda one: one.on)
    ahead = _projected(vintages, aims, unit)
    rows = [*_line(vintages), *_targets(aims), *ahead, *_base(baseline, vintages, aims)]
    missing = [_missing(one) for one in vintages if one.value is None]
    kinds = [kind for kind in _COLOURS if any(row["kind"] == kind for row in rows)]
    spec = {
        "$schema": SCHEMA,
        "description": title,
        "datasets": {"numbers": rows, "missing": missing},
        "width": WIDTH,
        "height": HEIGHT,
        "layer": [*_layers(kinds, unit, rows), *_gaps(missing)],
        "config": figure.config(),
    }
    notes = (_said(vintages, aims),) if ahead else ()
    return Figure(title, spec, _table(vintages, aims), notes, (WIDTH + 70, HEIGHT + 80))


def _line(vintages: Sequence[Vintage]) -> list[Spec]:
    """Numbers; a run ends where a day has none."""
    rows: list[Spec] = []
    run = 0
    for one in vintages:
        if one.value is None:
            run += 1
            continue
        extra = {"href": one.href} if one.href else {}
        rows.append(_at(VALUE, one.on, one.value, one.words, f"{VALUE}{run}", one.note) | extra)
    return rows


def _targets(aims: Sequence[Aim]) -> list[Spec]:
    return [
        _at(TARGET, day, aim.threshold, aim.words, f"{TARGET}{number}")
        for number, aim in enumerate(aims)
        for day in (aim.begins, aim.due)
    ]


def _base(baseline: float | None, vintages: Sequence[Vintage], aims: Sequence[Aim]) -> list[Spec]:
    days = [one.on for one in vintages] + [aim.due for aim in aims]
    if baseline is None or not days:
        return []
    return [_at(BASELINE, day, baseline, f"{baseline:g}", BASELINE) for day in (min(days), max(days))]


def _projected(vintages: Sequence[Vintage], aims: Sequence[Aim], unit: str) -> list[Spec]:
    """The end of the line through all numbers, from the last of them to the last deadline."""
    known = [(one.on, one.value) for one in vintages if one.value is not None]
    end = max((aim.due for aim in aims), default=None)
    if len(known) < _FEWEST or end is None or end <= known[-1][0]:
        return []
    slope, middle, mean = _fit([day.toordinal() for day, _ in known], [value for _, value in known])
    top = 100.0 if unit == "%" else float("inf")
    days = [known[-1][0], *_between(known[-1][0], end), end]
    values = [max(0.0, min(top, mean + slope * (day.toordinal() - middle))) for day in days]
    return [
        _at(PROJECTION, day, value, f"{value:.1f}{unit}", PROJECTION)
        for day, value in zip(days, values, strict=True)
    ]


def _between(first: date, last: date) -> list[date]:
    """Some days between, so that a line cut off at 100 bends where it is cut off."""
    step = (last - first).days / 12
    return [first + timedelta(days=round(step * number)) for number in range(1, 12)]


def _fit(days: Sequence[int], values: Sequence[float]) -> tuple[float, float, float]:
    """Least squares: slope a day, the middle day, the mean value there."""
    middle, mean = sum(days) / len(days), sum(values) / len(values)
    spread = sum((day - middle) ** 2 for day in days)
    together = sum((day - middle) * (value - mean) for day, value in zip(days, values, strict=True))
    return (together / spread if spread else 0.0), middle, mean


def _at(kind: str, day: date, value: float, words: str, run: str, note: str = "") -> Spec:
    said = {"words": words, "day": date_words(day), "note": note or NOTHING}
    return {"kind": kind, "on": day.isoformat(), "value": value, "run": run, **said}


def _missing(one: Vintage) -> Spec:
    return {"on": one.on.isoformat(), "words": one.state.label, "day": date_words(one.on)}


def _layers(kinds: list[str], unit: str, rows: Sequence[Spec]) -> list[Spec]:
    values = [row["value"] for row in rows]
    scale: Spec = {"zero": False, "nice": True}
    if unit == "%" and values:
        scale = {"domain": [max(0, 10 * (min(values) // 10) - 10), 100], "nice": False}
    x = {"field": "on", "type": "temporal", "title": None, "axis": _DAYS, "scale": {"padding": 12}}
    y = {"field": "value", "type": "quantitative", "title": unit or None, "scale": scale}
    look = {
        "color": _named(kinds, [_COLOURS[kind] for kind in kinds]),
        "strokeDash": _named(kinds, [_DASHES[kind] for kind in kinds]),
    }
    tooltip = [{"field": name, "title": title} for name, title in _TOLD]
    source = {"data": {"name": "numbers"}}
    line = {
        **source,
        "mark": {"type": "line", "strokeWidth": 2.2},
        "encoding": {"x": x, "y": y, **look, "detail": {"field": "run"}},
    }
    dots = {
        **source,
        "transform": [{"filter": f"datum.kind == '{VALUE}'"}],
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": _COLOURS[VALUE]},
        "encoding": {"x": x, "y": y, "tooltip": tooltip, "href": {"field": "href"}},
    }
    names = {
        **source,
        "transform": [
            {"filter": f"datum.kind == '{TARGET}'"},
            {"aggregate": [{"op": "min", "field": "on", "as": "on"}], "groupby": ["run", "value", "words"]},
        ],
        "mark": {"type": "text", "align": "left", "dy": -8, "fontSize": 12, "color": INK},
        "encoding": {"x": x, "y": y, "text": {"field": "words"}},
    }
    numbers = {**dots, "mark": _ABOVE, "encoding": {"x": x, "y": y, "text": {"field": "words"}}}
    return [line, dots, *figure.readable(names), *figure.readable(numbers)]


def _gaps(missing: Sequence[Spec]) -> list[Spec]:
    """A sign at the foot of the chart for every day without a number."""
    if not missing:
        return []
    encoding = {"x": {"field": "on", "type": "temporal"}, "y": {"value": HEIGHT - 14}}
    sign = {"type": "point", "shape": "diamond", "size": 90, "color": SOFT, "strokeDash": [2, 2]}
    text = {"type": "text", "dy": -14, "fontSize": 12, "color": SOFT}
    tooltip = [{"field": "day", "title": "截至"}, {"field": "words", "title": "状态"}]
    source = {"data": {"name": "missing"}}
    return [
        {**source, "mark": sign, "encoding": {**encoding, "tooltip": tooltip}},
        {**source, "mark": text, "encoding": {**encoding, "text": {"field": "words"}}},
    ]


def _named(kinds: list[str], values: Sequence[object]) -> Spec:
    scale = {"domain": kinds, "range": list(values)}
    legend = {"title": None, "orient": "top", "symbolType": "stroke", "symbolSize": 700}
    return {"field": "kind", "type": "nominal", "scale": scale, "legend": legend}


def _said(vintages: Sequence[Vintage], aims: Sequence[Aim]) -> str:
    known = [one.on for one in vintages if one.value is not None]
    span = f"{date_words(known[0])}至{date_words(known[-1])}"
    end = date_words(max(aim.due for aim in aims))
    return f"直线外推：按{span} {len(known)} 个数的直线趋势画到{end}，不是预测，也不考虑政策和投入的变化。"


def _table(vintages: Sequence[Vintage], aims: Sequence[Aim]) -> Table:
    noted = any(one.note for one in vintages)
    head = [Cell("截至"), Cell("数值", number=True), Cell("分子 ÷ 分母", number=True), Cell("当时的目标")]
    rows = tuple(
        (
            Cell(date_words(one.on), one.href, short=True),
            Cell(one.words, number=True),
            Cell(one.exact, number=True),
            Cell("；".join(aim.words for aim in aims if aim.begins <= one.on <= aim.due) or NOTHING),
            *([Cell(one.note)] * noted),
        )
        for one in vintages
    )
    return Table((*head, *([Cell("说明")] * noted)), rows)


_DAYS: Spec = {"format": "%Y-%m", "labelAngle": 0, "labelOverlap": True, "grid": False, "tickCount": 6}
_ABOVE: Spec = {"type": "text", "dy": -12, "fontSize": 12, "color": INK, "fontWeight": "bold"}
_TOLD = (("day", "截至"), ("words", "数值"), ("note", "说明"))
