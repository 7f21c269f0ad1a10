"""What was changed, when, by whom."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from xinglin.apps.organisations.models.columns import ID_LENGTH


class Change(models.Model):
    """One change of one object; shown to whoever may see the object.

    Attributes:
        kind, object_id: the fact table and the id. subject: id of the facility, person or consortium on whose page
            it is shown. deed: what was done, e.g. ``close``. by: id of the account, empty for the program itself.
        number: of the action; all changes that one action made share it.
        before, after: field → value; of personal fields only the name, with None.
    """

    at = models.DateTimeField("时间", default=timezone.now)
    by = models.CharField("账号", max_length=40, blank=True)
    kind = models.CharField("对象类别", max_length=40)
    object_id = models.CharField("对象编号", max_length=ID_LENGTH)
    subject = models.CharField("所属对象", max_length=ID_LENGTH)
    deed = models.CharField("动作", max_length=20)
    number = models.CharField("动作编号", max_length=ID_LENGTH)
    before: models.JSONField[Any, Any] = models.JSONField("原值", default=dict)
    after: models.JSONField[Any, Any] = models.JSONField("现值", default=dict)

    class Meta:
        """Newest first."""

        verbose_name = "变更"
        verbose_name_plural = "变更"
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=("subject", "-id"), name="change_subject"),
            models.Index(fields=("kind", "object_id"), name="change_object"),
            models.Index(fields=("number",), name="change_number"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} {self.deed}"
