"""Entries of a draft: what was read, in the words and numbers of our policy file."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from xinglin.base.states import Comparator, Scope, Strength
from xinglin.policy.names import WANTED
from xinglin.policy.reader.draft_thresholds import Book, amounts, is_share, parameters_of, plain, threshold_of
from xinglin.policy.reader.matching import Match
from xinglin.policy.reader.model import (
    Quotation,
    ReadDuty,
    Reading,
    ReadTarget,
    ReadTask,
    ReadTrend,
    Source,
    Surety,
)
from xinglin.policy.review import quotation_hash
from xinglin.policy.rows import load_rows

_LIKELY = 0.55
"""Score from which the indicator of a target is not doubted."""
_SUMMARY, _HEADING, _DUTY = 40, 30, 60
_MOST_QUOTED = 2000
_SPAN = re.compile(
    r"(?P<y1>\d{4})年(?:(?P<m1>\d{1,2})月?)?(?:(?P<d1>\d{1,2})日)?"
    r"(?:[-—–~～至到]+(?:(?P<y2>\d{4})年)?(?:(?P<m2>\d{1,2})月)?(?:(?P<d2>\d{1,2})日)?)?"
)


@dataclass(frozen=True)
class Drafted:
    """One entry of a draft with what it rests on.

    Attributes:
        kind: ``targets``, ``trends``, ``tasks`` or ``duties``. key: name within the draft. content: as in the file.
        quotations: where it stands. surety: how sure the reading is. doubts: all of them, the match's too.
        match: what a target was matched to.
    """

    kind: str
    key: str
    content: Mapping[str, Any]
    quotations: tuple[Quotation, ...]
    surety: Surety
    doubts: tuple[str, ...]
    match: Match | None = None


@dataclass(frozen=True)
class Terms:
    """What all entries of a draft share."""

    prefix: str
    reading: Reading
    book: Book
    match: Callable[[ReadTarget], Match]

    @property
    def source(self) -> Source:
        """The document."""
        return self.reading.source


def review_of(
    quotations: Sequence[Quotation], confidence: float | None, doubts: Iterable[str], source: Source
) -> dict[str, Any]:
    """The review of a drafted entry: nobody's yet."""
    quoted = [quotation.text[:_MOST_QUOTED] for quotation in quotations]
    return {
        "drafted": True,
        "place": _where(quotations, source),
        "confidence": None if confidence is None else Decimal(str(round(confidence, 2))),
        "doubts": list(doubts),
        "reviewer": None,
        "date": None,
        "quotations": quoted,
        "quotation_sha256": quotation_hash(quoted) if quoted else None,
    }


def _where(quotations: Sequence[Quotation], source: Source) -> str | None:
    """Page, line or paragraph of each quotation, as a reader would look it up."""
    places = []
    for quotation in quotations:
        at = quotation.spans[0].block if quotation.spans else None
        if at is None:
            continue
        block = source.blocks[at]
        page = quotation.place.page or block.page
        if page is not None:
            places.append(f"第 {page} 页")
        elif block.line is not None:
            places.append(f"第 {block.line} 行")
        else:
            places.append(f"第 {at + 1} 段")
    return "、".join(dict.fromkeys(places)) or None


# Targets


def target_entry(target: ReadTarget, number: int, terms: Terms) -> Drafted:
    """A target as the file has it."""
    match = terms.match(target)
    of_units = is_share(target, match, terms.book)
    threshold = threshold_of(target, of_units)
    doubts = [*target.surety.doubts, *_match_doubts(match), *threshold.doubts, *_day_doubts(target, terms)]
    end = terms.reading.document.period_end
    surety = target.surety
    if target.deadline is None and end:
        surety = replace(surety, reasons=(*surety.reasons, "原文没有写期限，按文件期末计"))
    content: dict[str, Any] = {
        "id": f"{terms.prefix}-t{number:02d}",
        "clauses": list(dict.fromkeys(str(quotation.place) for quotation in target.quotations)),
        "summary": _cut(summary_of(target), _SUMMARY),
        "measure": match.measure,
        **({"wants": match.row} if match.is_wanted else {}),
        "parameters": {} if match.is_wanted else parameters_of(target, match, terms.book, of_units),
        "comparator": threshold.comparator.value,
        "value": threshold.value,
        "upper": threshold.upper,
        "unit": threshold.unit,
        "scope": Scope.PLACE.value,
        "strength": target.strength.value,
        "deadline": target.deadline.day if target.deadline else end,
        "responsible": list(target.responsible),
        "baseline": _baseline(target),
        "note": threshold.note,
        "review": review_of(target.quotations, target.surety.confidence, doubts, terms.source),
    }
    return Drafted("targets", content["id"], content, target.quotations, surety, tuple(doubts), match)


def _match_doubts(match: Match) -> list[str]:
    if match.row is None:
        others = "、".join(_row_name(name) for name, _ in match.others[:2])
        return [
            f"没有指标与它接近，需要新指标（最近的是{others}）" if others else "没有指标与它接近，需要新指标"
        ]
    if match.is_wanted:
        return [f"指标“{_row_name(match.row)}”还没有计算定义"]
    if match.score >= _LIKELY:
        return []
    return [f"指标“{_row_name(match.row)}”是推测的（得分 {match.score}）：{'；'.join(match.reasons)}"]


def _row_name(row: str) -> str:
    known = load_rows().get(row)
    return known.name if known else row


def _day_doubts(target: ReadTarget, terms: Terms) -> list[str]:
    document = terms.reading.document
    if target.deadline is None:
        return [] if document.period_end else ["原文没有写期限，文件也没有期末"]
    if document.period_end and target.deadline.day > document.period_end:
        return [f"期限 {target.deadline.day} 晚于文件期末 {document.period_end}"]
    if document.issued and target.deadline.day < document.issued:
        return [f"期限 {target.deadline.day} 早于发文日 {document.issued}"]
    return []


def _baseline(target: ReadTarget) -> dict[str, Any] | None:
    if target.baseline is None:
        return None
    return {"value": plain(target.baseline.value), "date": date(target.baseline.year, 12, 31)}


def summary_of(target: ReadTarget) -> str:
    """Subject, measure and threshold in one line."""
    subject = "" if target.subject in target.measure else target.subject
    head = f"{subject}{target.measure}"
    if target.value is None:
        return f"鼓励{head}" if target.strength is Strength.ENCOURAGE else head
    said = "100%" if target.comparator is Comparator.ALL else amounts(target)
    share = f"（{plain(target.share)}%的机构）" if target.share is not None else ""
    return f"{head}{said}{share}"


def _cut(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


# Tasks, duties, trends


def task_entry(task: ReadTask, number: int, terms: Terms) -> Drafted:
    """A task as the file has it."""
    period = period_of(task.period) if task.period else None
    doubts = list(task.surety.doubts)
    if task.period and period is None:
        doubts.append(f"时间“{task.period}”没有读成起止日")
    content = {
        "id": f"{terms.prefix}-k{number:02d}",
        "clause": str(task.quotation.place),
        "heading": _cut(task.heading, _HEADING),
        "kind": task.kind.value,
        "lead": [unit for unit in task.lead if unit in task.units],
        "units": list(task.units),
        "period": period,
        "note": None,
        "review": review_of((task.quotation,), task.surety.confidence, doubts, terms.source),
    }
    key = str(content["id"])
    return Drafted("tasks", key, content, (task.quotation,), task.surety, tuple(doubts))


def period_of(text: str) -> dict[str, date] | None:
    """First and last day of a printed span: 2023年9-12月, 2024年1月至2月, 2023年; None when it is none."""
    found = _SPAN.search(text)
    if not found:
        return None
    part = {name: int(value) for name, value in found.groupdict().items() if value}
    last_year = part.get("y2", part["y1"])
    last_month = part.get("m2") or (12 if "y2" in part else part.get("m1")) or 12
    last_day = part.get("d2") if "m2" in part or "d2" in part else part.get("d1")
    try:
        end = date(last_year, last_month, last_day or calendar.monthrange(last_year, last_month)[1])
        start = date(part["y1"], part.get("m1", 1), part.get("d1", 1))
    except (ValueError, calendar.IllegalMonthError):
        return None
    return {"from": start, "to": end} if start <= end else None


def duty_entry(duty: ReadDuty, number: int, terms: Terms) -> Drafted:
    """A duty as the file has it."""
    content = {
        "id": f"{terms.prefix}-d{number:02d}",
        "clause": str(duty.quotation.place),
        "units": list(duty.units),
        "duty": _cut(duty.duty, _DUTY),
        "review": review_of((duty.quotation,), duty.surety.confidence, duty.surety.doubts, terms.source),
    }
    return Drafted("duties", str(content["id"]), content, (duty.quotation,), duty.surety, duty.surety.doubts)


def trend_entry(trend: ReadTrend, terms: Terms) -> Drafted:
    """A direction without a number as the file has it."""
    direction = "提高" if trend.direction == "up" else "降低"
    subject = "" if trend.measure.startswith(trend.subject) else trend.subject
    content = {
        "clause": str(trend.quotation.place),
        "summary": _cut(f"{subject}{trend.measure}{direction}", _SUMMARY),
        "measure": WANTED,
        "baseline": None,
        "review": review_of((trend.quotation,), trend.surety.confidence, trend.surety.doubts, terms.source),
    }
    key = f"trend-{trend.id}"
    return Drafted("trends", key, content, (trend.quotation,), trend.surety, trend.surety.doubts)
