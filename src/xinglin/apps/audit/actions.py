"""Writing the log. The caller's transaction holds the deed and its row together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from xinglin.apps.audit.models import Entry


def record(
    *,
    by: Any,
    action: str,
    kind: str,
    id: str = "",
    fields: Iterable[str] = (),
    count: int = 1,
    outcome: str = "done",
    request: Any = None,
) -> Entry:
    """Write one row; call it inside the transaction of the deed.

    Args:
        by: the account that acts, or None for the program itself. fields: names only, never content.
        request: where it came from, if from a page.
    """
    return Entry.objects.create(
        at=timezone.now(),
        actor=str(getattr(by, "pk", None) or ""),
        action=action,
        kind=kind,
        object_id=id,
        fields=sorted(set(fields)),
        count=count,
        outcome=outcome,
        address=request.META.get("REMOTE_ADDR", "") if request is not None else "",
        request_id=getattr(request, "request_id", "") if request is not None else "",
    )
