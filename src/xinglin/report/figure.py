"""A figure: a chart's description with the table of the same numbers, and what readers must know about it.

The description is Vega-Lite; a page hands it to the browser, a report has it drawn (`svg`, `png`). Fonts, ink and
palette of all figures stand here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from xinglin.base.states import ValueState, Verdict
from xinglin.report.words import NOTHING, SYMBOLS, exact_words, value_words

if TYPE_CHECKING:
    from xinglin.report.outlines import Outlines
    from xinglin.standing.model import Part, Result

FONTS = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, sans-serif"
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
INK = "#1B1F24"
PAPER = "#FFFFFF"
SOFT = "#5B6670"
GRID = "#E3E7EB"
OUTLINES = "outlines"  # name of the data set that a page fetches and a report holds

# Okabe–Ito, told apart by readers with any colour vision; shape or sign says the same once more.
COLOURS = {
    Verdict.MET: "#009E73",
    Verdict.NOT_MET: "#D55E00",
    Verdict.WARN: "#E69F00",
    Verdict.NOT_JUDGED: "#BBBBBB",
}
SHADES = ("#BBD8F0", "#84B5DF", "#4B90CC", "#2164A2", "#08335F")
"""Lightness falls evenly, so that order is seen by any eye and on a grey printer."""
EMPTY = "#F6F7F7"  # no number: almost paper, with the word for the state
UNCOUNTED = "未统计"

Spec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Point:
    """The number of one place or unit in a chart.

    Attributes:
        code, name: of the place or facility. value: None unless ``state`` is a number. words: the value as people
            read it. exact: numerator ÷ denominator. verdict: None where nothing is judged.
        denominator: on how many cases the number rests; None when it is no share. href: the page that opens it.
        note: said in the table and on hovering (``补报，未发布``).
    """

    code: str
    name: str
    value: float | None
    words: str
    state: ValueState = ValueState.NUMBER
    verdict: Verdict | None = None
    exact: str = NOTHING
    denominator: int | None = None
    href: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if (self.state is ValueState.NUMBER) != (self.value is not None):
            raise ValueError(f"{self.code} {self.name}: a value goes with the state number, and only with it")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: text, the page it leads to, whether it is a number (set right), whether on one line."""

    text: str
    href: str = ""
    number: bool = False
    short: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a figure. The first cell of a row names it."""

    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart and its table.

    Attributes:
        title: caption. spec: Vega-Lite without outlines. table: the same numbers. notes: under the chart.
        size: width and height in pixels, about: room is kept before it is drawn.
        outlines: of a map; None for other charts.
    """

    title: str
    spec: Spec
    table: Table
    notes: tuple[str, ...] = ()
    size: tuple[int, int] = (640, 320)
    outlines: Outlines | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """Code of the place whose outlines the chart needs; empty when it needs none."""
        return self.outlines.place if self.outlines else ""

    def complete(self) -> Spec:
        """The description with everything in it, for drawing without a browser."""
        if self.outlines is None:
            return self.spec
        data = {**self.spec["datasets"], OUTLINES: list(self.outlines.features)}
        return {**self.spec, "datasets": data}

    def svg(self) -> str:
        """The figure as SVG text; fonts are the reader's."""
        import vl_convert

        return str(vl_convert.vegalite_to_svg(self.complete()))

    def png(self, scale: float = 2) -> bytes:
        """The figure as PNG on white; needs a font with Chinese glyphs on this machine."""
        import vl_convert

        return bytes(vl_convert.vegalite_to_png({**self.complete(), "background": PAPER}, scale=scale))


def points_of(
    result: Result, children: Sequence[tuple[str, str]] = (), hrefs: dict[str, str] | None = None
) -> tuple[Point, ...]:
    """The parts of a result below its place, as points.

    Args:
        result: with ``below``. children: code and name of the places that must appear, counted or not
            (``standing.children``). hrefs: pages by code.
    """
    parts = {part.code: part for part in result.below}
    names = dict(children) or {part.code: part.label for part in result.below}
    return tuple(_point(code, name, parts.get(code), result, hrefs or {}) for code, name in names.items())


def _point(code: str, name: str, part: Part | None, result: Result, hrefs: dict[str, str]) -> Point:
    href = hrefs.get(code, "")
    if part is None:
        return Point(code, name, None, UNCOUNTED, ValueState.NOT_REPORTED, href=href)
    known = part.state is ValueState.NUMBER and part.value is not None
    whole = (part.denominator or "") if known else ""
    return Point(
        code,
        name,
        part.value if known else None,
        value_words(part, result),
        part.state,
        part.verdict,
        exact_words(part),
        int(whole) if whole.isdecimal() else None,
        href,
    )


def verdict_words(point: Point) -> str:
    """Sign and word of a point's verdict, the word of its state where there is no number, or nothing."""
    if point.state is not ValueState.NUMBER:
        return NOTHING
    return f"{SYMBOLS[point.verdict]} {point.verdict.label}" if point.verdict else ""


def points_table(points: Sequence[Point], first: str = "地区") -> Table:
    """Name, value, what it is made of, verdict; the columns that say nothing are left out."""
    judged = any(point.verdict for point in points)
    noted = any(point.note for point in points)
    head = [Cell(first), Cell("数值", number=True), Cell("分子 ÷ 分母", number=True)]
    head += [Cell("判断")] * judged + [Cell("说明")] * noted
    rows = tuple(_table_row(point, judged, noted) for point in points)
    return Table(tuple(head), rows)


def _table_row(point: Point, judged: bool, noted: bool) -> tuple[Cell, ...]:
    cells = [Cell(point.name, point.href), Cell(point.words, number=True), Cell(point.exact, number=True)]
    cells += [Cell(verdict_words(point) or NOTHING, short=True)] * judged + [Cell(point.note)] * noted
    return tuple(cells)


def readable(layer: Spec) -> list[Spec]:
    """A layer of text with a paper-coloured edge behind it, so that it is read across lines and bars."""
    edge = {**layer["mark"], "stroke": PAPER, "strokeWidth": 3, "strokeJoin": "round", "color": PAPER}
    return [{**layer, "mark": edge}, layer]


def config() -> Spec:
    """Look shared by all figures."""
    return {
        "font": FONTS,
        "view": {"stroke": None},
        "background": "transparent",
        "axis": {
            "labelColor": INK,
            "titleColor": INK,
            "labelFontSize": 13,
            "titleFontSize": 13,
            "titleFontWeight": "normal",
            "gridColor": GRID,
        },
        "legend": {"labelColor": INK, "titleColor": INK, "labelFontSize": 13, "symbolSize": 160},
        "title": {"font": FONTS, "color": INK, "fontSize": 13, "fontWeight": "normal", "anchor": "start"},
    }
