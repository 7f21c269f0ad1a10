"""All statements of a document: prose clause by clause, past figures apart, each with place, quotation and date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from xinglin.base.states import Comparator
from xinglin.policy.model import DocumentLevel
from xinglin.policy.reader.dates import dates
from xinglin.policy.reader.found import Context, Found
from xinglin.policy.reader.model import Deadline, PastValue, Place, Quotation, Source
from xinglin.policy.reader.nodes import Node
from xinglin.policy.reader.normalising import Text
from xinglin.policy.reader.past import is_past, past_clause
from xinglin.policy.reader.sentences import Sentence, sentences
from xinglin.policy.reader.targets import statements
from xinglin.policy.reader.words import any_of, words

_LONGEST = 1500
"""Letters of the longest run without a full stop that is still read as a sentence."""


_LEADS = 20
"""Paragraphs of a clause among which its lead is looked for."""


@dataclass(slots=True)
class Statement:
    """A finding with everything around it; ``past`` ones become baselines."""

    found: Found
    quotation: Quotation
    deadline: Deadline | None
    level: DocumentLevel | None
    past: bool = False
    from_table: bool = False
    attribute: str | None = None
    responsible: tuple[str, ...] = ()
    baseline: PastValue | None = None
    doubts: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Period:
    """What the document says of its own time, for deadlines like 5年内."""

    start_year: int | None = None
    end: date | None = None
    issued: date | None = None


@dataclass(slots=True)
class Reader:
    """Reads the prose of nodes; keeps what it doubts."""

    source: Source
    period: Period
    level: DocumentLevel | None
    last_block: int
    report: bool = False
    doubts: list[str] = field(default_factory=list)

    def prose(self, node: Node) -> Iterator[Statement]:
        """Statements of a clause's own paragraphs."""
        past = any(past_clause(above) for above in node.above())
        around = _lead_around(node, self.period)
        own: Deadline | None = None
        before = ""
        for index, text in enumerate(node.texts):
            if index == 0 and (node.kind == "annex" or (node.kind == "box" and node.heading)):
                continue
            own = own or (_lead(text.chars, self.period) if _has_goals(node) else None)
            yield from self._paragraph(
                node.place, text.cut(_marker(node, index)), before, own or around, past
            )
            before = (before + text.chars)[-_LONGEST:]

    def _paragraph(
        self, place: Place, text: Text, before: str, lead: Deadline | None, past: bool
    ) -> Iterator[Statement]:
        carried: Deadline | None = None
        named: list[str] = []
        for sentence in sentences(_without_units(text)):
            context = Context(paragraph=before + text.chars, named_before=tuple(named))
            if len(sentence.text) > _LONGEST:
                self.doubts.append(
                    f"{place.path}：“{sentence.text.chars[:20]}…”长达 {len(sentence.text)} 字没有句号，没有读"
                )
                continue
            if cut_off(sentence, self.last_block, self.source):
                self._broken(place, sentence)
                continue
            gone = past or self.report or is_past(sentence.text.chars, self.period.start_year)
            for one in self._sentence(place, sentence, context, carried or lead, gone):
                named.append(one.found.subject)
                yield one
            carried = self._last_day(sentence) or carried if sentence.stop == "；" else None

    def _last_day(self, sentence: Sentence) -> Deadline | None:
        found = list(dates(sentence.text.chars, self.period.end, self.period.start_year))
        return found[-1][2] if found else None

    def _sentence(
        self, place: Place, sentence: Sentence, context: Context, lead: Deadline | None, past: bool
    ) -> Iterator[Statement]:
        days = list(dates(sentence.text.chars, self.period.end, self.period.start_year))
        if past and self.report:
            past = not (
                days and days[-1][2].day.year > (self.period.start_year or 0) and _future(sentence.text.chars)
            )
        for found in statements(sentence, context):
            day = next((one for at, _, one in reversed(days) if at < found.end and _within(at, found)), None)
            quotation = sentence.text.cut(found.start, found.end).quotation(self.source, place)
            if quotation.text:
                yield Statement(found, quotation, day or (None if past else lead), self.level, past)
        self.doubts += [f"{place.path}：{doubt}" for doubt in context.doubts]

    def cell(
        self, place: Place, text: Text, level: DocumentLevel | None, lead: Deadline | None
    ) -> list[Statement]:
        """Statements of a table cell: everything in it counts."""
        all_: list[Statement] = []
        for sentence in sentences(text):
            context = Context(in_table=True, paragraph=text.chars)
            all_ += self._sentence(place, sentence, context, lead, False)
        return [replace(one, level=level, from_table=True) for one in all_]

    def _broken(self, place: Place, sentence: Sentence) -> None:
        if re.search(r"\d", sentence.text.chars):
            tail = sentence.text.chars[-24:]
            self.doubts.append(f"{place.path}：“…{tail}”没有写完，没有读出数字，请看原件")


def _within(at: int, found: Found) -> bool:
    return at < found.end


def _future(text: str) -> bool:
    return bool(any_of("future_marks").search(text))


_MARK = re.compile(
    r"[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|\d{1,3}[.．、]|（\d{1,2}）|[①-⑳]|—{1,3}|-{2,}|[●•◆■▪]|"
    r"第[一二三四五六七八九十百]+[章节条]"
)


def _marker(node: Node, index: int) -> int:
    """Letters of the marker at the front of a clause's first paragraph."""
    if index or node.kind in {"preface", "box", "annex", "root"}:
        return 0
    match = _MARK.match(node.texts[0].chars)
    return match.end() if match else 0


def _has_goals(node: Node) -> bool:
    return bool(re.search(words()["goal_headings"], node.heading)) and not past_clause(node)


def _lead(chars: str, period: Period) -> Deadline | None:
    """The date in the first words of a paragraph."""
    found = next(iter(dates(chars[:40], period.end, period.start_year)), None)
    return found[2] if found and found[0] <= 12 else None


def _lead_around(node: Node, period: Period) -> Deadline | None:
    """The date that the lead of a goals section, or a lead ending in a colon, gives to the clauses in it."""
    for above in list(node.above())[1:]:
        goals = _has_goals(above)
        for text in above.texts[:_LEADS]:
            if (goals or text.chars.endswith("：")) and (day := _lead(text.chars, period)):
                return day
    return None


_UNITS = re.compile(
    r"（(?:责任单位|牵头单位|责任部门|牵头部门|配合单位)?[^（）]*(?:负责|牵头|配合|局|委|办|办公室|单位|部|院|政府)）$"
)


def _without_units(text: Text) -> Text:
    """The paragraph without the list of responsible units at its end."""
    start = max(0, len(text) - 600)
    match = _UNITS.search(text.chars[start:])
    return text.cut(0, start + match.start()) if match else text


_DANGLING = re.compile(r"(?:[\d、，（“]|至少|不低于|不少于|达到|达|的|和|及|配备\d+名|或)$")


def cut_off(sentence: Sentence, last_block: int, source: Source) -> bool:
    """Whether a sentence breaks off: no full stop, and it dangles or stands at the very end of running text."""
    if sentence.stop:
        return False
    chars = sentence.text.chars
    if _DANGLING.search(chars) or re.search(r"\d(?:名|个|项|类|所|家|张|人|种)$", chars):
        return (
            not re.search(r"不(?:少于|低于)\d+[^\d，]{1,2}$|培训\d+名$", chars)
            or _DANGLING.search(chars) is not None
        )
    block = sentence.text.origins[-1].block
    return block >= last_block and _stops_elsewhere(source, block) and len(chars) > 6


def _stops_elsewhere(source: Source, block: int) -> bool:
    """Whether the other paragraphs, or the same one before, do end in full stops."""
    texts = [
        one.text.rstrip() for one in source.blocks[:block] if one.kind == "paragraph" and len(one.text) > 40
    ]
    ended = sum(text.endswith(("。", "；", ")", "）")) for text in texts)
    return ended * 2 >= len(texts)


def is_floor(found: Found) -> bool:
    """Whether a finding has a number to reach."""
    return found.value is not None and found.comparator is not Comparator.EXISTS
