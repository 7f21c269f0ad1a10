"""Verification of the log: every link computed again, in order, a page at a time, and held against the anchors.

What can be found: entries changed or deleted, seals changed, deleted, inserted or put in another order, a tail cut off
behind the newest anchor, a changed anchor. What cannot: a row put in by someone with the rights of the program itself
and sealed in the ordinary way, an entry deleted before it was sealed (seconds), a tail cut off in the database and in
every anchor alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils import timezone

from xinglin.apps.audit import anchor
from xinglin.apps.audit.actions import record
from xinglin.apps.audit.anchors import Anchors
from xinglin.apps.audit.chain import COLUMNS
from xinglin.apps.audit.models import Entry, Seal
from xinglin.apps.audit.sealing import pending
from xinglin.apps.audit.verdict import Kind, Verdict
from xinglin.apps.audit.walk import LATE, Walk

PAGE = 900
"""Seals read at once: SQLite takes at most 999 parameters in a statement."""


def verify(*, by: Any = None, log: bool = True) -> Verdict:
    """Verify the whole chain, and write the outcome into the log itself.

    Args:
        by: who asked. log: false for a look that leaves no row.
    """
    anchors = Anchors(anchor.paths())
    walk = Walk(anchors)
    for seal, row in _rows():
        walk.step(seal, row)
    verdict = walk.end()
    _unsealed(verdict, walk.highest_entry)
    if log:
        outcome = "done" if verdict.ok else "failed"
        record(
            by=by,
            action="audit.verify",
            kind="audit.chain",
            id=str(verdict.head),
            count=verdict.checked,
            outcome=outcome,
        )
    return verdict


def _rows() -> Iterator[tuple[Seal, tuple[Any, ...] | None]]:
    """Seals in order, each with the values of its entry; a page in memory at a time."""
    page = list(Seal.objects.order_by("sequence")[:PAGE])
    while page:
        entries = _entries([seal.entry for seal in page])
        for seal in page:
            yield seal, entries.get(seal.entry)
        page = list(Seal.objects.filter(sequence__gt=page[-1].sequence).order_by("sequence")[:PAGE])


def _entries(ids: list[int]) -> dict[int, tuple[Any, ...]]:
    """Entries by id; one whose values cannot even be read (time or JSON spoilt) stands as its id alone."""
    try:
        return {row[0]: row for row in Entry.objects.filter(pk__in=ids).values_list(*COLUMNS)}
    except (ValueError, TypeError):
        if len(ids) == 1:
            return {ids[0]: (ids[0], None)}
    half = len(ids) // 2
    return {**_entries(ids[:half]), **_entries(ids[half:])}


def _unsealed(verdict: Verdict, highest: int) -> None:
    """Count what waits for its seal; what should not have to wait was put in, or lost its seal."""
    verdict.unsealed = pending().count()
    overdue = timezone.now() - LATE
    stray = pending().filter(pk__lt=highest)
    if connection.vendor == "postgresql":  # a transaction still open may bring a lower id
        stray = stray.filter(at__lt=overdue)
    for entry in stray.order_by("pk").values_list("pk", flat=True).iterator():
        words = f"日志 {entry} 没有封存，却排在已封存的日志之前：疑似事后插入，或它的封条被删除"
        verdict.add(Kind.INSERTED, words, entry=entry)
    if pending().filter(pk__gt=highest, at__lt=overdue).exists():
        verdict.remarks.append(
            "有一小时以前的日志还没有封存：请确认网站服务在运行，或运行 `xinglin site audit seal`"
        )
