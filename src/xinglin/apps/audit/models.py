"""Rows of the log, and the seals that chain them."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One deed. Holds ids and names of fields, never content.

    Attributes:
        actor: id of the account, empty for the program itself. action: ``facility.edit``. kind, object_id: of what.
        fields: names of fields read or changed. outcome: done, refused or failed. count: rows, for lists and exports.
    """

    at = models.DateTimeField("时间")
    actor = models.CharField("账号", max_length=40, blank=True)
    action = models.CharField("动作", max_length=60)
    kind = models.CharField("对象类别", max_length=60)
    object_id = models.CharField("对象编号", max_length=80, blank=True)
    fields = models.JSONField("字段", default=list)
    count = models.PositiveIntegerField("条数", default=1)
    outcome = models.CharField("结果", max_length=10, default="done")
    address = models.CharField("来源地址", max_length=45, blank=True)
    request_id = models.CharField("请求编号", max_length=32, blank=True)

    class Meta:
        """Newest first; found by object, by account, by action and by time."""

        verbose_name = "日志"
        verbose_name_plural = "日志"
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=("object_id", "at"), name="audit_object"),
            models.Index(fields=("kind", "at"), name="audit_kind"),
            models.Index(fields=("action", "at"), name="audit_action"),
            models.Index(fields=("actor", "at"), name="audit_actor"),
            models.Index(fields=("at",), name="audit_time"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.kind} {self.object_id}"


class Seal(models.Model):
    """One link of the chain: the MAC of an entry together with the MAC before it.

    ``entry`` is a plain number and not a foreign key: a deleted entry must leave its seal behind.
    """

    sequence = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)
    mac = models.CharField(max_length=64)

    class Meta:
        """In order of sealing."""

        ordering = ("sequence",)

    def __str__(self) -> str:
        return f"{self.sequence} → {self.entry}"
