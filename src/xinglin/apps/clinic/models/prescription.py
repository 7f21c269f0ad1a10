"""Prescriptions. A row exists only if it was signed, and it was signed only after the safety check."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from django.db import models
from django.db.models import Q

from xinglin.apps.clinic.models.encounter import Encounter
from xinglin.apps.organisations.models import Practitioner
from xinglin.apps.organisations.models.columns import CODE_LENGTH, KEY_LENGTH
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id
from xinglin.base.errors import XinglinError

CHECKED: ContextVar[bool] = ContextVar("checked", default=False)
"""True while `actions.prescribing` writes what it has just checked, and nowhere else."""


class PastTheCheck(XinglinError):  # noqa: N818 – says what is the matter
    """A program tried to write a prescription past the safety check."""

    def __init__(self) -> None:
        super().__init__("处方只能经安全核对写入：请用 clinic.actions.prescribing")


def _check_open() -> None:
    if not CHECKED.get():
        raise PastTheCheck


class GuardedQuerySet(models.QuerySet[Any]):
    """Rows that only the one action may write."""

    def bulk_create(self, *args: Any, **more: Any) -> Any:
        """Refused elsewhere. Raises PastTheCheck."""
        _check_open()
        return super().bulk_create(*args, **more)

    def bulk_update(self, *args: Any, **more: Any) -> Any:
        """Refused elsewhere. Raises PastTheCheck."""
        _check_open()
        return super().bulk_update(*args, **more)

    def update(self, **values: Any) -> int:
        """Refused elsewhere. Raises PastTheCheck."""
        _check_open()
        return super().update(**values)


class Guarded(models.Model):
    """A row that only the one action may write, however it is written."""

    objects = GuardedQuerySet.as_manager()

    class Meta:
        """No table of its own."""

        abstract = True

    def save(self, *args: Any, **more: Any) -> None:
        """Refused elsewhere. Raises PastTheCheck."""
        _check_open()
        super().save(*args, **more)


class Slot(models.TextChoices):
    """A visit has at most one prescription of each."""

    HERBS = "herbs", "中药处方"
    PATENT = "patent", "中成药处方"


class Form(models.TextChoices):
    """In which form it is given; the codes of the check, and patent medicines."""

    PIECES = "pieces", "中药饮片"
    GRANULES = "granules", "中药配方颗粒"
    POWDER = "powder", "散剂"
    PILL = "pill", "丸剂"
    PASTE = "paste", "膏方"
    PATENT = "patent", "中成药"


class Prescription(Guarded):
    """A signed prescription.

    Attributes:
        route: oral or external. doses: number of 剂. days: how long they last. times: a day.
        amount: price of the whole, None when a line has none. formula: id of the classic formula it was begun from.
        edition: of the rules it was checked by. findings: what the check found, as JSON, each with rule and
            source.
        replaces: what it corrects. ended_at: when it was corrected or taken back; a prescription without it holds.
        mac: of the content with author and time.
    """

    id = models.CharField("处方编号", primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    encounter = models.ForeignKey(
        Encounter, models.PROTECT, related_name="prescriptions", db_index=False, verbose_name="就诊"
    )
    slot = models.CharField("处方种类", max_length=CODE_LENGTH, choices=Slot.choices)
    form = models.CharField("剂型", max_length=CODE_LENGTH, choices=Form.choices)
    route = models.CharField("给药途径", max_length=CODE_LENGTH)
    doses = models.PositiveSmallIntegerField("剂数")
    days = models.PositiveSmallIntegerField("天数", null=True)
    times = models.PositiveSmallIntegerField("每日次数")
    usage = models.CharField("用法", max_length=120, blank=True)
    formula = models.CharField("方剂", max_length=CODE_LENGTH, blank=True)
    amount = models.DecimalField("金额", max_digits=12, decimal_places=2, null=True)
    edition = models.CharField("规则版本", max_length=CODE_LENGTH)
    findings = EncryptedText("核对结果", blank=True)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="+", db_index=False, verbose_name="开方人"
    )
    signed_at = models.DateTimeField("签名时间")
    signed_by = models.CharField("签名账号", max_length=LENGTH)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name="更正"
    )
    ended_at = models.DateTimeField("作废时间", null=True)
    ended_by = models.CharField("作废账号", max_length=LENGTH, blank=True)
    end_reason = EncryptedText("作废原因", blank=True)
    mac = models.CharField(max_length=KEY_LENGTH)

    class Meta:
        """Newest first."""

        verbose_name = "处方"
        verbose_name_plural = "处方"
        ordering = ("-signed_at", "-pk")
        indexes = (
            models.Index(fields=("encounter", "slot"), name="prescription_encounter"),
            models.Index(fields=("-signed_at", "-id"), name="prescription_signed"),
        )
        constraints = (
            models.UniqueConstraint(
                name="prescription_one", fields=("encounter", "slot"), condition=Q(ended_at__isnull=True)
            ),
            models.CheckConstraint(name="prescription_doses", condition=Q(doses__gt=0, times__gt=0)),
        )

    def __str__(self) -> str:
        return str(self.pk)


class PrescriptionLine(Guarded):
    """One herb or patent medicine.

    Attributes:
        written: the name as the doctor wrote it. herb: its standard name, empty where none is known.
        grams: in one dose. quantity, unit: of a patent medicine. decoction: footnote (先煎 …).
        price: of a gram or a unit. insurance: code of the medical insurance catalogue.
    """

    prescription = models.ForeignKey(
        Prescription, models.CASCADE, related_name="lines", db_index=False, verbose_name="处方"
    )
    position = models.PositiveSmallIntegerField("顺序")
    written = models.CharField("药名", max_length=60)
    herb = models.CharField("标准名", max_length=60, blank=True)
    grams = models.DecimalField("克数", max_digits=8, decimal_places=2, null=True)
    quantity = models.DecimalField("数量", max_digits=8, decimal_places=2, null=True)
    unit = models.CharField("单位", max_length=10, blank=True)
    decoction = models.CharField("脚注", max_length=40, blank=True)
    usage = models.CharField("用法", max_length=120, blank=True)
    price = models.DecimalField("单价", max_digits=10, decimal_places=4, null=True)
    insurance = models.CharField("医保编码", max_length=40, blank=True)

    class Meta:
        """In written order; a name once."""

        verbose_name = "处方药味"
        verbose_name_plural = "处方药味"
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(name="line_position", fields=("prescription", "position")),
            models.UniqueConstraint(name="line_written", fields=("prescription", "written")),
            models.CheckConstraint(
                name="line_positive",
                condition=(Q(grams__isnull=True) | Q(grams__gt=0))
                & (Q(quantity__isnull=True) | Q(quantity__gt=0))
                & (Q(price__isnull=True) | Q(price__gte=0)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.prescription_id} {self.position}"


class Signature(Guarded):
    """That the prescriber signed a finding once more, with a reason and a renewed proof of who signs (双签字).

    Attributes:
        finding: key of the finding; its words are part of it. mac: of finding, reason, account, time and prescription.
    """

    prescription = models.ForeignKey(
        Prescription, models.CASCADE, related_name="signatures", verbose_name="处方"
    )
    rule = models.CharField("规则", max_length=60)
    finding = EncryptedText("核对结果")
    reason = EncryptedText("理由")
    at = models.DateTimeField("签名时间")
    by = models.CharField("签名账号", max_length=LENGTH)
    mac = models.CharField(max_length=KEY_LENGTH)

    class Meta:
        """In order of signing."""

        verbose_name = "再次签名"
        verbose_name_plural = "再次签名"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.prescription_id} {self.rule}"
