"""Surveys: links that anybody may open, and the answers that came in."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import models
from django.utils import timezone

from xinglin.apps.forms.models.record import Record
from xinglin.apps.organisations.models import Facility
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id


def new_token() -> str:
    """An address nobody can guess."""
    return secrets.token_urlsafe(16)


class Link(models.Model):
    """Where answers of one part of a round come in; ``wanted``: how many are needed.

    Attributes:
        place, facility: the part of the round's area. limit: no more answers than this, against flooding.
    """

    token = models.CharField(primary_key=True, max_length=32, default=new_token, editable=False)
    round = models.ForeignKey(Record, models.CASCADE, related_name="links")
    place = models.CharField("地区代码", max_length=12)
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, related_name="+", verbose_name="机构")
    wanted = models.PositiveIntegerField("需要份数")
    limit = models.PositiveIntegerField("最多份数")
    opens = models.DateField("开放")
    closes = models.DateField("截止")

    class Meta:
        """By place."""

        ordering = ("place", "token")

    def __str__(self) -> str:
        return f"{self.round_id} {self.place}"


class Answer(models.Model):
    """One filled questionnaire; nothing in it says whose it is.

    Attributes:
        choices: answers that are codes or numbers. words: what was written freely (encrypted). score: of 100.
        weight: in totals. page: random value of the page it was sent from, so that sending twice counts once.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    round = models.ForeignKey(Record, models.CASCADE, related_name="answers")
    link = models.ForeignKey(Link, models.PROTECT, related_name="answers")
    place = models.CharField("地区代码", max_length=12)
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, related_name="+")
    date = models.DateField("日期", default=timezone.localdate)
    choices: models.JSONField[Any, Any] = models.JSONField("答案", default=dict)
    words = EncryptedText("文字意见", blank=True)
    score = models.DecimalField("得分", max_digits=6, decimal_places=2, null=True)
    reached = models.BooleanField("达到界值", null=True)
    weight = models.DecimalField("权重", max_digits=12, decimal_places=6, default=1)
    page = models.CharField(max_length=32, unique=True)

    class Meta:
        """In no telling order: ids are not shown."""

        indexes = (models.Index(fields=("round", "place"), name="answer_place"),)

    def __str__(self) -> str:
        return f"{self.round_id} {self.id}"
