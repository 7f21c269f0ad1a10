"""People who work in facilities, and where they work."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Length
from django.db.models.lookups import In
from django.utils import timezone

from xinglin.apps.access.scope import NATION, Scope
from xinglin.apps.organisations.models.columns import (
    CODE_LENGTH,
    ID_LENGTH,
    KEY_LENGTH,
    PLACE_LENGTH,
    ValidQuerySet,
    codes,
    in_order,
    one_open,
)
from xinglin.apps.organisations.models.facility import Facility
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import new_id
from xinglin.base.places import Level


class IdKind(models.TextChoices):
    """Documents that say who somebody is."""

    CARD = "id_card", "居民身份证"
    PERMIT = "permit", "港澳台居民来往内地通行证、居住证"
    PASSPORT = "passport", "护照"
    OTHER = "other", "其他证件"


class PractitionerQuerySet(models.QuerySet["Practitioner"]):
    """People lie where they work."""

    def within(self, scope: Scope, *, few: bool = False) -> PractitionerQuerySet:
        """People who work, or will, in an area; those who work nowhere any more where they last were registered.

        Args:
            few: other conditions, on an index, leave few to look at.
        """
        if NATION in scope.places:
            return self.all()
        if few or any(len(code) < Level.COUNTY for code in scope.places):
            return self._looked_at(scope)
        return self._collected(scope)

    def _looked_at(self, scope: Scope) -> PractitionerQuerySet:
        """Each person is looked at: for areas where most people of a large installation work."""
        inside = scope.q(place="facility__place", facility="facility")
        posts = Post.objects.filter(practitioner=OuterRef("pk"))
        present = posts.not_over(timezone.localdate())
        nowhere = ~Exists(present) & (Exists(posts.filter(inside)) | scope.q(place="registered_in"))
        return self.filter(Exists(present.filter(inside)) | nowhere)

    def _collected(self, scope: Scope) -> PractitionerQuerySet:
        """The same people, found by the facilities of the area: for a county, one of a hundred, or a facility."""
        today = timezone.localdate()
        inside = Post.objects.order_by().filter(scope.q(place="facility__place", facility="facility"))
        present = Post.objects.order_by().not_over(today)
        gone = inside.filter(valid_to__lt=today)
        gone = gone.filter(~Exists(present.filter(practitioner=OuterRef("practitioner"))))
        idle = Practitioner.objects.order_by().filter(scope.q(place="registered_in"))
        idle = idle.filter(~Exists(present.filter(practitioner=OuterRef("pk"))))
        people = inside.not_over(today).values_list("practitioner")
        return self.filter(
            pk__in=people.union(gone.values_list("practitioner"), idle.values_list("pk"), all=True)
        )


class Practitioner(models.Model):
    """A person who works in facilities (fact table `practitioner`).

    Name, document number and phone can be read by the program only; the hashes find them again
    (`xinglin.apps.organisations.identity` makes all of them).

    Attributes:
        person_key: keyed hash of the document number: this person in facts, wherever recorded.
        phone_hash, name_hash: of the whole. pinyin_hash: of the name's pinyin without tones.
        surname_initials_hash: of surname and initials of the rest (张sf). initials_hash: of all initials (zsf).
        sort_key: of the surname only: the order of a list needs no more, and the rest would give the name away.
        registered_in: place whose officers registered this person, the area until there is a post.
    """

    practitioner = models.CharField(
        "人员编号", primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False
    )
    licence = models.CharField("执业资格", max_length=CODE_LENGTH, choices=codes("licence"))
    category = models.CharField("执业类别", max_length=CODE_LENGTH, choices=codes("practice_category"))
    tcm_kind = models.CharField(
        "中医类别", max_length=CODE_LENGTH, choices=codes("tcm_kind"), null=True, blank=True
    )
    gp = models.BooleanField("全科资格", null=True, blank=True)
    tcm_able = models.BooleanField("能提供中医药服务", null=True, blank=True)
    name = EncryptedText("姓名", blank=True)
    id_kind = models.CharField(
        "证件类别", max_length=CODE_LENGTH, choices=IdKind.choices, default=IdKind.CARD
    )
    id_number = EncryptedText("证件号码", blank=True)
    phone = EncryptedText("联系电话", blank=True)
    person_key = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)
    phone_hash = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)
    name_hash = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)
    pinyin_hash = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)
    surname_initials_hash = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)
    initials_hash = models.CharField(max_length=KEY_LENGTH, blank=True, editable=False)
    sort_key = models.CharField("排序键", max_length=40, blank=True, editable=False)
    registered_in = models.CharField("登记地区", max_length=PLACE_LENGTH, blank=True, editable=False)

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        """In Chinese order of the surname."""

        verbose_name = "人员"
        verbose_name_plural = "人员"
        ordering = ("sort_key", "pk")
        indexes = (
            models.Index(fields=("sort_key",), name="practitioner_sort"),
            models.Index(fields=("registered_in",), name="practitioner_registered"),
            models.Index(fields=("phone_hash",), name="practitioner_phone"),
            models.Index(fields=("name_hash",), name="practitioner_name"),
            models.Index(fields=("pinyin_hash",), name="practitioner_pinyin"),
            models.Index(fields=("surname_initials_hash",), name="practitioner_surname"),
            models.Index(fields=("initials_hash",), name="practitioner_initials"),
        )
        constraints = (
            models.UniqueConstraint(
                name="practitioner_person",
                fields=("person_key",),
                condition=~Q(person_key=""),
                violation_error_message="这个证件号码已经登记过：请在原有人员上增加任职",
            ),
            models.CheckConstraint(
                name="practitioner_registered_digits",
                condition=In(Length("registered_in"), (0, 2, 4, 6, 9, 12)),
                violation_error_message="登记地区的代码位数不对：请重新选择地区",
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)  # never the name: this text reaches logs and error pages


class Post(models.Model):
    """That a person works in a facility, for a time (fact table `post`)."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    practitioner = models.ForeignKey(
        Practitioner,
        models.PROTECT,
        db_column="practitioner",
        related_name="posts",
        verbose_name="人员编号",
    )
    facility = models.ForeignKey(
        Facility, models.PROTECT, db_column="facility", related_name="posts", verbose_name="机构编号"
    )
    main = models.BooleanField("主要执业")
    valid_from = models.DateField("起始日期")
    valid_to = models.DateField("终止日期", null=True, blank=True)

    objects = ValidQuerySet["Post"].as_manager()

    class Meta:
        """By time. That main posts do not overlap while both have an end is checked by the actions."""

        verbose_name = "任职"
        verbose_name_plural = "任职"
        ordering = ("valid_from", "pk")
        constraints = (
            in_order("post_dates"),
            models.UniqueConstraint(
                name="post_key",
                fields=("practitioner", "facility", "valid_from"),
                violation_error_message="此人从同一天起已在这个机构任职",
            ),
            models.UniqueConstraint(
                name="post_main_since",
                fields=("practitioner", "valid_from"),
                condition=Q(main=True),
                violation_error_message="此人从同一天起已有一个主要执业机构",
            ),
            one_open(
                "post_main_open",
                "practitioner",
                main=True,
                message="此人已有主要执业机构：改为“否”，或先填上前一个的终止日期",
            ),
            one_open(
                "post_open",
                "practitioner",
                "facility",
                message="此人已在这个机构任职",
            ),
        )

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.facility_id}"
