"""A record: one JSON document, and typed index rows for what its definition lists or filters (see ADR 0015)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from xinglin.apps.access.scope import NATION, Scope, below
from xinglin.apps.organisations.models import Facility
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id

COUNTY = 6
"""Digits of a county's code."""


def _listed(name: str, *fields: str) -> models.Index:
    """An index of records that are not taken out, one stretch per definition; ``removed_at`` stands at its end so that
    SQLite answers from the index alone.
    """
    return models.Index(
        fields=("definition", *fields, "removed_at"),
        name=f"record_{name}",
        condition=models.Q(removed_at__isnull=True),
    )


class RecordQuerySet(models.QuerySet["Record"]):
    """Records by area and definition."""

    def within(self, scope: Scope) -> RecordQuerySet:
        """Records of an area."""
        area = scope.q(place="place", facility="facility")
        return self.filter(area | naming(scope, "pk", "subject") if scope.named else area)

    def of(self, definition: str) -> RecordQuerySet:
        """Records of a definition that were not taken out."""
        return self.filter(definition=definition, removed_at=None)


class Record(models.Model):
    """One record.

    Attributes:
        definition, version: by which it was written. state: empty where the definition has none.
        place, facility: where it lies; who may see it follows from them. county: the first six digits of the place, so
            that a county's list is one stretch of an index. subject: id of what it is about.
        day, until: by which it lies in time. title: names it. document: its values; personal: those that are personal.
        scores: of an assessment, with totals and results. revision: grows with every change.
        removed_at: taken out as entered by mistake; its history stays.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    definition = models.CharField("定义", max_length=60)
    version = models.PositiveSmallIntegerField("版本", default=1)
    state = models.CharField("状态", max_length=40, blank=True)
    place = models.CharField("地区代码", max_length=12)
    county = models.CharField("县区代码", max_length=COUNTY, blank=True, editable=False)
    facility = models.ForeignKey(
        Facility, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="机构"
    )
    subject = models.CharField("对象", max_length=40, db_index=True)
    day = models.DateField("日期", null=True, blank=True)
    until = models.DateField("结束日期", null=True, blank=True)
    title = models.CharField("名称", max_length=200)
    document: models.JSONField[Any, Any] = models.JSONField("内容", default=dict)
    personal = EncryptedText("个人信息", blank=True)
    scores: models.JSONField[Any, Any] = models.JSONField("评分", default=dict)
    points_self = models.DecimalField("自评分", max_digits=9, decimal_places=2, null=True, blank=True)
    points_verified = models.DecimalField("核验分", max_digits=9, decimal_places=2, null=True, blank=True)
    result_self = models.CharField("自评结果", max_length=60, blank=True)
    result = models.CharField("结果", max_length=60, blank=True)
    author = models.CharField("填报人", max_length=LENGTH, blank=True)
    created_at = models.DateTimeField("填报时间", default=timezone.now)
    changed_at = models.DateTimeField("最后修改", default=timezone.now)
    revision = models.PositiveIntegerField("修订", default=1)
    removed_at = models.DateTimeField("撤除时间", null=True, blank=True)

    objects = RecordQuerySet.as_manager()

    class Meta:
        """Newest first."""

        verbose_name = "记录"
        verbose_name_plural = "记录"
        ordering = ("-day", "-id")
        indexes = (
            _listed("day", "-day", "-id", "place", "state"),
            _listed("county", "county", "-day", "-id", "place", "state"),
            _listed("place", "place", "-day", "-id", "state"),
            _listed("facility", "facility", "-day", "-id", "state"),
            _listed("state", "state", "-day", "-id", "place"),
            _listed("title", "title", "id", "place"),
            models.Index(fields=("definition", "changed_at", "id"), name="record_changed"),
        )

    def __str__(self) -> str:
        return f"{self.definition} {self.id}"


def _valued(name: str, *then: str) -> models.Index:
    """An index of the values of one kind, field by field."""
    return models.Index(
        fields=("slot", name, *then),
        name=f"value_{name}",
        condition=models.Q(**{f"{name}__isnull": False}),
    )


class Value(models.Model):
    """The value of one field of one record, typed, for lists and filters; of several choices one row each.

    ``slot`` stands for the field (see `rows.slot`): a number keeps millions of rows short. ``place`` and ``record_day``
    are the record's, so that those of an area are counted, and the newest of them found, in the index alone. Records
    taken out have none.
    """

    record = models.ForeignKey(Record, models.CASCADE, related_name="values", db_index=False)
    slot = models.PositiveIntegerField()
    text = models.CharField(max_length=200, null=True)
    number = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    day = models.DateField(null=True)
    place = models.CharField(max_length=12, blank=True)
    record_day = models.DateField(null=True)

    class Meta:
        """Found by value; only rows that have one of a kind are in its index."""

        indexes = (
            models.Index(fields=("record", "slot", "number"), name="value_record"),
            _valued("text", "-record_day", "-record", "place"),
            _valued("number", "record", "place", "record_day"),
            _valued("day", "record", "place", "record_day"),
        )

    def __str__(self) -> str:
        return f"{self.record_id} {self.slot}"


def naming(scope: Scope, record: str, subject: str) -> models.Q:
    """Rows of a scope that name a unit.

    Args:
        record, subject: columns that hold the record and what it is about.
    """
    found = models.Q(pk__in=())
    for one in sorted(scope.named):
        at = models.OuterRef(subject if one.parent else record)
        names = models.Exists(Value.objects.filter(record=at, slot=one.names, text=one.unit))
        found |= models.Q(names) if one.place == NATION else below("place", one.place) & models.Q(names)
    return found


class UniqueKey(models.Model):
    """What no two records of a definition may share: a digest per set of fields, kept apart by the database."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="unique_keys")
    definition = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        """The database refuses the second."""

        constraints = (
            models.UniqueConstraint(name="record_unique", fields=("definition", "number", "digest")),
        )

    def __str__(self) -> str:
        return f"{self.definition} {self.number}"
