"""Who answers for a target: the units it names itself, else those of the task whose clause it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from xinglin.policy.model import Document, Target, Task

T = TypeVar("T")

# The pieces of a clause number: 第三条 | (一) | 专栏2, 附件1, 表 | 12; blanks and dots only part them.
_PIECES = re.compile(r"第[^\s()（）条款项章节]+[条款项章节]|\([^)]*\)|（[^）]*）|[^\s\d()（）.．、]+\d*|\d+")


@dataclass(frozen=True, slots=True)
class Responsibility:
    """The responsible units of a target.

    Attributes:
        units: leads first, then the others, each in printed order; empty when the document names none.
        lead: those of ``units`` that are marked as lead (牵头).
        tasks: the tasks they are taken from; empty when the target names them itself.
    """

    units: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()


def responsibility(document: Document, target: Target) -> Responsibility:
    """Who answers for a target of a document (the rule stands in ``docs/reference/policy-file.md``)."""
    if target.responsible:
        return Responsibility(units=tuple(target.responsible))
    naming = [task for task in document.tasks if task.units]
    tasks = _once(task for clause in target.clauses for task in _nearest(clause, naming))
    lead = _once(unit for task in tasks for unit in task.lead)
    return Responsibility(_once([*lead, *(unit for task in tasks for unit in task.units)]), lead, tasks)


def stands_in(clause: str, outer: str) -> bool:
    """Whether a clause is another one or a part of it: 三(一)4① stands in 三(一)4, 三(一)41 does not."""
    inner, around = pieces(clause), pieces(outer)
    return inner[: len(around)] == around


def pieces(clause: str) -> tuple[str, ...]:
    """A clause number cut where its levels meet: ``三(一)专栏2 1`` is 三, (一), 专栏2, 1."""
    return tuple(_PIECES.findall(clause))


def _nearest(clause: str, tasks: Iterable[Task]) -> Iterator[Task]:
    """The tasks in whose clause this one stands, those of the innermost clause only."""
    around = [task for task in tasks if stands_in(clause, task.clause)]
    depth = max((len(pieces(task.clause)) for task in around), default=0)
    return (task for task in around if len(pieces(task.clause)) == depth)


def _once(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
