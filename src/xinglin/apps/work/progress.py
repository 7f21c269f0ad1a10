"""What a job's function is given: it tells how far it is, and learns that it should stop."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from xinglin.apps.work.files import folder
from xinglin.apps.work.models import Job, State
from xinglin.base.errors import XinglinError

EVERY = 0.5
"""Seconds between two writes of progress, at the least."""
STOPPING = Event()
"""Set when this process is about to end: jobs give up at their next step and are put back."""


class Cancelled(XinglinError):  # noqa: N818 - says what is the matter
    """The one who asked for the job does not want it any more."""


class Interrupted(XinglinError):  # noqa: N818 - says what is the matter
    """The process is about to end."""


class Lost(XinglinError):  # noqa: N818 - says what is the matter
    """The job was taken from this worker (it was silent too long); whatever it still does does not count."""


@dataclass
class Live:
    """How far a job of this process is, for pages served by the same process before it is written."""

    done: int = 0
    total: int | None = None
    message: str = ""
    cancel: bool = False


LIVE: dict[str, Live] = {}


class Progress:
    """The job's side of its row.

    Inside a transaction on SQLite nothing is written until it ends (the one writer is busy); the pages of the same
    process read `LIVE`. On PostgreSQL a second connection writes meanwhile.

    A job that works longer than a minute between two steps must call `beat` in between.
    """

    def __init__(self, job: Job) -> None:
        self.id, self.attempt = job.pk, job.attempts
        self.asked_by, self.place, self.facility = job.asked_by, job.place, job.facility
        self.file_name = ""
        self._live = LIVE.setdefault(job.pk, Live())
        self._written = 0.0
        self._within = connection.in_atomic_block

    @property
    def total(self) -> int | None:
        """Number of steps, if known."""
        return self._live.total

    @total.setter
    def total(self, steps: int | None) -> None:
        self._live.total = steps
        self.beat(at_once=True)

    @property
    def done(self) -> int:
        """Steps done."""
        return self._live.done

    def step(self, steps: int = 1, message: str | None = None) -> None:
        """So many more steps are done.

        Raises:
            Cancelled, Interrupted, Lost: stop now; undo what is half done.
        """
        self._live.done += steps
        self.beat(message)

    def beat(self, message: str | None = None, *, at_once: bool = False) -> None:
        """A sign of life, with words for the page if given. Raises as `step`."""
        if message is not None:
            self._live.message, at_once = message[:300], True
        if at_once or time.monotonic() - self._written >= EVERY:
            self._write()
        if STOPPING.is_set():
            raise Interrupted("服务正在停止")
        if self._live.cancel:
            raise Cancelled("已取消")

    @property
    def cancelled(self) -> bool:
        """Whether the job should stop, for those who would rather ask than be interrupted."""
        return self._live.cancel or STOPPING.is_set()

    def file(self, name: str) -> Path:
        """Where to write the file that is the result. Its folder belongs to this job alone."""
        mine = folder(self.id)
        mine.mkdir(parents=True, exist_ok=True)
        self.file_name = name
        return mine / name

    @contextmanager
    def finishing(self, result: Any = None) -> Iterator[None]:
        """A transaction for the job's effect that also marks it done: both happen, or neither, and only once.

        The job's row stays free until the end: on PostgreSQL another connection writes signs of life to it meanwhile.
        """
        with transaction.atomic():
            if not Job.objects.filter(pk=self.id, attempts=self.attempt, state=State.RUNNING).exists():
                raise Lost("任务已由另一进程接手")
            yield
            if not self.write_end(state=State.DONE, result=result):
                raise Lost("任务已由另一进程接手")

    def write_end(self, **values: Any) -> bool:
        """Write the end of the job, if it is still ours."""
        live = self._live
        return bool(
            Job.objects.filter(pk=self.id, attempts=self.attempt, state=State.RUNNING).update(
                done=live.done,
                total=live.total,
                message=live.message,
                file=self.file_name,
                ended_at=timezone.now(),
                **values,
            )
        )

    def _write(self) -> None:
        self._written = time.monotonic()
        inside = connection.in_atomic_block and not self._within
        if not inside:
            self._update()
        elif connection.vendor == "postgresql":
            _beside(self._update)

    def _update(self) -> None:
        rows = Job.objects.filter(pk=self.id, attempts=self.attempt, state=State.RUNNING)
        live = self._live
        if not rows.update(
            done=live.done, total=live.total, message=live.message, heartbeat_at=timezone.now()
        ):
            raise Lost("任务已由另一进程接手")
        live.cancel = live.cancel or rows.filter(cancel_asked=True).exists()


def _beside(work: Callable[[], None]) -> None:
    """Do something on another connection, outside the transaction under way: every thread has its own."""

    def alone() -> None:
        try:
            work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(alone).result()
