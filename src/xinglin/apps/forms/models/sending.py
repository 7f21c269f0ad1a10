"""Who has sent which table for which period: the rows of the fact table ``reporting``."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from xinglin.apps.protection.ids import LENGTH


class Sent(models.Model):
    """A unit's word that a table is complete for a period.

    Attributes:
        unit: facility id or county code. table: of the fact contract. period: ``2024`` or ``2024-03``.
        place: where the unit lies, for areas. status: reported, reported_nothing, late, not_reported.
    """

    unit = models.CharField("填报单位", max_length=40)
    table = models.CharField("表", max_length=60)
    period = models.CharField("期", max_length=7)
    place = models.CharField("地区代码", max_length=12, db_index=True)
    status = models.CharField("填报状态", max_length=20)
    reported_on = models.DateField("填报日期", null=True, default=timezone.localdate)
    by = models.CharField("填报人", max_length=LENGTH, blank=True)

    class Meta:
        """One word per unit, table and period."""

        verbose_name = "上报"
        verbose_name_plural = "上报"
        ordering = ("period", "table", "unit")
        constraints = (models.UniqueConstraint(name="sent_once", fields=("unit", "table", "period")),)

    def __str__(self) -> str:
        return f"{self.unit} {self.table} {self.period}"
