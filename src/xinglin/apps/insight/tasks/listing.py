"""The list of tasks: filters, counts, and the tree of documents and clauses that it is shown as."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django import forms

from xinglin.apps.forms.book import definition
from xinglin.apps.insight.tasks import TASK
from xinglin.apps.insight.tasks.generating import CHANGED, GAP, GONE
from xinglin.apps.insight.tasks.reading import BLOCKED, CLOSED, REVOKED, SUBMITTED, UNASSIGNED, Task
from xinglin.apps.insight.tasks.units import labels
from xinglin.policy.responsible import pieces

TONES = {"plain": "info", "wait": "warn", "good": "good", "bad": "bad"}
MARKS = {GONE: "文件库里已没有", CHANGED: "条文有变动"}


class Filters(forms.Form):
    """The bar above the list."""

    q = forms.CharField(
        label="查找", required=False, max_length=60, widget=forms.TextInput({"type": "search"})
    )
    unit = forms.ChoiceField(label="责任单位", required=False)
    state = forms.ChoiceField(label="状态", required=False)
    document = forms.ChoiceField(label="文件", required=False)
    late = forms.BooleanField(label="只看逾期", required=False)
    unassigned = forms.BooleanField(label="只看未落实", required=False)

    def __init__(self, data: Any, tasks: Sequence[Task]) -> None:
        super().__init__(data, label_suffix="")
        states = definition(TASK).states.items()
        units = {code for task in tasks for code in task.units}
        documents = list(dict.fromkeys(str(task.document) for task in tasks))
        self._offer("unit", [(code, words) for code, words in labels().items() if code in units])
        self._offer("state", [(name, state.label) for name, state in states])
        self._offer("document", [(name, name) for name in documents])
        self.is_valid()

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        one = self.fields[name]
        assert isinstance(one, forms.ChoiceField)
        one.choices = [("", "全部"), *choices]

    def narrowed(self, tasks: Iterable[Task], day: date) -> list[Task]:
        """The tasks that meet what was asked for."""
        return [task for task in tasks if self._fits(task, day)]

    def _fits(self, task: Task, day: date) -> bool:
        asked = getattr(self, "cleaned_data", {})
        words = asked.get("q") or ""
        told = f"{task.task} {task.clause} {task.targets or ''} {task.lead_label} {task.printed or ''}"
        return (
            words in told
            and (not asked.get("unit") or asked["unit"] in task.units)
            and asked.get("state") in ("", None, task.state)
            and asked.get("document") in ("", None, task.document)
            and (not asked.get("late") or task.is_late(day))
            and (not asked.get("unassigned") or task.state == UNASSIGNED)
        )

    def words(self) -> list[str]:
        """What was asked for, for whoever reads a print."""
        found = []
        for name, value in getattr(self, "cleaned_data", {}).items():
            one: Any = self.fields[name]
            if value is True:
                found.append(str(one.label))
            elif value:
                found.append(f"{one.label}：{dict(getattr(one, 'choices', ())).get(value, value)}")
        return found


@dataclass(frozen=True)
class Counts:
    """How far tasks are. ``total`` leaves out those that were given up."""

    total: int = 0
    unassigned: int = 0
    blocked: int = 0
    submitted: int = 0
    closed: int = 0
    late: int = 0
    revoked: int = 0
    progress: int | None = None

    @property
    def done_share(self) -> int | None:
        """Percent that is settled."""
        return self.closed * 100 // self.total if self.total else None


def counted(tasks: Iterable[Task], day: date) -> Counts:
    """How far some tasks are on a day."""
    listed = list(tasks)
    states = [task.state for task in listed]
    live = [task for task in listed if task.state != REVOKED]
    known = [task.claimed for task in live if task.claimed is not None]
    return Counts(
        len(live),
        states.count(UNASSIGNED),
        states.count(BLOCKED),
        states.count(SUBMITTED),
        states.count(CLOSED),
        sum(task.is_late(day) for task in listed),
        states.count(REVOKED),
        sum(known) // len(known) if known else None,
    )


@dataclass(frozen=True)
class Line:
    """A task as the list shows it."""

    task: Task
    tone: str
    state: str
    late: bool
    left: str
    mark: str
    escalated: str


@dataclass(frozen=True)
class Branch:
    """Clauses that stand together in a document."""

    clause: str
    lines: list[Line]


@dataclass(frozen=True)
class Tree:
    """A document with its clauses."""

    document: str
    counts: Counts
    branches: list[Branch] = field(default_factory=list)


def line(task: Task, day: date, roles: dict[str, str]) -> Line:
    """A task in words."""
    state = definition(TASK).states[task.state]
    late = task.is_late(day)
    left = "" if task.is_over or task.due_on is None else _left((task.due_on - day).days)
    escalated = roles.get(task.escalated, "")
    mark = MARKS.get(str(task.edition_state), "未达指标立项" if task.origin == GAP else "")
    return Line(task, TONES[state.tone], state.label, late, left, mark, escalated)


def _left(days: int) -> str:
    return f"还有 {days} 天" if days > 0 else "当天到期" if days == 0 else f"逾期 {-days} 天"


def tree(tasks: Iterable[Task], day: date, order: Sequence[str], roles: dict[str, str]) -> list[Tree]:
    """Tasks by document and clause.

    Args:
        order: short names of documents, as they are to come; others follow by name.
        roles: role → words, for whom an overdue state was told to.
    """
    rank = {name: number for number, name in enumerate(order)}
    listed = sorted(tasks, key=lambda t: (rank.get(str(t.document), len(rank)), str(t.document)))
    found = []
    for document, mine in groupby(listed, key=lambda task: str(task.document)):
        inside = sorted(mine, key=lambda task: (clause_key(str(task.clause)), str(task.source or task.id)))
        branches = [
            Branch(head, [line(task, day, roles) for task in some])
            for head, some in groupby(inside, key=lambda task: branch_of(str(task.clause)))
        ]
        found.append(Tree(document, counted(inside, day), branches))
    return found


def branch_of(clause: str) -> str:
    """The part of a document that a clause belongs to: 四(一)2 → 四(一), 附件1 表 12 → 附件1, 三 一是 → 三."""
    parts = pieces(clause)
    deep = len(parts) > 2 and parts[1][:1] in "(（"
    return "".join(parts[: 2 if deep else 1]) or clause


_DIGITS = {sign: number for number, sign in enumerate("一二三四五六七八九十", start=1)}


def clause_key(clause: str) -> tuple[tuple[int, str], ...]:
    """By what clauses are sorted as they are printed: 一 before 十二, 2 before 12, appendices last."""
    return tuple(_part_key(part) for part in pieces(clause))


def _part_key(part: str) -> tuple[int, str]:
    plain = part.strip("()（）").removeprefix("第").rstrip("条款项章节是")
    if plain.isdigit():
        return int(plain), ""
    number = _chinese(plain)
    return (number, "") if number is not None else (1000, part)


def _chinese(text: str) -> int | None:
    """A number up to ninety-nine written in Chinese."""
    if not text or any(sign not in _DIGITS for sign in text):
        return None
    if "十" not in text:
        return _DIGITS[text] if len(text) == 1 else None
    tens, _, ones = text.partition("十")
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
