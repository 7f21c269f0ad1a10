"""A process with a database of its own that writes and seals the log under load; its last line is a JSON object.

``python audit_load.py HOME DATABASE load THREADS READS REPEATS`` – many threads, one row a read, a sealer beside them
``python audit_load.py HOME DATABASE views THREADS READS REPEATS`` – the same, each read a page
``python audit_load.py HOME DATABASE each THREADS READS REPEATS`` – the one and then the other
``python audit_load.py HOME DATABASE crash ROWS`` – die in the middle of a batch of seals
``python audit_load.py HOME DATABASE check`` – seal the rest and verify
``python audit_load.py HOME DATABASE rate ROWS`` – seal and verify so many rows: rows a second, memory

HOME is the home folder (SQLite lies in it), DATABASE a database on the PostgreSQL server of ``DATABASE_URL``
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

os.environ["XINGLIN_HOME"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "site_settings"

import django
from django.conf import settings

if "DATABASE_URL" in os.environ:
    settings.DATABASES["default"]["NAME"] = sys.argv[2]
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from xinglin.apps.accounts.middleware import VERIFIED  # noqa: E402
from xinglin.apps.accounts.models import Grant, User  # noqa: E402
from xinglin.apps.audit import sealing  # noqa: E402
from xinglin.apps.audit.actions import record  # noqa: E402
from xinglin.apps.audit.models import Entry, Seal  # noqa: E402
from xinglin.apps.audit.runner import Runner  # noqa: E402
from xinglin.apps.audit.verify import verify  # noqa: E402


def load(
    work: Callable[[User], Callable[[], None]], action: str, threads: int, reads: int, repeats: int
) -> dict[str, Any]:
    """Rows that each repeat wrote, and the verdict on all of them."""
    user, new = User.objects.get_or_create(username="reader", must_change_password=False)
    if new:
        Grant.objects.create(user=user, role="auditor", place="0", valid_from=timezone.localdate())
    runner = Runner(seconds=0.05)
    runner.start()
    begun, counts = time.monotonic(), []
    for _ in range(repeats):
        before = Entry.objects.filter(action=action).count()
        many(threads, lambda: times(reads, work(user)))
        counts.append(Entry.objects.filter(action=action).count() - before)
    seconds = time.monotonic() - begun
    runner.end()
    return {"counts": counts, "rows_per_second": round(sum(counts) / seconds), **state()}


def state() -> dict[str, Any]:
    """Whether the chain is whole."""
    verdict = verify(log=False)
    sequences = list(Seal.objects.order_by("sequence").values_list("sequence", flat=True))
    return {
        "entries": Entry.objects.count(),
        "unsealed": verdict.unsealed,
        "holes": sequences != list(range(1, len(sequences) + 1)),
        "verdict": verdict.lines(),
        "ok": verdict.ok,
    }


def many(threads: int, work: Callable[[], None]) -> None:
    """Do the same in many threads at once; an error in one is an error of all."""
    failures: list[BaseException] = []
    together = threading.Barrier(threads)

    def one() -> None:
        try:
            together.wait()
            work()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    running = [threading.Thread(target=one) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if failures:
        raise failures[0]


def times(count: int, work: Callable[[], None]) -> None:
    for _ in range(count):
        work()


def reading(user: User) -> Callable[[], None]:
    """A read of a personal record: the row is in its transaction."""

    def read() -> None:
        with transaction.atomic():
            list(Grant.objects.filter(user=user))
            record(by=user, action="practitioner.view", kind="read", id=user.pk, fields=("name",))

    return read


def viewing(user: User) -> Callable[[], None]:
    """A page that reads the log, which is itself logged."""
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    session = client.session
    session[VERIFIED] = True
    session.save()

    def view() -> None:
        assert client.get("/audit", {"kind": "nothing"}).status_code == 200

    return view


def rows(count: int) -> None:
    at = timezone.now()
    for first in range(0, count, 10_000):
        size = min(10_000, count - first)
        Entry.objects.bulk_create(
            Entry(
                at=at,
                actor="QAreader",
                action="practitioner.view",
                kind="read",
                object_id=f"QA{n}",
                fields=["name"],
            )
            for n in range(first, first + size)
        )


def crash(count: int) -> None:
    """Seal in batches of four, and die in the middle of the second."""
    rows(count)
    real, made = sealing.link, []

    def link(sequence: int, previous: str, body: bytes) -> str:
        made.append(sequence)
        if len(made) == 7:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(sequence, previous, body)

    sealing.link = link
    sealing.seal_pending(batch=4)


def rate(count: int) -> dict[str, Any]:
    """Rows a second of sealing and of verifying, and the greatest memory in MB."""
    rows(count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    begun = time.monotonic()
    sealing.seal_pending()
    middle = time.monotonic()
    ok = verify().ok
    end = time.monotonic()
    sealing.unsealed()
    return {
        "sealed_per_second": round(count / (middle - begun)),
        "verified_per_second": round(count / (end - middle)),
        "unsealed_ms": round((time.monotonic() - end) * 1000, 1),
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "memory_before_mb": before,
        "ok": ok,
    }


def main(mode: str, *numbers: int) -> dict[str, Any]:
    call_command("migrate", verbosity=0)
    if mode == "views":
        return load(viewing, "audit.view", *numbers)
    if mode == "load":
        return load(reading, "practitioner.view", *numbers)
    if mode == "each":
        reads = load(reading, "practitioner.view", *numbers)
        return {"load": reads, "views": load(viewing, "audit.view", *numbers)}
    if mode == "crash":
        crash(*numbers)
    if mode == "rate":
        return rate(*numbers)
    sealing.seal_pending()
    return state()


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[3], *map(int, sys.argv[4:])), ensure_ascii=False))
    connection.close()
