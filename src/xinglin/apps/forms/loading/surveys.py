"""Survey answers out of fact rows: a round for each survey, answers that reach the mark where the row did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from random import Random
from secrets import token_urlsafe
from typing import Any

from xinglin.apps.exchange import bulk
from xinglin.apps.forms.book import book
from xinglin.apps.forms.loading.adapting import MARK
from xinglin.apps.forms.loading.writing import Wanted, Writer
from xinglin.apps.forms.models import Answer, Link
from xinglin.records import Definition
from xinglin.records.questionnaire import Question, Questionnaire
from xinglin.records.samples import sample_answers, sample_of

Row = Mapping[str, Any]
SEED, TRIES = 7, 40
GOOD, POOR = 0.9, 0.35
"""How likely a good answer is, of those who reach the mark and of those who do not."""


def load_answers(writer: Writer, rows: Iterable[Row]) -> int:
    """Rounds, links and answers; how many answers. Rows of surveys without a definition are left."""
    known = {one.survey.survey: one for one in book() if one.survey is not None and one.survey.survey}
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row["survey"] in known:
            groups.setdefault((row["survey"], row["place"][:6]), []).append(row)
    rounds = {key: _round(known[key[0]], key[1], mine, writer) for key, mine in groups.items()}
    writer.flush()
    answers = [one for key, mine in groups.items() for one in _answers(known[key[0]], rounds[key], mine)]
    bulk.write(answers)
    return len(answers)


def _round(definition: Definition, county: str, rows: list[Row], writer: Writer) -> str:
    """The round that the answers of a county came in by."""
    first = min(row["date"] for row in rows)
    raw = {**sample_of(definition, {"place": county}), "date": first.isoformat()}
    for name, value in {"round": f"{first.year} 年{MARK}", "point": f"全县合并{MARK}", "weight": 1}.items():
        if name in definition.fields:
            raw[name] = value
    if "year" in definition.fields:
        raw["year"] = first.year
    return writer.add(definition, Wanted(raw, definition.start or ""))


def _answers(definition: Definition, round_: str, rows: list[Row]) -> list[Answer]:
    assert definition.survey is not None
    wanted: dict[str, int] = {}
    for row in rows:
        wanted[row["place"]] = wanted.get(row["place"], 0) + 1
    first, last = min(row["date"] for row in rows), max(row["date"] for row in rows)
    links = {
        place: Link(
            round_id=round_,
            place=place,
            wanted=count,
            limit=count + 50,
            opens=first,
            closes=last + timedelta(days=7),
        )
        for place, count in wanted.items()
    }
    bulk.write(list(links.values()))
    random = Random(SEED)  # noqa: S311 - made up answers
    return [_answer(definition.survey, row, links[row["place"]], random) for row in rows]


def _answer(survey: Questionnaire, row: Row, link: Link, random: Random) -> Answer:
    choices = answers_for(survey, reached=row["reached"], random=random)
    return Answer(
        id=row["response"],
        round_id=link.round_id,
        link=link,
        place=row["place"],
        date=row["date"],
        choices={k: v for k, v in choices.items() if survey.questions[k].type != "text"},
        score=survey.score(choices),
        reached=row["reached"],
        weight=row["weight"],
        page=token_urlsafe(16),
    )


def answers_for(survey: Questionnaire, *, reached: bool, random: Random) -> dict[str, Any]:
    """Made up answers on the right side of the mark; the best and the worst ones if chance does not find any."""
    for _ in range(TRIES):
        found = _drawn(survey, GOOD if reached else POOR, random)
        if _reaches(survey, found) is reached:
            return found
    return sample_answers(survey) if reached else _drawn(survey, 0.0, random)


def _reaches(survey: Questionnaire, answers: Mapping[str, Any]) -> bool | None:
    score = survey.score(answers)
    return None if score is None or survey.reached is None else score >= survey.reached


def _drawn(survey: Questionnaire, good: float, random: Random) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, question in survey.questions.items():
        if name in survey.asked(found) and question.type != "text":
            found[name] = _one(question, random.random() < good, random)
    return {name: value for name, value in found.items() if value not in (None, [])}


def _one(question: Question, good: bool, random: Random) -> Any:
    if question.type == "scale":
        return random.choice((question.steps - 1, question.steps)) if good else random.randint(1, 2)
    if question.type == "number":
        return question.sample
    codes = list(question.options)
    right = list(question.right) or [
        c for c in codes if question.scores.get(c, 0) == max(question.scores.values(), default=0)
    ]
    wrong = [code for code in codes if code not in right] or codes
    if question.type == "choice":
        return random.choice(right if good else wrong)
    if question.right:
        return right if good else [random.choice(wrong)]
    worth = [code for code in codes if question.scores.get(code, 0) > 0] or codes
    return worth if good else [random.choice([c for c in codes if c not in worth] or codes)]
