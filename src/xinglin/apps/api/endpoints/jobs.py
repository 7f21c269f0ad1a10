"""One's own background jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Schema

from xinglin.apps.api.operations import Section
from xinglin.apps.api.paging import Listed, PageQuery, page_of
from xinglin.apps.work import actions
from xinglin.apps.work.models import Job
from xinglin.apps.work.presenters import shown

section = Section("后台任务")
VIEW = "job.view"


class JobOut(Schema):
    """A job."""

    id: str
    kind: str
    label: str
    state: str = Field(description="waiting、running、done、failed、cancelled")
    percent: int | None
    message: str
    error: str
    result: list[tuple[str, Any]] = Field(description="名称和值")
    place: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


@section.read("/jobs", VIEW, Listed[JobOut])
def list_jobs(request: Any, asked: Query[PageQuery]) -> Any:
    """自己的任务，新的在前"""
    rows = Job.objects.of(request.user).order_by("-created_at", "-pk")
    return page_of(request, rows, asked, lambda found: [shown_job(job) for job in found])


@section.read("/jobs/{job}", VIEW, JobOut)
def get_job(request: Any, job: str) -> Any:
    """一个任务和它的进度"""
    return shown_job(_own(request, job))


@section.write("POST", "/jobs/{job}/cancel", VIEW, JobOut)
def cancel_job(request: Any, job: str) -> Any:
    """取消
    等待中的立即取消，进行中的在下一步停下。
    """
    found = _own(request, job)
    actions.cancel(job=found, by=request.user, request=request)
    found.refresh_from_db()
    return shown_job(found)


@section.write("POST", "/jobs/{job}/retry", VIEW, JobOut)
def retry_job(request: Any, job: str) -> Any:
    """重做失败或取消了的任务"""
    found = _own(request, job)
    actions.retry(job=found, by=request.user, request=request)
    found.refresh_from_db()
    return shown_job(found)


def _own(request: Any, job: str) -> Job:
    return get_object_or_404(Job.objects.of(request.user), pk=job)


def shown_job(job: Job) -> dict[str, Any]:
    """A job as a client reads it."""
    seen = shown(job)
    columns = ("id", "kind", "label", "state", "message", "error", "place")
    times = ("created_at", "started_at", "ended_at")
    return {
        **{name: getattr(job, name) for name in (*columns, *times)},
        "percent": seen.percent,
        "result": seen.result,
    }
