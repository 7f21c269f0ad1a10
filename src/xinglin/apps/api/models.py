"""Tokens that act for an account, and the answers kept so that a request sent twice has one effect."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id


class ApiToken(models.Model):
    """A token: it acts for its owner, within some permissions and an area, until a day.

    Attributes:
        secret: keyed hash of the secret, which is shown once and stored nowhere. permissions: names of the table.
        places, facilities: the area; both empty for wherever the owner may.
        expires_on: last day. minute, used: requests in the minute (since 1970) that runs (`throttle`).
        revoked_by: id of the account.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens", verbose_name="所属账号"
    )
    label = models.CharField("用途", max_length=60)
    secret = models.CharField("密文", max_length=64, editable=False)
    permissions: models.JSONField[Any, Any] = models.JSONField("权限", default=list)
    places: models.JSONField[Any, Any] = models.JSONField("地区", default=list)
    facilities: models.JSONField[Any, Any] = models.JSONField("机构", default=list)
    created_at = models.DateTimeField("发放时间", default=timezone.now, editable=False)
    expires_on = models.DateField("有效期至")
    last_used = models.DateTimeField("最近使用", null=True)
    revoked_at = models.DateTimeField("吊销时间", null=True)
    revoked_by = models.CharField("吊销人", max_length=LENGTH, blank=True)
    minute = models.BigIntegerField(default=0)
    used = models.PositiveIntegerField(default=0)

    class Meta:
        """Newest first."""

        verbose_name = "接口令牌"
        verbose_name_plural = "接口令牌"
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"{self.label} {self.id}"

    def is_good(self, today: date) -> bool:
        """Whether it still holds, whatever has become of its owner."""
        return self.revoked_at is None and today <= self.expires_on


class KeptAnswer(models.Model):
    """The answer to a write, so that the same request sent again has no second effect.

    Attributes:
        key: SHA-256 of the client's key. digest: SHA-256 of method, address and body. headers: of the answer.
        body: encrypted, since it may hold names.
    """

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(default=0)
    headers: models.JSONField[Any, Any] = models.JSONField(default=dict)
    body = EncryptedText(blank=True)

    class Meta:
        """A key once for each token: of two requests at the same moment the second waits for the first."""

        constraints = (models.UniqueConstraint(name="kept_answer_key", fields=("token", "key")),)

    def __str__(self) -> str:
        return f"{self.token_id} {self.key[:8]}"
