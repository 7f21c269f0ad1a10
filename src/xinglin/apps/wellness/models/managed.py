"""Residents in chronic and other priority groups (慢病和其他重点人群在管)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.models.columns import CODE_LENGTH
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id
from xinglin.apps.residents.models import Resident


class ManagedQuerySet(models.QuerySet["Managed"]):
    """They lie where they are managed."""

    def within(self, scope: Scope) -> ManagedQuerySet:
        """Those of an area."""
        return self.filter(scope.q(place="facility__place", facility="facility"))

    def on(self, day: date) -> ManagedQuerySet:
        """Those that are managed on a day; whoever leaves on a day is managed until then."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)


class Managed(models.Model):
    """That a facility manages a resident in a group, from a day until it ends.

    Attributes:
        group: code of `groups`. until: the day it ended, with the reason.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="managed", verbose_name="居民")
    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="+", db_index=False, verbose_name="管理机构"
    )
    group = models.CharField("人群", max_length=CODE_LENGTH)
    since: models.DateField[str | date, date] = models.DateField("纳入日期", default=timezone.localdate)
    until = models.DateField("终止日期", null=True)
    end_reason = EncryptedText("终止原因", blank=True)
    at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    by = models.CharField("登记账号", max_length=LENGTH, blank=True, editable=False)
    ended_by = models.CharField("终止账号", max_length=LENGTH, blank=True, editable=False)

    objects = ManagedQuerySet.as_manager()

    class Meta:
        """Oldest first; a person is in a group once at a time."""

        verbose_name = "重点人群在管"
        verbose_name_plural = "重点人群在管"
        ordering = ("since", "pk")
        indexes = (
            models.Index(fields=("facility", "group"), name="managed_now", condition=Q(until__isnull=True)),
        )
        constraints = (
            models.UniqueConstraint(
                name="managed_once",
                fields=("resident", "group"),
                condition=Q(until__isnull=True),
                violation_error_message="此人已在这一类人群里管理：请看他的居民页",
            ),
            models.CheckConstraint(
                name="managed_dates", condition=Q(until__isnull=True) | Q(until__gte=F("since"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.resident_id} {self.group}"
