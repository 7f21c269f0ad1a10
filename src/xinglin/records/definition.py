"""A definition: what may be recorded of one kind, by whom, how it moves, which facts and reports come of it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from pydantic import Field as Key
from pydantic import model_validator

from xinglin.base.yamlfile import Strict
from xinglin.facts.model import LEVELS
from xinglin.records.computing import in_order
from xinglin.records.conditions import Condition, Values
from xinglin.records.feed import Feed, Report
from xinglin.records.fields import Field, FieldType
from xinglin.records.flow import Move, State
from xinglin.records.questionnaire import Questionnaire
from xinglin.records.standard import Standard
from xinglin.records.written import Retention

MEANS = ("transition", "deadline", "fact", "report")
"""By what a definition serves a mechanism of the mission."""


class Kind(StrEnum):
    """The five kinds of record."""

    REGISTER = "register"
    ACTIVITY = "activity"
    CASE = "case"
    ASSESSMENT = "assessment"
    SURVEY = "survey"

    @property
    def label(self) -> str:
        """Chinese word."""
        return {
            "register": "登记",
            "activity": "活动",
            "case": "事项",
            "assessment": "评估",
            "survey": "调查",
        }[self.value]


class Subject(StrEnum):
    """What a record is about; its place and facility, and so who may see it, follow from that."""

    PLACE = "place"
    FACILITY = "facility"
    HALL = "hall"
    PRACTITIONER = "practitioner"
    CONSORTIUM = "consortium"
    RECORD = "record"


SUBJECT_FIELDS = {
    Subject.PLACE: ("地区", FieldType.PLACE),
    Subject.FACILITY: ("机构", FieldType.FACILITY),
    Subject.HALL: ("中医馆", FieldType.HALL),
    Subject.PRACTITIONER: ("人员", FieldType.PRACTITIONER),
    Subject.CONSORTIUM: ("医共体", FieldType.CONSORTIUM),
    Subject.RECORD: ("所属", FieldType.RECORD),
}


UNIT_ROLES = ("liaison",)
"""Roles given for one unit: of definitions with ``who.units`` they see only records that name it."""


class Who(Strict):
    """Roles that may read, write (make and change) and, of assessments, verify; each within its own area.

    ``units``: fields that name units. Roles of `UNIT_ROLES` see and do only what concerns records that name theirs;
    ``parent`` among them: those that the record it belongs to names.
    """

    read: tuple[str, ...]
    write: tuple[str, ...]
    verify: tuple[str, ...] = ()
    units: tuple[str, ...] = ()

    @property
    def all(self) -> frozenset[str]:
        """Every role named."""
        return frozenset((*self.read, *self.write, *self.verify))

    def binds(self, role: str) -> bool:
        """Whether a role sees only records that name its unit."""
        return bool(self.units) and role in UNIT_ROLES


class Cited(Strict):
    """The clause a definition answers to; ``says`` in our own words."""

    document: str
    clause: str
    says: str = ""


class Check(Strict):
    """What must hold between fields; looked at only when all its fields are filled. ``says`` is shown at field
    ``at``.
    """

    that: Condition
    says: str
    at: str
    warning: bool = False


class Due(Strict):
    """Who must have such a record, how often and by when: completeness and timeliness come from this.

    Attributes:
        every: period; ``once``: one record at any time. within: days after the period's end. level: places of that
        level, or
        facility_kinds: facilities of these kinds, or per: each record that it may belong to, each owe a record.
        parents: which of these owe one, with their state as it was at the period's end; without it those that are not
        at an end. who: role that is reminded. states: only records in these states count as having come in.
    """

    every: Literal["month", "quarter", "half", "year", "once"]
    within: int = 15
    level: Literal[2, 4, 6, 9, 12] | None = None
    facility_kinds: tuple[str, ...] = ()
    per: Literal["parent"] | None = None
    parents: Condition | None = None
    who: str
    states: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> Due:
        if sum((self.level is not None, bool(self.facility_kinds), self.per is not None)) != 1:
            raise ValueError("应写 level、facility_kinds、per 之一，只写一个")
        if self.parents is not None and self.per is None:
            raise ValueError("写了 per: parent 才写 parents")
        return self


class Step(Strict):
    """One change from a version to the next: exactly one of the ways."""

    rename: dict[str, str] | None = None
    drop: tuple[str, ...] | None = None
    fill: dict[str, Any] | None = None
    recode: dict[str, dict[str, str]] | None = None
    states: dict[str, str] | None = None

    @model_validator(mode="after")
    def _one(self) -> Step:
        if sum(value is not None for value in self.model_dump().values()) != 1:
            raise ValueError("应写 rename、drop、fill、recode、states 之一，只写一个")
        return self


class Definition(Strict):
    """One kind of record. See `docs/reference/record-file.md` for every key.

    Attributes:
        id, topic: names of file and folder. serves: row of the mission → by what. who: roles.
        levels: of the place a record may be about. kinds: of the facility. of: definition of the parent record.
        title: fields whose values name a record. list, filters, totals: what the list shows, filters by, adds up.
        downward: people below see the records of the areas above them too (standards, plans, documents).
        unique: sets of fields that no two records may share. retention: years, or ``permanent``.
    """

    id: str
    topic: str
    kind: Kind
    label: str
    meaning: str
    version: int = 1
    subject: Subject
    levels: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    of: str | None = None
    serves: dict[str, tuple[Literal["transition", "deadline", "fact", "report"], ...]] = Key(
        default_factory=dict
    )
    sources: tuple[Cited, ...] = ()
    who: Who
    downward: bool = False
    retention: Retention
    declared: dict[str, Field] = Key(alias="fields")
    checks: tuple[Check, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    title: tuple[str, ...]
    list: tuple[str, ...]
    filters: tuple[str, ...] = ()
    totals: tuple[str, ...] = ()
    states: dict[str, State] = Key(default_factory=dict)
    moves: dict[str, Move] = Key(default_factory=dict)
    standard: Standard | None = None
    survey: Questionnaire | None = None
    due: Due | None = None
    facts: tuple[Feed, ...] = ()
    reports: dict[str, Report] = Key(default_factory=dict)
    migrations: dict[int, tuple[Step, ...]] = Key(default_factory=dict)

    @model_validator(mode="after")
    def _subject_agrees(self) -> Definition:
        """What the fields of the subject are made of; the rest is for `soundness`."""
        faults = []
        if (self.subject is Subject.RECORD) != (self.of is not None):
            faults.append("subject 是 record 才写 of，且必须写")
        if self.levels and self.subject is not Subject.PLACE:
            faults.append("subject 是 place 才写 levels")
        if not set(self.levels) <= set(LEVELS):
            faults.append(f"levels 取自 {'、'.join(map(str, LEVELS))}")
        if faults:
            raise ValueError("；".join(faults))
        return self

    @cached_property
    def settling(self) -> tuple[str, ...]:
        """The fields in the order in which conditions and computed values are worked out."""
        return in_order(self.fields)

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Every field a form asks for or shows: the subject, the kind's own dates, those declared, in this order."""
        own = dict(self._own_fields())
        return {**own, **self.declared} if not set(own) & set(self.declared) else self._merged(own)

    def _merged(self, own: dict[str, Field]) -> dict[str, Field]:
        """A declared field of the same name takes the place of the kind's own (another label, a sample)."""
        return {name: self.declared.get(name, field) for name, field in own.items()} | {
            name: field for name, field in self.declared.items() if name not in own
        }

    def _own_fields(self) -> Iterator[tuple[str, Field]]:
        label, type_ = SUBJECT_FIELDS[self.subject]
        more: dict[str, Any] = {"of": self.of} if self.subject is Subject.RECORD else {}
        if self.subject is Subject.PLACE and self.levels:
            more = {"levels": self.levels}
        yield self.subject_field, Field(label=label, type=type_, required=True, **more)
        if self.kind is Kind.REGISTER:
            yield (
                "valid_from",
                Field(label="开始日期", type=FieldType.DATE, required=True, sample="2024-03-01"),
            )
            yield "valid_to", Field(label="结束日期", type=FieldType.DATE, help="最后一天；还在继续的留空")
        else:
            label = {Kind.ACTIVITY: "日期", Kind.CASE: "发起日期", Kind.ASSESSMENT: "评估日期"}.get(
                self.kind, "填答日期"
            )
            yield "date", Field(label=label, type=FieldType.DATE, required=True, sample="2024-05-20")

    @property
    def subject_field(self) -> str:
        """The field that names the subject."""
        return "parent" if self.subject is Subject.RECORD else self.subject.value

    def lacking(self, move: Move, values: Values) -> tuple[str, ...]:
        """Fields that must be filled before a move and are not; what is not asked for in this case is not missed."""
        asked = {n for n, f in self.fields.items() if f.when is None or f.when.holds(values)}
        return tuple(name for name in move.lacking(values) if name in asked or name not in self.fields)

    @property
    def day_field(self) -> str:
        """The field by which records lie in time."""
        return "valid_from" if self.kind is Kind.REGISTER else "date"

    @property
    def start(self) -> str | None:
        """The state in which records begin; None without states."""
        return next((name for name, state in self.states.items() if state.start), None)

    @cached_property
    def indexed(self) -> tuple[str, ...]:
        """Fields kept as typed index rows: whatever is listed, filtered, added up, unique or reported."""
        reports = [r for report in self.reports.values() for r in _of_report(report)]
        named = [
            *self.list,
            *self.filters,
            *self.totals,
            *(n for group in self.unique for n in group),
            *reports,
        ]
        known = {name: None for name in named if name in self.fields}
        return tuple(name for name in known if self.fields[name].type is not FieldType.FILE)

    @property
    def means(self) -> frozenset[str]:
        """By what it can serve a mechanism: what it really has."""
        has = {
            "transition": bool(self.moves),
            "deadline": self.due is not None or any(state.deadline for state in self.states.values()),
            "fact": bool(self.facts),
            "report": bool(self.reports) or self.standard is not None or self.survey is not None,
        }
        return frozenset(name for name, there in has.items() if there)


def _of_report(report: Report) -> Iterator[str]:
    yield from report.by
    if report.where is not None:
        yield from sorted(report.where.fields())
    for column in report.columns.values():
        yield from sorted(column.fields)
