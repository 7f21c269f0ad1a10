"""Tables of residents: persons, where they are known, allergies, consents, merged duplicates, history."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.models.columns import CODE_LENGTH, KEY_LENGTH, PLACE_LENGTH
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id


class DocumentKind(models.TextChoices):
    """Documents that say who a resident is."""

    CARD = "id_card", "居民身份证"
    BIRTH = "birth_certificate", "出生医学证明"
    PERMIT = "permit", "港澳台居民来往内地通行证、居住证"
    PASSPORT = "passport", "护照"
    OTHER = "other", "其他证件"
    NONE = "none", "暂无证件"


class Sex(models.TextChoices):
    """As GB/T 2261.1 has it."""

    MALE = "male", "男"
    FEMALE = "female", "女"
    UNKNOWN = "unknown", "未说明"


class ResidentQuerySet(models.QuerySet["Resident"]):
    """Residents are seen where they are known."""

    def within(self, scope: Scope) -> ResidentQuerySet:
        """Residents whom a facility of the area knows."""
        places = scope.q(place="facility__place", facility="facility")
        return self.filter(Exists(Known.objects.filter(places, resident=OuterRef("pk"))))

    def current(self) -> ResidentQuerySet:
        """Without those that were found to be duplicates."""
        return self.filter(merged_into=None)


class Resident(models.Model):
    """A person who is cared for.

    Name, document, phone and address can be read by the program only; the hashes find them again
    (`xinglin.apps.residents.identity` makes all of them).

    Attributes:
        person_key: keyed hash of the document number: this person in facts, wherever recorded; one file each. Null
            without a number: an index of all is used where one with a condition is not.
        sort_key: of the surname only. place: where the person lives, a village or township.
        merged_into: the file that goes on in place of this one; never a file that was merged itself. Its index holds
            the few that were: SQLite would answer “not merged” from it, and read everybody.
        revision: grows with every change; a form carries it to notice that somebody else was faster.
    """

    id = models.CharField("居民编号", primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    name = EncryptedText("姓名")
    id_kind = models.CharField(
        "证件类别", max_length=CODE_LENGTH, choices=DocumentKind.choices, default=DocumentKind.CARD
    )
    id_number = EncryptedText("证件号码", blank=True)
    sex = models.CharField("性别", max_length=CODE_LENGTH, choices=Sex.choices)
    birth_date = models.DateField("出生日期")
    phone = EncryptedText("联系电话", blank=True)
    address = EncryptedText("住址", blank=True)
    place = models.CharField("居住地区", max_length=PLACE_LENGTH)
    person_key = models.CharField(max_length=KEY_LENGTH, null=True, editable=False)
    name_hash = models.CharField(max_length=KEY_LENGTH, editable=False)
    phone_hash = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)
    pinyin_hash = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)
    initials_hash = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)
    surname_initials_hash = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)
    sort_key = models.CharField(max_length=40, editable=False)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="merged",
        verbose_name="并入",
    )
    created_at = models.DateTimeField("建档时间", default=timezone.now, editable=False)
    revision = models.PositiveIntegerField("修订", default=1, editable=False)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        """In Chinese order of the surname; every look-up has an index that it is answered from."""

        verbose_name = "居民"
        verbose_name_plural = "居民"
        ordering = ("sort_key", "pk")
        indexes = (
            models.Index(fields=("name_hash", "birth_date"), name="resident_name"),
            models.Index(fields=("phone_hash",), name="resident_phone"),
            models.Index(fields=("pinyin_hash",), name="resident_pinyin"),
            models.Index(fields=("initials_hash",), name="resident_initials"),
            models.Index(fields=("surname_initials_hash",), name="resident_surname"),
            models.Index(
                fields=("merged_into",), name="resident_merged", condition=Q(merged_into__isnull=False)
            ),
        )
        constraints = (
            models.UniqueConstraint(
                name="resident_person",
                fields=("person_key",),
                violation_error_message="这个证件号码已经建过档：请查找并打开原来的档案",
            ),
            models.CheckConstraint(name="resident_not_itself", condition=~Q(merged_into=F("id"))),
        )

    def __str__(self) -> str:
        return str(self.pk)  # never the name: this text reaches logs and error pages

    @property
    def root(self) -> Resident:
        """The file that goes on: this one, or the one it was merged into."""
        return self.merged_into or self


def files_of(resident: Resident) -> models.QuerySet[Any]:
    """Ids of all files of a person: the one that goes on and those merged into it."""
    root = resident.merged_into_id or resident.pk
    return Resident.objects.filter(Q(pk=root) | Q(merged_into=root)).order_by().values("pk")


class Known(models.Model):
    """That a facility knows a resident: who works there may open the file."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="known", verbose_name="居民")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+", verbose_name="机构")
    since = models.DateTimeField("起", default=timezone.now)

    class Meta:
        """A pair once; a facility's newest first."""

        verbose_name = "建档机构"
        verbose_name_plural = "建档机构"
        indexes = (models.Index(fields=("facility", "-since", "resident"), name="known_facility"),)
        constraints = (models.UniqueConstraint(name="known_pair", fields=("resident", "facility")),)

    def __str__(self) -> str:
        return f"{self.resident_id} {self.facility_id}"


class AllergyKind(models.TextChoices):
    """What somebody is allergic to."""

    HERB = "herb", "中药"
    DRUG = "drug", "西药、中成药"
    FOOD = "food", "食物"
    OTHER = "other", "其他"


class Allergy(models.Model):
    """An allergy; ended, never deleted, when it proves to be none."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="allergies", verbose_name="居民")
    kind = models.CharField("类别", max_length=CODE_LENGTH, choices=AllergyKind.choices)
    substance = EncryptedText("过敏原")
    reaction = EncryptedText("反应", blank=True)
    at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    by = models.CharField("登记账号", max_length=LENGTH, blank=True, editable=False)
    ended_at = models.DateTimeField("撤除时间", null=True, editable=False)
    ended_by = models.CharField("撤除账号", max_length=LENGTH, blank=True, editable=False)
    end_reason = EncryptedText("撤除原因", blank=True, editable=False)

    class Meta:
        """Oldest first."""

        verbose_name = "过敏史"
        verbose_name_plural = "过敏史"
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return str(self.pk)


class ConsentKind(models.TextChoices):
    """What a resident is asked."""

    RECORD = "record", "建立健康档案、处理个人健康信息"
    MANAGEMENT = "management", "中医药健康管理"
    SHARING = "sharing", "在医共体成员单位之间调阅档案"
    TECHNIQUE = "technique", "有创的中医技术操作"


class Consent(models.Model):
    """An answer to one question. The newest answer to a question holds."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="consents", verbose_name="居民")
    kind = models.CharField("事项", max_length=CODE_LENGTH, choices=ConsentKind.choices)
    given = models.BooleanField("同意")
    on: models.DateField[str | date, date] = models.DateField("日期", default=timezone.localdate)
    by_guardian = models.BooleanField("由监护人代为表示", default=False)
    at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    by = models.CharField("登记账号", max_length=LENGTH, blank=True, editable=False)

    class Meta:
        """Newest first."""

        verbose_name = "知情同意"
        verbose_name_plural = "知情同意"
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.kind} {self.given}"


class Merge(models.Model):
    """That a file was found to be another's duplicate; taken back, it stays as what was once thought.

    Attributes:
        added: ids of `Known` rows made for the file that goes on. flattened: files that had been merged into the
            duplicate and now point to the one that goes on.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    kept = models.ForeignKey(Resident, models.PROTECT, related_name="+", verbose_name="保留的档案")
    gone = models.ForeignKey(Resident, models.PROTECT, related_name="+", verbose_name="并入的档案")
    added: models.JSONField[Any, Any] = models.JSONField(default=list)
    flattened: models.JSONField[Any, Any] = models.JSONField(default=list)
    at = models.DateTimeField("时间", default=timezone.now)
    by = models.CharField("账号", max_length=LENGTH, blank=True)
    undone_at = models.DateTimeField("撤销时间", null=True)
    undone_by = models.CharField("撤销账号", max_length=LENGTH, blank=True)

    class Meta:
        """Newest first; a file is a duplicate of one other."""

        verbose_name = "档案合并"
        verbose_name_plural = "档案合并"
        ordering = ("-at", "-pk")
        constraints = (
            models.UniqueConstraint(name="merge_open", fields=("gone",), condition=Q(undone_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"


class Event(models.Model):
    """What was done to a file, when, by whom: names of fields, never content."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="events", verbose_name="居民")
    at = models.DateTimeField("时间", default=timezone.now)
    by = models.CharField("账号", max_length=LENGTH, blank=True)
    deed = models.CharField("动作", max_length=20)
    fields: models.JSONField[Any, Any] = models.JSONField("字段", default=list)

    class Meta:
        """Newest first."""

        verbose_name = "档案变更"
        verbose_name_plural = "档案变更"
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.resident_id} {self.deed}"


class Once(models.Model):
    """A deed that was done, by the key its form carried: sent again over a weak network it is not done again."""

    by = models.CharField(max_length=LENGTH)
    key = models.CharField(max_length=60)
    deed = models.CharField(max_length=40)
    object_id = models.CharField(max_length=LENGTH, blank=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        """A key once for an account."""

        constraints = (models.UniqueConstraint(name="once_key", fields=("by", "key")),)

    def __str__(self) -> str:
        return f"{self.deed} {self.object_id}"
