"""The review page: the document on the left, what was read of it on the right, each quotation linked both ways.

One file that needs nothing else: no network, no font, no picture. Without its script the links still work.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from xinglin.base.states import Strength
from xinglin.policy.reader.diff_words import thresholds_words
from xinglin.policy.reader.draft import Draft
from xinglin.policy.reader.draft_entries import Drafted
from xinglin.policy.reader.draft_thresholds import Book
from xinglin.policy.reader.model import Block, Quotation, Reading, Source, Surety
from xinglin.policy.rows import load_rows

_SURE, _FAIR = 0.9, 0.75
_LABELS = {"targets": "目标", "tasks": "任务", "duties": "职责", "trends": "趋势", "past": "过去的数"}
_NOTES = {
    "trends": "只有方向、没有数字：只显示，不评判",
    "past": "写的是过去的情况，不是目标，不写进草稿；列在这里以便核对",
}


@dataclass(frozen=True)
class Label:
    """A small link behind a quotation: to which entry, what it says, and its own anchor."""

    entry: str
    text: str
    anchor: str


@dataclass(frozen=True)
class Piece:
    """A run of the document's words: quoted by some entries, with the labels of those whose quotation ends here."""

    text: str
    kind: str = ""
    entries: tuple[str, ...] = ()
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A block of the document as shown: a heading or paragraph in pieces, or a table of cells in pieces."""

    kind: str
    number: str = ""
    pieces: tuple[Piece, ...] = ()
    rows: tuple[tuple[tuple[Piece, ...], ...], ...] = ()
    page: int | None = None


@dataclass(frozen=True)
class Card:
    """An entry as shown."""

    anchor: str
    name: str
    kind: str
    title: str
    facts: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str, str], ...]
    sure: str
    marks: str
    percent: int
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    wanted: bool


def review_page(reading: Reading, drafted: Sequence[Draft], book: Book) -> str:
    """The page as HTML; the same input gives the same bytes."""
    cards = [card for draft in drafted for card in _cards(draft, book)]
    cards += list(_past_cards(reading))
    groups = [(kind, _LABELS[kind], [card for card in cards if card.kind == kind]) for kind in _LABELS]
    document = reading.document
    return (
        _environment()
        .get_template("review.html.j2")
        .render(
            title=document.title or reading.source.name,
            document=document,
            source=reading.source,
            doubts=list(dict.fromkeys([*document.doubts, *reading.doubts])),
            shown=list(_shown(reading.source, _spots(reading, drafted))),
            groups=[group for group in groups if group[2]],
            notes=_NOTES,
            tallies=_tallies(cards),
            style=Markup(_text("review.css")),  # noqa: S704 - ours
            script=Markup(_text("review.js")),  # noqa: S704 - ours
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("xinglin.policy.reader"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _text(name: str) -> str:
    return files("xinglin.policy.reader").joinpath("templates", name).read_text(encoding="utf-8")


def _tallies(cards: Iterable[Card]) -> list[tuple[str, int]]:
    cards = list(cards)
    counted = [(_LABELS[kind], sum(card.kind == kind for card in cards)) for kind in _LABELS]
    drafted = [card for card in cards if card.kind != "past"]
    counted.append(("有疑问", sum(bool(card.doubts) for card in drafted)))
    counted.append(("需要新指标", sum(card.wanted for card in drafted)))
    return counted


# The document


@dataclass(frozen=True)
class _Spot:
    """A quotation in one block or cell."""

    start: int
    end: int
    label: Label
    kind: str
    last: bool


_Where = tuple[int, int | None, int | None]


def _spots(reading: Reading, drafted: Sequence[Draft]) -> dict[_Where, list[_Spot]]:
    """Quotations by block and cell."""
    found: dict[_Where, list[_Spot]] = defaultdict(list)
    entries = [(entry.key, entry.kind, entry.quotations) for draft in drafted for entry in draft.entries]
    entries += [(one.id, "past", (one.quotation,)) for one in reading.baselines]
    for key, kind, quotations in entries:
        for number, quotation in enumerate(quotations, 1):
            label = Label(_anchor(key), f"{_LABELS[kind]} {_short(key)}", f"q-{key}-{number}")
            for at, span in enumerate(quotation.spans):
                last = at == len(quotation.spans) - 1
                place = (span.block, span.row, span.column)
                found[place].append(_Spot(span.start, span.end, label, kind, last))
    return found


def _anchor(key: str) -> str:
    return f"e-{key}"


def _short(key: str) -> str:
    """What a label has room for: t01 of LZ-t01."""
    return key.rpartition("-")[2]


def _shown(source: Source, spots: dict[_Where, list[_Spot]]) -> Iterator[Shown]:
    page = None
    for at, block in enumerate(source.blocks):
        turned = block.page if block.page != page else None
        page = block.page
        yield _block(at, block, turned, spots)


def _block(at: int, block: Block, page: int | None, spots: dict[_Where, list[_Spot]]) -> Shown:
    if block.kind == "table":
        rows = tuple(
            tuple(_pieces(cell, spots[at, row, column]) for column, cell in enumerate(cells))
            for row, cells in enumerate(block.rows)
        )
        return Shown("table", rows=rows, page=page)
    return Shown(block.kind, block.numbering, _pieces(block.text, spots[at, None, None]), page=page)


def _pieces(text: str, spots: list[_Spot]) -> tuple[Piece, ...]:
    """A text cut wherever a quotation begins or ends."""
    edges = sorted(
        {0, len(text), *(edge for spot in spots for edge in (spot.start, spot.end) if edge <= len(text))}
    )
    pieces = []
    for start, end in pairwise(edges):
        over = [spot for spot in spots if spot.start <= start and end <= spot.end]
        ending = tuple(spot.label for spot in over if spot.end == end and spot.last)
        kind = over[0].kind if over else ""
        entries = tuple(dict.fromkeys(spot.label.entry for spot in over))
        pieces.append(Piece(text[start:end], kind, entries, ending))
    return tuple(pieces)


# The entries


def _cards(draft: Draft, book: Book) -> Iterator[Card]:
    for entry in draft.entries:
        content = entry.content
        title = str(content.get("summary") or content.get("heading") or content.get("duty") or "")
        facts = tuple((name, words) for name, words in _facts(entry, book) if words)
        matched = tuple(f"指标：{why}" for why in (entry.match.reasons if entry.match else ()))
        surety = replace(entry.surety, reasons=(*entry.surety.reasons, *matched), doubts=entry.doubts)
        wanted = bool(entry.match and entry.match.is_wanted)
        yield _card(entry.key, entry.kind, title, facts, entry.quotations, surety, wanted)


def _card(
    key: str,
    kind: str,
    title: str,
    facts: tuple[tuple[str, str], ...],
    quotations: Sequence[Quotation],
    surety: Surety,
    wanted: bool = False,
) -> Card:
    numbered = enumerate(quotations, 1)
    places = tuple((f"q-{key}-{at}", str(quotation.place), quotation.text) for at, quotation in numbered)
    sure, marks = sure_words(surety.confidence)
    return Card(
        anchor=_anchor(key),
        name=key if kind != "trends" else _short(key),
        kind=kind,
        title=title,
        facts=facts,
        places=places,
        sure=sure,
        marks=marks,
        percent=round(surety.confidence * 100),
        reasons=surety.reasons,
        doubts=surety.doubts,
        wanted=wanted,
    )


def sure_words(confidence: float) -> tuple[str, str]:
    """How sure, in words and as marks that do not rest on colour."""
    if confidence >= _SURE:
        return "把握大", "●●●"
    return ("较有把握", "●●○") if confidence >= _FAIR else ("没有把握", "●○○")


def _facts(entry: Drafted, book: Book) -> Iterator[tuple[str, str]]:
    content = entry.content
    if entry.kind == "targets":
        yield "要求", thresholds_words(content)
        yield "指标", _measure_words(entry, book)
        yield "期限", str(content["deadline"] or "没有读出")
        strength = Strength(content["strength"])
        yield "力度", "" if strength is Strength.MUST else strength.label
        baseline = content["baseline"]
        yield "基线", f"{baseline['value']}（{baseline['date']}）" if baseline else ""
        yield "责任单位", "、".join(content["responsible"])
        yield "说明", content["note"] or ""
    elif entry.kind == "tasks":
        yield "牵头", "、".join(content["lead"])
        yield "责任单位", "、".join(content["units"])
        period = content["period"]
        yield "时间", f"{period['from']} 至 {period['to']}" if period else ""
    elif entry.kind == "duties":
        yield "部门", "、".join(content["units"])


def _measure_words(entry: Drafted, book: Book) -> str:
    match = entry.match
    if match is None:
        return ""
    rows = load_rows()
    if match.is_wanted:
        near = "、".join(rows[name].name for name, _ in match.others[:2] if name in rows)
        row = rows.get(match.row or "")
        named = f"“{row.name}”还没有计算定义" if row else f"没有接近的（最近：{near}）"
        return f"需要新指标：{named}"
    return f"{book.label(match.measure)}（{match.measure}，得分 {match.score:.2f}）"


def _past_cards(reading: Reading) -> Iterator[Card]:
    for one in reading.baselines:
        when = f"（{one.when}）" if one.when else ""
        facts = (("数值", f"{one.value}{'' if one.unit == '%' else ' '}{one.unit}{when}"),)
        title = one.measure if one.measure.startswith(one.subject) else f"{one.subject}{one.measure}"
        yield _card(one.id, "past", title, facts, (one.quotation,), one.surety)
