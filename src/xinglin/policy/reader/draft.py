"""A reading as a draft of our policy file: every entry with its clause, its quotation, how sure it is and why not.

Nothing is made up: what the document does not say stays null, and the loader names it. No entry loads before a human
has put name and day into its ``review``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

from xinglin.base.pinyin import of_name
from xinglin.policy.model import DocumentLevel
from xinglin.policy.reader.draft_entries import (
    Drafted,
    Terms,
    duty_entry,
    review_of,
    target_entry,
    task_entry,
    trend_entry,
)
from xinglin.policy.reader.draft_thresholds import Book
from xinglin.policy.reader.matching import Matcher
from xinglin.policy.reader.model import ReadDocument, Reading

_KINDS = ("方案", "计划", "规划", "纲要", "意见", "办法")
_AREA = re.compile(
    r"(?:维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区|自治州|自治县|自治旗|[省市县区旗盟州])$"
)
_DIGITS = {DocumentLevel.PROVINCIAL: 2, DocumentLevel.PREFECTURE: 4, DocumentLevel.COUNTY: 6}
_SHORT = 8
_NOTES = 2000
_PLAN = 5  # years of a five-year plan, which end in years divisible by five


@dataclass(frozen=True)
class Draft:
    """A draft of one policy file.

    Attributes:
        id: document id, which is the name of its file. content: the file as plain data.
        entries: what was drafted, with what it rests on, in the order of the file.
    """

    id: str
    content: Mapping[str, Any]
    entries: tuple[Drafted, ...] = field(default=())

    @property
    def doubtful(self) -> tuple[Drafted, ...]:
        """Entries with a doubt."""
        return tuple(entry for entry in self.entries if entry.doubts)

    @property
    def wanted(self) -> tuple[Drafted, ...]:
        """Targets that no definition measures yet."""
        return tuple(entry for entry in self.entries if entry.match and entry.match.is_wanted)

    def of(self, kind: str) -> tuple[Drafted, ...]:
        """Entries of one kind: ``targets``, ``tasks``, ``duties`` or ``trends``."""
        return tuple(entry for entry in self.entries if entry.kind == kind)


def drafts(
    reading: Reading,
    book: Book,
    *,
    document_id: str | None = None,
    prefix: str | None = None,
    taken: Collection[str] = (),
) -> tuple[Draft, ...]:
    """The draft of a document, then one for each other level of which it prints targets (a national column).

    Args:
        reading: what was read. book: the measures that targets may name.
        document_id: id of the main draft; from the name of the place when not given.
        prefix: of the entries' ids; the initials of the place when not given.
        taken: prefixes that other files use already.

    The same reading gives the same drafts.
    """
    own = reading.document.level
    letters = prefix or _prefix(reading.document, taken)
    name = document_id or _document_id(reading.document)
    number = count(1)
    matcher = Matcher(book)
    terms = Terms(letters, reading, book, matcher.match)
    by_level: dict[DocumentLevel | None, list[Drafted]] = {own: []}
    for target in reading.targets:
        level = target.level or own
        by_level.setdefault(level, []).append(target_entry(target, next(number), terms))
    rest = [
        *(trend_entry(trend, terms) for trend in reading.trends),
        *(task_entry(task, at, terms) for at, task in enumerate(reading.tasks, 1)),
        *(duty_entry(duty, at, terms) for at, duty in enumerate(reading.duties, 1)),
    ]
    main = _draft(name, _heading(name, reading), [*by_level.pop(own), *rest])
    others = (
        _draft(f"{name}_{level.value}", _other_heading(f"{name}_{level.value}", reading, level), entries)
        for level, entries in by_level.items()
        if level is not None
    )
    return (main, *others)


def _draft(name: str, heading: Mapping[str, Any], entries: Sequence[Drafted]) -> Draft:
    lists = {
        kind: [dict(entry.content) for entry in entries if entry.kind == kind]
        for kind in ("targets", "trends", "tasks", "duties")
    }
    return Draft(name, {**heading, **lists}, tuple(entries))


# The head of the file


def _heading(name: str, reading: Reading) -> dict[str, Any]:
    document = reading.document
    start, guessed = _start(document)
    doubts = [*document.doubts, *_missing(document)]
    if guessed:
        doubts.append("期限的起始日原文没有写，按五年规划推算")
    notes = "；".join(dict.fromkeys([*doubts, *reading.doubts]))
    return {
        "id": name,
        "title": document.title or None,
        "short": _short(document),
        "issuers": list(document.issuers),
        "number": document.number,
        "place": _place(document),
        "level": document.level.value if document.level else None,
        "issued": document.issued,
        "period": {"from": start, "to": document.period_end},
        "notes": notes[:_NOTES] or None,
        "review": review_of((), None, doubts, reading.source),
    }


def _other_heading(name: str, reading: Reading, level: DocumentLevel) -> dict[str, Any]:
    """Of a draft that holds another level's column: the document that column was taken from is not known."""
    own = _heading(name, reading)
    name_of = own["title"] or reading.source.name
    source = f"从“{name_of}”里的{level.label}指标读出；{level.label}文件的文号、发文机关没有印"
    return {
        **own,
        "title": f"{own['title'] or ''}（{level.label}指标）",
        "short": f"{level.label}指标",
        "issuers": [],
        "number": None,
        "place": "0" if level is DocumentLevel.NATIONAL else None,
        "level": level.value,
        "issued": None,
        "notes": source,
        "review": review_of((), None, (source,), reading.source),
    }


def _place(document: ReadDocument) -> str | None:
    """The division code with as many digits as its level has: 32 of 320000."""
    if document.level is DocumentLevel.NATIONAL:
        return "0"
    digits = _DIGITS.get(document.level) if document.level else None
    return document.region_code[:digits] if document.region_code and digits else None


def _missing(document: ReadDocument) -> list[str]:
    wanted = (
        ("题名", document.title),
        ("发文机关", document.issuers),
        ("发文日期", document.issued),
        ("所属地区", _place(document)),
        ("级别", document.level),
        ("期限", document.period_end),
    )
    absent = [name for name, value in wanted if not value]
    return [f"没有读出{'、'.join(absent)}"] if absent else []


def _start(document: ReadDocument) -> tuple[date | None, bool]:
    """First day of the period, and whether it was worked out and not printed."""
    end = document.period_end
    if end and end.year % _PLAN == 0:
        return date(end.year - _PLAN + 1, 1, 1), True
    return (document.issued, False) if end and document.issued and document.issued <= end else (None, False)


def _region(document: ReadDocument) -> str:
    region = document.region or ""
    return _AREA.sub("", region) if len(region) > 2 else region


def _short(document: ReadDocument) -> str | None:
    """What charts call the document: 连州方案."""
    last = {kind: document.title.rfind(kind) for kind in _KINDS}
    kind = max(_KINDS, key=lambda name: last[name]) if any(at >= 0 for at in last.values()) else "文件"
    region = _region(document)
    return f"{region[: _SHORT - len(kind)]}{kind}" if region else None


def _document_id(document: ReadDocument) -> str:
    name = of_name(_region(document)).plain
    return re.sub(r"[^a-z0-9]", "", name) if name[:1].isalpha() and name.isascii() else "document"


def _prefix(document: ReadDocument, taken: Collection[str]) -> str:
    """Initials of the place, with a further letter when another file has them already."""
    initials = re.sub(r"[^A-Z]", "", of_name(_region(document)).initials.upper())[:4] or "XX"
    plain = initials if len(initials) > 1 else f"{initials}X"
    return next(name for name in (plain, *_lettered(plain)) if name not in taken)


def _lettered(plain: str) -> Iterable[str]:
    alphabet = "BCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield from (plain + letter for letter in alphabet)
    yield from (plain + first + second for first in alphabet for second in alphabet)
