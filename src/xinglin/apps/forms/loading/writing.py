"""Many records at once, each in the state and with the result it is to have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from xinglin.apps.audit.actions import record as audit
from xinglin.apps.exchange.spec import Change
from xinglin.apps.forms import rows
from xinglin.apps.forms.history import Deed
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.tables import ID, STATE, EngineTable, spec_of
from xinglin.apps.protection.ids import new_id
from xinglin.records import Definition
from xinglin.records.standard import Item, Standard, judge

DEED = "import"
_STEPS = 20
"""Parts into which the points of an assessment are divided in search of a result."""


@dataclass(frozen=True)
class Wanted:
    """A record to be made: its values, its state, and the result of an assessment."""

    raw: Mapping[str, Any]
    state: str = ""
    result: str | None = None
    id: str = field(default_factory=new_id)


@dataclass(frozen=True)
class Loaded(EngineTable):
    """A register whose new records stand in a given state, with given results."""

    wanted: Mapping[str, Wanted] = field(default_factory=dict, repr=False)

    def _new(self, id_: str, act: Deed) -> Record:
        record, one = super()._new(id_, act), self.wanted[id_]
        record.state = one.state
        if self.definition.standard is not None and one.result is not None:
            rows.fill_scores(record, self.definition, scores_for(self.definition.standard, one.result))
        return record


class Writer:
    """Collects records and writes them by definition, in the order the definitions came up."""

    def __init__(self, by: Any) -> None:
        self.by = by
        self.written: Counter[str] = Counter()
        self._waiting: dict[str, tuple[Definition, list[Wanted]]] = {}

    def add(self, definition: Definition, wanted: Wanted) -> str:
        """Take a record in; its id."""
        self._waiting.setdefault(definition.id, (definition, []))[1].append(wanted)
        return wanted.id

    def flush(self) -> None:
        """Write what was taken in; the caller has the transaction."""
        for definition, wanted in self._waiting.values():
            self.written[definition.id] += write(definition, wanted, self.by)
        self._waiting.clear()


def write(definition: Definition, wanted: Iterable[Wanted], by: Any) -> int:
    """Write records with index rows, history and deadlines; how many."""
    known = {one.id: one for one in wanted}
    plain = spec_of(definition)
    spec = Loaded(**{one.name: getattr(plain, one.name) for one in fields(plain)}, wanted=known)
    empty = {name: None for name in spec.table.columns if name not in (ID, STATE)}
    spec.write(
        [Change(id_, None, {**empty, **one.raw, ID: id_}) for id_, one in known.items()], by=by, deed=DEED
    )
    audit(by=by, action="record.load", kind=definition.id, count=len(known))
    return len(known)


def scores_for(standard: Standard, result: str) -> dict[str, dict[str, Any]]:
    """Scores of both sides from which a result follows: the highest share of all items' points that gives it.

    Raises:
        ValueError: none does.
    """
    for step in range(_STEPS, -1, -1):
        scores = {name: _scored(item, step) for name, item in standard.items()}
        if judge(standard, scores, "verified").result == result:
            return scores
    raise ValueError(f"{standard.name}：没有一种得分的结果是“{result}”")


def _scored(item: Item, step: int) -> dict[str, Any]:
    points = Decimal(item.points) * step / _STEPS
    if item.steps:
        points = max((Decimal(p) for p in item.steps.values() if p <= points), default=Decimal(0))
    else:
        points = (points / Decimal(item.unit)).quantize(Decimal(1), ROUND_FLOOR) * Decimal(item.unit)
    found: dict[str, Any] = {"self": points, "verified": points}
    return found if points == item.points else {**found, "reason": "演示：材料不全"}
