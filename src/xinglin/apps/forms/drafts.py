"""Forms that are not sent yet."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from xinglin.apps.forms.models import Draft
from xinglin.records import Definition

LONGEST = 100_000


def keep(user: Any, definition: Definition, record: str, raw: Mapping[str, Any]) -> None:
    """Keep what is typed; nothing is kept of an empty form."""
    typed = {name: value for name, value in raw.items() if value}
    text = json.dumps(typed, ensure_ascii=False)
    if not typed:
        dropped(user, definition, record)
    elif len(text) <= LONGEST:
        Draft.objects.update_or_create(
            user=user,
            definition=definition.id,
            record=record,
            defaults={"values": text, "saved_at": timezone.now()},
        )


def kept(user: Any, definition: Definition, record: str = "") -> dict[str, Any]:
    """What was typed, or nothing."""
    found = Draft.objects.filter(user=user, definition=definition.id, record=record).first()
    values: dict[str, Any] = json.loads(found.values) if found else {}
    return {name: value for name, value in values.items() if name in definition.fields}


def dropped(user: Any, definition: Definition, record: str = "") -> None:
    """Throw a draft away."""
    Draft.objects.filter(user=user, definition=definition.id, record=record).delete()
