"""The worker: a thread of the web process, or a process of its own (`xinglin site work`, PostgreSQL only).

It takes tasks off the queue of django-tasks-db one at a time, and looks for jobs that were cut off.
"""

from __future__ import annotations

import logging
import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.utils import exclusive_transaction

from xinglin.apps.work import files
from xinglin.apps.work.models import OPEN, Job, State
from xinglin.apps.work.progress import STOPPING

log = logging.getLogger("xinglin.work")
SILENT = timedelta(minutes=2)
"""A running job without a sign of life for so long was cut off."""
IDLE = 1.0
"""Seconds between two looks at the queue; a job asked for in this process wakes the worker at once."""
TASKS_KEPT = timedelta(days=14)
"""Rows of the queue are kept so long after their task ended; the job itself, with its outcome, stays."""
PRUNED_AT_ONCE = 500
"""Rows of the queue deleted in one transaction."""
LOOK_EVERY = 30
"""Rounds between two searches for jobs that were cut off."""

_wake = threading.Event()
_thread: threading.Thread | None = None


def wake() -> None:
    """There may be something to do."""
    _wake.set()


def start(*, alone: bool) -> None:
    """Start the worker's thread.

    Args:
        alone: no other process works on this database (SQLite), so every job that seems to run was cut off.
    """
    global _thread  # noqa: PLW0603 - one worker per process
    if _thread is None:
        STOPPING.clear()
        _thread = threading.Thread(target=run, kwargs={"alone": alone}, name="xinglin-worker", daemon=True)
        _thread.start()


def stop(seconds: float = 10) -> None:
    """Ask the worker to stop, and wait for it: the job at hand gives up at its next step and is put back."""
    global _thread  # noqa: PLW0603
    STOPPING.set()
    _wake.set()
    if _thread is not None:
        _thread.join(seconds)
        _thread = None


def run(*, alone: bool) -> None:
    """Work until `STOPPING` is set. A fault (the database away, say) is logged, and tried again later."""
    rounds = 0
    while not STOPPING.is_set():
        try:
            if rounds % LOOK_EVERY == 0:
                recover(alone=alone and rounds == 0)
                files.sweep()
                prune()
            work_off()
        except Exception:
            log.exception("the worker stumbled; it goes on")
        close_old_connections()
        rounds += 1
        _wake.wait(IDLE)
        _wake.clear()
    connection.close()


def work_off() -> int:
    """Do what waits, in this thread, until the queue is empty or the process is to stop; the number of tasks done."""
    from django_tasks_db.models import DBTaskResult

    worker, tasks = _worker(), 0
    while not STOPPING.is_set() and DBTaskResult.objects.ready().exists():
        with exclusive_transaction():
            task = DBTaskResult.objects.ready().get_locked()
            if task is not None:
                task.claim(worker.worker_id)
        if task is None:  # another worker has the last of them
            break
        worker.run_task(task)
        tasks += 1
    return tasks


def _worker() -> Any:
    """A worker of django-tasks-db, of which we use how it runs one task."""
    from django_tasks_db.management.commands.db_worker import Worker

    return Worker(
        queue_names=["*"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )


def recover(*, alone: bool) -> int:
    """Put back what was cut off; the number of jobs touched. Any number of workers may do this at once."""
    from xinglin.apps.work.tasks import put_back

    now = timezone.now()
    silent = Job.objects.filter(state=State.RUNNING) if alone else Job.objects.silent_since(now - SILENT)
    touched = sum(put_back(job) for job in silent)
    return touched + sum(_queue_again(job.pk) for job in _forgotten(alone=alone))


def prune() -> int:
    """Delete rows of the queue whose time is over; how many.

    A row whose worker was killed never ends. It goes as long after it was begun, unless it is the one of a job that
    waits or runs.
    """
    from django_tasks_db.models import DBTaskResult

    before = timezone.now() - TASKS_KEPT
    needed = {
        UUID(task) for task in Job.objects.filter(state__in=OPEN).values_list("task", flat=True) if task
    }
    ended = DBTaskResult.objects.finished().filter(finished_at__lt=before)
    killed = DBTaskResult.objects.running().filter(started_at__lt=before).exclude(pk__in=needed)
    return sum(_prune(rows) for rows in (ended, killed))


def _prune(rows: Any) -> int:
    """In short transactions, so that on SQLite nobody waits for long."""
    count = 0
    while ids := list(rows.order_by().values_list("pk", flat=True)[:PRUNED_AT_ONCE]):
        count += rows.filter(pk__in=ids).delete()[0]
        if STOPPING.is_set():
            break
    return count


def _forgotten(*, alone: bool) -> list[Job]:
    """Waiting jobs whose task was taken by a worker that then died before it began them."""
    from django_tasks_db.models import DBTaskResult

    waiting = Job.objects.filter(state=State.WAITING).order_by("created_at")
    if not alone:
        waiting = waiting.filter(created_at__lt=timezone.now() - SILENT)
    ready = {str(pk) for pk in DBTaskResult.objects.filter(status="READY").values_list("pk", flat=True)}
    return [job for job in waiting if job.task not in ready]


@transaction.atomic
def _queue_again(job_id: str) -> bool:
    """Put a waiting job into the queue once more; lying there twice does no harm (see `tasks.claim`)."""
    from xinglin.apps.work.tasks import enqueue

    job = Job.objects.select_for_update().filter(pk=job_id, state=State.WAITING).first()
    if job is not None:
        enqueue(job.pk)
    return job is not None
