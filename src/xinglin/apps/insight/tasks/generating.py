"""Tasks out of the policy library: what is new, there, changed and gone for a place; and making it so.

A record is never made twice (a place and an item of the library are a unique key) and what people wrote is never
touched: an item that a new edition changed or dropped is only marked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import transaction

from xinglin.apps.audit.actions import record as audit
from xinglin.apps.exchange.spec import Change
from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.rows import values_in
from xinglin.apps.forms.tables import ID, STATE, spec_of
from xinglin.apps.insight.tasks import TASK
from xinglin.apps.insight.tasks.units import departments
from xinglin.apps.protection.ids import new_id
from xinglin.policy import load_documents
from xinglin.policy.library import PolicyLibrary
from xinglin.policy.worklist import Item, worklist

DOCUMENT, GAP, OWN = "document", "gap", "own"
"""How a task came about."""
SAME, CHANGED, GONE = "same", "changed", "gone"
"""How it stands to the library."""
JOINED = "、"


@dataclass(frozen=True)
class Plan:
    """What making tasks would do at a place.

    Attributes:
        new: items without a record. there: records that agree. removed: taken out by somebody; they stay so.
        changed: records whose item says something else now. gone: records whose item the library no longer has.
    """

    place: str
    new: tuple[Item, ...] = ()
    there: int = 0
    removed: int = 0
    changed: tuple[tuple[Record, Item], ...] = field(default=(), repr=False)
    gone: tuple[Record, ...] = field(default=(), repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.new or self.changed or self.gone)


@lru_cache(maxsize=1)
def library() -> PolicyLibrary:
    """The policy library of this program."""
    return load_documents()


def plan(known: PolicyLibrary, place: str) -> Plan:
    """Compare the library with the records of a place; writes nothing."""
    items = {item.id: item for item in worklist(known, place)}
    rows = Record.objects.filter(definition=TASK, place=place).order_by("pk")
    mine = {row.document["source"]: row for row in rows if row.document.get("source")}
    changed, gone, there, removed = [], [], 0, 0
    for source, row in mine.items():
        item = items.get(source)
        if row.removed_at is not None:
            removed += 1
        elif item is None:
            gone += [row] if row.document.get("edition_state") != GONE else []
        elif row.document.get("edition") != item.edition or row.document.get("edition_state") == GONE:
            changed.append((row, item))
        else:
            there += 1
    new = tuple(item for name, item in items.items() if name not in mine)
    return Plan(place, new, there, removed, tuple(changed), tuple(gone))


def raw_of(item: Item, place: str) -> dict[str, Any]:
    """Values of the record of an item: what the document says; person and progress are for people."""
    document = item.document
    lead = item.lead or item.units[:1]
    codes = departments([*lead, *item.units])
    return {
        "place": place,
        "date": document.issued or document.period.start,
        "document": document.short,
        "source": item.id,
        "origin": DOCUMENT,
        "clause": item.clause,
        "clauses": JOINED.join(item.clauses[1:]) or None,
        "targets": JOINED.join(target.id for target in item.targets) or None,
        "printed": JOINED.join(item.units) or None,
        "task": item.words,
        "measure": "；".join(target.summary for target in item.targets)[:300] or None,
        "edition": item.edition,
        "edition_state": SAME,
        "lead_unit": codes[0] if codes else None,
        "lead_name": lead[0] if lead and document.place == place else None,
        "co_units": list(codes[1:]) or None,
        "due_on": item.due,
    }


@transaction.atomic
def make(
    wanted: Plan, *, by: Any, beat: Callable[[], None] = lambda: None, request: Any = None
) -> dict[str, int]:
    """Make what is new, mark what changed or is gone; how many of each."""
    _insert(wanted.new, wanted.place, by, beat)
    for row, item in wanted.changed:
        _mark(row, CHANGED, f"文件库里现为：{item.clause} {item.words}", item.edition)
        beat()
    for row in wanted.gone:
        _mark(row, GONE, "文件库里已没有这一条，原来的任务和进展保留", "")
        beat()
    counts = {"new": len(wanted.new), "changed": len(wanted.changed), "gone": len(wanted.gone)}
    audit(by=by, action="task.generate", kind=TASK, count=sum(counts.values()), request=request)
    return counts


def _insert(items: Sequence[Item], place: str, by: Any, beat: Callable[[], None]) -> None:
    """All new records at once, as an import writes them."""
    if not items:
        return
    spec = spec_of(definition(TASK))
    empty = {name: None for name in spec.table.columns if name not in (ID, STATE)}
    made = [
        Change(key, None, {**empty, **raw_of(item, place), ID: key}) for item in items for key in [new_id()]
    ]
    spec.write(made, by=by, deed="create", beat=beat)


def _mark(row: Record, state: str, note: str, edition: str) -> None:
    """Say on a record how it stands to the library; by the program, so that a settled task can be marked too."""
    known = definition(TASK)
    values = {**values_in(row, known), "edition_state": state, "edition_note": note[:300]}
    if edition:
        values["edition"] = edition
    saving.change(row, known, values, by=None)
