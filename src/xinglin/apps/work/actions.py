"""Asking for work, and what one may do with what one asked for."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.work import files, runner
from xinglin.apps.work.models import ENDED, Job, State
from xinglin.apps.work.progress import LIVE
from xinglin.apps.work.registry import KINDS, permitted
from xinglin.apps.work.tasks import enqueue
from xinglin.base.errors import XinglinError


class NotNow(XinglinError):  # noqa: N818 - says what is the matter
    """The job does not stand where this can be done."""


@transaction.atomic
def ask(
    kind: str,
    *,
    by: Any,
    label: str = "",
    place: str = "",
    facility: str = "",
    request: Any = None,
    **arguments: Any,
) -> Job:
    """Ask for a job; it begins when the caller's transaction has ended well.

    Args:
        kind: name in the registry. by: the account. label: what the list shows (the kind's words if empty).
        place, facility: the area it concerns (the function finds it in its `Progress`).
        arguments: JSON values for the kind's function; no personal content.

    Raises:
        KeyError: no such kind.
    """
    words = label or KINDS[kind].label
    job = Job.objects.create(
        kind=kind, label=words[:120], asked_by=by.pk, place=place, facility=facility, arguments=arguments
    )
    enqueue(job.pk)
    record(by=by, action="job.ask", kind=kind, id=job.pk, request=request)
    transaction.on_commit(runner.wake)
    return job


@transaction.atomic
def cancel(*, job: Job, by: Any, request: Any = None) -> None:
    """Cancel a waiting job; ask a running one to stop at its next step.

    Raises:
        NotNow: it has ended.
    """
    now = timezone.now()
    waiting = Job.objects.filter(pk=job.pk, state=State.WAITING)
    if not waiting.update(state=State.CANCELLED, ended_at=now, cancel_asked=True):
        if not Job.objects.filter(pk=job.pk, state=State.RUNNING).update(cancel_asked=True):
            raise NotNow("任务已经结束，不能取消")
        if job.pk in LIVE:
            LIVE[job.pk].cancel = True
    record(by=by, action="job.cancel", kind=job.kind, id=job.pk, request=request)


@transaction.atomic
def retry(*, job: Job, by: Any, request: Any = None) -> None:
    """Begin a failed or cancelled job anew.

    Raises:
        NotNow: it waits, runs, or has its result; or the account may no longer do such a thing there.
    """
    if not permitted(job, by):
        raise NotNow("您的角色或地区变了，不能再做这项任务：请联系安全管理员")
    again = Job.objects.filter(pk=job.pk, state__in=(State.FAILED, State.CANCELLED)).update(
        state=State.WAITING,
        cancel_asked=False,
        error="",
        trace="",
        message="",
        done=0,
        total=None,
        ended_at=None,
        heartbeat_at=None,
        dismissed_at=None,
    )
    if not again:
        raise NotNow("只有失败或已取消的任务才能重试")
    enqueue(job.pk)
    record(by=by, action="job.retry", kind=job.kind, id=job.pk, request=request)
    transaction.on_commit(runner.wake)


@transaction.atomic
def dismiss(*, job: Job, by: Any, request: Any = None) -> None:
    """Put away the outcome of an ended job; a file it made is deleted.

    Raises:
        NotNow: it has not ended.
    """
    if not Job.objects.filter(pk=job.pk, state__in=ENDED).update(dismissed_at=timezone.now(), file=""):
        raise NotNow("任务还没有结束")
    record(by=by, action="job.dismiss", kind=job.kind, id=job.pk, request=request)
    transaction.on_commit(lambda: files.forget(job.pk))
