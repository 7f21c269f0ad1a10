"""Rounds of a survey: links by the sampling plan, answers of people nobody knows, what they show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone

from xinglin.apps.forms import permissions
from xinglin.apps.forms.actions.saving import locked
from xinglin.apps.forms.history import Deed
from xinglin.apps.forms.models import Answer, Link, Record
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.organisations.models import Facility
from xinglin.base.places import Level, load_divisions
from xinglin.records import Definition
from xinglin.records.conditions import is_given
from xinglin.records.questionnaire import (
    Question,
    Questionnaire,
    Shown,
    counts,
    mean,
    sample_size,
    share,
    suppressed,
)

FLOOD = 5
"""A link takes at most so many times the answers it needs."""


class BadAnswer(NotAllowed):
    """An answer that cannot be taken; question → what is wrong."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("；".join(faults.values()))
        self.faults = dict(faults)


def parts(record: Record, questionnaire: Questionnaire) -> list[tuple[str, str | None]]:
    """Place and facility of each part of a round's area, by its plan."""
    by = questionnaire.plan.by
    if by == "township" and len(record.place) < Level.TOWNSHIP:
        found = load_divisions(record.place, Level.TOWNSHIP).descendants(record.place, Level.TOWNSHIP)
        return [(place.code, None) for place in found]
    if by == "facility":
        rows = Facility.objects.filter(place__startswith=record.place, valid_to=None).order_by("sort_key")
        return [(place, pk) for pk, place in rows.values_list("pk", "place")]
    return [(record.place, None)]


@transaction.atomic
def open_round(
    record: Record,
    definition: Definition,
    *,
    opens: date,
    closes: date,
    population: Mapping[str, int] | None = None,
    by: Any,
    request: Any = None,
) -> list[Link]:
    """Make a link for each part of the round.

    Args:
        population: place → people, where it is known: small parts need smaller samples.

    Raises:
        NotAllowed: not one's own, days the wrong way round, or already open.
    """
    if definition.survey is None or not permissions.holds(by, definition.who.write, record):
        raise NotAllowed("您的角色或地区不能发放这份问卷")
    if closes < opens or closes < timezone.localdate():
        raise NotAllowed("截止日期早于开始日期或今天")
    locked(record)
    if Link.objects.filter(round=record).exists():
        raise NotAllowed("这一轮已经发放；要延长请改截止日期")
    made = []
    for place, facility in parts(record, definition.survey):
        people = (population or {}).get(place)
        wanted = sample_size(definition.survey.plan, people)
        made.append(
            Link(
                round=record,
                place=place,
                facility_id=facility,
                wanted=wanted,
                limit=max(wanted * FLOOD, wanted + 50),
                opens=opens,
                closes=closes,
            )
        )
    Link.objects.bulk_create(made)
    Deed(by, "open", request).note(record, "open", before=record.state, after=record.state)
    return made


def extend(record: Record, definition: Definition, *, closes: date, by: Any, request: Any = None) -> None:
    """Move the last day of a round. Raises NotAllowed."""
    if not permissions.holds(by, definition.who.write, record) or closes < timezone.localdate():
        raise NotAllowed("不能改：没有权限，或新的截止日期已过")
    with transaction.atomic():
        locked(record)
        if Link.objects.filter(round=record, opens__gt=closes).exists():
            raise NotAllowed("截止日期早于开始日期")
        Link.objects.filter(round=record).update(closes=closes)
        Deed(by, "open", request).note(record, "open", before=record.state, after=record.state)


def is_open(link: Link, today: date) -> bool:
    """Whether a link takes answers on a day."""
    return link.opens <= today <= link.closes and link.round.removed_at is None


def answer(link: Link, definition: Definition, raw: Mapping[str, Any], *, page: str) -> Answer:
    """Take an answer; the same page sent twice counts once.

    Raises:
        NotAllowed: the link is closed or full. BadAnswer.
    """
    assert definition.survey is not None
    if not is_open(link, timezone.localdate()):
        raise NotAllowed("这份问卷现在不收答案")
    given = _read(definition.survey, raw)
    known = Answer.objects.filter(page=page).first()
    if known is not None:
        return known
    with transaction.atomic():
        held = Link.objects.select_for_update().get(pk=link.pk)
        if Answer.objects.filter(link=held).count() >= held.limit:
            raise NotAllowed("这份问卷已经收满，谢谢")
        score = definition.survey.score(given)
        mark = definition.survey.reached
        made = Answer(
            round_id=link.round_id,
            link=held,
            place=link.place,
            facility_id=link.facility_id,
            choices={k: v for k, v in given.items() if definition.survey.questions[k].type != "text"},
            words="\n".join(v for k, v in given.items() if definition.survey.questions[k].type == "text"),
            score=score,
            reached=None if score is None or mark is None else score >= mark,
            page=page,
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            return Answer.objects.get(page=page)
    return made


def _read(questionnaire: Questionnaire, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to the questions that are asked. Raises BadAnswer."""
    given: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, question in questionnaire.questions.items():
        if question.when is not None and not question.when.holds(given):
            continue
        value, fault = _one(question, raw.get(name))
        if fault is None and question.required and not is_given(value):
            fault = "请回答这一题"
        if fault is not None:
            faults[name] = fault
        elif is_given(value):
            given[name] = value
    if faults:
        raise BadAnswer(faults)
    return given


LONGEST_WORDS = 500
_LARGEST = 10**9


def _one(question: Question, raw: Any) -> tuple[Any, str | None]:
    """The typed answer, or what is wrong with it."""
    if question.type == "choices":
        chosen = [one for one in (raw if isinstance(raw, list | tuple) else [raw]) if one]
        wrong = [one for one in chosen if one not in question.options]
        return list(dict.fromkeys(chosen)), "没有这个选项" if wrong else None
    text = str(raw or "").strip()
    if not text:
        return None, None
    if question.type == "choice":
        return text, None if text in question.options else "没有这个选项"
    if question.type == "text":
        return text[:LONGEST_WORDS], None
    if not text.isascii() or not text.isdigit() or int(text) > _LARGEST:
        return None, "请填整数"
    within = question.type == "number" or 1 <= int(text) <= question.steps
    return int(text), None if within else f"请填 1 至 {question.steps}"


@dataclass(frozen=True)
class Part:
    """A part of a round: how many answers there are and are needed, what they show."""

    place: str
    facility: str | None
    n: int
    wanted: int
    shown: Shown


def results(record: Record, questionnaire: Questionnaire) -> tuple[Shown, list[Part]]:
    """The round as a whole, and each of its parts; small ones are suppressed."""
    rows = list(record.answers.values_list("link", "score", "reached"))
    mine: dict[str, list[Any]] = {}
    for row in rows:
        mine.setdefault(row[0], []).append(row)
    found = [(link, _shown(mine.get(link.pk, []), questionnaire)) for link in record.links.all()]
    told = _without_remainder([shown for _, shown in found], questionnaire.small)
    parts_ = [
        Part(link.place, link.facility_id, len(mine.get(link.pk, [])), link.wanted, shown)
        for (link, _), shown in zip(found, told, strict=True)
    ]
    return _shown(rows, questionnaire), parts_


def _shown(rows: list[Any], questionnaire: Questionnaire) -> Shown:
    """What answers show; those that could have no score count neither way, as in the facts."""
    scored = [(Decimal(score), reached) for _, score, reached in rows if score is not None]
    confidence = questionnaire.plan.confidence
    if questionnaire.reached is not None:
        reached = sum(bool(one) for _, one in scored)
        return share(reached, len(scored), questionnaire.small, confidence)
    return mean([score for score, _ in scored], questionnaire.small, confidence)


def _without_remainder(parts_: list[Shown], small: int) -> list[Shown]:
    """The parts, with as many more hidden as it takes that the whole less those shown tells of nobody few."""
    told = list(parts_)
    while 0 < sum(one.n for one in told if one.is_suppressed) < small:
        shown = [number for number, one in enumerate(told) if not one.is_suppressed]
        if not shown:
            break
        least = min(shown, key=lambda number: told[number].n)
        told[least] = Shown(told[least].n, None, None, None)
    return told


def table(record: Record, questionnaire: Questionnaire) -> dict[str, dict[str, int | None]]:
    """Question → option → how often it was chosen; nothing when too few answered, small counts hidden."""
    answers = list(record.answers.values_list("choices", flat=True))
    if len(answers) < questionnaire.small:
        return {}
    return {
        name: suppressed(counts(question, [one.get(name) for one in answers]), questionnaire.small)
        for name, question in questionnaire.questions.items()
        if question.type in ("choice", "choices", "scale")
    }


def progress(record: Record) -> tuple[int, int]:
    """Answers there are and are needed."""
    found = record.links.aggregate(wanted=Sum("wanted"))
    return record.answers.aggregate(n=Count("pk", filter=Q()))["n"], found["wanted"] or 0
