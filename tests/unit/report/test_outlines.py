"""Outlines of the package's files against our places: everyone has ground or is named, small enough, in one piece."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from xinglin.base.errors import XinglinError
from xinglin.base.places import Level, PlaceKind, load_divisions
from xinglin.report import outlines as outlines_module
from xinglin.report import shapes
from xinglin.report.outlines import (
    MOST_BYTES,
    Outlines,
    OutlinesMissing,
    folder_source,
    map_places,
    outlines_of,
    package_source,
)

UPPER = load_divisions(depth=Level.COUNTY)
PROVINCES = [place.code for place in UPPER.children("0") if place.kind is PlaceKind.REAL]
CITIES = [place.code for province in ("44", "54", "42") for place in UPPER.children(province)]
VIEWS = ["0", *PROVINCES, *CITIES]


@pytest.fixture(scope="module")
def views() -> dict[str, Outlines]:
    source = package_source()
    return {place: outlines_of(place, source) for place in VIEWS}


def grounds(view: Outlines) -> dict[str, Any]:
    return {one["id"]: one for one in view.features if one["properties"]["kind"] == "place"}


def points(value: Any) -> Iterator[list[float]]:
    if isinstance(value[0], (int, float)):
        yield value
    else:
        for one in value:
            yield from points(one)


def test_nobody_is_dropped(views: dict[str, Outlines]) -> None:
    assert len(CITIES) >= 20
    for place, view in views.items():
        wanted = [one.code for one in map_places(UPPER, place)]
        found = [*grounds(view), *(code for code, _ in view.without)]
        assert sorted(found) == sorted(wanted), place


def test_every_real_county_of_the_nation_has_an_outline() -> None:
    """By its own code or by lineage; the statistical areas and 中沙 have none."""
    source = package_source()
    level = shapes.read_file(source.folder / "district.geojson")
    known = outlines_module._our_codes(source, Level.COUNTY)
    without = [one.code for one in UPPER.counties() if one.code not in known]
    assert without == []
    assert level.names[known["540481"]] == "米林市"
    assert known["540481"] == "540422", "the file has the code from before 2023"


def test_a_view_is_small(views: dict[str, Outlines]) -> None:
    for place, view in views.items():
        size = len(shapes.as_json(list(view.features)).encode())
        assert size <= MOST_BYTES, f"{place}: {size}"


def test_no_island_is_lost(views: dict[str, Outlines]) -> None:
    """Simplifying must not drop the islets of the South China Sea."""
    file = shapes.read_file(package_source().folder / "province.geojson")
    for code, one in grounds(views["0"]).items():
        before = shapely.get_num_geometries(file.shape(f"{code}0000"))
        assert len(one["geometry"]["coordinates"]) == before, code
    lines = [one for one in views["0"].features if one["properties"]["kind"] == "line"]
    assert len(lines) == len(file.lines), "境界线"


def test_neighbours_share_their_border(views: dict[str, Outlines]) -> None:
    for place in ("4418", "32", "65"):
        ground = [shape(one["geometry"]) for one in grounds(views[place]).values()]
        assert shapely.coverage_is_valid(ground), place


def test_outlines_lie_inside_the_bounds_and_turn_clockwise(views: dict[str, Outlines]) -> None:
    for place, view in views.items():
        west, south, east, north = view.bounds
        for one in view.features:
            for x, y in points(one["geometry"]["coordinates"]):
                assert west - 0.01 <= x <= east + 0.01, place
                assert south - 0.01 <= y <= north + 0.01, place
    largest = [
        max(shape(one["geometry"]).geoms, key=lambda part: part.area) for one in grounds(views["32"]).values()
    ]
    assert not any(part.exterior.is_ccw for part in largest)


def test_islands_far_off_stand_in_a_frame(views: dict[str, Outlines]) -> None:
    assert views["46"].inset == "三沙市"
    assert {view.inset for place, view in views.items() if place != "46"} == {""}
    west, south, east, north = views["46"].bounds
    assert (east - west) * (north - south) < 20, "the main island fills the map"


def test_ground_that_is_none_of_ours_is_named(views: dict[str, Outlines]) -> None:
    assert {name for _, name in views["62"].unmatched} >= {"中农发山丹马场"}
    assert [place for place, view in views.items() if view.unmatched] == ["62"]


def square(x: float, y: float, code: str, name: str) -> dict[str, Any]:
    ring = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"adcode": int(code), "name": name}, "geometry": geometry}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Outlines of one's own, in the layout that AutoNavi's files have (adcode)."""
    sets = {
        "province": [square(110, 20, "440000", "广东省")],
        "city": [square(110, 20, "441800", "清远市")],
        "district": [square(110, 20, "441882", "连州市"), square(111, 20, "441881", "英德市")],
    }
    for name, features in sets.items():
        text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
        (tmp_path / f"{name}.geojson").write_text(text, encoding="utf-8")
    (tmp_path / "SOURCE.txt").write_text("省自然资源厅\n政务使用\n", encoding="utf-8")
    return tmp_path


def test_outlines_of_ones_own(folder: Path) -> None:
    source = folder_source(folder, "粤S（2025）001号")
    view = outlines_of("4418", source)
    assert set(grounds(view)) == {"441881", "441882"}
    assert ("441803", "清新区") in view.without
    assert (
        source.words == "示意图，不作为划界依据。轮廓：省自然资源厅（政务使用）。审图号：粤S（2025）001号。"
    )
    assert "未经地图审核" in package_source().words


def test_kept_outlines_follow_the_files(folder: Path, tmp_path: Path) -> None:
    """What was simplified is used again, made anew when it is broken, and left alone when the files change."""
    cache = tmp_path / "cache"
    outlines_of("4418", folder_source(folder), cache)
    (kept,) = cache.rglob("4418.json")
    kept.write_text(kept.read_text(encoding="utf-8")[:50], encoding="utf-8")
    forget()
    assert len(outlines_of("4418", folder_source(folder), cache).features) == 2
    district = folder / "district.geojson"
    text = json.dumps({"features": [square(110, 20, "441882", "连州市")]})
    district.write_text(text, encoding="utf-8")
    forget()
    assert set(grounds(outlines_of("4418", folder_source(folder), cache))) == {"441882"}


def forget() -> None:
    """As a new process does."""
    for kept in (
        outlines_module._kept,
        outlines_module._edition,
        outlines_module._our_codes,
        shapes.read_file,
    ):
        kept.cache_clear()


def test_says_what_is_missing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "city.geojson").unlink()
    with pytest.raises(OutlinesMissing, match=r"没有 city\.geojson"):
        folder_source(folder)
    (folder / "district.geojson").write_text("[]", encoding="utf-8")
    with pytest.raises(XinglinError, match=r"district\.geojson 不是轮廓文件"):
        shapes.read_file(folder / "district.geojson")
    monkeypatch.setattr(outlines_module, "find_spec", lambda _: None)
    with pytest.raises(OutlinesMissing, match=r"pip install 'xinglin\[site\]'"):
        package_source()
    monkeypatch.setitem(sys.modules, "shapely", None)
    with pytest.raises(shapes.ShapelyMissing, match=r"pip install 'xinglin\[site\]'"):
        shapes.read_file(folder / "province.geojson")
