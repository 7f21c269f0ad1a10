"""What happened to a record: events that are only ever added."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from xinglin.apps.forms.models.record import Record
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH


class Event(models.Model):
    """One thing that happened.

    Attributes:
        number: from 1 within the record. kind: create, change, move, consent, score, remove, restore, import, undo,
            return, settle, attach, migrate. move: name of the transition. changes: field → [before, after]; of
            personal fields only the names stand there, their values in ``personal`` (encrypted, the same shape).
        before, after: the state. deed: number of the action, the same for all records that one action changed.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.CASCADE, related_name="events")
    number = models.PositiveIntegerField()
    at = models.DateTimeField("时间", default=timezone.now)
    by = models.CharField("账号", max_length=LENGTH, blank=True)
    kind = models.CharField("种类", max_length=10)
    move = models.CharField("办理", max_length=40, blank=True)
    before = models.CharField("原状态", max_length=40, blank=True)
    after = models.CharField("新状态", max_length=40, blank=True)
    changes: models.JSONField[Any, Any] = models.JSONField("改动", default=dict)
    personal = EncryptedText("个人信息的改动", blank=True)
    reason = models.CharField("理由", max_length=500, blank=True)
    deed = models.CharField("操作编号", max_length=LENGTH, blank=True, db_index=True)

    class Meta:
        """In the order they happened; a number is given once, so two people cannot both be the next."""

        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        ordering = ("record", "number")
        constraints = (models.UniqueConstraint(name="event_number", fields=("record", "number")),)

    def __str__(self) -> str:
        return f"{self.record_id} {self.number} {self.kind}"
