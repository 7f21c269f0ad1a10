"""The one-page digest: what stands on it, chosen and shortened once for paper and screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from xinglin.base.states import Strength, ValueState, Verdict
from xinglin.report import tiles, views, words
from xinglin.report.origin import Address, Origin
from xinglin.report.tiles import TileMap
from xinglin.report.views import Row
from xinglin.standing.model import Result, Standing

_BY_VALUE = {verdict.value: sign for verdict, sign in words.PLAIN_SYMBOLS.items()}
_TICKS = {words.SYMBOLS[verdict]: sign for verdict, sign in words.PLAIN_SYMBOLS.items()}


@dataclass(frozen=True, slots=True)
class Room:
    """How much stands on the page; the page is tried with less until it fits.

    Attributes:
        figures, shortfalls, tiles: at most so many. label, units: widths in Chinese characters.
    """

    figures: int = 6
    shortfalls: int = 9
    tiles: int = 36
    label: int = 34
    units: int = 26


ROOMS = (
    Room(),
    Room(shortfalls=6),
    Room(shortfalls=5, tiles=24, label=26, units=18),
    Room(shortfalls=3, tiles=0, label=14, units=8),
)
"""From roomy to tight; the last fits whatever the data."""


@dataclass(frozen=True, slots=True)
class KeyNumber:
    """One key number beside its target; ``share`` and ``asked`` (0–100) draw its bar where it is a percentage."""

    label: str
    value: str
    target: str
    verdict: str
    sign: str
    words: str
    document: str
    link: str
    share: float | None
    asked: float | None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One target missed: what is lacking and who must act."""

    label: str
    value: str
    target: str
    sign: str
    verdict: str
    gap: str
    who: str
    link: str


@dataclass(frozen=True, slots=True)
class Tile:
    """One place below, for one result."""

    name: str
    value: str
    sign: str
    look: str


@dataclass(frozen=True, slots=True)
class Strip:
    """The places below, for one result; ``left_out`` of them are not shown."""

    title: str
    target: str
    tiles: tuple[Tile, ...]
    left_out: int


@dataclass(frozen=True, slots=True)
class Digest:
    """Everything the page says, as words.

    ``notes`` are (label, words) about the data. ``chosen`` says how the key numbers were chosen.
    """

    title: str
    place: str
    day: tuple[int, int, int]
    date: str
    demonstration: str
    summary: str
    empty_because: str
    tallies: tuple[views.Tally, ...]
    figures: tuple[KeyNumber, ...]
    chosen: str
    shortfalls: tuple[Shortfall, ...]
    shortfalls_left_out: int
    strip: Strip | None
    notes: tuple[tuple[str, str], ...]


DEMONSTRATION = "演示数据：由程序模拟生成，不反映任何真实机构和个人，不得用于考核或公布。"
_CHOSEN = "本级文件、约束力强的目标在前，同一指标只列一次"


def digest_of(
    standing: Standing, origin: Origin, address: Address | None = None, room: Room = ROOMS[0]
) -> Digest:
    """The digest of a standing, as much of it as the room allows."""
    rows = views.rows_of(standing)
    link = address or (lambda _: "")
    missed = _widest(rows)
    named = _one_a_measure(missed)[: room.shortfalls]
    day = standing.on
    return Digest(
        title=f"{standing.place_name}基层中医药服务对标摘要",
        place=words.shortened(standing.place_full_name, 40),
        day=(day.year, day.month, day.day),
        date=words.date_words(day),
        demonstration=DEMONSTRATION if standing.demonstration else "",
        summary=f"对照 {len(views.documents_of(rows))} 份文件、{len(standing.results)} 项目标",
        empty_because=standing.empty_because,
        tallies=tuple(_tally(tally) for tally in views.tallies_of(standing)),
        figures=tuple(
            _figure(row.result, link, room) for row in _one_a_measure(_binding(rows))[: room.figures]
        ),
        chosen=_CHOSEN,
        shortfalls=tuple(_shortfall(row.result, link, room) for row in named),
        shortfalls_left_out=len(missed) - len(named),
        strip=_strip(standing, rows, room),
        notes=tuple(_notes(standing, origin)),
    )


def _tally(tally: views.Tally) -> views.Tally:
    sign = _BY_VALUE.get(tally.key, tally.symbol)
    return views.Tally(tally.key, sign, tally.label, tally.count, words.shortened(tally.note, 24))


def _binding(rows: Sequence[Row]) -> list[Row]:
    """Numbers with a target, those that bind most first; the stricter of two before the other."""
    fit = [row for row in rows if row.result.state is ValueState.NUMBER and row.result.threshold is not None]
    strengths = list(Strength)

    def rank(row: Row) -> tuple[bool, int, bool, int]:
        result = row.result
        return not result.own, strengths.index(result.strength), not result.stricter, row.number

    return sorted(fit, key=rank)


def _one_a_measure(rows: Iterable[Row]) -> list[Row]:
    """Of rows of the same measure the first: a page so short says nothing twice."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row.result.measure_label, row)
    return list(found.values())


def _widest(rows: Sequence[Row]) -> list[Row]:
    """The rows that miss a must, then those that miss less; the larger the share lacking, the earlier."""
    return sorted(
        views.missed_of(rows), key=lambda r: (r.result.verdict is Verdict.WARN, -_lacking(r.result))
    )


def _lacking(result: Result) -> float:
    """Which part of the target is not reached, to set the widest gap first; never shown."""
    if result.value is None or not result.threshold:
        return 1.0
    return 1 - result.value / result.threshold


def _figure(result: Result, link: Callable[[Result], str], room: Room) -> KeyNumber:
    percent = result.unit == "%" and result.value is not None and result.threshold is not None
    return KeyNumber(
        label=words.shortened(result.summary, room.label),
        value=words.value_words(result, result),
        target=words.shortened(result.threshold_words, 14),
        verdict=result.verdict.value,
        sign=words.PLAIN_SYMBOLS[result.verdict],
        words=words.shortened(result.verdict_words or result.verdict.label, 12),
        document=words.shortened(result.document_short, 10),
        link=link(result),
        share=_within(result.value) if percent else None,
        asked=_within(result.threshold) if percent else None,
    )


def _within(value: float | None) -> float:
    return max(0.0, min(100.0, value or 0.0))


def _shortfall(result: Result, link: Callable[[Result], str], room: Room) -> Shortfall:
    return Shortfall(
        label=words.shortened(result.summary, room.label),
        value=words.value_words(result, result),
        target=words.shortened(result.threshold_words, 14),
        sign=words.PLAIN_SYMBOLS[result.verdict],
        verdict=result.verdict.value,
        gap=words.shortened(words.gap_words(result.gap), 18),
        who=words.shortened(words.responsible_words(result), room.units),
        link=link(result),
    )


def _strip(standing: Standing, rows: Sequence[Row], room: Room) -> Strip | None:
    """The places below for the most urgent result that tells them apart."""
    maps = tiles.tile_maps(standing, rows)
    if not maps or not room.tiles:
        return None
    urgent = {row.number: rank for rank, row in enumerate(_widest(rows))}
    found: TileMap = min(maps, key=lambda one: urgent.get(one.number, len(rows) + one.number))
    shown = tuple(
        Tile(words.shortened(t.name, 6), words.shortened(t.value, 8), _TICKS.get(t.symbol, t.symbol), t.look)
        for t in found.tiles[: room.tiles]
    )
    left_out = len(found.tiles) - len(shown)
    return Strip(words.shortened(found.title, 30), words.shortened(found.target, 14), shown, left_out)


def _notes(standing: Standing, origin: Origin) -> Iterable[tuple[str, str]]:
    yield (
        "数据",
        f"截至{words.date_words(standing.on)}；行政区划 {words.shortened(standing.divisions_edition, 20)}",
    )
    yield (
        "回执",
        origin.receipt
        + (f"（期次 {words.shortened(origin.vintage, 26)}）" if origin.vintage else "（未发布）"),
    )
    yield "数据清单", standing.facts_manifest
    yield "定义摘要", standing.definitions_hash
    yield "重算", words.shortened(origin.command, 60)
