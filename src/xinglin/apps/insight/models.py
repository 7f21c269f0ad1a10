"""What the insight pages keep themselves: sheets of stocktakings, written once."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from xinglin.apps.forms.models import Record
from xinglin.apps.protection.ids import LENGTH, new_id


class Sheet(models.Model):
    """The tasks of a place as they stood on a day, frozen for a 对账盘点; nothing in the program changes one.

    Attributes:
        record: the stocktaking that it is signed in. rows: lines (see ``tasks.stocktaking.rows_of``), nobody's name
            in them. digest: SHA-256 of the lines.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    record = models.OneToOneField(Record, models.PROTECT, related_name="+", verbose_name="对账盘点")
    place = models.CharField("地区代码", max_length=12)
    on = models.DateField("盘点基准日")
    version = models.PositiveSmallIntegerField("第几版")
    rows: models.JSONField[Any, Any] = models.JSONField("对账表", default=list)
    digest = models.CharField("校验值", max_length=64)
    made_at = models.DateTimeField("定格时间", default=timezone.now)

    class Meta:
        """Newest first."""

        verbose_name = "对账表"
        verbose_name_plural = "对账表"
        ordering = ("-on", "-version", "-id")
        indexes = (models.Index(fields=("place", "-on")),)

    def __str__(self) -> str:
        return f"{self.place} {self.on} {self.version}"
