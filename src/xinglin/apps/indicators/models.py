"""Vintages: numbers published at a time, with what they rested on. They never change."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.protection.ids import LENGTH, new_id


class VintageQuerySet(models.QuerySet["Vintage"]):
    """Vintages, by area."""

    def within(self, scope: Scope) -> VintageQuerySet:
        """Those of places inside an area."""
        return self.filter(scope.q(place="place"))


class Vintage(models.Model):
    """One publication: the folder ``vintages/<id>`` holds definitions, fact manifest, results and receipt.

    Attributes:
        on: the day the numbers stand for. facts_manifest, definitions, results: hashes, as in the receipt.
        job: the background job that made it; at most one vintage comes of a job.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    place = models.CharField("地区代码", max_length=12)
    on = models.DateField("数据日期")
    facts_manifest = models.CharField("事实清单", max_length=64)
    definitions = models.CharField("定义", max_length=64)
    results = models.CharField("结果", max_length=64)
    published_at = models.DateTimeField("发布时间", default=timezone.now)
    published_by = models.CharField("账号", max_length=LENGTH, blank=True)
    job = models.CharField("任务", max_length=LENGTH, unique=True)

    objects = VintageQuerySet.as_manager()

    class Meta:
        """Newest first."""

        verbose_name = "统计期次"
        verbose_name_plural = "统计期次"
        ordering = ("-published_at", "-pk")
        indexes = (models.Index(fields=("place", "-on")),)

    def __str__(self) -> str:
        return f"{self.place} {self.on}"
