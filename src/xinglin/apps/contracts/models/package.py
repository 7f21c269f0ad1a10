"""Packages (服务包): items of the library, how often each in a contract year, for whom, at what price, from when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from xinglin.apps.access.scope import NATION
from xinglin.apps.organisations.models.columns import CODE_LENGTH, PLACE_LENGTH, Day, in_order
from xinglin.apps.protection.ids import LENGTH, new_id

LEVELS = (2, 4, 6)
"""Digits of the places that keep packages: province, city, county."""


class Group(models.TextChoices):
    """For whom a package is."""

    BASIC = "basic", "基础"
    ELDERLY = "elderly", "老年人"
    CHILD = "child", "儿童"
    MATERNAL = "maternal", "孕产妇"
    CHRONIC = "chronic", "慢性病"
    PREVENTIVE = "preventive", "治未病"


def places_above(place: str) -> list[str]:
    """The province, city and county that a place lies in, nearest first, the nation last."""
    return [place[:digits] for digits in reversed(LEVELS) if len(place) >= digits] + [NATION]


class PackageQuerySet(models.QuerySet["Package"]):
    """Packages hold for their area and everything below it."""

    def usable_at(self, place: str) -> PackageQuerySet:
        """Packages of the areas that a place lies in."""
        return self.filter(place__in=places_above(place))

    def on(self, day: date) -> PackageQuerySet:
        """Versions in force on a day."""
        return self.filter(Q(valid_from__lte=day), Q(valid_to=None) | Q(valid_to__gte=day))


class Package(models.Model):
    """One version of a package.

    Attributes:
        place: who keeps it: a province, city or county. code: the same for all its versions.
        least_age, most_age: full years that a resident must, and may, have on the first day of a contract.
        price: for a contract year, in yuan; None where none is fixed.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    place = models.CharField("地区代码", max_length=PLACE_LENGTH)
    code = models.CharField("服务包编码", max_length=CODE_LENGTH)
    name = models.CharField("服务包", max_length=60)
    group = models.CharField("人群", max_length=CODE_LENGTH, choices=Group.choices)
    content = models.CharField("说明", max_length=400, blank=True)
    least_age = models.PositiveSmallIntegerField("最小年龄", null=True, blank=True)
    most_age = models.PositiveSmallIntegerField("最大年龄", null=True, blank=True)
    price = models.DecimalField("年签约费", max_digits=10, decimal_places=2, null=True, blank=True)
    basis = models.CharField("依据", max_length=120, blank=True)
    valid_from = models.DateField("启用日期")
    valid_to: Day = models.DateField("停用日期", null=True, blank=True)
    made_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    made_by = models.CharField("登记账号", max_length=LENGTH, blank=True, editable=False)

    objects = PackageQuerySet.as_manager()

    class Meta:
        """By group and name, the newest version first."""

        verbose_name = "签约服务包"
        verbose_name_plural = "签约服务包"
        ordering = ("place", "group", "code", "-valid_from")
        constraints = (
            in_order("package_dates"),
            models.UniqueConstraint(
                name="package_version",
                fields=("place", "code", "valid_from"),
                violation_error_message="这个编码在这一天已有一个版本",
            ),
            models.CheckConstraint(name="package_price", condition=Q(price=None) | Q(price__gte=0)),
            models.CheckConstraint(
                name="package_ages",
                condition=Q(least_age=None) | Q(most_age=None) | Q(most_age__gte=F("least_age")),
            ),
        )

    def __str__(self) -> str:
        return self.name


class PackageItem(models.Model):
    """An item of a version. It is named by its code: a contract takes the item's version of its first day."""

    package = models.ForeignKey(Package, models.CASCADE, related_name="items", verbose_name="服务包")
    position = models.PositiveSmallIntegerField("顺序")
    code = models.CharField("项目编码", max_length=CODE_LENGTH)
    times = models.PositiveSmallIntegerField("次数")

    class Meta:
        """In written order; an item once."""

        verbose_name = "服务包项目"
        verbose_name_plural = "服务包项目"
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(name="package_item_once", fields=("package", "code")),
            models.CheckConstraint(name="package_item_times", condition=Q(times__gt=0)),
        )

    def __str__(self) -> str:
        return f"{self.package_id} {self.code}"


def ages_fault(package: Any, years: int) -> str:
    """Why a resident of some age may not take a package; empty when there is no reason."""
    if package.least_age is not None and years < package.least_age:
        return f"“{package.name}”给满 {package.least_age} 岁的人，此人在签约起始日 {years} 岁"
    if package.most_age is not None and years > package.most_age:
        return f"“{package.name}”给不超过 {package.most_age} 岁的人，此人在签约起始日 {years} 岁"
    return ""
