"""Figures: everything given is drawn and told, nothing missing becomes 0, and no eye is shut out."""

from __future__ import annotations

import math
from datetime import date
from itertools import combinations, pairwise

import pytest

from xinglin.base.places import Level, load_divisions
from xinglin.base.states import ValueState, Verdict
from xinglin.report import figure as look
from xinglin.report.comparisons import MOST, Missing, comparison_figure, gap_figure
from xinglin.report.figure import Figure, Point
from xinglin.report.maps import map_figure
from xinglin.report.outlines import map_places, outlines_of, package_source
from xinglin.report.trends import Aim, Vintage, trend_figure
from xinglin.report.words import SYMBOLS

MISSING = [state for state in ValueState if state is not ValueState.NUMBER]


def number(code: str, name: str, value: float, **more: object) -> Point:
    return Point(code, name, value, f"{value:g}%", **more)  # type: ignore[arg-type]


def nothing(code: str, name: str, state: ValueState) -> Point:
    return Point(code, name, None, state.label, state)


def cells(figure: Figure) -> list[str]:
    return [cell.text for row in figure.table.rows for cell in row]


def counties_of(city: str) -> list[tuple[str, str]]:
    divisions = load_divisions(city, depth=Level.COUNTY)
    return [(one.code, one.name) for one in map_places(divisions, city)]


def test_a_map_shows_every_place_and_every_state() -> None:
    """三沙: two islands with ground, one without; 清远: verdicts, and each reason for having no number."""
    places = counties_of("4418")
    points = [nothing(*place, state) for place, state in zip(places, MISSING, strict=False)]
    points += [
        number(code, name, 60.0, verdict=verdict)
        for (code, name), verdict in zip(places[len(MISSING) :], Verdict, strict=True)
    ]
    figure = map_figure("图", points, outlines_of("4418", package_source()))
    svg = figure.svg()
    for state in MISSING:
        assert f" {state.label}<" in svg, state
    for verdict in Verdict:
        assert f"{SYMBOLS[verdict]} {verdict.label}<" in svg, verdict
    assert [row[0].text for row in figure.table.rows] == [name for _, name in places]
    assert "0%" not in [cell for cell in cells(figure) if cell != "60%"]
    assert "审图号" in figure.notes[0] or "未经地图审核" in figure.notes[0]


def test_a_place_without_outline_is_a_tile() -> None:
    outlines = outlines_of("4603", package_source())
    points = [number(code, name, 50.0 + n) for n, (code, name) in enumerate(counties_of("4603"))]
    figure = map_figure("图", points, outlines)
    (tile,) = figure.spec["datasets"]["tiles"]
    assert tile["name"] == "中沙群岛的岛礁及其海域"
    assert "没有轮廓的地区" in figure.svg()
    assert any("1 个地区没有轮廓" in note for note in figure.notes)
    unasked = map_figure("图", points[:2], outlines)
    assert [row["words"] for row in unasked.spec["datasets"]["tiles"]] == ["未统计"]


def test_a_filler_colours_the_counties_in_it() -> None:
    """省直辖县级行政区划 (4290) is no ground of its own."""
    divisions = load_divisions("42", depth=Level.COUNTY)
    points = [number(one.code, one.name, 70.0, verdict=Verdict.MET) for one in divisions.children("42")]
    figure = map_figure("图", points, outlines_of("42", package_source()))
    rows = {row["code"]: row for row in figure.spec["datasets"]["places"]}
    assert rows["429021"]["look"] == "✔ 达标"
    assert figure.spec["datasets"]["tiles"] == []


def test_without_outlines_every_place_is_a_tile() -> None:
    points = [number(f"44188210{n}", f"第{n}镇", 10.0 * n) for n in range(9)] + [
        nothing("441882109", "第9镇", ValueState.SUPPRESSED)
    ]
    figure = map_figure("图", points, None, "%")
    svg = figure.svg()
    assert all(f">第{n}镇<" in svg for n in range(10))
    assert "样本过少" in svg
    assert figure.outlines is None


def test_steps_hold_every_value() -> None:
    """Narrow spans, one value, negative and tiny numbers: each value lies in the step that it is filled as."""
    for values in ([85.1, 99.0, 91.5], [7.0], [-3.0, 4.0], [0.001, 0.0042], [0.0, 100.0], [5.0, 5.0]):
        points = [number(f"44{n:04}", f"地{n}", value) for n, value in enumerate(values)]
        tiles = map_figure("图", points, None).spec["datasets"]["tiles"]
        for value, tile in zip(values, tiles, strict=True):
            lower, upper = (float(end) for end in tile["look"].split("–"))
            assert lower - 1e-9 <= value <= upper + 1e-9, (values, tile["look"])
        assert len({tile["look"] for tile in tiles}) <= len(look.SHADES)


def test_a_gap_in_a_trend_is_no_zero() -> None:
    day = [date(year, 12, 31) for year in range(2020, 2025)]
    vintages = [
        Vintage(day[0], 60.0, "60%"),
        Vintage(day[1], 70.0, "70%"),
        Vintage(day[2], None, "未报", ValueState.NOT_REPORTED),
        Vintage(day[3], 90.0, "90%"),
        Vintage(day[4], 97.0, "97%"),
    ]
    aim = Aim(date(2021, 1, 1), date(2027, 12, 31), 95.0, "≥95%")
    figure = trend_figure("势", vintages, [aim], 50.0, "%")
    rows = figure.spec["datasets"]["numbers"]
    lines = {row["run"] for row in rows if row["kind"] == "现值"}
    assert len(lines) == 2, "the line is broken where nothing was reported"
    ahead = [row["value"] for row in rows if row["kind"] == "直线外推"]
    assert max(ahead) == 100.0
    assert "不是预测" in figure.notes[0]
    svg = figure.svg()
    assert all(word in svg for word in ("未报", "≥95%", "基线", "直线外推"))
    assert [cell.text for cell in figure.table.rows[2]][1:3] == ["未报", "—"]
    few = trend_figure("势", vintages[:3], [aim], None, "%")
    assert few.notes == ()
    assert not any(row["kind"] == "直线外推" for row in few.spec["datasets"]["numbers"])


def test_units_compared() -> None:
    """Lowest first, those without a number last; few cases are drawn hollow; the table has everybody."""
    points = [
        number(f"QA{n}", f"卫生院{n}", 100.0 - n, denominator=5 if n == 1 else 200) for n in range(MOST + 5)
    ]
    points.append(nothing("QA99", "未报的卫生院", ValueState.NOT_REPORTED))
    figure = comparison_figure("比", points, 80.0, "目标 ≥80%", "%")
    assert len(figure.table.rows) == MOST + 6
    assert len(figure.spec["datasets"]["units"]) == MOST
    assert any(f"最低的 {MOST} 个" in note for note in figure.notes)
    short = comparison_figure("比", [*points[:4], points[-1]], 80.0, "目标 ≥80%", "%")
    rows = short.spec["datasets"]["units"]
    assert [row["name"] for row in rows] == ["卫生院3", "卫生院2", "卫生院1", "卫生院0", "未报的卫生院"]
    assert [row["fill"] == look.PAPER for row in rows] == [False, False, True, False, False]
    svg = short.svg()
    assert svg.count("目标 ≥80%<") == 1
    assert "未报<" in svg
    assert "不宜排名（1 个）" in short.notes[0]


def test_gaps_widest_first() -> None:
    missing = [
        Missing("甲", 0.9, "还差 1 家", "90%", "100%", Verdict.NOT_MET),
        Missing("乙", None, "未报", "未报", "有", Verdict.NOT_JUDGED),
        Missing("丙", 0.2, "还差 8 家", "20%", "100%", Verdict.NOT_MET),
    ]
    figure = gap_figure("差", missing)
    assert [row[0].text for row in figure.table.rows] == ["丙", "甲", "乙"]
    assert "✘ 还差 8 家" in figure.svg()


def test_a_value_goes_with_its_state() -> None:
    with pytest.raises(ValueError, match="state number"):
        Point("44", "广东省", 0.0, "未报", ValueState.NOT_REPORTED)
    with pytest.raises(ValueError, match="state number"):
        Point("44", "广东省", None, "")


# How dichromats see (Viénot, Brettel and Mollon 1999; Machado, Oliveira and Fernandes 2009), on linear RGB.
EYES = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def seen(colour: str, eye: str) -> list[float]:
    return [
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, linear(colour), strict=True)))) for row in EYES[eye]
    ]


def lab(rgb: list[float]) -> tuple[float, float, float]:
    x = (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.95047
    y = 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    z = (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.08883
    f = [part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in (x, y, z)]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def contrast(one: str, other: str) -> float:
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("eye", EYES)
def test_verdicts_and_steps_are_told_apart_by_every_eye(eye: str) -> None:
    """A difference of 12 in Lab is plain to see side by side (2 is just noticed)."""
    verdicts = [*look.COLOURS.values(), look.EMPTY]
    for one, other in [*combinations(verdicts, 2), *pairwise([look.EMPTY, *look.SHADES])]:
        difference = math.dist(lab(seen(one, eye)), lab(seen(other, eye)))
        assert difference >= 12, f"{eye}: {one} {other} {difference:.1f}"


def test_words_are_read_on_every_fill() -> None:
    fills = {**dict.fromkeys((*look.COLOURS.values(), look.EMPTY), look.INK)}
    fills |= {shade: look.PAPER if n > 2 else look.INK for n, shade in enumerate(look.SHADES)}
    for fill, ink in fills.items():
        assert contrast(fill, ink) >= 4, (fill, ink, contrast(fill, ink))
