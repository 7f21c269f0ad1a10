"""A service of health management: what is typed while it goes on, its signed versions."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.models import Facility, Practitioner
from xinglin.apps.organisations.models.columns import CODE_LENGTH, KEY_LENGTH
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id
from xinglin.apps.residents.models import Resident
from xinglin.apps.wellness.models.managed import Managed

EDITION_LENGTH = 80


class Kind(models.TextChoices):
    """What is done."""

    ASSESSMENT = "assessment", "体质辨识"
    GUIDANCE = "guidance", "中医药保健指导"
    CHILD = "child", "儿童中医调养指导"
    CHRONIC = "chronic", "重点人群中医随访"


class State(models.TextChoices):
    """Where a service stands. A draft that is given up is deleted; a signed record that is wrong stays, as removed."""

    OPEN = "open", "未签名"
    SIGNED = "signed", "已签名"
    REMOVED = "removed", "已作废"


class HealthServiceQuerySet(models.QuerySet["HealthService"]):
    """Services lie where they were given."""

    def within(self, scope: Scope) -> HealthServiceQuerySet:
        """Services of an area."""
        return self.filter(scope.q(place="facility__place", facility="facility"))

    def signed(self) -> HealthServiceQuerySet:
        """Those that count."""
        return self.filter(state=State.SIGNED)


class HealthService(models.Model):
    """A service given to a resident: one of the kinds, on a day, in a facility.

    Attributes:
        instrument: of an assessment. months: the age a child's guidance is for. managed: the group a follow-up is for.
        basis: the assessment that guidance rests on. edition: of the rules it was made by.
        by_tcm: whether who signed counted then as one who gives TCM services (category or training).
        complete: whether it meets what the norm asks for: a child's guidance within the time of its age, for one.
        revision, changed_at: facts are read anew when they change.
    """

    id = models.CharField("服务编号", primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    resident = models.ForeignKey(
        Resident, models.PROTECT, related_name="health_services", db_index=False, verbose_name="居民"
    )
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+", verbose_name="机构")
    kind = models.CharField("类别", max_length=CODE_LENGTH, choices=Kind.choices)
    day: models.DateField[str | date, date] = models.DateField("服务日期", default=timezone.localdate)
    instrument = models.CharField("体质量表", max_length=CODE_LENGTH, blank=True)
    months = models.PositiveSmallIntegerField("服务月龄", null=True)
    managed = models.ForeignKey(
        Managed, models.PROTECT, null=True, related_name="services", verbose_name="重点人群在管"
    )
    basis = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="guidances", verbose_name="依据的辨识"
    )
    state = models.CharField("状态", max_length=CODE_LENGTH, choices=State.choices, default=State.OPEN)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="服务人"
    )
    by_tcm = models.BooleanField("中医类别或经中医培训", default=False)
    complete = models.BooleanField("符合规范", default=False)
    edition = models.CharField("规则版本", max_length=EDITION_LENGTH, blank=True)
    started_at = models.DateTimeField("开始时间", default=timezone.now)
    started_by = models.CharField("开始账号", max_length=LENGTH, blank=True)
    signed_at = models.DateTimeField("签名时间", null=True)
    removed_by = models.CharField("作废账号", max_length=LENGTH, blank=True)
    remove_reason = EncryptedText("作废原因", blank=True)
    changed_at = models.DateTimeField("最后修改", default=timezone.now)
    revision = models.PositiveIntegerField("修订", default=1)

    objects = HealthServiceQuerySet.as_manager()

    class Meta:
        """Newest first."""

        verbose_name = "健康管理服务"
        verbose_name_plural = "健康管理服务"
        ordering = ("-day", "-pk")
        indexes = (
            models.Index(fields=("resident", "kind", "-day"), name="health_resident"),
            models.Index(fields=("day",), name="health_signed", condition=Q(state="signed")),
        )
        constraints = (
            models.CheckConstraint(
                name="health_signed_by",
                condition=Q(state="open") | Q(practitioner__isnull=False, signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="health_kind",
                condition=(Q(kind="child") ^ Q(months__isnull=True))
                & (Q(kind="chronic") ^ Q(managed__isnull=True))
                & (Q(kind="guidance") ^ Q(basis__isnull=True))
                & (Q(kind="assessment") ^ Q(instrument="")),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)


class HealthDraft(models.Model):
    """What is typed and not signed yet, as the form sent it. Gone when the record is signed."""

    service = models.OneToOneField(
        HealthService, models.CASCADE, primary_key=True, related_name="draft", verbose_name="服务"
    )
    values = EncryptedText("内容")
    saved_at = models.DateTimeField("保存时间", default=timezone.now)
    saved_by = models.CharField("保存账号", max_length=LENGTH, blank=True)

    class Meta:
        """One for a service."""

        verbose_name = "未签名的健康管理服务"
        verbose_name_plural = "未签名的健康管理服务"

    def __str__(self) -> str:
        return str(self.pk)


class HealthVersion(models.Model):
    """One signed version of a service. Version 1 is written when it is given; later ones are corrections.

    Attributes:
        content: as JSON (see `content`). edition: of the rules. reason: why it was corrected.
        mac: of the content with author and time; tells whether a row was changed.
    """

    id = models.CharField("版本编号", primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    service = models.ForeignKey(HealthService, models.PROTECT, related_name="versions", verbose_name="服务")
    version = models.PositiveSmallIntegerField("版本")
    content = EncryptedText("内容")
    edition = models.CharField("规则版本", max_length=EDITION_LENGTH)
    reason = EncryptedText("修改原因", blank=True)
    signed_at = models.DateTimeField("签名时间")
    signed_by = models.CharField("签名账号", max_length=LENGTH)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="+", db_index=False, verbose_name="签名人"
    )
    mac = models.CharField(max_length=KEY_LENGTH)

    class Meta:
        """Newest first."""

        verbose_name = "健康管理服务记录"
        verbose_name_plural = "健康管理服务记录"
        ordering = ("-version",)
        constraints = (models.UniqueConstraint(name="health_version", fields=("service", "version")),)

    def __str__(self) -> str:
        return f"{self.service_id} {self.version}"
