"""A survey: its questions and scores, the size of its sample, what its answers show and how surely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import ceil, sqrt
from statistics import NormalDist
from typing import Any, Literal

from pydantic import Field as Key
from pydantic import model_validator

from xinglin.base.yamlfile import Strict
from xinglin.records.conditions import Condition, Values, is_given
from xinglin.records.written import Number

FULL = Decimal(100)
_LEAST_STEPS = 2


class Question(Strict):
    """One question.

    Attributes:
        label: as asked. type: ``choice``, ``choices`` (several), ``scale`` (1 to ``steps``), ``number``, ``text``.
        options: code → label. scores: code → points; of ``choices`` all right ones and no other, for ``points``.
        right: codes of the right answers (knowledge). points: most there are. when: asked only then.
    """

    label: str
    type: Literal["choice", "choices", "scale", "number", "text"]
    options: dict[str, str] = Key(default_factory=dict)
    scores: dict[str, Number] = Key(default_factory=dict)
    right: tuple[str, ...] = ()
    points: Number = 0
    steps: int = 5
    required: bool = True
    when: Condition | None = None
    sample: Any = None

    @model_validator(mode="after")
    def _consistent(self) -> Question:
        faults = []
        if (self.type in ("choice", "choices")) != bool(self.options):
            faults.append("choice、choices 必须且只有它们才写 options")
        faults += [
            f"options 里没有“{code}”" for code in (*self.scores, *self.right) if code not in self.options
        ]
        if self.scores and self.right:
            faults.append("scores 与 right 只写一个")
        if self.right and not self.points:
            faults.append("写了 right 要写 points")
        if self.points and not self.right and self.type != "scale":
            faults.append("points 只与 right 或类型 scale 同写")
        if self.points < 0 or any(points < 0 for points in self.scores.values()):
            faults.append("分值不能是负数")
        if self.type == "choice" and len(self.right) > 1:
            faults.append("单选题只有一个正确答案")
        if self.steps < _LEAST_STEPS:
            faults.append(f"steps 至少是 {_LEAST_STEPS}")
        if faults:
            raise ValueError("；".join(faults))
        return self

    @property
    def most(self) -> Decimal:
        """Most points an answer can have; 0 for questions without a score."""
        if self.scores:
            total = sum if self.type == "choices" else max
            return Decimal(total(self.scores.values()))
        return Decimal(self.points)

    def score(self, answer: Any) -> Decimal:
        """Points of an answer; of a scale in proportion, its lowest step 0."""
        if not is_given(answer):
            return Decimal(0)
        if self.type == "scale" and self.points:
            step = min(max(int(answer), 1), self.steps)
            return Decimal(self.points) * (step - 1) / (self.steps - 1)
        chosen = (answer,) if isinstance(answer, str) else tuple(answer) if self.options else ()
        if self.right:
            return Decimal(self.points) if set(chosen) == set(self.right) else Decimal(0)
        return sum((Decimal(self.scores.get(code, 0)) for code in chosen), Decimal(0))


class Plan(Strict):
    """How large a sample must be.

    Attributes:
        confidence, error, expected: percent; ``response``: percent of those asked who answer.
        by: one sample for each ``place`` (the round's area as a whole), ``township`` or ``facility``.
        least: never fewer per part.
    """

    confidence: Number = 95
    error: Number = 5
    expected: Number = 50
    response: Number = 80
    by: Literal["place", "township", "facility"] = "place"
    least: int = 30

    @model_validator(mode="after")
    def _possible(self) -> Plan:
        inside = 0 < self.confidence < 100 and 0 < self.error < 100 and 0 < self.expected < 100
        if not (inside and 0 < self.response <= 100 and self.least >= 0):
            raise ValueError(
                "confidence、error、expected、response 是百分数，在 0 与 100 之间；least 不小于 0"
            )
        return self


class Questionnaire(Strict):
    """The questions of a survey and how they are scored.

    Attributes:
        respondents: who is asked. questions: by id. reached: score (of 100) from which a person counts; None: the mean
        is
        looked at. small: fewer answers than this are never shown. survey: code in the fact contract that answers feed.
    """

    respondents: str
    questions: dict[str, Question]
    plan: Plan = Plan()
    reached: Number | None = None
    small: int = 10
    survey: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Questionnaire:
        if not self.questions:
            raise ValueError("questions 是空的")
        if self.small < 1:
            raise ValueError("small 至少是 1")
        if self.reached is not None and not 0 < self.reached <= FULL:
            raise ValueError("reached 是百分制的分数，在 0 与 100 之间")
        if self.reached is not None and not any(question.most for question in self.questions.values()):
            raise ValueError("写了 reached，却没有一题有分值")
        return self

    def asked(self, answers: Values) -> list[str]:
        """Questions that are asked given the answers so far; an answer to what is not asked decides nothing."""
        asked: dict[str, Any] = {}
        for name, question in self.questions.items():
            if question.when is None or question.when.holds(asked):
                asked[name] = answers.get(name)
        return list(asked)

    def score(self, answers: Values) -> Decimal | None:
        """Score of 100 over the questions asked; None when none of them has points."""
        asked = [self.questions[name] for name in self.asked(answers)]
        most = sum((question.most for question in asked), Decimal(0))
        if not most:
            return None
        won = sum((self.questions[n].score(answers.get(n)) for n in self.asked(answers)), Decimal(0))
        return (won * FULL / most).quantize(Decimal("0.01"), ROUND_HALF_UP)


def sample_size(plan: Plan, population: int | None = None) -> int:
    """How many answers are needed: normal approximation, finite population if known, never fewer than ``least``."""
    z = NormalDist().inv_cdf(0.5 + float(plan.confidence) / 200)
    p, e = float(plan.expected) / 100, float(plan.error) / 100
    wanted = z * z * p * (1 - p) / (e * e)
    if population is not None:
        wanted = wanted / (1 + (wanted - 1) / population) if population else 0
        return min(max(ceil(wanted), plan.least), population)
    return max(ceil(wanted), plan.least)


def to_be_asked(plan: Plan, population: int | None = None) -> int:
    """How many must be asked so that enough answer."""
    asked = ceil(sample_size(plan, population) * 100 / plan.response)
    return asked if population is None else min(asked, population)


@dataclass(frozen=True)
class Shown:
    """A share or mean with its interval (percent or points), or suppressed when too few answered."""

    n: int
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None

    @property
    def is_suppressed(self) -> bool:
        """Whether too few answered to show anything."""
        return self.value is None


def share(reached: int, n: int, small: int, confidence: Decimal | int = 95) -> Shown:
    """The share of ``n`` answers that reached the mark, with Wilson's interval, in percent."""
    if n < max(small, 1):
        return Shown(n, None, None, None)
    z = NormalDist().inv_cdf(0.5 + float(confidence) / 200)
    p, z2 = reached / n, z * z
    centre, spread = p + z2 / (2 * n), z * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    low, high = ((centre - spread) / (1 + z2 / n), (centre + spread) / (1 + z2 / n))
    return Shown(
        n, _percent(Decimal(reached) / n), _percent(Decimal(max(low, 0))), _percent(Decimal(min(high, 1)))
    )


def mean(scores: Sequence[Decimal], small: int, confidence: Decimal | int = 95) -> Shown:
    """The mean score with its normal interval."""
    n = len(scores)
    if n < max(small, 2):
        return Shown(n, None, None, None)
    middle = sum(scores, Decimal(0)) / n
    spread = (sum(((s - middle) ** 2 for s in scores), Decimal(0)) / (n - 1) / n).sqrt()
    half = Decimal(NormalDist().inv_cdf(0.5 + float(confidence) / 200)) * spread
    return Shown(
        n, _points(middle), _points(max(middle - half, Decimal(0))), _points(min(middle + half, FULL))
    )


def counts(question: Question, answers: Sequence[Any]) -> Mapping[str, int]:
    """How often each option was chosen."""
    found = dict.fromkeys(question.options or map(str, range(1, question.steps + 1)), 0)
    for answer in answers:
        for code in (answer,) if isinstance(answer, str | int) else tuple(answer or ()):
            if str(code) in found:
                found[str(code)] += 1
    return found


def suppressed(cells: Mapping[str, int], small: int) -> dict[str, int | None]:
    """Counts of a table with a total that is known: small ones hidden, and one more if a single one is hidden."""
    shown: dict[str, int | None] = {k: None if 0 < n < small else n for k, n in cells.items()}
    hidden = [key for key, n in shown.items() if n is None]
    if len(hidden) == 1:
        rest = {key: n for key, n in cells.items() if shown[key]}
        if rest:
            shown[min(rest, key=lambda key: rest[key])] = None
    return shown


def _percent(value: Decimal) -> Decimal:
    return (value * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _points(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)
