"""A doctor's own templates."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from xinglin.apps.organisations.models.columns import CODE_LENGTH
from xinglin.apps.protection.ids import LENGTH, new_id


class Template(models.Model):
    """A prescription that a doctor begins from (协定方, 加减 of a classic formula). Holds nothing of a patient.

    Attributes:
        formula: id of the classic formula behind it. content: form, doses, usage and lines, as the form of a visit has
            them. It is no prescription: what is taken from it is checked when it is signed.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="医生")
    name = models.CharField("名称", max_length=40)
    initials = models.CharField(max_length=40, editable=False)
    sort_key = models.CharField(max_length=480, editable=False)
    formula = models.CharField("方剂", max_length=CODE_LENGTH, blank=True)
    content: models.JSONField[Any, Any] = models.JSONField("内容", default=dict)
    changed_at = models.DateTimeField("最后修改", default=timezone.now)

    class Meta:
        """In Chinese order; a name once for a doctor."""

        verbose_name = "处方模板"
        verbose_name_plural = "处方模板"
        ordering = ("sort_key", "pk")
        constraints = (
            models.UniqueConstraint(
                name="template_name", fields=("user", "name"), violation_error_message="您已有同名的模板"
            ),
        )

    def __str__(self) -> str:
        return self.name
