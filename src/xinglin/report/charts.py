"""Charts as Vega-Lite descriptions: one plain dict serves the page and the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xinglin.base.states import ValueState, Verdict
from xinglin.report.figure import COLOURS, FONTS, INK, SCHEMA, Spec
from xinglin.report.words import PLAIN_SYMBOLS, SYMBOLS, shortened, value_words
from xinglin.standing.model import Result, Standing

_SHAPES = {
    Verdict.MET: "circle",
    Verdict.NOT_MET: "cross",
    Verdict.WARN: "triangle-up",
    Verdict.NOT_JUDGED: "diamond",
}
_MOST = 150  # where a value relative to its target is cut off
_COUNT_ROOM, _SIGN_ROOM = 9, 38  # pixels of a bar below which its count, or a sign beside it, does not fit
_DOCUMENT = 130  # pixels for the short name of a document


@dataclass(frozen=True, slots=True)
class Layout:
    """Widths in pixels: of the labels (whatever fonts the drawing machine has) and of the plot.

    ``signs`` is how many Chinese characters a label holds; ``symbols`` are the signs of verdicts.
    """

    labels: int = 400
    plot: int = 480
    signs: int = 28
    overview: int = 480
    symbols: Mapping[Verdict, str] = field(default_factory=lambda: SYMBOLS)


SCREEN = Layout()
PAPER = Layout(labels=265, plot=170, signs=19, overview=330, symbols=PLAIN_SYMBOLS)
"""So narrow that the signs are as large as the text beside them when the picture is as wide as an A4 column."""


def verdict_chart(standing: Standing, layout: Layout = SCREEN) -> Spec:
    """How many targets of each document are met, missed and not judged: one bar a document."""
    rows = _verdict_rows([result for result in standing.results if not result.wanted], layout)
    y = _label_axis("document", _DOCUMENT)
    x = {"field": "count", "type": "quantitative", "stack": "zero"}
    order = {"field": "rank", "type": "quantitative"}
    bars = {
        "mark": {"type": "bar", "stroke": "white"},
        "encoding": {"x": {**x, "axis": None}, "y": y, "color": _colour(legend=False), "order": order},
    }
    text = {
        "mark": {"type": "text", "fontSize": 13, "color": INK},
        "encoding": {
            "x": {**x, "bandPosition": 0.5},
            "y": y,
            "text": {"field": "words"},
            "order": order,
            "detail": {"field": "verdict"},
        },
    }
    return _spec("各文件目标达标情况", rows, [bars, text], layout.overview, 34)


def percent_chart(numbered: Sequence[tuple[int, Result]], layout: Layout = SCREEN) -> Spec | None:
    """Values in per cent against their thresholds; None if there is none to draw."""
    rows = [_row(number, result, 1.0, layout) for number, result in numbered if in_percent(result)]
    return _targets("现值与目标（%）", "%", rows, 100, layout) if rows else None


def relative_chart(numbered: Sequence[tuple[int, Result]]) -> Spec | None:
    """Values in other units, as a share of their thresholds; None if there is none to draw."""
    rows = [
        _row(number, result, 100 / result.threshold, SCREEN)
        for number, result in numbered
        if _drawable(result) and result.unit != "%" and result.threshold
    ]
    title = f"现值相当于目标的百分比（超过{_MOST}%的画在{_MOST}%处）"
    return _targets(title, "目标＝100", rows, _MOST, SCREEN) if rows else None


def drawn(numbered: Sequence[tuple[int, Result]]) -> int:
    """How many results the two charts of targets show."""
    return sum(in_percent(r) or bool(_drawable(r) and r.unit != "%" and r.threshold) for _, r in numbered)


def _drawable(result: Result) -> bool:
    return result.state is ValueState.NUMBER and result.value is not None and result.threshold is not None


def in_percent(result: Result) -> bool:
    """Whether `percent_chart` draws a result."""
    return _drawable(result) and result.unit == "%"


def _row(number: int, result: Result, scale: float, layout: Layout) -> Spec:
    assert result.value is not None
    assert result.threshold is not None
    return {
        "label": f"{number}  {shortened(result.summary, layout.signs)}",
        "value": result.value * scale,
        "threshold": result.threshold * scale,
        "upper": None if result.upper is None else result.upper * scale,
        "verdict": result.verdict.label,
        "words": value_words(result, result),
    }


def _verdict_rows(results: Sequence[Result], layout: Layout) -> list[Spec]:
    documents = dict.fromkeys(result.document for result in results)
    rows = [row for document in documents for row in _document_rows(document, results, layout)]
    most = max((sum(r.document == document for r in results) for document in documents), default=0)
    for row in rows:
        sign, room = row.pop("sign"), row["count"] / most * layout.overview
        said = f"{sign} {row['count']}" if room > _SIGN_ROOM else str(row["count"])
        row["words"] = said if room > _COUNT_ROOM else ""
    return rows


def _document_rows(document: str, results: Sequence[Result], layout: Layout) -> list[Spec]:
    mine = [result for result in results if result.document == document]
    counts = {verdict: sum(result.verdict is verdict for result in mine) for verdict in Verdict}
    return [
        {
            "document": mine[0].document_short,
            "verdict": verdict.label,
            "rank": rank,
            "count": count,
            "sign": layout.symbols[verdict],
        }
        for rank, (verdict, count) in enumerate(counts.items())
        if count
    ]


def _targets(title: str, axis: str, rows: list[Spec], most: float, layout: Layout) -> Spec:
    y = _label_axis("label", layout.labels)
    layers = [_stem(y, axis, most), _tick(y, "threshold"), _tick(y, "upper"), _point(y), _number(y)]
    return _spec(title, rows, layers, layout.plot, 24)


def _stem(y: Spec, title: str, most: float) -> Spec:
    axis = {"title": title, "grid": True, "values": _steps(most), "titleFontWeight": "normal"}
    scale = {"domain": [0, most], "clamp": True, "nice": False}
    x = {"field": "value", "type": "quantitative", "scale": scale, "axis": axis}
    return {
        "mark": {"type": "rule", "color": "#8A939C", "strokeWidth": 2},
        "encoding": {"x": x, "x2": {"field": "threshold"}, "y": y},
    }


def _steps(most: float) -> list[int]:
    step = 20 if most == 100 else 50
    return list(range(0, int(most) + 1, step))


def _tick(y: Spec, field: str) -> Spec:
    return {
        "transform": [{"filter": f"datum.{field} != null"}],
        "mark": {"type": "tick", "color": INK, "thickness": 3, "size": 16},
        "encoding": {"x": {"field": field, "type": "quantitative"}, "y": y},
    }


def _point(y: Spec) -> Spec:
    shapes = [_SHAPES[verdict] for verdict in Verdict]
    shape = {"field": "verdict", "scale": {"domain": _verdict_labels(), "range": shapes}, "legend": None}
    return {
        "mark": {
            "type": "point",
            "filled": True,
            "size": 110,
            "opacity": 1,
            "stroke": INK,
            "strokeWidth": 0.6,
        },
        "encoding": {
            "x": {"field": "value", "type": "quantitative"},
            "y": y,
            "color": _colour(legend=False),
            "shape": shape,
        },
    }


def _number(y: Spec) -> Spec:
    return {
        "mark": {"type": "text", "align": "left", "dx": 14, "fontSize": 12, "color": INK},
        "encoding": {"x": {"value": "width"}, "y": y, "text": {"field": "words"}},
    }


def _label_axis(field: str, width: int) -> Spec:
    axis = {
        "title": None,
        "ticks": False,
        "domain": False,
        "labelAlign": "left",
        "labelPadding": width,
        "labelLimit": width - 8,
        "minExtent": width,
        "maxExtent": width,
    }
    return {"field": field, "type": "nominal", "sort": None, "axis": axis}


def _colour(*, legend: bool) -> Spec:
    colours = [COLOURS[verdict] for verdict in Verdict]
    scale = {"domain": _verdict_labels(), "range": colours}
    return {"field": "verdict", "type": "nominal", "scale": scale, **({} if legend else {"legend": None})}


def _verdict_labels() -> list[str]:
    return [verdict.label for verdict in Verdict]


def _spec(title: str, rows: list[Spec], layers: list[Spec], width: int, step: int) -> Spec:
    return {
        "$schema": SCHEMA,
        "description": title,
        "data": {"values": rows},
        "width": width,
        "height": {"step": step},
        "layer": layers,
        "config": {
            "font": FONTS,
            "view": {"stroke": None},
            "background": "transparent",
            "axis": {"labelColor": INK, "titleColor": INK, "labelFontSize": 13, "gridColor": "#E3E7EB"},
        },
    }
