"""All policy documents together: what binds a place on a date, when it falls due, which is stricter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xinglin.base.errors import XinglinError
from xinglin.base.places import Level, level_of
from xinglin.base.states import Comparator, Due, Scope
from xinglin.policy.model import Document, Target, Task
from xinglin.policy.rows import Row, load_rows


class UnknownEntry(XinglinError, LookupError):  # noqa: N818 - says what is the matter
    """No document or target has this id."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A target as it binds a place; ``own`` when the document is the place's own, not one from above."""

    document: Document
    target: Target
    own: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row of the cross-walk without a definition, and the targets that wait for it."""

    row: Row
    targets: tuple[Target, ...]


def prints_total(target: Target) -> bool:
    """Whether the target's unit is a plain count, which adds up over areas."""
    return target.unit is not None and target.unit.is_total


@dataclass(frozen=True, slots=True)
class PolicyLibrary:
    """Policy documents, the nation's first, then downwards, in order of place and id."""

    documents: tuple[Document, ...]

    def document(self, document_id: str) -> Document:
        """The document of this id. Raises UnknownEntry."""
        for document in self.documents:
            if document.id == document_id:
                return document
        known = "、".join(document.id for document in self.documents)
        raise UnknownEntry(f"没有“{document_id}”这份文件，现有：{known}")

    def targets(self) -> tuple[Target, ...]:
        """Targets of all documents."""
        return tuple(target for document in self.documents for target in document.targets)

    def tasks(self) -> tuple[Task, ...]:
        """Tasks, steps, safeguards and box items of all documents."""
        return tuple(task for document in self.documents for task in document.tasks)

    def bound(self, target_id: str) -> Bound:
        """The target of this id with its document, at the document's own place. Raises UnknownEntry."""
        for document in self.documents:
            for target in document.targets:
                if target.id == target_id:
                    return Bound(document, target, own=True)
        raise UnknownEntry(f"没有“{target_id}”这个目标")

    def wanted(self) -> tuple[Wanted, ...]:
        """What has no definition yet, row by row in the order of the cross-walk."""
        waiting: dict[str, list[Target]] = defaultdict(list)
        for target in self.targets():
            if target.wants:
                waiting[target.wants].append(target)
        return tuple(Wanted(row, tuple(waiting[row.id])) for row in load_rows().values() if row.id in waiting)

    def covering(self, place: str) -> tuple[Document, ...]:
        """Documents of a place and of those above, whatever their dates: its own first, then upwards."""
        shown = [document for document in self.documents if _covers(document, place)]
        return tuple(sorted(shown, key=lambda document: (-level_of(document.place), document.id)))

    def binding(
        self,
        place: str,
        on: date,
        *,
        binding_only: bool = False,
        is_total: Callable[[Target], bool] = prints_total,
    ) -> tuple[Bound, ...]:
        """Targets of the place's documents and of those above whose period ends on or after ``on``.

        The place's own documents come first, then level by level upwards; within a level by id, within a
        document in printed order.

        Args:
            place: division code, "0" for the nation.
            on: date of the data.
            binding_only: leave out documents not issued by then; one whose date of issue our source does
                not print is left out too, since nobody can say that it was in force.
            is_total: whether a target's measure is a plain total. Such a target of scope ``place`` is left
                out below its document's own place: “150 halls in the region” asks nothing of one county.

        Raises:
            UnknownPlace: not a division code.
        """
        shown = [d for d in self.covering(place) if _current(d, on, binding_only)]
        return tuple(
            Bound(document, target, own=document.place == place)
            for document in shown
            for target in document.targets
            if document.place == place or target.scope is not Scope.PLACE or not is_total(target)
        )


def _covers(document: Document, place: str) -> bool:
    level_of(place)
    return level_of(document.place) is Level.NATION or place.startswith(document.place)


def _current(document: Document, on: date, binding_only: bool) -> bool:
    issued = document.issued is not None and document.issued <= on
    return on <= document.period.end and (issued or not binding_only)


def due(target: Target, document: Document, on: date) -> Due:
    """Where ``on`` stands between the document's issue (or the start of its period) and the deadline."""
    if on < (document.issued or document.period.start):
        return Due.BEFORE_ISSUE
    return Due.DUE if on >= target.deadline else Due.RUNNING


# A range is met from its lower end on, so all four are floors and can be compared.
_FLOORS = {Comparator.ALL, Comparator.AT_LEAST, Comparator.MORE_THAN, Comparator.BETWEEN}


def stricter(bounds: Iterable[Bound]) -> frozenset[str]:
    """Ids of the strictest targets wherever several hold the same measure, parameters and unit to a floor.

    Those that tie are all named; a target that stands alone is not. “More than 25” is stricter than
    “at least 25”. Targets without a definition are left out: nobody can say that they measure the same.
    """
    groups: dict[Hashable, dict[str, Target]] = defaultdict(dict)
    for target in (bound.target for bound in bounds):
        if target.comparator in _FLOORS and not target.is_wanted:
            key = (target.measure, _frozen(target.parameters), target.unit)
            groups[key][target.id] = target
    return frozenset(name for group in groups.values() if len(group) > 1 for name in _strictest(group))


def _frozen(parameters: Mapping[str, object]) -> frozenset[tuple[str, object]]:
    return frozenset(
        (name, frozenset(value) if isinstance(value, tuple) else value) for name, value in parameters.items()
    )


def _strictest(group: Mapping[str, Target]) -> list[str]:
    highest = max(_floor(target) for target in group.values())
    return [name for name, target in group.items() if _floor(target) == highest]


def _floor(target: Target) -> tuple[Decimal, bool]:
    return target.threshold or Decimal(0), target.comparator is Comparator.MORE_THAN
