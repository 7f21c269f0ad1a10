"""Technique sheets (适宜技术治疗单) and what was done of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from xinglin.apps.clinic.models.encounter import Encounter
from xinglin.apps.organisations.models import Practitioner
from xinglin.apps.organisations.models.columns import CODE_LENGTH, KEY_LENGTH, technique_choices
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id


class Sheet(models.Model):
    """An order for a technique, signed: which, where on the body, how, how often.

    Attributes:
        replaces: what it corrects. ended_at: when it was corrected or stopped.
    """

    id = models.CharField("治疗单编号", primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="sheets", verbose_name="就诊")
    technique = models.CharField("技术", max_length=CODE_LENGTH, choices=technique_choices)
    site = EncryptedText("穴位或部位")
    method = EncryptedText("操作方法", blank=True)
    times = models.PositiveSmallIntegerField("次数")
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="+", db_index=False, verbose_name="开单人"
    )
    signed_at = models.DateTimeField("签名时间")
    signed_by = models.CharField("签名账号", max_length=LENGTH)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name="更正"
    )
    ended_at = models.DateTimeField("终止时间", null=True)
    ended_by = models.CharField("终止账号", max_length=LENGTH, blank=True)
    end_reason = EncryptedText("终止原因", blank=True)
    mac = models.CharField(max_length=KEY_LENGTH)

    class Meta:
        """In order of signing."""

        verbose_name = "治疗单"
        verbose_name_plural = "治疗单"
        ordering = ("signed_at", "pk")
        constraints = (
            models.UniqueConstraint(
                name="sheet_one", fields=("encounter", "technique"), condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="sheet_times", condition=Q(times__gt=0)),
        )

    def __str__(self) -> str:
        return str(self.pk)


class Session(models.Model):
    """One treatment that was given (fact table `treatment`).

    Attributes:
        encounter: the visit at which it was given: that of the order, or a later one. number: of the course.
        practitioner: who did it.
    """

    id = models.CharField("治疗编号", primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    sheet = models.ForeignKey(
        Sheet, models.PROTECT, related_name="sessions", db_index=False, verbose_name="治疗单"
    )
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="sessions", verbose_name="就诊")
    number = models.PositiveSmallIntegerField("第几次")
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="+", db_index=False, verbose_name="操作人"
    )
    at = models.DateTimeField("时间", default=timezone.now)
    by = models.CharField("账号", max_length=LENGTH, blank=True)

    class Meta:
        """In order of the course."""

        verbose_name = "治疗"
        verbose_name_plural = "治疗"
        ordering = ("sheet", "number")
        constraints = (models.UniqueConstraint(name="session_number", fields=("sheet", "number")),)

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.number}"
