"""A document as the tree of its clauses, each with targets and task and how they stand; two documents side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils import timezone

from xinglin.apps.forms.book import definition
from xinglin.apps.insight.pictures import Counts, Picture, counts_of
from xinglin.apps.insight.standing_now import address_of
from xinglin.apps.insight.tasks import TASK, reading
from xinglin.apps.insight.tasks.generating import library
from xinglin.apps.insight.tasks.listing import TONES, branch_of, clause_key
from xinglin.policy import Document
from xinglin.policy.worklist import Item, worklist
from xinglin.standing.areas_file import ResultRow


@dataclass(frozen=True)
class Promise:
    """A target as it stands; ``row`` is None where this vintage does not hold it (its period was over)."""

    id: str
    summary: str
    clauses: tuple[str, ...]
    row: ResultRow | None
    address: str
    unit: str


@dataclass(frozen=True)
class Work:
    """The task of a clause as it stands: its state in words, its tone, whether it is late, where it is opened."""

    record: str
    state: str
    tone: str
    late: bool
    lead: str


@dataclass(frozen=True)
class Clause:
    """One piece of work of a document with its targets and, for who may see it, its task."""

    item: Item
    promises: tuple[Promise, ...]
    work: Work | None


@dataclass(frozen=True)
class Branch:
    """Clauses that stand together."""

    head: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class Listed:
    """A document in the list: how its targets stand in the place."""

    document: Document
    counts: Counts
    over: bool


def documents(picture: Picture, place: str) -> list[Listed]:
    """Every document that binds a place, its own first."""
    rows = picture.rows_of_results(place)
    on = picture.vintage.on
    return [
        Listed(one, counts_of(row for row in rows if row.document == one.id), one.period.end < on)
        for one in library().covering(place)
    ]


def tree(picture: Picture, place: str, document: Document, user: Any) -> list[Branch]:
    """The clauses of a document in printed order."""
    rows = {row.target: row for row in picture.rows_of_results(place) if row.document == document.id}
    works = _works(user, place, document)
    mine = [item for item in worklist(library(), place) if item.document.id == document.id]
    mine.sort(key=lambda item: (clause_key(item.clause), item.id))
    found = [Clause(item, _promises(picture, place, item, rows), works.get(item.id)) for item in mine]
    return [
        Branch(head, tuple(some)) for head, some in groupby(found, key=lambda one: branch_of(one.item.clause))
    ]


def _promises(picture: Picture, place: str, item: Item, rows: Mapping[str, ResultRow]) -> tuple[Promise, ...]:
    return tuple(
        _promise(picture, place, target.id, target.summary, tuple(target.clauses), rows.get(target.id))
        for target in item.targets
    )


def _promise(
    picture: Picture, place: str, id_: str, summary: str, clauses: tuple[str, ...], row: ResultRow | None
) -> Promise:
    key = row.measure_key if row is not None else ""
    address = address_of(key, place, picture) if key else ""
    return Promise(id_, summary, clauses, row, address, picture.measure(key).unit if key else "")


def _works(user: Any, place: str, document: Document) -> dict[str, Work]:
    """Tasks by the item they were made of; none for who may not see tasks."""
    if not user.can("task.view"):
        return {}
    today, states = timezone.localdate(), definition(TASK).states
    found = {}
    for task in reading.now(user, place, people=False):
        if task.document == document.short and task.source:
            state = states[task.state]
            lead = task.lead_label
            found[task.source] = Work(task.id, state.label, TONES[state.tone], task.is_late(today), lead)
    return found


@dataclass(frozen=True)
class Pair:
    """One number asked for by two documents: the targets of either, and which asks for more."""

    label: str
    left: tuple[Promise, ...]
    right: tuple[Promise, ...]


def side_by_side(picture: Picture, place: str, left: Document, right: Document) -> list[Pair]:
    """Targets of two documents by the number they rest on: first what both ask for, then what one does."""
    sides = [_by_number(picture, place, document) for document in (left, right)]
    keys = list(dict.fromkeys([*sides[0], *sides[1]]))
    found = []
    for key in keys:
        here, there = tuple(sides[0].get(key, ())), tuple(sides[1].get(key, ()))
        row = next(one.row for one in (*here, *there) if one.row is not None)
        found.append(Pair(row.measure_label or row.summary, here, there))
    return sorted(found, key=lambda pair: not (pair.left and pair.right))


def _by_number(picture: Picture, place: str, document: Document) -> dict[str, list[Promise]]:
    found: dict[str, list[Promise]] = {}
    for row in picture.rows_of_results(place):
        if row.document == document.id:
            key = row.measure_key or f"{document.id}/{row.target}"
            promise = _promise(picture, place, row.target, row.summary, row.clauses, row)
            found.setdefault(key, []).append(promise)
    return found


def chosen(known: Sequence[Listed], asked: str) -> Document | None:
    """The document of an id among some."""
    return next((one.document for one in known if one.document.id == asked), None)
