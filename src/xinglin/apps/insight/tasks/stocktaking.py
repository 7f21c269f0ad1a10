"""对账盘点: every task of a place as it stood at the end of a day, frozen when it is drawn up, signed by both sides.

A sheet is written once and never changed. Whoever finds it wrong after it was signed draws up another version; both
stay. What is settled about single tasks stands in 盘点差异 records, all of which must be settled before signing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms import naming, permissions
from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.insight.choosing import vintages_of
from xinglin.apps.insight.files import opened
from xinglin.apps.insight.models import Sheet
from xinglin.apps.insight.tasks import STOCKTAKING, TASK
from xinglin.apps.insight.tasks.reading import CLOSED, REVOKED, SUBMITTED, Task, at, visible
from xinglin.base.states import Verdict

ALL = "全部文件"
DONE = 100
"""Percent at which a task counts as done."""
SIGNED = "signed"


def rows_of(tasks: Iterable[Task], day: date) -> list[dict[str, Any]]:
    """Tasks as lines of a sheet: plain values, nobody's name."""
    states = definition(TASK).states
    return [
        {
            "id": task.id,
            "document": task.document,
            "clause": task.clause,
            "task": task.task,
            "targets": task.target_ids,
            "lead": task.lead_label,
            "units": task.co_labels,
            "due": task.due_on.isoformat() if task.due_on else None,
            "state": states[task.state].label,
            "claims_done": task.state in (SUBMITTED, CLOSED),
            "is_verified": task.state == CLOSED,
            "late": task.is_late(day),
            "claimed": task.claimed,
            "amount": _figure(task.amount, task.amount_unit),
            "evidence": task.evidence_count,
            "verified": task.verified,
            "verified_amount": _figure(task.verified_amount, task.amount_unit),
            "difference": task.difference,
        }
        for task in tasks
        if task.state != REVOKED
    ]


def _figure(value: Any, unit: Any) -> str:
    return "" if value is None else f"{value:f} {unit or ''}".strip()


def digest(rows: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of the lines of a sheet."""
    text = json.dumps(list(rows), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Totals:
    """What a sheet comes to."""

    tasks: int
    claimed: int
    verified: int
    with_evidence: int
    different: int
    without_evidence: int
    targets: int
    targets_claimed: int


def totals(rows: Sequence[dict[str, Any]]) -> Totals:
    """Sums of a sheet; a target counts as claimed when a task that it belongs to is."""
    done = [row for row in rows if row["claims_done"]]
    return Totals(
        len(rows),
        len(done),
        sum(row["is_verified"] and row["verified"] == DONE for row in rows),
        sum(row["evidence"] > 0 for row in rows),
        sum(bool(row["difference"]) for row in rows),
        sum(row["evidence"] == 0 for row in done),
        len({name for row in rows for name in row["targets"]}),
        len({name for row in done for name in row["targets"]}),
    )


def drawn_up(place: str, document: str, day: date) -> list[dict[str, Any]]:
    """The lines that a sheet would have; ``document`` empty for all documents."""
    tasks = [task for task in at(None, place, day) if document in ("", ALL, task.document)]
    return sorted(rows_of(tasks, day), key=lambda row: (row["document"], row["clause"], row["id"]))


@transaction.atomic
def take(place: str, document: str, day: date, *, by: Any, again: str = "", request: Any = None) -> Record:
    """Draw up a sheet: its lines are frozen and a 对账盘点 record begins. A further one needs a reason.

    Raises:
        NotAllowed: a day to come, no tasks then, one that is not signed yet, or no reason for another version.
        Invalid: among others a place that is not the account's.
    """
    name = document or ALL
    if day > timezone.localdate():
        raise NotAllowed("盘点基准日不能晚于今天")
    rows = drawn_up(place, name, day)
    if not rows:
        raise NotAllowed("那一天这里还没有任务：请先从文件生成，或换一个基准日")
    version = _next(place, name, day, again)
    sums, sign = totals(rows), digest(rows)
    raw = {
        "place": place,
        "date": day,
        "document": name,
        "version": version,
        "again": again.strip()[:500] or None,
        "snapshot": sign,
        "targets": sums.targets,
        "claimed": sums.targets_claimed,
        "system_met": met_by_numbers(place, day, {name for row in rows for name in row["targets"]}),
        "tasks": sums.tasks,
        "tasks_claimed": sums.claimed,
    }
    record = saving.create(definition(STOCKTAKING), raw, by=by, request=request)
    Sheet.objects.create(record=record, place=place, on=day, version=version, rows=rows, digest=sign)
    audit(
        by=by, action="stocktaking.freeze", kind=STOCKTAKING, id=record.pk, count=len(rows), request=request
    )
    return record


def met_by_numbers(place: str, day: date, targets: Collection[str]) -> int | None:
    """How many of some targets the numbers published for the day show as met; None where there are none.

    Those of the day itself, else the last before it.
    """
    around = Scope(frozenset([place]), frozenset())
    vintage = next((one for one in vintages_of(around, place) if one.on <= day), None)
    results = [] if vintage is None else opened(vintage.pk).results({"place": place})
    met = {row.target for row in results if row.verdict is Verdict.MET}
    return len(met & set(targets)) if results else None


def _next(place: str, document: str, day: date, again: str) -> int:
    """The number of the next version. Raises NotAllowed."""
    rows = Record.objects.of(STOCKTAKING).filter(place=place, day=day)
    mine = [row for row in rows if row.document.get("document") == document]
    if any(row.state != SIGNED for row in mine):
        raise NotAllowed("这一天已有一份没有签完字的对账表，请接着办那一份")
    if mine and not again.strip():
        raise NotAllowed("这一天的对账表已经签字；重新对账要写明理由，会另立一版，签过字的不动")
    return max((int(row.document.get("version") or 1) for row in mine), default=0) + 1


@dataclass(frozen=True)
class Signature:
    """One side's approval."""

    side: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Shown:
    """A sheet as its page shows it.

    Attributes:
        whole: the lines are what was frozen: their digest is the one kept. partial: the reader sees some lines only.
    """

    record: Record
    sheet: Sheet
    rows: list[dict[str, Any]]
    totals: Totals
    whole: bool
    partial: bool
    signatures: list[Signature]
    state: str
    differences: dict[str, Record]


def shown(record: Record, user: Any) -> Shown | None:
    """The sheet of a record; None when it was entered by hand and has none."""
    sheet = Sheet.objects.filter(record=record).first()
    if sheet is None:
        return None
    rows = list(sheet.rows)
    whole = digest(rows) == sheet.digest == record.document.get("snapshot", sheet.digest)
    partial = permissions.is_bound(user, definition(TASK))
    if partial:
        mine = set(visible(user, record.place, removed=True).values_list("pk", flat=True))
        rows = [row for row in rows if row["id"] in mine]
    state = definition(STOCKTAKING).states[record.state].label
    return Shown(
        record, sheet, rows, totals(rows), whole, partial, _signatures(record), state, _differences(record)
    )


def _signatures(record: Record) -> list[Signature]:
    events = list(record.events.filter(kind__in=("consent", "move"), move="sign").order_by("number"))
    known = naming.people([event.by for event in events])
    return [
        Signature(event.reason, known.get(event.by, ""), event.at)
        for event in events
        if event.kind == "consent"
    ]


def _differences(record: Record) -> dict[str, Record]:
    """Task → the difference recorded about it in this stocktaking; after signing those made before it only."""
    rows = Record.objects.of("stocktaking_difference").filter(subject=record.pk)
    if record.state == SIGNED:
        rows = rows.filter(created_at__lte=record.changed_at)
    return {str(row.document["task"]): row for row in rows if row.document.get("task")}
