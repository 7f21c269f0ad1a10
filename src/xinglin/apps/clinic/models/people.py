"""Who an account is when it treats: the practitioner, what this person may prescribe and do."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from xinglin.apps.organisations.models import Practitioner
from xinglin.apps.organisations.models.columns import (
    CODE_LENGTH,
    ValidQuerySet,
    first_and_last,
    in_order,
    one_open,
    technique_choices,
)
from xinglin.apps.protection.ids import LENGTH, new_id


class Seat(models.Model):
    """That an account is a registered practitioner: named by who registers people, never by the account itself.

    Attributes:
        narcotic_right: may prescribe narcotic drugs (麻醉药品处方权). toxic_right: may write under the procedure for
            toxic drugs (毒性药品处方).
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="seat", verbose_name="账号"
    )
    practitioner = models.ForeignKey(Practitioner, models.PROTECT, related_name="+", verbose_name="执业人员")
    narcotic_right = models.BooleanField("麻醉药品处方权", default=False)
    toxic_right = models.BooleanField("毒性药品处方程序", default=False)
    at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    by = models.CharField("登记账号", max_length=LENGTH, blank=True, editable=False)

    class Meta:
        """One person for an account."""

        verbose_name = "执业身份"
        verbose_name_plural = "执业身份"

    def __str__(self) -> str:
        return f"{self.user_id} {self.practitioner_id}"


class Authorisation(models.Model):
    """That a person may do a technique, for a time (医疗技术临床应用授权). The facility must be able to as well."""

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    practitioner = models.ForeignKey(
        Practitioner, models.PROTECT, related_name="authorisations", verbose_name="执业人员"
    )
    technique = models.CharField("技术", max_length=CODE_LENGTH, choices=technique_choices)
    valid_from, valid_to = first_and_last("起始日期", "终止日期")
    by = models.CharField("登记账号", max_length=LENGTH, blank=True, editable=False)

    objects = ValidQuerySet["Authorisation"].as_manager()

    class Meta:
        """By technique."""

        verbose_name = "技术授权"
        verbose_name_plural = "技术授权"
        ordering = ("technique", "pk")
        constraints = (
            in_order("authorisation_dates"),
            one_open("authorisation_open", "practitioner", "technique", message="此人已有这项技术的授权"),
        )

    def __str__(self) -> str:
        return f"{self.practitioner_id} {self.technique}"
