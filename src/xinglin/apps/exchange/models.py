"""Imports: what was uploaded, what the dry run found, what was written and how to take it back."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id


class State(models.TextChoices):
    """Where an import stands."""

    WAITING = "waiting", "等待核对"
    CHECKED = "checked", "已核对"
    UNREADABLE = "unreadable", "读不出来"
    APPLYING = "applying", "正在导入"
    APPLIED = "applied", "已导入"
    UNDONE = "undone", "已撤销"
    DISCARDED = "discarded", "已放弃"


OPEN = (State.WAITING, State.APPLYING)


class Mode(models.TextChoices):
    """What to do when some rows are bad."""

    ALL = "all", "全部无误才导入"
    GOOD = "good", "只导入无误的行"


def pack(value: Any) -> str:
    """JSON, compressed, as text."""
    raw = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b85encode(zlib.compress(raw, 6)).decode()


def unpack(text: str) -> Any:
    """What `pack` made text of; an empty text is an empty list."""
    return json.loads(zlib.decompress(base64.b85decode(text))) if text else []


class ImportQuerySet(models.QuerySet["Import"]):
    """Imports by whose they are."""

    def of(self, user: Any) -> ImportQuerySet:
        """An account's own; nobody sees another's."""
        return self.filter(by=user)

    def unread(self) -> ImportQuerySet:
        """Those whose report was not put away."""
        return self.filter(read_at=None)


class Import(models.Model):
    """One upload and its fate.

    Attributes:
        table: register that the user named for a CSV file. counts: register → new, changed, same, bad.
        report: problems of the dry run, packed and encrypted (it quotes cells). errors: how many errors there are.
        job: the background job that works on it. opened_at: when work on it was last asked for.
        note: words for the user.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="导入人")
    file_name = models.CharField("文件名", max_length=100)
    size = models.PositiveIntegerField("字节")
    digest = models.CharField("文件校验值", max_length=64)
    table = models.CharField("表", max_length=60, blank=True)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.WAITING)
    mode = models.CharField("方式", max_length=6, choices=Mode.choices, blank=True)
    counts: models.JSONField[Any, Any] = models.JSONField("条数", default=dict)
    errors = models.PositiveIntegerField("错误", default=0)
    report = EncryptedText("报告", blank=True)
    note = models.CharField("说明", max_length=300, blank=True)
    job = models.CharField("后台任务", max_length=LENGTH, blank=True)
    created_at = models.DateTimeField("上传时间", default=timezone.now)
    opened_at = models.DateTimeField("开始处理时间", default=timezone.now)
    applied_at = models.DateTimeField("导入时间", null=True, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True, blank=True)
    read_at = models.DateTimeField("阅毕时间", null=True, blank=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        """Newest first."""

        verbose_name = "导入"
        verbose_name_plural = "导入"
        ordering = ("-created_at", "-pk")
        indexes: ClassVar = [models.Index(fields=("by", "-created_at"), name="import_by")]
        constraints = (
            models.CheckConstraint(name="import_state", condition=models.Q(state__in=State.values)),
            models.CheckConstraint(
                name="import_applied",
                condition=~models.Q(state__in=(State.APPLIED, State.UNDONE))
                | models.Q(applied_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.file_name} {self.id}"

    @property
    def is_open(self) -> bool:
        """Whether something works on it."""
        return self.state in OPEN

    def total(self, what: str) -> int:
        """A count over all registers: new, changed, same or bad."""
        return sum(counts[what] for counts in self.counts.values())


class Batch(models.Model):
    """A piece of what an import wrote: rows before and after, packed and encrypted, for the way back."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="batches")
    number = models.PositiveIntegerField()
    table = models.CharField(max_length=60)
    content = EncryptedText()

    class Meta:
        """In the order of writing."""

        ordering = ("number",)
        constraints = (models.UniqueConstraint(name="batch_number", fields=("of", "number")),)

    def __str__(self) -> str:
        return f"{self.of_id} {self.number}"
