"""A map of one number: outlines filled by verdict or by value, and tiles for the places that have no outline."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from xinglin.base.states import ValueState
from xinglin.report import figure
from xinglin.report.figure import EMPTY, OUTLINES, PAPER, SCHEMA, UNCOUNTED, Figure, Point, Spec
from xinglin.report.looks import SIGNS, Look, looks_of, rank
from xinglin.report.outlines import Outlines
from xinglin.report.words import NOTHING, SYMBOLS, shortened

WIDTH = 640
_LOWEST, _HIGHEST = 240, 620  # of a map, in pixels
_TILE = (124, 46)
_GAP = 4
_TILES_A_ROW = 5
_ROOM = {"name": 0.08, "sign": 0.012}  # share of the map's width that a name, a sign needs
_LETTERS = 15  # on a map: a page shows it at two thirds of its width
_LINE = "#6B7680"
_CONTEXT = "无对应区划"


def map_figure(title: str, points: Sequence[Point], outlines: Outlines | None, unit: str = "") -> Figure:
    """A map of points over outlines; without outlines (a county, a missing file) every place is a tile.

    Filled by verdict where one is given, otherwise by value in up to five steps; what is no number is drawn as such.

    Args:
        title: caption. points: the places shown, in their order. outlines: of the place above them.
        unit: of the values, for the legend (``%``).
    """
    grounds = _grounds(points, outlines)
    looks = looks_of(points, unit)
    rows = {point.code: _row(point, looks[point.code]) for point in points}
    places = [{**_counted(ground, rows), "code": code} for code, ground in grounds.items()]
    tiles = [row for code, row in rows.items() if not _has_ground(code, grounds)]
    tiles += [_uncounted(code, name) for code, name in _left(rows, outlines if grounds else None)]
    scale = _scale(looks.values(), [row["look"] for row in (*places, *tiles)])
    parts = [_map(scale, outlines)] if grounds and outlines else []
    parts += [_tiles(scale, len(tiles), bool(parts))] if tiles else []
    data = {
        "places": places,
        "tiles": [_seated(row, number) for number, row in enumerate(tiles)],
        OUTLINES: [],
    }
    spec = {
        "$schema": SCHEMA,
        "description": title,
        "datasets": data,
        "vconcat": parts,
        "spacing": 14,
        "config": figure.config(),
    }
    size = (WIDTH, sum(part["height"] for part in parts) + 44)
    drawn = outlines if grounds else None
    return Figure(title, spec, figure.points_table(points), _notes(drawn, len(tiles)), size, drawn)


def _grounds(points: Sequence[Point], outlines: Outlines | None) -> dict[str, Spec]:
    """Features that are places, by code; none where the points lie deeper than the features."""
    if outlines is None:
        return {}
    places = {
        one["id"]: one["properties"] for one in outlines.features if one["properties"]["kind"] == "place"
    }
    deeper = any(
        len(point.code) > len(code) and point.code.startswith(code) for point in points for code in places
    )
    return {} if deeper else places


def _has_ground(code: str, grounds: dict[str, Spec]) -> bool:
    """Whether a place is drawn, itself or (省直辖县级行政区划) the places in it."""
    return code in grounds or any(ground["parent"] == code for ground in grounds.values())


def _counted(ground: Spec, rows: dict[str, Spec]) -> Spec:
    """The row of a feature: its place's, its filler's, or that it was not counted."""
    found = rows.get(ground["code"]) or rows.get(ground["parent"])
    return found or _uncounted(ground["code"], ground["name"])


def _left(rows: dict[str, Spec], outlines: Outlines | None) -> list[tuple[str, str]]:
    """Places below that have neither outline nor number."""
    return [(code, name) for code, name in outlines.without if code not in rows] if outlines else []


def _uncounted(code: str, name: str) -> Spec:
    return _row(Point(code, name, None, UNCOUNTED, ValueState.NOT_REPORTED), Look(UNCOUNTED, EMPTY))


def _row(point: Point, look: Look) -> Spec:
    sign = SYMBOLS[point.verdict] if point.verdict and point.value is not None else ""
    sign = SIGNS[point.state] if point.value is None and point.words != UNCOUNTED else sign
    return {
        "code": point.code,
        "name": point.name,
        "label": shortened(point.name, 7),
        "words": point.words,
        "exact": point.exact,
        "sign": sign,
        "look": look.words,
        "ink": look.ink,
        "note": point.note or NOTHING,
        **({"href": point.href} if point.href else {}),
    }


def _scale(looks: Iterable[Look], used: Sequence[str]) -> Spec:
    """One scale for map and tiles: what occurs, numbers first."""
    known = {look.words: look.fill for look in sorted(looks, key=rank)} | {UNCOUNTED: EMPTY}
    kept = {words: fill for words, fill in known.items() if words in used}
    return {"domain": list(kept), "range": list(kept.values())}


def _map(scale: Spec, outlines: Outlines) -> Spec:
    west, south, east, north = outlines.bounds
    height = WIDTH * (north - south) / ((east - west) or 1.0)
    kind = "datum.properties.kind"
    lookup = {"lookup": "id", "from": {"data": {"name": "places"}, "key": "code", "fields": _FIELDS}}
    source: Spec = {"data": {"name": OUTLINES}}
    areas: Spec = {
        **source,
        "transform": [{"filter": f"{kind} == 'place'"}, lookup],
        "mark": {"type": "geoshape", "stroke": _LINE, "strokeWidth": 0.7},
        "encoding": {"color": _colour(scale), **_OPENED},
    }
    # Under the areas: a shape without fill still catches the pointer.
    lines: Spec = {
        **source,
        "transform": [{"filter": f"{kind} == 'line'"}],
        "mark": {"type": "geoshape", "filled": False, "stroke": _LINE, "strokeWidth": 0.7},
    }
    return {
        "width": WIDTH,
        "height": round(max(_LOWEST, min(_HIGHEST, height))),
        "projection": {"type": "identity", "reflectY": True},
        "layer": [_context(source, kind), lines, areas, *_labels(source, lookup, kind)],
    }


def _context(source: Spec, kind: str) -> Spec:
    mark = {"type": "geoshape", "fill": PAPER, "stroke": _LINE, "strokeDash": [2, 2]}
    return {
        **source,
        "transform": [{"filter": f"{kind} == 'context'"}],
        "mark": mark,
        "encoding": {"tooltip": {"field": "properties.name", "title": _CONTEXT}},
    }


def _labels(source: Spec, lookup: Spec, kind: str) -> list[Spec]:
    """A name where one fits, and a sign wherever a place can be seen."""
    place = {"longitude": {"field": "properties.x"}, "latitude": {"field": "properties.y"}}
    layers = []
    for text, need, dy in (("label", _ROOM["name"], -9), ("below", _ROOM["name"], 9), ("sign", None, 0)):
        room = "datum.properties.room"
        test = f"{room} >= {need}" if need else f"{room} < {_ROOM['name']} && {room} >= {_ROOM['sign']}"
        transform = [
            {"filter": f"{kind} == 'place' && {test}"},
            lookup,
            {"calculate": _BELOW, "as": "below"},
        ]
        mark = {"type": "text", "fontSize": _LETTERS, "dy": dy, "limit": 100, "tooltip": None}
        layers.append(
            {
                **source,
                "transform": transform,
                "mark": mark,
                "encoding": {**place, "text": {"field": text}, "color": _INK_OF},
            }
        )
    return layers


def _tiles(scale: Spec, count: int, under_map: bool) -> Spec:
    """A grid of tiles in reading order; the row of a map's places without outline has its heading."""
    rows = math.ceil(count / _TILES_A_ROW)
    height = rows * (_TILE[1] + _GAP)
    box = {
        "x": {"field": "x", **_seat(WIDTH)},
        "x2": {"field": "x2"},
        "y": {"field": "y", **_seat(height, reverse=True)},
        "y2": {"field": "y2"},
    }
    tile = {
        "mark": {"type": "rect", "stroke": _LINE, "strokeWidth": 0.6, "cornerRadius": 3},
        "encoding": {**box, "color": _colour(scale, legend=not under_map), **_OPENED},
    }
    texts = [_tile_text("label", -8, height, "normal"), _tile_text("below", 9, height, "bold")]
    heading = {"title": "没有轮廓的地区"} if under_map else {}
    return {
        **heading,
        "width": WIDTH,
        "height": height,
        "data": {"name": "tiles"},
        "transform": [{"calculate": _BELOW, "as": "below"}],
        "layer": [tile, *texts],
    }


def _tile_text(field: str, dy: int, height: int, weight: str) -> Spec:
    mark = {
        "type": "text",
        "fontSize": 12,
        "fontWeight": weight,
        "dy": dy,
        "limit": _TILE[0] - 10,
        "tooltip": None,
    }
    encoding = {
        "x": {"field": "mx", **_seat(WIDTH)},
        "y": {"field": "my", **_seat(height, reverse=True)},
        "text": {"field": field},
        "color": _INK_OF,
    }
    return {"mark": mark, "encoding": encoding}


def _seat(length: int, *, reverse: bool = False) -> Spec:
    """A scale on which a value is a pixel."""
    scale = {"domain": [0, length], "nice": False, "zero": False, "reverse": reverse}
    return {"type": "quantitative", "axis": None, "scale": scale}


def _seated(row: Spec, number: int) -> Spec:
    width, height = _TILE
    x = number % _TILES_A_ROW * (width + _GAP)
    y = number // _TILES_A_ROW * (height + _GAP)
    return {
        **row,
        "x": x,
        "x2": x + width,
        "y": y,
        "y2": y + height,
        "mx": x + width / 2,
        "my": y + height / 2,
    }


def _colour(scale: Spec, *, legend: bool = True) -> Spec:
    shown = {
        "title": None,
        "orient": "top",
        "symbolType": "square",
        "symbolStrokeColor": _LINE,
        "labelFontSize": _LETTERS,
        "labelLimit": 240,
    }
    return {"field": "look", "type": "nominal", "scale": scale, "legend": shown if legend else None}


def _notes(outlines: Outlines | None, tiles: int) -> tuple[str, ...]:
    if outlines is None:
        return ("每格是一个地区，按代码排列，不表示位置。",)
    notes = [outlines.source.words]
    if outlines.inset:
        notes.append(f"{outlines.inset}在右边方框里，比例尺不同。")
    if tiles:
        notes.append(f"{tiles} 个地区没有轮廓，列在图下方的格子里。")
    if outlines.unmatched:
        names = "、".join(name for _, name in outlines.unmatched)
        notes.append(f"轮廓文件中的{names}在区划代码中没有对应，画作虚线。")
    return tuple(notes)


_BELOW = "datum.sign ? datum.sign + ' ' + datum.words : datum.words"
_INK_OF: Spec = {"field": "ink", "type": "nominal", "scale": None}
_FIELDS = ["name", "label", "words", "exact", "sign", "look", "ink", "note", "href"]
_OPENED: Spec = {
    "tooltip": [
        {"field": "name", "title": "地区"},
        {"field": "words", "title": "数值"},
        {"field": "exact", "title": "分子 ÷ 分母"},
        {"field": "look", "title": "图例"},
        {"field": "note", "title": "说明"},
    ],
    "href": {"field": "href"},
}
