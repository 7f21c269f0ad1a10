"""Jobs: our rows over the queue of django-tasks, with what people want to know."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from xinglin.apps.protection.ids import LENGTH, new_id


class State(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", "等待"
    RUNNING = "running", "进行中"
    DONE = "done", "完成"
    FAILED = "failed", "失败"
    CANCELLED = "cancelled", "已取消"


OPEN = (State.WAITING, State.RUNNING)
ENDED = (State.DONE, State.FAILED, State.CANCELLED)


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs, by whose they are and where they stand."""

    def of(self, user: Any) -> JobQuerySet:
        """Those an account asked for; nobody sees another's."""
        return self.filter(asked_by=user.pk)

    def unread(self) -> JobQuerySet:
        """Those that still run, and those whose outcome has not been put away."""
        return self.filter(dismissed_at=None)

    def silent_since(self, moment: datetime) -> JobQuerySet:
        """Running ones that gave no sign of life since a moment."""
        return self.filter(state=State.RUNNING, heartbeat_at__lt=moment)


class Job(models.Model):
    """One piece of work.

    Attributes:
        kind: name in the registry (`xinglin.apps.work.registry`). arguments: what its function is called with.
        asked_by: id of the account; place, facility: the area the work concerns, checked again when a file is fetched.
        attempts: how often it was begun; also the token by which a worker proves that the job is still its own.
        done, total: steps; total is empty while unknown. error: words for the user. trace: files and lines, no values.
        task: id of its row in the queue.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    kind = models.CharField("类别", max_length=60)
    label = models.CharField("名称", max_length=120)
    arguments = models.JSONField("参数", default=dict)
    asked_by = models.CharField("申请账号", max_length=LENGTH, blank=True)
    place = models.CharField("地区代码", max_length=12, blank=True)
    facility = models.CharField("机构编号", max_length=LENGTH, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    cancel_asked = models.BooleanField("已要求取消", default=False)
    done = models.PositiveBigIntegerField("已做", default=0)
    total = models.PositiveBigIntegerField("共", null=True)
    message = models.CharField("说明", max_length=300, blank=True)
    result = models.JSONField("结果", null=True)
    file = models.CharField("结果文件", max_length=200, blank=True)
    error = models.TextField("错误", blank=True)
    trace = models.TextField("出错位置", blank=True)
    attempts = models.PositiveIntegerField("次数", default=0)
    task = models.CharField("队列编号", max_length=36, blank=True)
    created_at = models.DateTimeField("提出时间", default=timezone.now)
    started_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    heartbeat_at = models.DateTimeField("最近动静", null=True)
    dismissed_at = models.DateTimeField("阅毕时间", null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        """Newest first; a running job shows signs of life, an ended one has an end."""

        verbose_name = "后台任务"
        verbose_name_plural = "后台任务"
        ordering = ("-created_at", "-pk")
        indexes = (
            models.Index(fields=("asked_by", "-created_at")),
            models.Index(fields=("state", "heartbeat_at")),
        )
        constraints = (
            models.CheckConstraint(name="job_state", condition=models.Q(state__in=State.values)),
            models.CheckConstraint(
                name="job_alive", condition=~models.Q(state="running") | models.Q(heartbeat_at__isnull=False)
            ),
            models.CheckConstraint(
                name="job_ended",
                condition=models.Q(state__in=OPEN, ended_at=None)
                | models.Q(state__in=ENDED, ended_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.label} {self.id}"

    @property
    def is_open(self) -> bool:
        """Whether it waits or runs."""
        return self.state in OPEN

    @property
    def can_retry(self) -> bool:
        """Whether it ended without a result."""
        return self.state in (State.FAILED, State.CANCELLED)

    @property
    def percent(self) -> int | None:
        """Share done, 0 to 100; None while the total is unknown."""
        return min(100, self.done * 100 // self.total) if self.total else None
