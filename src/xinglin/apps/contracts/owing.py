"""What running contracts owe: items whose part of the year has begun, or is past, and that were not delivered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from xinglin.apps.access.scope import Scope
from xinglin.apps.contracts.counting import each, root_of
from xinglin.apps.contracts.models import Contract


@dataclass(frozen=True)
class Owed:
    """An item that is due. ``resident``: the file that goes on. ``progress``: done of agreed, in words."""

    contract: str
    resident: str
    what: str
    until: date
    progress: str


def owed(scope: Scope, today: date, last: date) -> Iterator[Owed]:
    """Items of running contracts of an area that are late, or due by a day."""
    for row, standing in each(list(Contract.objects.within(scope).running(today).bare()), today):
        for one in standing.items:
            if one.due is not None and one.due <= last:
                words = f"{len(one.done)}/{one.line.times} {one.line.unit}"
                yield Owed(row.pk, root_of(row), one.line.name, one.due, words)
