"""Asking after a patient."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from xinglin.apps.clinic.models.encounter import Encounter
from xinglin.apps.organisations.models.columns import CODE_LENGTH
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id


class Way(models.TextChoices):
    """How somebody was asked."""

    PHONE = "phone", "电话"
    VISIT = "visit", "上门"
    HERE = "here", "来诊"
    MESSAGE = "message", "信息"


class Effect(models.TextChoices):
    """The four grades of records (《中医病历书写基本规范》)."""

    CURED = "cured", "痊愈"
    MARKED = "marked", "显效"
    SOME = "some", "有效"
    NONE = "none", "无效"
    UNREACHED = "unreached", "未联系上"


class FollowUp(models.Model):
    """A follow-up that is due, or was done."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    encounter = models.OneToOneField(Encounter, models.PROTECT, related_name="follow_up", verbose_name="就诊")
    due = models.DateField("应随访日期")
    done_at = models.DateTimeField("随访时间", null=True)
    way = models.CharField("方式", max_length=CODE_LENGTH, choices=Way.choices, blank=True)
    effect = models.CharField("疗效", max_length=CODE_LENGTH, choices=Effect.choices, blank=True)
    note = EncryptedText("情况", blank=True)
    by = models.CharField("账号", max_length=LENGTH, blank=True)
    set_at = models.DateTimeField("安排时间", default=timezone.now)

    class Meta:
        """The one due first."""

        verbose_name = "随访"
        verbose_name_plural = "随访"
        ordering = ("due", "pk")
        indexes = (
            models.Index(fields=("due",), name="followup_due", condition=models.Q(done_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.encounter_id} {self.due}"
