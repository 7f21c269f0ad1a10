"""Services in words: the report of an assessment, guidance, a child's visits, follow-ups, the years of a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from xinglin.apps.residents.card import age_words
from xinglin.apps.residents.models import Resident
from xinglin.apps.wellness import content as contents
from xinglin.apps.wellness import groups
from xinglin.apps.wellness.content import Assessed, ChildGuided, Followed, Guided
from xinglin.apps.wellness.drawing import star
from xinglin.apps.wellness.models import HealthService, HealthVersion, State
from xinglin.knowledge import child, constitution
from xinglin.knowledge.constitution import Assessment, Constitution, Flag, MixedInstruments, Verdict

TONES = {State.OPEN: "warn", State.SIGNED: "good", State.REMOVED: "none"}
VERDICTS = {Verdict.YES: "bad", Verdict.LEANING: "warn", Verdict.BASICALLY: "info", Verdict.NO: "none"}
MEASURED = {
    "height_cm": "身高 {} cm",
    "weight_kg": "体重 {} kg",
    "waist_cm": "腹围 {} cm",
    "colds_per_year": "一年感冒 {} 次",
    "allergies_per_year": "一年过敏 {} 次",
}


@dataclass(frozen=True)
class Patient:
    """Who is served, as the head of a page and a print have it."""

    name: str
    sex: str
    age: str
    born: date


def patient(resident: Resident, day: date) -> Patient:
    """Name, sex, age on the day of the service."""
    return Patient(
        resident.name, resident.get_sex_display(), age_words(resident.birth_date, day), resident.birth_date
    )


@dataclass(frozen=True)
class Line:
    """One constitution of a report: score, its range, where the lines lie, verdict with its tone, change since the last
    assessment by the same instrument.
    """

    name: str
    score: Decimal
    least: int
    most: int
    verdict: str
    tone: str
    change: str = ""


@dataclass(frozen=True)
class Report:
    """An assessment in words and as a picture."""

    chart: Any
    lines: list[Line]
    conclusion: str
    main: str
    flags: list[str]
    instrument: str
    cite: str
    measured: str
    answers: list[tuple[str, str, str]]
    compared: str = ""


def report(found: Assessed, before: Assessed | None = None) -> Report:
    """The report of an assessment; compared with an earlier one if both are by the same instrument and lines."""
    judged = found.assessment()
    book = constitution.load_instrument(found.instrument)
    changes = _changes(before, judged)
    lines = [
        Line(
            one.constitution.value,
            one.shown,
            one.least,
            one.most,
            one.verdict.value,
            _tone(one.constitution, one.verdict),
            changes.get(one.constitution, ""),
        )
        for one in constitution.spokes(judged)
    ]
    measured = [MEASURED[name].format(f"{value.normalize():f}") for name, value in found.measured.items()]
    return Report(
        chart=star(judged),
        lines=lines,
        conclusion=judged.conclusion,
        main=contents.CONSTITUTIONS[found.main].value if found.main else "",
        flags=[flag.label for flag in judged.flags if flag is not Flag.TIE or not found.main],
        instrument=book.name,
        cite=book.threshold_set(found.thresholds).cite,
        measured="，".join(measured),
        answers=[
            (item.id, item.text, f"{found.answers[item.id]} {book.grades[found.answers[item.id]]}")
            for item in book.items
            if item.id in found.answers
        ],
        compared=f"{before.day}" if changes and before is not None else "",
    )


def _tone(kind: Constitution, verdict: Verdict) -> str:
    if kind is Constitution.BALANCED:
        return "none" if verdict is Verdict.NO else "good"
    return VERDICTS[verdict]


def _changes(before: Assessed | None, now: Assessment) -> dict[Constitution, str]:
    if before is None:
        return {}
    try:
        found = constitution.changes(before.assessment(), now)
    except MixedInstruments:
        return {}
    return {one.constitution: "持平" if one.by == 0 else f"{float(one.by):+.4g}" for one in found}


@dataclass(frozen=True)
class Advice:
    """What was, or is to be, said about one constitution; ``lines``: kinds of advice, their text, ticked or not."""

    code: str
    name: str
    lines: list[tuple[str, str, str, bool]]
    doubtful: bool


def advice(kinds: Iterable[Constitution], given: dict[str, Iterable[str]]) -> list[Advice]:
    """The advice for constitutions, with what was given of it."""
    book = constitution.load_guidance()
    return [
        Advice(
            kind.code,
            kind.value,
            [
                (aspect, label, text, aspect in given.get(kind.code, ()))
                for (aspect, label), (_, text) in zip(book.aspects.items(), book.lines(kind), strict=True)
            ],
            book.types[kind].doubtful,
        )
        for kind in kinds
    ]


def methods(months: int) -> list[str]:
    """What is taught to the parent at an age, in full."""
    return [
        f"{one.name}：{one.place}；{one.how}，{one.least}～{one.most} {one.unit}"
        for one in child.load_guide().methods(months)
    ]


def pairs_of(found: Guided | ChildGuided | Followed) -> list[tuple[str, str]]:
    """Labels and texts of a signed guidance or follow-up."""
    if isinstance(found, Guided):
        book = constitution.load_guidance()
        told = [
            (contents.CONSTITUTIONS[code].value, "、".join(book.aspects[one] for one in aspects))
            for code, aspects in found.aspects.items()
        ]
        return [
            *told,
            *_rest(found.other),
            ("指导对象", contents.TOLD[found.told]),
            ("方式", contents.WAYS[found.way]),
        ]
    if isinstance(found, ChildGuided):
        book_of_ages = child.load_guide()
        boxes = "；".join(book_of_ages.options[box] for box in found.boxes)
        return [
            ("服务月龄", f"{found.months} 月龄"),
            ("服务内容", boxes),
            *_rest(found.other),
            ("指导对象", contents.TOLD[found.told]),
            *_next(found.next_day),
        ]
    return _followed(found)


def _followed(found: Followed) -> list[tuple[str, str]]:
    book = groups.load_groups()
    readings = [
        f"{book.readings[name].label} {value.normalize():f} {book.readings[name].unit}"
        for name, value in found.readings.items()
    ]
    return [
        ("人群", groups.label_of(found.group)),
        ("方式", contents.WAYS[found.way]),
        ("测量", "，".join(readings) or "未测"),
        ("依从", contents.ADHERENCE[found.adherence]),
        ("效果", contents.EFFECT[found.effect]),
        ("指导内容", "、".join(book.aspects[one] for one in found.aspects)),
        *_rest(found.other),
        *_next(found.next_day),
    ]


def _rest(other: str) -> list[tuple[str, str]]:
    return [("其他", other)] if other else []


def _next(day: date | None) -> list[tuple[str, str]]:
    return [("下次", f"{day}")] if day else []


@dataclass(frozen=True)
class Version:
    """One signed version of a service: its report, or labels and texts."""

    row: HealthVersion
    author: str
    report: Report | None = None
    advice: list[Advice] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)


def version_of(row: HealthVersion, before: Assessed | None = None) -> Version:
    """A version in words."""
    found = contents.read(row.content)
    if isinstance(found, Assessed):
        kinds = found.assessment().to_guide
        return Version(row, row.practitioner.name, report(found, before), advice(kinds, {}))
    if isinstance(found, Guided):
        kinds = tuple(contents.CONSTITUTIONS[code] for code in found.aspects)
        return Version(row, row.practitioner.name, None, advice(kinds, dict(found.aspects)), pairs_of(found))
    return Version(row, row.practitioner.name, None, [], pairs_of(found))


def summary(row: HealthService) -> str:
    """A signed service in a line."""
    version = next(iter(row.versions.all()), None)
    if version is None:
        return ""
    found = contents.read(version.content)
    if isinstance(found, Assessed):
        return found.assessment().conclusion
    return "；".join(text for _, text in pairs_of(found)[:2])
