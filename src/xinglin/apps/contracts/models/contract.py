"""Contracts with residents: what was agreed, what was delivered, what was done to the contract."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.contracts.models.package import Package
from xinglin.apps.forms.models import Record
from xinglin.apps.organisations.models import Facility, Practitioner
from xinglin.apps.organisations.models.columns import CODE_LENGTH, Day, in_order
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id
from xinglin.apps.residents.models import Resident


class Consenter(models.TextChoices):
    """Who signed for the resident."""

    SELF = "self", "本人"
    GUARDIAN = "guardian", "监护人"
    FAMILY = "family", "受托的家属"


class EndReason(models.TextChoices):
    """Why a contract ended before its time."""

    ASKED = "asked", "居民要求解约"
    MOVED = "moved", "迁出"
    DEATH = "death", "去世"
    CHANGED = "changed", "改签别的团队或服务包"
    MISTAKE = "mistake", "登记错误"
    OTHER = "other", "其他"


class ContractQuerySet(models.QuerySet["Contract"]):
    """Contracts lie where they were signed and where the team belongs."""

    def within(self, scope: Scope) -> ContractQuerySet:
        """Contracts of an area."""
        signed = scope.q(place="facility__place", facility="facility")
        return self.filter(signed | scope.q(place="team_facility__place", facility="team_facility"))

    def running(self, day: date) -> ContractQuerySet:
        """Contracts in force on a day."""
        return self.touching(day, day)

    def touching(self, first: date, last: date) -> ContractQuerySet:
        """Contracts in force on some day of a span; one that was ended is in force until that day."""
        open_ = Q(ended_on=None, valid_to__gte=first) | Q(ended_on__gte=first)
        return self.filter(open_, valid_from__lte=last).exclude(end_reason=EndReason.MISTAKE)

    def ending(self, day: date, before: int, after: int) -> ContractQuerySet:
        """Contracts that end within some days, or ended no more than so many days ago, and were not renewed."""
        span = (day - timedelta(days=after), day + timedelta(days=before))
        return self.filter(ended_on=None, valid_to__range=span, renewed_by=None)

    def bare(self) -> ContractQuerySet:
        """With what counting needs and nothing that is encrypted: for very many."""
        own = ("facility", "team", "team_facility", "valid_from", "valid_to", "ended_on", "end_reason")
        return self.select_related("resident").only("resident__merged_into", *own)


class Contract(models.Model):
    """A resident with a team, for a time.

    Attributes:
        facility: where it was signed. team: the team's record among the registers. team_facility: whose team it is.
        practitioner: who signed for the team. consented_by, consenter: who signed for the resident, and the name where
            it was somebody else. ended_on: the last day, where it ended before `valid_to`.
        renews: the contract that this one goes on from. revision: grows with every change.
    """

    id = models.CharField("签约编号", primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="contracts", verbose_name="居民")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+", verbose_name="签约机构")
    team = models.ForeignKey(Record, models.PROTECT, related_name="+", verbose_name="家庭医生团队")
    team_facility = models.ForeignKey(Facility, models.PROTECT, related_name="+", verbose_name="团队所在机构")
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="+", db_index=False, verbose_name="签约医生"
    )
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期")
    consented_by = models.CharField("居民方签字", max_length=CODE_LENGTH, choices=Consenter.choices)
    consenter = EncryptedText("代签人姓名", blank=True)
    consented_on = models.DateField("签字日期")
    note = EncryptedText("约定、备注", blank=True)
    renews = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="renewed_by", verbose_name="续签自"
    )
    signed_at = models.DateTimeField("登记时间", default=timezone.now)
    signed_by = models.CharField("登记账号", max_length=LENGTH, blank=True)
    ended_on: Day = models.DateField("解约日期", null=True)
    end_reason = models.CharField("解约原因", max_length=CODE_LENGTH, choices=EndReason.choices, blank=True)
    end_words = EncryptedText("解约说明", blank=True)
    revision = models.PositiveIntegerField("修订", default=1)

    objects = ContractQuerySet.as_manager()

    class Meta:
        """Those that end first come first."""

        verbose_name = "家庭医生签约"
        verbose_name_plural = "家庭医生签约"
        ordering = ("valid_to", "pk")
        indexes = (
            models.Index(fields=("facility", "valid_to", "id"), name="contract_facility"),
            models.Index(fields=("team_facility", "valid_to", "id"), name="contract_team_facility"),
        )
        constraints = (
            in_order("contract_dates"),
            models.CheckConstraint(
                name="contract_ended", condition=Q(ended_on=None, end_reason="") | Q(ended_on__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    def runs(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day <= self.last_day and self.end_reason != EndReason.MISTAKE

    @property
    def last_day(self) -> date:
        """The last day on which it is in force."""
        return self.ended_on or self.valid_to


class Line(models.Model):
    """An item that was agreed, as it stood in the library and the package on the first day.

    Attributes:
        item: the record of the library. counts: kind of what counts by itself (see `evidence`), empty for none.
        dropped_at: taken out by a correction.
    """

    contract = models.ForeignKey(Contract, models.CASCADE, related_name="lines", verbose_name="签约")
    package = models.ForeignKey(Package, models.PROTECT, related_name="+", verbose_name="服务包")
    item = models.ForeignKey(Record, models.PROTECT, related_name="+", db_index=False, verbose_name="项目")
    position = models.PositiveSmallIntegerField("顺序")
    code = models.CharField("项目编码", max_length=CODE_LENGTH)
    name = models.CharField("项目", max_length=60)
    unit = models.CharField("计量", max_length=8)
    times = models.PositiveSmallIntegerField("约定次数")
    price = models.DecimalField("单价", max_digits=10, decimal_places=2, null=True)
    counts = models.CharField("自动计入", max_length=CODE_LENGTH, blank=True)
    dropped_at = models.DateTimeField("去掉时间", null=True)

    class Meta:
        """In the order of the packages."""

        verbose_name = "签约项目"
        verbose_name_plural = "签约项目"
        ordering = ("contract", "position")
        constraints = (
            models.UniqueConstraint(
                name="contract_line_once",
                fields=("contract", "package", "code"),
                condition=Q(dropped_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.contract_id} {self.code}"


class Delivery(models.Model):
    """An item that was delivered and that nothing else of the program records.

    Attributes:
        undone_at: taken back as entered by mistake; it stays readable and counts no more.
    """

    id = models.CharField("履约编号", primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    line = models.ForeignKey(Line, models.PROTECT, related_name="deliveries", verbose_name="项目")
    day = models.DateField("日期")
    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="+", db_index=False, verbose_name="机构"
    )
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="+", db_index=False, verbose_name="服务人"
    )
    note = EncryptedText("情况", blank=True)
    at = models.DateTimeField("登记时间", default=timezone.now)
    by = models.CharField("登记账号", max_length=LENGTH, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.CharField("撤销账号", max_length=LENGTH, blank=True)
    undo_reason = EncryptedText("撤销原因", blank=True)

    class Meta:
        """In order of days."""

        verbose_name = "签约履约"
        verbose_name_plural = "签约履约"
        ordering = ("day", "pk")

    def __str__(self) -> str:
        return str(self.pk)


class ContractEvent(models.Model):
    """What was done to a contract: by whom, when, why, and what stood there before.

    Attributes:
        fields: names of what changed. before: old values as JSON, for a correction.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="events", verbose_name="签约")
    at = models.DateTimeField("时间", default=timezone.now)
    by = models.CharField("账号", max_length=LENGTH, blank=True)
    deed = models.CharField("动作", max_length=20)
    fields: models.JSONField[Any, Any] = models.JSONField("字段", default=list)
    before = EncryptedText("原来的内容", blank=True)
    reason = EncryptedText("原因", blank=True)

    class Meta:
        """Newest first."""

        verbose_name = "签约变更"
        verbose_name_plural = "签约变更"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.contract_id} {self.deed}"
