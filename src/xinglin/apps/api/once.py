"""Idempotency keys: the deed, its audit rows and the kept answer are one transaction (ADR 0020).

A second request with the same key waits at the unique row until the first has ended: if that was done, it gets its
answer; if it was refused, nothing of it is left and the second is tried as if it were the first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone

from xinglin.apps.api.models import ApiToken, KeptAnswer
from xinglin.apps.api.problems import Problem

HEADER = "Idempotency-Key"
KEPT_FOR = timedelta(hours=24)
SHORTEST, LONGEST = 8, 200
_KEPT_HEADERS = ("ETag", "Location", "Content-Type")


def key_of(request: Any) -> str:
    """The client's key. Raises Problem: 422."""
    key: str = request.headers.get(HEADER, "")
    if not SHORTEST <= len(key) <= LONGEST or not key.isascii() or not key.isprintable():
        words = f"写操作要有请求头 {HEADER}：{SHORTEST} 到 {LONGEST} 个字符，每件事用一个新的（如 UUID）"
        raise Problem(422, words, [(f"header.{HEADER}", "没有填，或写法不对")])
    return key


def once(request: Any, token: ApiToken, deed: Callable[[], Any]) -> Any:
    """The answer of a deed that is done at most once for a key; refused, it leaves nothing behind.

    Raises:
        Problem: 409, the key was used for another request.
    """
    key = hashlib.sha256(key_of(request).encode()).hexdigest()
    sent = hashlib.sha256(
        b"\0".join([request.method.encode(), request.get_full_path().encode(), request.body])
    )
    with transaction.atomic():
        KeptAnswer.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()
        kept = _claimed(token, key, sent.hexdigest())
        if kept.status:
            return _again(kept, sent.hexdigest())
        answer = deed()
        if answer.status_code >= 400:
            transaction.set_rollback(True)
            return answer
        kept.status, kept.body = answer.status_code, answer.content.decode()
        kept.headers = {name: answer[name] for name in _KEPT_HEADERS if answer.has_header(name)}
        kept.save(update_fields=["status", "body", "headers"])
    return answer


def _claimed(token: ApiToken, key: str, digest: str) -> KeptAnswer:
    """A new row, or the one that is there; waits for whoever is just writing it."""
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(token=token, key=key, digest=digest)
    except IntegrityError:
        return KeptAnswer.objects.get(token=token, key=key)


def _again(kept: KeptAnswer, digest: str) -> HttpResponse:
    if kept.digest != digest:
        raise Problem(409, f"这个 {HEADER} 已用于另一个请求：每件事请用一个新的")
    answer = HttpResponse(kept.body or "", status=kept.status, headers=kept.headers)
    answer["Idempotent-Replayed"] = "true"
    return answer
