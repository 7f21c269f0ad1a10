"""Writing beside others: what a file's rows rest on is held, and asked once more, before anything is written.

The check takes a while and holds nothing. Pages hold whom a row belongs to before they look at its neighbours
(`organisations.actions.holding`); an import holds the same rows, in the order of the registers and of ids. What it
then finds stays true until its transaction ends. On SQLite a transaction that writes is alone anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from xinglin.apps.exchange.merging import missing
from xinglin.apps.exchange.outcomes import Outcome
from xinglin.apps.exchange.spec import SPECS, Row, TableSpec
from xinglin.facts.fault import Fault

Wanted = dict[str, set[str]]
"""Register → ids."""


def hold(outcomes: Sequence[Outcome]) -> None:
    """Hold the rows to be changed and whom they belong to, before and after, until the transaction ends."""
    wanted: Wanted = {}
    for outcome in outcomes:
        spec, changes = outcome.spec, outcome.changes
        _add(wanted, spec, (row for change in changes for row in (change.before, change.after) if row))
    for name in reversed(SPECS):
        if wanted.get(name) and SPECS[name].held_by:
            _add(wanted, SPECS[name], SPECS[name].present(wanted[name]).values())
    for outcome in outcomes:
        own = (change.id for change in outcome.changes if change.before is not None)
        wanted.setdefault(outcome.spec.name, set()).update(own)
    for name, spec in SPECS.items():
        if wanted.get(name):
            spec.lock(wanted[name])
    for outcome in outcomes:
        outcome.spec.hold_more([change.after for change in outcome.changes if change.after is not None])


def _add(wanted: Wanted, spec: TableSpec, rows: Iterable[Row]) -> None:
    """Whom rows belong to."""
    targets = [(name, wanted.setdefault(spec.refers[name].target, set())) for name in spec.held_by]
    for row in rows if targets else ():
        for name, ids in targets:
            if row[name] is not None:
                ids.add(row[name])


def broken(outcomes: Sequence[Outcome], by: Any) -> str:
    """What others made wrong of rows that were good when they were checked; empty if nothing. Everything is held."""
    fresh: Wanted = {}
    for outcome in outcomes:
        fresh[outcome.spec.name] = {one.id for one in outcome.changes if one.before is None}
    for outcome in outcomes:
        spec = outcome.spec
        fault = next(_lost(outcome, fresh, by), None)
        if fault is None:
            found = next(spec.broken_since(outcome.changes, spec.edit_scope(by)), None)
            fault = found.fault if found else None
        if fault is not None:
            return f"核对之后有人改了有关的登记，“{spec.label}”里有的行不再成立：{fault.what}"
    return ""


def _lost(outcome: Outcome, fresh: Wanted, by: Any) -> Iterator[Fault]:
    """References to what is no longer there, or no longer in the area."""
    spec = outcome.spec
    rows = [change.after for change in outcome.changes if change.after is not None]
    for name in () if spec.judges_references else spec.held_by:
        target = SPECS[spec.refers[name].target]
        ids = {row[name] for row in rows if row[name] is not None} - fresh.get(target.name, set())
        for one in sorted(ids - target.areas(ids, target.edit_scope(by)).keys()):
            yield missing(target, one, False, ())
