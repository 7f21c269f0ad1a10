"""Geometry of outlines: files read, a set simplified together until it is small enough, projected and rounded.

The only module that uses shapely.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from xinglin.base.errors import XinglinError

_CODE_KEYS = ("gb", "adcode", "code")
_NATION_PREFIX = "156"  # country code before the six digits (GB/T 2659)
_DETAIL = 1600  # points a map's width is drawn with at most; finer is not seen
_COARSER = 1.3
_SCATTERED = 0.005  # share of ground in its bounds below which a place is scattered islands


class ShapelyMissing(XinglinError):  # noqa: N818 – says what is the matter
    """Outlines need shapely."""


@dataclass(frozen=True)
class OutlineFile:
    """One file: names by six-digit code, shapes kept packed, border lines."""

    names: dict[str, str]
    packed: dict[str, bytes]
    lines: list[Any]

    def shape(self, code: str) -> Any:
        """The outline with this code. Raises KeyError."""
        return _shapely().from_wkb(self.packed[code])


@dataclass(frozen=True)
class Drawn:
    """Features ready to draw (``id``: code, empty for lines), the bounds of all, the code of one set in a frame."""

    features: list[dict[str, Any]]
    bounds: tuple[float, float, float, float]
    inset: str


@lru_cache(maxsize=8)
def read_file(path: Path) -> OutlineFile:
    """Read a GeoJSON file of outlines; kept packed in memory, a third of the file's size.

    Raises:
        XinglinError: the file is no such file.
    """
    shapely = _shapely()
    names: dict[str, str] = {}
    packed: dict[str, bytes] = {}
    lines: list[Any] = []
    for feature in _features(path):
        code = _code(feature["properties"])
        geometry = shapely.geometry.shape(feature["geometry"])
        if code:
            names[code] = str(feature["properties"].get("name", ""))
            packed[code] = shapely.to_wkb(geometry)
        elif "Line" in geometry.geom_type:
            lines.append(geometry)
    return OutlineFile(names, packed, lines)


def drawn(outlines: Mapping[str, Any], lines: Sequence[Any], most: int) -> Drawn:
    """Project and simplify outlines together, as finely as ``most`` bytes allow.

    Simplifying a coverage moves a border once for both sides, and drops no island however small.
    """
    shapely = _shapely()
    if not outlines:
        return Drawn([], (0.0, 0.0, 0.0, 0.0), "")
    exact = [shapely.orient_polygons(_mercator(one), exterior_cw=True) for one in outlines.values()]
    kept = _nearby(lines, exact)
    far = _far(exact)
    inset = ""
    if far is not None:
        exact, kept = _with_inset(exact, kept, far)
        inset = list(outlines)[far]
    west, south, east, north = (round(float(value), 4) for value in shapely.total_bounds([*exact, *kept]))
    bounds = (west, south, east, north)
    extent = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) or 1.0
    digits = max(2, 4 - math.floor(math.log10(extent)))
    tolerance = extent / _DETAIL
    while True:
        shapes = dict(zip(outlines, shapely.coverage_simplify(exact, tolerance), strict=True))
        features = _features_of(shapes, kept, tolerance, digits, extent)
        if len(as_json(features)) <= most * 0.97:  # names and kinds come on top
            return Drawn(features, bounds, inset)
        tolerance *= _COARSER


def as_json(value: Any) -> str:
    """JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _shapely() -> Any:
    try:
        import shapely
        import shapely.geometry
    except ImportError:
        raise ShapelyMissing("画地图要用 shapely：请安装 `pip install 'xinglin[site]'`") from None
    return shapely


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        features: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["features"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise XinglinError(f"{path} 不是轮廓文件（GeoJSON 的 FeatureCollection）：{error}") from error
    return features


def _code(properties: Mapping[str, Any]) -> str:
    """Six digits, or nothing."""
    found = next((str(properties[key]) for key in _CODE_KEYS if properties.get(key)), "")
    code = found.removeprefix(_NATION_PREFIX) if len(found) == 9 else found
    return code if len(code) == 6 and code.isdecimal() else ""


def _mercator(geometry: Any) -> Any:
    """Latitudes stretched as Mercator does, in degrees of longitude."""
    import numpy

    def stretch(points: Any) -> Any:
        latitude = numpy.radians(points[:, 1])
        y = numpy.degrees(numpy.log(numpy.tan(math.pi / 4 + latitude / 2)))
        return numpy.column_stack([points[:, 0], y])

    return _shapely().transform(geometry, stretch)


def _nearby(lines: Sequence[Any], outlines: Sequence[Any]) -> list[Any]:
    """Border lines that touch the ground shown, cut off where the map ends unless it is the whole nation's."""
    shapely = _shapely()
    west, south, east, north = shapely.total_bounds(outlines)
    if east - west > 50:
        return [_mercator(line) for line in lines]
    cut = [shapely.clip_by_rect(_mercator(line), west, south, east, north) for line in lines]
    return [line for line in cut if not line.is_empty]


def _far(shapes: Sequence[Any]) -> int | None:
    """Which one is little ground spread wider than all the others together (三沙)."""
    bounds = _shapely().bounds(shapes)
    for number in range(len(shapes) if len(shapes) > 1 else 0):
        others = _span([one for index, one in enumerate(bounds) if index != number])
        spread = _area(bounds[number])
        if spread > _area(others) and shapes[number].area < _SCATTERED * spread:
            return number
    return None


def _span(bounds: Sequence[Any]) -> tuple[float, float, float, float]:
    west, south, east, north = zip(*bounds, strict=True)
    return min(west), min(south), max(east), max(north)


def _area(bounds: tuple[float, float, float, float]) -> float:
    return (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])


def _with_inset(shapes: list[Any], lines: Sequence[Any], far: int) -> tuple[list[Any], list[Any]]:
    """The far one and the border lines made smaller, in a frame to the right of the others and as high as they are."""
    shapely = _shapely()
    near = shapely.total_bounds([one for index, one in enumerate(shapes) if index != far])
    away = shapely.total_bounds([shapes[far], *lines])
    scale = (near[3] - near[1]) / (away[3] - away[1])
    margin = 0.04 * (near[2] - near[0])

    def moved(points: Any) -> Any:
        return (points - away[:2]) * scale + (near[2] + 2 * margin, near[1])

    placed = [shapely.transform(one, moved) if index == far else one for index, one in enumerate(shapes)]
    inside = [shapely.transform(line, moved) for line in lines]
    frame = shapely.box(*shapely.total_bounds([placed[far], *inside])).buffer(margin, join_style="mitre")
    return placed, [*inside, shapely.LineString(frame.exterior)]


def _features_of(
    shapes: Mapping[str, Any], lines: Sequence[Any], tolerance: float, digits: int, extent: float
) -> list[dict[str, Any]]:
    features = [_feature(code, shape, digits, extent) for code, shape in shapes.items()]
    for line in lines:
        thin = _shapely().simplify(line, tolerance)
        features.append(_plain("", thin, digits, {}))
    return features


def _feature(code: str, shape: Any, digits: int, extent: float) -> dict[str, Any]:
    largest = max(getattr(shape, "geoms", [shape]), key=lambda part: part.area)
    circle = _shapely().maximum_inscribed_circle(largest, tolerance=extent / 200)
    x, y = circle.coords[0]
    properties = {"x": round(x, digits), "y": round(y, digits), "room": round(2 * circle.length / extent, 3)}
    return _plain(code, shape, digits, properties)


def _plain(code: str, shape: Any, digits: int, properties: dict[str, Any]) -> dict[str, Any]:
    mapped = _shapely().geometry.mapping(shape)
    coordinates = _rounded(mapped["coordinates"], digits)
    geometry = {"type": mapped["type"], "coordinates": coordinates}
    return {"type": "Feature", "id": code, "properties": properties, "geometry": geometry}


def _rounded(value: Any, digits: int) -> Any:
    """Coordinates rounded; points that fall together are one, but a ring keeps its four."""
    if isinstance(value[0], (float, int)):
        return [round(float(value[0]), digits), round(float(value[1]), digits)]
    inner = [_rounded(one, digits) for one in value]
    if not isinstance(inner[0][0], float):
        return inner
    thinned = [inner[0]] + [b for a, b in pairwise(inner) if a != b]
    return thinned if len(thinned) >= 4 else inner
