"""How many requests a token may send in a minute: counted in its row, so that all processes count together."""

from __future__ import annotations

import time

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from xinglin.apps.api.models import ApiToken
from xinglin.apps.api.problems import Problem

SECONDS = 60


def limit() -> int:
    """Requests that a token may send in a minute."""
    return int(settings.XINGLIN_API_RATE)


def spend(token: ApiToken, at: float | None = None) -> int:
    """Count one request; how many are left in this minute.

    Each step is one conditional update, so that of requests at the same moment none is lost and none counted twice.

    Raises:
        Problem: 429 with ``Retry-After``.
    """
    now = time.time() if at is None else at
    minute, most = int(now) // SECONDS, limit()
    if not _counted(token, minute, most):
        wait = SECONDS - int(now) % SECONDS
        words = f"这个令牌每分钟最多 {most} 次请求，请 {wait} 秒后再试；大量数据请用导出"
        raise Problem(429, words, headers={"Retry-After": str(wait)})
    return most - 1 if token.minute != minute else max(0, most - token.used - 1)


@transaction.atomic
def _counted(token: ApiToken, minute: int, most: int) -> bool:
    mine, seen = ApiToken.objects.filter(pk=token.pk), timezone.now()
    for _ in range(2):  # somebody else may begin the minute in between
        if mine.filter(minute=minute, used__lt=most).update(used=F("used") + 1, last_used=seen):
            return True
        if mine.filter(minute__lt=minute).update(minute=minute, used=1, last_used=seen):
            return True
    return False
