"""What a place has to see to: every task, duty and clause with targets of every document that binds it, each once.

A target is one piece of work, though a document prints it in several clauses: it belongs to the task in whose clause it
stands, else to its first clause. So every clause is answered by an item, and no target by two.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from xinglin.policy.library import PolicyLibrary
from xinglin.policy.model import Document, Duty, Target, Task
from xinglin.policy.responsible import pieces, responsibility, stands_in

SIGNS = 16
"""Letters of an item's digest."""


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of work.

    Attributes:
        id: of the task or duty; ``<document>:<clause>`` where only targets stand in the clause.
        kind: its Chinese word (任务, 步骤, 保障措施, 专栏, 职责, 指标). clauses: all it answers, its own first.
        words: in our words. units: in printed order; lead: those of them that lead. targets: in printed order.
        due: last day; of several targets the earliest.
    """

    id: str
    document: Document
    kind: str
    clauses: tuple[str, ...]
    words: str
    units: tuple[str, ...]
    lead: tuple[str, ...]
    targets: tuple[Target, ...]
    due: date

    @property
    def clause(self) -> str:
        """Its own clause."""
        return self.clauses[0]

    @property
    def edition(self) -> str:
        """Digest of what the document says here; another one when a new edition says something else."""
        ids = [target.id for target in self.targets]
        told = [self.clauses, self.words, self.units, self.lead, ids, self.due.isoformat()]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:SIGNS]


def worklist(library: PolicyLibrary, place: str) -> tuple[Item, ...]:
    """All items of a place, the place's own documents first, each in printed order.

    Documents whose period is over are among them: what was promised is settled after its end, not forgotten. A total
    that an upper document promises for its own place asks nothing of one below (see `PolicyLibrary.binding`).

    Raises:
        UnknownPlace: not a division code.
    """
    return tuple(
        item for document in library.covering(place) for item in _of_document(library, document, place)
    )


def _of_document(library: PolicyLibrary, document: Document, place: str) -> Iterator[Item]:
    bounds = library.binding(place, document.period.start)
    targets = [bound.target for bound in bounds if bound.document is document]
    of_task: dict[str, list[Target]] = defaultdict(list)
    of_clause: dict[str, list[Target]] = defaultdict(list)
    for target in targets:
        task = task_of(document, target)
        (of_task[task.id] if task else of_clause[target.clauses[0]]).append(target)
    yield from (_of_task(document, task, of_task[task.id]) for task in document.tasks)
    yield from (_of_duty(document, duty) for duty in document.duties)
    yield from (_of_clause(document, clause, mine) for clause, mine in of_clause.items())


def task_of(document: Document, target: Target) -> Task | None:
    """The task in whose clause a target stands, the innermost; the first of several."""
    around = [t for clause in target.clauses for t in document.tasks if stands_in(clause, t.clause)]
    return max(around, key=lambda task: len(pieces(task.clause)), default=None)


def _of_task(document: Document, task: Task, targets: list[Target]) -> Item:
    due = task.period.end if task.period else _earliest(document, targets)
    return Item(
        task.id,
        document,
        task.kind.label,
        _clauses(task.clause, targets),
        task.heading,
        tuple(task.units),
        tuple(task.lead),
        tuple(targets),
        due,
    )


def _of_duty(document: Document, duty: Duty) -> Item:
    return Item(
        duty.id,
        document,
        "职责",
        (duty.clause,),
        duty.duty,
        tuple(duty.units),
        tuple(duty.units[:1]),
        (),
        document.period.end,
    )


def _of_clause(document: Document, clause: str, targets: list[Target]) -> Item:
    answers = [responsibility(document, target) for target in targets]
    lead = dict.fromkeys(unit for one in answers for unit in one.lead)
    units = dict.fromkeys(unit for one in answers for unit in one.units)
    return Item(
        f"{document.id}:{clause}",
        document,
        "指标",
        _clauses(clause, targets),
        "；".join(target.summary for target in targets),
        tuple(units),
        tuple(lead),
        tuple(targets),
        _earliest(document, targets),
    )


def _clauses(own: str, targets: list[Target]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([own, *(clause for target in targets for clause in target.clauses)]))


def _earliest(document: Document, targets: list[Target]) -> date:
    return min((target.deadline for target in targets), default=document.period.end)
