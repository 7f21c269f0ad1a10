"""Consortia of facilities, 医共体: who leads, who belongs, whom they serve."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.models.columns import (
    ID_LENGTH,
    PLACE_LENGTH,
    ValidQuerySet,
    first_and_last,
    in_order,
    one_open,
    place_digits,
    unique_since,
)
from xinglin.apps.organisations.models.facility import Facility
from xinglin.apps.protection.ids import new_id


class ConsortiumQuerySet(ValidQuerySet["Consortium"]):
    """Consortia lie in a county; a facility sees those it has belonged to."""

    place_path = "place"

    def within(self, scope: Scope) -> ConsortiumQuerySet:
        """Consortia of an area, and those that a facility of the area belongs to."""
        area = scope.q(place="place")
        if not scope.facilities or not area:  # an empty condition is the nation's: everything
            return self.filter(area)
        member = Membership.objects.filter(facility__in=scope.facilities).values("consortium")
        return self.filter(area | Q(pk__in=member))


class Consortium(models.Model):
    """A consortium (fact table `consortium`)."""

    consortium = models.CharField(
        "医共体编号", primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False
    )
    name = models.CharField("名称", max_length=100)
    lead = models.ForeignKey(
        Facility, models.PROTECT, db_column="lead", related_name="leads", verbose_name="牵头机构"
    )
    place = models.CharField("所在县代码", max_length=PLACE_LENGTH)
    tight = models.BooleanField("紧密型", null=True, blank=True)
    valid_from, valid_to = first_and_last("成立日期", "终止日期")
    sort_key = models.CharField("排序键", max_length=1200, editable=False, blank=True)

    objects = ConsortiumQuerySet.as_manager()

    class Meta:
        """By county and name."""

        verbose_name = "医共体"
        verbose_name_plural = "医共体"
        ordering = ("place", "sort_key", "pk")
        constraints = (in_order("consortium_dates"), place_digits("consortium_place_digits", (6,)))

    def __str__(self) -> str:
        return self.name


class MemberQuerySet(ValidQuerySet["Membership"]):
    """Memberships lie where their consortium does."""

    place_path = "consortium__place"


class Membership(models.Model):
    """That a facility belongs to a consortium, for a time (fact table `membership`)."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    consortium = models.ForeignKey(
        Consortium,
        models.PROTECT,
        db_column="consortium",
        related_name="members",
        verbose_name="医共体编号",
    )
    facility = models.ForeignKey(
        Facility, models.PROTECT, db_column="facility", related_name="memberships", verbose_name="机构编号"
    )
    clinical_exchange = models.BooleanField("信息互通", null=True, blank=True)
    shared_management = models.BooleanField("管理信息共享", null=True, blank=True)
    valid_from, valid_to = first_and_last("加入日期", "退出日期")

    objects = MemberQuerySet.as_manager()

    class Meta:
        """By time."""

        verbose_name = "医共体成员"
        verbose_name_plural = "医共体成员"
        ordering = ("valid_from", "pk")
        constraints = (
            in_order("membership_dates"),
            *unique_since("membership", "consortium", "facility", message="这个机构从同一天起已是成员"),
            one_open("membership_open", "consortium", "facility", message="这个机构已是成员"),
        )

    def __str__(self) -> str:
        return f"{self.consortium_id} {self.facility_id}"


class CatchmentQuerySet(ValidQuerySet["Catchment"]):
    """Catchments lie in the place they name; a facility has none of its own."""

    place_path, facility_path = "place", ""


class Catchment(models.Model):
    """A township, or a whole county, that a consortium serves (fact table `catchment`)."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    consortium = models.ForeignKey(
        Consortium,
        models.PROTECT,
        db_column="consortium",
        related_name="catchments",
        verbose_name="医共体编号",
    )
    place = models.CharField("地区代码", max_length=PLACE_LENGTH)
    valid_from, valid_to = first_and_last("起始日期", "终止日期")

    objects = CatchmentQuerySet.as_manager()

    class Meta:
        """By place. That a township is not named beside its county is checked by the actions."""

        verbose_name = "医共体服务区"
        verbose_name_plural = "医共体服务区"
        ordering = ("place", "valid_from", "pk")
        constraints = (
            in_order("catchment_dates"),
            place_digits("catchment_place_digits", (6, 9)),
            *unique_since("catchment", "consortium", "place", message="这个地区从同一天起已在服务区内"),
            one_open("catchment_open", "consortium", "place", message="这个地区已在服务区内"),
        )

    def __str__(self) -> str:
        return self.place
