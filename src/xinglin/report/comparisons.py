"""Units side by side: their values against one target, and how far each target is missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xinglin.base.states import Verdict
from xinglin.report import figure
from xinglin.report.figure import COLOURS, GRID, INK, PAPER, SCHEMA, SOFT, Cell, Figure, Point, Spec, Table
from xinglin.report.words import NOTHING, SYMBOLS, shortened

SMALL = 20
"""A share of fewer cases than this jumps with every case: drawn hollow, and said so."""
MOST = 40
"""Units drawn; the table has them all."""
_WIDTH, _STEP, _LABELS = 420, 24, 190
_PLAIN = "#3B82BD"


@dataclass(frozen=True, slots=True)
class Missing:
    """How far a target is from being met.

    Attributes:
        name: of the target or of the unit. share: value as a share of the threshold, 1 when met; None without a number.
        words: the gap in the unit people act on (还差 3 家村卫生室). value, target: as people read them.
        verdict: see Verdict. href: the page that opens it.
    """

    name: str
    share: float | None
    words: str
    value: str
    target: str
    verdict: Verdict
    href: str = ""


def comparison_figure(
    title: str, points: Sequence[Point], target: float | None = None, target_words: str = "", unit: str = ""
) -> Figure:
    """Bars of the units below, the lowest first, with the target as a rule; units without a number last, with the word.

    Args:
        title: caption. points: units. target: threshold, None for no rule; ``target_words`` says it.
        unit: of the values.
    """
    ranked = sorted(points, key=lambda point: (point.value is None, point.value or 0.0, point.code))
    shown = ranked[:MOST]
    rows = [_bar_row(point) for point in shown]
    top = max([point.value for point in shown if point.value is not None] + [target or 0.0], default=0.0)
    scale = {"domain": [0, 100 if unit == "%" and top <= 100 else top or 1], "nice": unit != "%"}
    spec = _spec(title, rows, _bars(scale, unit, target, target_words), len(rows))
    small = sum(_small(point) for point in points)
    notes = [f"空心：分母不足 {SMALL}，一两例就会使比例大变，不宜排名（{small} 个）。"] if small else []
    if len(shown) < len(ranked):
        notes.append(f"图中画最低的 {len(shown)} 个，全部 {len(ranked)} 个见数据表。")
    size = (_WIDTH + _LABELS + 90, len(rows) * _STEP + 60)
    return Figure(title, spec, figure.points_table(ranked, "单位"), tuple(notes), size)


def gap_figure(title: str, missing: Sequence[Missing]) -> Figure:
    """How much of each target is reached, the widest gap first, with what is still needed in words."""
    ranked = sorted(missing, key=lambda one: (one.share is None, one.share or 0.0))
    shown = ranked[:MOST]
    rows = [_gap_row(number, one) for number, one in enumerate(shown)]
    notes = (f"图中画差距最大的 {MOST} 项，全部 {len(ranked)} 项见数据表。",) if len(ranked) > MOST else ()
    spec = _spec(title, rows, _gaps(), len(rows))
    return Figure(title, spec, _gap_table(ranked), notes, (_WIDTH + _LABELS + 150, len(rows) * _STEP + 60))


def _small(point: Point) -> bool:
    return point.value is not None and point.denominator is not None and point.denominator < SMALL


def _bar_row(point: Point) -> Spec:
    sign = SYMBOLS[point.verdict] if point.verdict else ""
    count = f"n={point.denominator}" if point.denominator is not None else ""
    words = " ".join(filter(None, (sign, point.words, f"（{count}）" if count else "")))
    fill = COLOURS[point.verdict] if point.verdict else _PLAIN
    return {
        "key": point.code,
        "label": shortened(point.name, 13),
        "name": point.name,
        "value": point.value,
        "words": words if point.value is not None else point.words,
        "exact": point.exact,
        "edge": fill,
        "fill": PAPER if _small(point) else fill,
        "known": point.value is not None,
        **({"href": point.href} if point.href else {}),
    }


def _bars(scale: Spec, unit: str, target: float | None, target_words: str) -> list[Spec]:
    x = {
        "field": "value",
        "type": "quantitative",
        "scale": scale,
        "axis": {"title": unit or None, "tickCount": 6},
    }
    colours = {"fill": _plain("fill"), "stroke": _plain("edge")}
    tooltip = [{"field": name, "title": title} for name, title in _TOLD]
    known: Spec = {"transform": [{"filter": "datum.known"}]}
    bars = {
        **known,
        "mark": {"type": "bar", "height": 14, "strokeWidth": 1.6},
        "encoding": {"x": x, "y": _NAMES, **colours, "tooltip": tooltip, "href": {"field": "href"}},
    }
    numbers = {
        **known,
        "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 12, "color": INK},
        # In a column of their own: at the end of its bar a number would stand under the target's rule.
        "encoding": {"x": {"value": _WIDTH}, "y": _NAMES, "text": {"field": "words"}},
    }
    unknown = {
        "transform": [{"filter": "!datum.known"}],
        "mark": {
            "type": "text",
            "align": "left",
            "dx": 6,
            "fontSize": 12,
            "fontStyle": "italic",
            "color": SOFT,
        },
        "encoding": {"x": {"value": 0}, "y": _NAMES, "text": {"field": "words"}, "tooltip": tooltip},
    }
    rule = _rule(target, target_words, scale) if target is not None else []
    return [bars, *rule, numbers, unknown]


def _rule(target: float, words: str, scale: Spec) -> list[Spec]:
    x = {"datum": target, "type": "quantitative", "scale": scale}
    once: Spec = {"data": {"values": [{}]}}
    rule = {
        **once,
        "mark": {"type": "rule", "color": INK, "strokeWidth": 2, "strokeDash": [6, 3]},
        "encoding": {"x": x},
    }
    text = {
        **once,
        "mark": {"type": "text", "align": "center", "baseline": "bottom", "fontSize": 12, "color": INK},
        "encoding": {"x": x, "y": {"value": -4}, "text": {"value": words or f"目标 {target:g}"}},
    }
    return [rule, text]


def _gap_row(number: int, one: Missing) -> Spec:
    sign = SYMBOLS[one.verdict]
    return {
        "key": f"{number:03}",
        "label": shortened(one.name, 13),
        "name": one.name,
        "value": None if one.share is None else 100 * min(one.share, 1.0),
        "words": f"{sign} {one.words}",
        "exact": f"{one.value}／目标 {one.target}",
        "fill": COLOURS[one.verdict],
        **({"href": one.href} if one.href else {}),
    }


def _gaps() -> list[Spec]:
    scale = {"domain": [0, 100], "nice": False}
    axis = {"title": "已达到目标的 %", "values": [0, 25, 50, 75, 100]}
    x = {"field": "value", "type": "quantitative", "scale": scale, "axis": axis}
    tooltip = [{"field": name, "title": title} for name, title in _TOLD]
    whole = {
        "mark": {"type": "bar", "height": 14, "color": GRID},
        "encoding": {"x": {"value": _WIDTH}, "x2": {"value": 0}, "y": _NAMES, "tooltip": tooltip},
    }
    done = {
        "transform": [{"filter": "datum.value != null"}],
        "mark": {"type": "bar", "height": 14},
        "encoding": {
            "x": x,
            "y": _NAMES,
            "color": _plain("fill"),
            "tooltip": tooltip,
            "href": {"field": "href"},
        },
    }
    words = {
        "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 12, "color": INK},
        "encoding": {"x": {"value": _WIDTH}, "y": _NAMES, "text": {"field": "words"}},
    }
    return [whole, done, words]


def _gap_table(missing: Sequence[Missing]) -> Table:
    head = (Cell("目标"), Cell("现值", number=True), Cell("应达到", number=True), Cell("判断"), Cell("差距"))
    rows = tuple(
        (
            Cell(one.name, one.href),
            Cell(one.value, number=True),
            Cell(one.target, number=True),
            Cell(f"{SYMBOLS[one.verdict]} {one.verdict.label}", short=True),
            Cell(one.words or NOTHING),
        )
        for one in missing
    )
    return Table(head, rows)


def _spec(title: str, rows: list[Spec], layers: list[Spec], count: int) -> Spec:
    return {
        "$schema": SCHEMA,
        "description": title,
        "datasets": {"units": rows},
        "data": {"name": "units"},
        "width": _WIDTH,
        "height": max(1, count) * _STEP,
        "layer": [_LABEL, *layers],
        "config": figure.config(),
    }


def _plain(field: str) -> Spec:
    """Colours that stand in the rows."""
    return {"field": field, "type": "nominal", "scale": None, "legend": None}


# Two units may have one name: the axis is by key and shows nothing, the labels are texts.
_NAMES: Spec = {"field": "key", "type": "nominal", "sort": None, "axis": None}
_LABEL: Spec = {
    "mark": {"type": "text", "align": "right", "dx": -8, "fontSize": 13, "color": INK, "limit": _LABELS},
    "encoding": {"x": {"value": 0}, "y": _NAMES, "text": {"field": "label"}},
}
_TOLD = (("name", "单位"), ("words", "数值"), ("exact", "分子 ÷ 分母"))
