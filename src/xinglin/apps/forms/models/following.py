"""What must be done by when: deadlines, values sent back, partial approvals, the working days a county loaded."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.forms.models.record import Record, naming
from xinglin.apps.organisations.models import Facility
from xinglin.apps.protection.ids import LENGTH, new_id


class DeadlineQuerySet(models.QuerySet["Deadline"]):
    """Deadlines as they stood on a day."""

    def within(self, scope: Scope) -> DeadlineQuerySet:
        """Those of records of an area."""
        area = scope.q(place="place", facility="facility")
        return self.filter(area | naming(scope, "record", "record__subject") if scope.named else area)

    def open_on(self, day: Any) -> DeadlineQuerySet:
        """Those that ran on a day: begun by then, and not over before its end. Of today an index holds them."""
        if day >= timezone.localdate():
            return self.filter(closed_on=None)
        still = models.Q(closed_on=None) | models.Q(closed_on__gt=day)
        return self.filter(still, opened_on__lte=day)

    def overdue_on(self, day: Any) -> DeadlineQuerySet:
        """Those that were past on a day."""
        return self.open_on(day).filter(due__lt=day)


def _open(name: str, *fields: str) -> models.Index:
    """An index of the deadlines that run."""
    return models.Index(fields=fields, name=f"deadline_{name}", condition=models.Q(closed_on=None))


class Deadline(models.Model):
    """The deadline of a state, for as long as it was the one that held.

    Attributes:
        entered_on: when the state was entered. opened_on, closed_on: when this row began and ended to hold; a deadline
            that is moved has one row for each day it was set to.
        due: last day; None while the date it hangs on is not filled. provisional: rests on a year whose working days
            are not published. escalate: role that is told when it is past.
        definition, place, facility, author: the record's, so that what is due in an area is found in an index alone.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.CASCADE, related_name="deadlines")
    state = models.CharField("状态", max_length=40)
    entered_on = models.DateField("进入状态", default=timezone.localdate)
    opened_on = models.DateField("开始")
    due = models.DateField("期限", null=True)
    warn_on = models.DateField("提醒", null=True)
    provisional = models.BooleanField("暂定", default=False)
    escalate = models.CharField("升级到", max_length=30, blank=True)
    definition = models.CharField("定义", max_length=60, default="", editable=False)
    place = models.CharField("地区代码", max_length=12, default="", editable=False)
    facility = models.ForeignKey(
        Facility, models.PROTECT, null=True, related_name="+", editable=False, db_index=False
    )
    author = models.CharField("填报人", max_length=LENGTH, blank=True, editable=False)
    closed_on = models.DateField("办结", null=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        """Open ones by due date."""

        ordering = ("due", "id")
        indexes = (
            _open("open", "due"),
            _open("definition", "definition", "due", "record", "place", "facility"),
            _open("place", "place", "due", "definition", "state"),
            _open("facility", "facility", "due", "definition", "state"),
            _open("author", "author", "due", "definition", "state"),
            models.Index(fields=("opened_on", "closed_on"), name="deadline_time"),
        )

    def __str__(self) -> str:
        return f"{self.record_id} {self.state} {self.due}"


class Return(models.Model):
    """One value sent back to whoever keeps the record: why, and by when it is to be put right."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    record = models.ForeignKey(Record, models.CASCADE, related_name="returns")
    field = models.CharField("字段", max_length=60)
    reason = models.CharField("理由", max_length=500)
    due = models.DateField("期限")
    by = models.CharField("退回人", max_length=LENGTH)
    at = models.DateTimeField("退回时间", default=timezone.now)
    settled_at = models.DateTimeField("改正时间", null=True)
    settled_by = models.CharField("改正人", max_length=LENGTH, blank=True)

    class Meta:
        """Oldest first; one open at a time for a field."""

        ordering = ("at",)
        constraints = (
            models.UniqueConstraint(
                name="return_open", fields=("record", "field"), condition=models.Q(settled_at=None)
            ),
        )

    def __str__(self) -> str:
        return f"{self.record_id} {self.field}"


class Consent(models.Model):
    """One of several approvals that a move needs; gone when the move is made or given up."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="consents")
    move = models.CharField(max_length=40)
    approval = models.CharField(max_length=40)
    by = models.CharField(max_length=LENGTH)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Each approval once, each by another person."""

        constraints = (
            models.UniqueConstraint(name="consent_once", fields=("record", "move", "approval")),
            models.UniqueConstraint(name="consent_person", fields=("record", "move", "by")),
        )

    def __str__(self) -> str:
        return f"{self.record_id} {self.move} {self.approval}"


class Day(models.Model):
    """A day that differs from its weekday, loaded here before it is shipped."""

    day = models.DateField(primary_key=True)
    works = models.BooleanField()

    class Meta:
        """In order."""

        ordering = ("day",)

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.works else '放假'}"
