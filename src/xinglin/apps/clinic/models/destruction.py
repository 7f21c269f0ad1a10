"""That records over their time are to be destroyed: proposed by one person, confirmed by another."""

from __future__ import annotations

import json
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.models.columns import CODE_LENGTH
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id


class DestructionState(models.TextChoices):
    """Where a proposal stands."""

    ASKED = "asked", "待复核"
    DONE = "done", "已销毁"
    REFUSED = "refused", "复核退回"
    WITHDRAWN = "withdrawn", "已撤回"


class DestructionQuerySet(models.QuerySet["Destruction"]):
    """Proposals lie where the records do."""

    def within(self, scope: Scope) -> DestructionQuerySet:
        """Proposals of an area."""
        return self.filter(scope.q(place="facility__place", facility="facility"))


class Destruction(models.Model):
    """A proposal to destroy records of one kind.

    Attributes:
        kind: as `clinic.retention.KEEPERS` names it. year: that the records count from.
        index: what the records are, as JSON: id, day, person's id of each; never their content. It stays as the list
            of what was destroyed.
        remark: of whoever confirmed, or refused.
    """

    id = models.CharField("清册编号", primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="+", db_index=False, verbose_name="机构"
    )
    kind = models.CharField("种类", max_length=CODE_LENGTH)
    year = models.PositiveSmallIntegerField("年度")
    reason = EncryptedText("销毁理由")
    index = EncryptedText("目录")
    count = models.PositiveIntegerField("份数")
    state = models.CharField(
        "状态", max_length=CODE_LENGTH, choices=DestructionState.choices, default=DestructionState.ASKED
    )
    asked_at = models.DateTimeField("提出时间", default=timezone.now)
    asked_by = models.CharField("提出账号", max_length=LENGTH)
    decided_at = models.DateTimeField("复核时间", null=True)
    decided_by = models.CharField("复核账号", max_length=LENGTH, blank=True)
    remark = EncryptedText("复核意见", blank=True)

    objects = DestructionQuerySet.as_manager()

    class Meta:
        """Newest first; nobody confirms what he proposed; one open proposal for a kind and year of a facility."""

        verbose_name = "病历销毁"
        verbose_name_plural = "病历销毁"
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                name="destruction_open", fields=("facility", "kind", "year"), condition=Q(state="asked")
            ),
            models.CheckConstraint(
                name="destruction_second_person",
                condition=~Q(state__in=("done", "refused"))
                | (~Q(decided_by="") & ~Q(decided_by=F("asked_by"))),
            ),
        )

    def __str__(self) -> str:
        return str(self.pk)

    def entries(self) -> list[tuple[str, date, str]]:
        """Id, day and person of each record."""
        return [(pk, date.fromisoformat(day), person) for pk, day, person in json.loads(self.index)]
