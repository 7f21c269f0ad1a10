"""A visit: its place in the queue, what is written while it goes on, its signed record."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.models import Facility, Practitioner
from xinglin.apps.organisations.models.columns import CODE_LENGTH, KEY_LENGTH
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id
from xinglin.apps.residents.models import Resident


class EncounterKind(models.TextChoices):
    """First visit, return visit, or only a treatment of a course ordered before."""

    FIRST = "first", "初诊"
    RETURN = "return", "复诊"
    TREATMENT = "treatment", "治疗"


class State(models.TextChoices):
    """Where a visit stands."""

    WAITING = "waiting", "候诊"
    OPEN = "open", "接诊中"
    SIGNED = "signed", "已签名"
    LEFT = "left", "未就诊"


class EncounterQuerySet(models.QuerySet["Encounter"]):
    """Visits lie where they took place."""

    def within(self, scope: Scope) -> EncounterQuerySet:
        """Visits of an area."""
        return self.filter(scope.q(place="facility__place", facility="facility"))


class Encounter(models.Model):
    """A visit.

    Attributes:
        number: in the queue of the day. practitioner: who treats, from the moment the visit is taken up.
        by_tcm: whether that person counted, when it was signed, as one who gives TCM services (category or training).
        copied_from: the visit whose record was taken over: a copied record says that it is one.
        revision, changed_at: of anything that belongs to the visit; facts are read anew when they change.
    """

    id = models.CharField("就诊编号", primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    resident = models.ForeignKey(
        Resident, models.PROTECT, related_name="encounters", db_index=False, verbose_name="居民"
    )
    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="+", db_index=False, verbose_name="机构"
    )
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, null=True, related_name="+", verbose_name="接诊人"
    )
    day = models.DateField("就诊日期", default=timezone.localdate)
    number = models.PositiveIntegerField("序号")
    kind = models.CharField("类别", max_length=CODE_LENGTH, choices=EncounterKind.choices)
    state = models.CharField("状态", max_length=CODE_LENGTH, choices=State.choices, default=State.WAITING)
    by_tcm = models.BooleanField("中医类别或经中医培训", default=False)
    copied_from = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="沿用"
    )
    queued_at = models.DateTimeField("挂号时间", default=timezone.now)
    queued_by = models.CharField("挂号账号", max_length=LENGTH, blank=True)
    signed_at = models.DateTimeField("签名时间", null=True)
    changed_at = models.DateTimeField("最后修改", default=timezone.now)
    revision = models.PositiveIntegerField("修订", default=1)

    objects = EncounterQuerySet.as_manager()

    class Meta:
        """In the order of the queue."""

        verbose_name = "就诊"
        verbose_name_plural = "就诊"
        ordering = ("day", "number", "pk")
        indexes = (
            models.Index(fields=("resident", "-day", "-id"), name="encounter_resident"),
            models.Index(fields=("practitioner", "day"), name="encounter_practitioner"),
            models.Index(fields=("day",), name="encounter_signed", condition=Q(state="signed")),
        )
        constraints = (
            models.UniqueConstraint(name="encounter_number", fields=("facility", "day", "number")),
            models.CheckConstraint(
                name="encounter_signed_by",
                condition=~Q(state="signed") | Q(practitioner__isnull=False, signed_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)


class Draft(models.Model):
    """What is typed and not signed yet, as the form sent it. Gone when the record is signed."""

    encounter = models.OneToOneField(Encounter, models.CASCADE, primary_key=True, related_name="draft")
    values = EncryptedText("内容")
    saved_at = models.DateTimeField("保存时间", default=timezone.now)
    saved_by = models.CharField("保存账号", max_length=LENGTH, blank=True)

    class Meta:
        """One for a visit."""

        verbose_name = "未签名的病历"
        verbose_name_plural = "未签名的病历"

    def __str__(self) -> str:
        return str(self.pk)


class Note(models.Model):
    """One version of the record of a visit, signed. Version 1 is written at the visit; later ones are corrections.

    Attributes:
        content: the record as JSON (see `chart`), what was prescribed and done included.
        reason: why it was corrected. mac: of the content with author and time; tells whether a row was changed.
    """

    id = models.CharField("病历编号", primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    encounter = models.ForeignKey(Encounter, models.PROTECT, related_name="notes", verbose_name="就诊")
    version = models.PositiveSmallIntegerField("版本")
    content = EncryptedText("内容")
    reason = EncryptedText("修改原因", blank=True)
    signed_at = models.DateTimeField("签名时间")
    signed_by = models.CharField("签名账号", max_length=LENGTH)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="+", db_index=False, verbose_name="签名人"
    )
    mac = models.CharField(max_length=KEY_LENGTH)

    class Meta:
        """Newest first."""

        verbose_name = "病历"
        verbose_name_plural = "病历"
        ordering = ("-version",)
        constraints = (models.UniqueConstraint(name="note_version", fields=("encounter", "version")),)

    def __str__(self) -> str:
        return f"{self.encounter_id} {self.version}"
