"""The sealer: puts entries that have no seal yet into the chain, in the order in which it finds them.

Only one sealer works at a time: on PostgreSQL it holds an advisory lock for the transaction, on SQLite the write lock.
A batch is one transaction, so a crash leaves whole batches and the next run goes on behind them.
"""

from __future__ import annotations

import threading
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet

from xinglin.apps.audit import anchor
from xinglin.apps.audit.chain import COLUMNS, START, canonical, link
from xinglin.apps.audit.models import Entry, Seal

BATCH = 500
"""Rows sealed in one transaction; on SQLite other writers wait that long (some 30 ms)."""

LOCK = 0x58_4C_41_55
"""Number of the advisory lock on PostgreSQL."""


def pending(after: int = 0) -> QuerySet[Entry]:
    """Entries without a seal whose id is greater than ``after``."""
    sealed = Seal.objects.filter(entry=OuterRef("pk"), entry__gt=after)
    return Entry.objects.filter(~Exists(sealed), pk__gt=after)


class Sealer:
    """Seals, and remembers up to which id everything is sealed, so that a run costs only what is new.

    On PostgreSQL a row may be committed after rows with a higher id. The floor therefore rises to an id only when every
    transaction that was open when this id was seen has ended.
    """

    def __init__(self) -> None:
        self.floor = 0
        self._proof: Seal | None = None
        self._seen: list[tuple[datetime, int]] = []
        self._lock = threading.Lock()

    def seal(self, batch: int = BATCH) -> int:
        """Seal all there is; how many. Nothing while another sealer is at work."""
        total = 0
        with self._lock:
            self._check_floor()
            settled, after = self._settled(), self.floor
            # Upwards from the floor in one pass; a row that appears behind it is found by the next run.
            while (last := self._batch(batch, after)) is not None:
                count, after = last
                total += count
                if count < batch:
                    self._raise_floor(settled)
                    break
        return total

    def unsealed(self) -> int:
        """How many entries wait for their seal."""
        if not self._lock.acquire(blocking=False):
            return pending(self.floor).count()
        try:
            self._check_floor()
            settled = self._settled()
            found = pending(self.floor).aggregate(count=Count("pk"), lowest=Min("pk"))
            self._raise_floor(min(settled, found["lowest"] - 1) if found["count"] else settled)
            return int(found["count"])
        finally:
            self._lock.release()

    def _batch(self, size: int, after: int) -> tuple[int, int] | None:
        """Seal one batch of ids above ``after``: how many, and the last id; None while another sealer is at work."""
        if not pending(after).exists():
            return 0, after
        with transaction.atomic():
            if not _alone():
                return None
            rows = list(pending(after).order_by("pk").values_list(*COLUMNS)[:size])
            head = Seal.objects.order_by("-sequence").first()
            mac = head.mac if head else START
            # A database that lost its tail does not use numbers again that the anchor has seen: the gap stays visible.
            last = max(head.sequence if head else 0, anchor.highest())
            seals = []
            for sequence, row in enumerate(rows, last + 1):
                mac = link(sequence, mac, canonical(row))
                seals.append(Seal(sequence=sequence, entry=row[0], mac=mac))
            Seal.objects.bulk_create(seals)
        return len(rows), rows[-1][0] if rows else after

    def _check_floor(self) -> None:
        """Forget the floor if the database is no longer the one it was learned from (restored, rolled back)."""
        proof = self._proof
        if proof and not Seal.objects.filter(sequence=proof.sequence, mac=proof.mac).exists():
            self.floor, self._proof, self._seen = 0, None, []

    def _raise_floor(self, settled: int) -> None:
        head = Seal.objects.order_by("-sequence").first() if settled > self.floor else None
        if head:
            self.floor, self._proof = settled, head

    def _settled(self) -> int:
        """The highest id at or under which no row can appear any more."""
        top = Entry.objects.aggregate(top=Max("pk"))["top"] or 0
        if connection.vendor != "postgresql":
            return top  # one writer at a time, and ids are never used again
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT clock_timestamp(), (SELECT min(xact_start) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid())"
            )
            now, oldest = cursor.fetchone()
        done = [seen for when, seen in self._seen if oldest is None or when < oldest]
        self._seen = [(when, seen) for when, seen in self._seen if seen not in done]
        if not self._seen or self._seen[-1][1] < top:
            self._seen.append((now, top))
        return max(done, default=0)


def _alone() -> bool:
    """Whether this transaction is the only one that seals."""
    if connection.vendor != "postgresql":
        return True  # the transaction began with the write lock (transaction_mode IMMEDIATE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        return bool(cursor.fetchone()[0])


SEALER = Sealer()
"""The sealer of this process."""


def seal_pending(batch: int = BATCH) -> int:
    """Seal everything that is committed and unsealed, and write the head to the anchor; how many were sealed."""
    made = SEALER.seal(batch)
    anchor_head()
    return made


def anchor_head() -> None:
    """Write the newest link to every anchor that has not got it."""
    head = Seal.objects.order_by("-sequence").first()
    if head:
        anchor.append(head.sequence, head.mac)


def unsealed() -> int:
    """How many entries wait for their seal."""
    return SEALER.unsealed()
