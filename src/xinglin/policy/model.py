"""A policy document as frozen values that refuse nonsense when built.

The file format is described in ``docs/reference/policy-file.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from xinglin.base.places import Level, UnknownPlace, level_of
from xinglin.base.states import Comparator, Scope, Strength
from xinglin.base.yamlfile import Strict
from xinglin.policy.fields import (
    Clauses,
    Day,
    DocumentId,
    DutyId,
    Exact,
    Parameter,
    TargetId,
    TaskId,
    Unit,
    Units,
    Words,
    Words8,
    Words30,
    Words40,
    Words60,
)
from xinglin.policy.names import WANTED
from xinglin.policy.review import Review
from xinglin.policy.rows import load_rows

_FULL = Decimal(100)


class DocumentLevel(StrEnum):
    """Level of the government that issued a document."""

    NATIONAL = "national"
    PROVINCIAL = "provincial"
    PREFECTURE = "prefecture"
    COUNTY = "county"

    @property
    def label(self) -> str:
        """Chinese word shown to users."""
        return {"national": "国家", "provincial": "省级", "prefecture": "地级", "county": "县级"}[self.value]


_LEVEL_OF_PLACE = {
    Level.NATION: DocumentLevel.NATIONAL,
    Level.PROVINCE: DocumentLevel.PROVINCIAL,
    Level.PREFECTURE: DocumentLevel.PREFECTURE,
    Level.COUNTY: DocumentLevel.COUNTY,
}


class TaskKind(StrEnum):
    """What a task is in its document."""

    TASK = "task"
    STEP = "step"
    SAFEGUARD = "safeguard"
    BOX = "box"

    @property
    def label(self) -> str:
        """Chinese word shown to users."""
        return {"task": "任务", "step": "步骤", "safeguard": "保障措施", "box": "专栏"}[self.value]


def _refuse(faults: Sequence[str]) -> None:
    """Raise all faults of one entry as one error."""
    if faults:
        raise ValueError("；".join(faults))


class Period(Strict):
    """A span of days, both ends included."""

    start: Day = Field(alias="from")
    end: Day = Field(alias="to")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        _refuse([f"from {self.start} 晚于 to {self.end}"] if self.start > self.end else [])
        return self


class Baseline(Strict):
    """Value of the same measure that the document itself gives for an earlier date."""

    value: Exact
    date: Day


class Judged(Strict):
    """The number a target is judged by where the printed one would mislead (cumulative grades)."""

    value: Exact
    note: Words


class Target(Strict):
    """One promise: one subject, one measure, one threshold. Units as in ``Unit``; percent is 0–100."""

    id: TargetId
    clauses: Clauses
    summary: Words40
    measure: Words
    wants: Words | None = None
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    comparator: Comparator
    value: Exact | None
    upper: Exact | None = None
    judged: Judged | None = None
    unit: Unit | None
    scope: Scope
    strength: Strength
    deadline: Day
    responsible: Units = ()
    baseline: Baseline | None = None
    note: Words | None = None
    review: Review | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether no definition exists yet for what this target measures."""
        return self.measure == WANTED

    @property
    def threshold(self) -> Decimal | None:
        """The number the value is held against: the judged one if given, else the printed one."""
        return self.judged.value if self.judged else self.value

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        _refuse([*_threshold_faults(self), *_strength_faults(self), *_wants_faults(self), *_day_faults(self)])
        return self


def _threshold_faults(target: Target) -> list[str]:
    """Whether comparator, value, upper, judged and unit fit together."""
    faults = _value_faults(target)
    if target.comparator is not Comparator.BETWEEN and target.upper is not None:
        faults.append("upper 只与 between 连用，请删去")
    if target.judged and (target.value is None or target.comparator is Comparator.ENCOURAGED):
        faults.append("judged 只用于有 value 且要评判的目标，请删去")
    return faults


def _value_faults(target: Target) -> list[str]:
    value, upper, unit = target.value, target.upper, target.unit
    match target.comparator:
        case Comparator.ALL:
            right = value == _FULL and unit is Unit.PERCENT
            return [] if right else ["all 的 value 应为 100，unit 应为 %"]
        case Comparator.EXISTS:
            right = value is None and unit is None
            return [] if right else ["exists 的 value 和 unit 都应为 null"]
        case Comparator.ENCOURAGED:
            return [] if (value is None) == (unit is None) else ["value 和 unit 应同时填写或同时为 null"]
        case Comparator.BETWEEN if value is not None and (upper is None or upper <= value):
            return ["between 要有 upper，并且大于 value"]
    return _number_faults(value, unit)


def _number_faults(value: Decimal | None, unit: Unit | None) -> list[str]:
    if value is None or unit is None:
        return ["这种 comparator 的 value 和 unit 都要填写"]
    outside = unit is Unit.PERCENT and not 0 <= value <= _FULL
    return ["百分数应在 0 与 100 之间"] if outside or value < 0 else []


def _strength_faults(target: Target) -> list[str]:
    encouraged = target.comparator is Comparator.ENCOURAGED
    if encouraged == (target.strength is Strength.ENCOURAGE):
        return []
    return ["comparator 的 encouraged 与 strength 的 encourage 要同时使用"]


def _wants_faults(target: Target) -> list[str]:
    if not target.is_wanted:
        return ["wants 只与 measure: wanted 连用，请删去"] if target.wants else []
    faults = []
    if target.wants is None:
        faults.append("measure 为 wanted 时，wants 要写对照表的行")
    elif target.wants not in load_rows():
        faults.append(f"wants：对照表没有“{target.wants}”这一行")
    if target.parameters:
        faults.append("measure 为 wanted 时没有参数可填，请把 parameters 写进 note")
    return faults


def _day_faults(target: Target) -> list[str]:
    if target.baseline and target.baseline.date >= target.deadline:
        return [f"基线日期 {target.baseline.date} 应早于 deadline {target.deadline}"]
    return []


class Trend(Strict):
    """A direction without a number: shown, never judged."""

    clause: Words
    summary: Words40
    measure: Words
    baseline: Baseline | None = None
    review: Review | None = None


class Task(Strict):
    """One numbered task, dated step, safeguard or box item, with its units in printed order."""

    id: TaskId
    clause: Words
    heading: Words30
    kind: TaskKind
    lead: Units
    units: Units
    period: Period | None = None
    note: Words | None = None
    review: Review | None = None

    @model_validator(mode="after")
    def _lead_is_responsible(self) -> Self:
        outside = [unit for unit in self.lead if unit not in self.units]
        _refuse([f"lead 里的“{'、'.join(outside)}”没有写在 units 里"] if outside else [])
        return self


class Duty(Strict):
    """What a document asks of some units in an unnumbered paragraph."""

    id: DutyId
    clause: Words
    units: Clauses
    duty: Words60
    review: Review | None = None


class Heading(Strict):
    """What a document says of itself. ``issued`` is None when our source does not print it."""

    id: DocumentId
    title: Words
    short: Words8
    issuers: Units
    number: Words | None
    place: Words
    level: DocumentLevel
    issued: Day | None
    period: Period
    notes: Words | None
    review: Review | None = None

    @model_validator(mode="after")
    def _honest(self) -> Self:
        _refuse([*_place_faults(self), *_source_faults(self)])
        return self


def _place_faults(heading: Heading) -> list[str]:
    try:
        level = _LEVEL_OF_PLACE.get(level_of(heading.place))
    except UnknownPlace as error:
        return [f"place：{error}"]
    if level is heading.level:
        return []
    return [f"level {heading.level.value} 与 place {heading.place} 的级别不符"]


def _source_faults(heading: Heading) -> list[str]:
    faults = []
    if heading.issued and heading.issued > heading.period.end:
        faults.append(f"issued {heading.issued} 晚于期限 {heading.period.end}")
    if heading.notes is None and not (heading.issuers and heading.issued):
        faults.append("没有 issuers 或 issued 时，notes 要说明原因")
    return faults


class Document(Heading):
    """A policy document with everything we took from it."""

    targets: tuple[Target, ...]
    trends: tuple[Trend, ...] = ()
    tasks: tuple[Task, ...]
    duties: tuple[Duty, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        _refuse(faults_between(self, self.targets, (*self.tasks, *self.duties)))
        return self


def faults_between(
    heading: Heading, targets: Sequence[Target], others: Sequence[Task | Duty] = ()
) -> list[str]:
    """What is wrong between the entries of one document though each is right alone."""
    ids = [entry.id for entry in (*targets, *others)]
    faults = [f"{name}：编号重复" for name, times in Counter(ids).items() if times > 1]
    prefixes = sorted({name.split("-")[0] for name in ids})
    if len(prefixes) > 1:
        faults.append(f"同一文件的编号只能用一个前缀，现有 {'、'.join(prefixes)}")
    return faults + [f"{target.id}：{fault}" for target in targets for fault in _term_faults(heading, target)]


def _term_faults(heading: Heading, target: Target) -> list[str]:
    start: date = heading.issued or heading.period.start
    faults = []
    if target.deadline < start:
        faults.append(f"deadline {target.deadline} 早于{'发文' if heading.issued else '期限起始'}日 {start}")
    if target.deadline > heading.period.end:
        faults.append(f"deadline {target.deadline} 晚于文件期限 {heading.period.end}")
    if target.review and target.review.date and target.review.date < start:
        faults.append(f"review 的日期 {target.review.date} 早于 {start}")
    return faults
