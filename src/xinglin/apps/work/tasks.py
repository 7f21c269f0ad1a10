"""The one task that the queue knows: do a job."""

from __future__ import annotations

import logging
import traceback
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_tasks import task

from xinglin.apps.work.models import Job, State
from xinglin.apps.work.progress import LIVE, Cancelled, Interrupted, Lost, Progress
from xinglin.apps.work.registry import KINDS
from xinglin.base.errors import XinglinError

DEACTIVATED = "提出任务的账号已停用，任务没有做：仍需要时，请由在用的账号重新提出"
log = logging.getLogger("xinglin.work")


@task()
def run_job(job_id: str) -> None:
    """Do a job that waits; one that another worker has begun, or that was cancelled, is left alone."""
    job = claim(job_id)
    if job is None:
        return
    progress = Progress(job)
    try:
        _do(job, progress)
    except Lost:
        log.warning("job %s was taken over by another worker", job.pk)
    finally:
        LIVE.pop(job.pk, None)


def claim(job_id: str) -> Job | None:
    """Begin a job: one statement decides who has it, however often it lies in the queue.

    One whose account was deactivated since it asked ends as failed.
    """
    now = timezone.now()
    begun = Job.objects.filter(pk=job_id, state=State.WAITING).update(
        state=State.RUNNING,
        attempts=F("attempts") + 1,
        started_at=now,
        heartbeat_at=now,
        done=0,
        total=None,
        message="",
    )
    job = Job.objects.get(pk=job_id) if begun else None
    if job is None or _may_work(job):
        return job
    Job.objects.filter(pk=job.pk, attempts=job.attempts, state=State.RUNNING).update(
        state=State.FAILED, ended_at=timezone.now(), error=DEACTIVATED
    )
    log.warning("job %s (%s) was not begun: its account is deactivated", job.pk, job.kind)
    return None


def _may_work(job: Job) -> bool:
    """Whether the account that asked still works here; the program's own jobs have none."""
    return not job.asked_by or get_user_model().objects.filter(pk=job.asked_by, is_active=True).exists()


def _do(job: Job, progress: Progress) -> None:
    """Call the function and write down how it ended."""
    kind = KINDS.get(job.kind)
    if kind is None:
        progress.write_end(state=State.FAILED, error=f"本程序没有“{job.kind}”这类任务，可能已换了版本")
        return
    try:
        result = kind.work(progress, **job.arguments)
    except Cancelled:
        progress.write_end(state=State.CANCELLED)
    except Interrupted:
        put_back(job)
    except Lost:
        raise
    except XinglinError as error:
        progress.write_end(state=State.FAILED, error=str(error))
    except Exception as error:
        log.error("job %s (%s) failed: %s\n%s", job.pk, job.kind, type(error).__name__, places(error))
        words = f"程序出错（{type(error).__name__}）。请把任务编号 {job.pk} 告诉系统管理员"
        progress.write_end(state=State.FAILED, error=words, trace=places(error))
    else:
        progress.write_end(state=State.DONE, result=result)


def places(error: BaseException) -> str:
    """Files, lines and functions an error passed through, without any value: those may be personal."""
    frames = traceback.extract_tb(error.__traceback__)
    return "\n".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)


def put_back(job: Job) -> bool:
    """A job cut off in the middle: begun again if its kind allows, else shown as failed; false if it has ended."""
    mine = Job.objects.filter(pk=job.pk, attempts=job.attempts, state=State.RUNNING)
    kind = KINDS.get(job.kind)
    with transaction.atomic():
        if job.cancel_asked:
            return bool(mine.update(state=State.CANCELLED, ended_at=timezone.now()))
        if kind is None or not kind.again:
            words = "服务中断，任务没有做完。请看一下结果，再决定是否重试"
            return bool(mine.update(state=State.FAILED, ended_at=timezone.now(), error=words))
        back = bool(mine.update(state=State.WAITING, heartbeat_at=None))
        if back:
            enqueue(job.pk)
    return back


def enqueue(job_id: str) -> None:
    """Put a job into the queue, within the caller's transaction."""
    queued: Any = run_job.enqueue(job_id)
    Job.objects.filter(pk=job_id).update(task=str(queued.id))
