"""From a form to the content of a service and back. All mistakes at once, each with the name of its field."""

from __future__ import annotations

from typing import Any

from xinglin.apps.wellness import advising, judging
from xinglin.apps.wellness.content import Assessed, ChildGuided, Followed, Guided
from xinglin.apps.wellness.models import HealthService, Kind
from xinglin.apps.wellness.reading import Form, Raw, answer_field, service_day


def parse(row: HealthService, raw: Raw) -> Assessed | Guided | ChildGuided | Followed:
    """The content that a form says.

    Raises:
        ValidationError: every mistake, by field.
    """
    form = Form(raw)
    day = service_day(form, row)
    at = day or row.day
    if row.kind == Kind.ASSESSMENT:
        return judging.assessed(form, row, at)
    if row.kind == Kind.GUIDANCE:
        return advising.guided(form, row, at)
    return (
        advising.child_guided(form, row, at) if row.kind == Kind.CHILD else advising.followed(form, row, at)
    )


def as_raw(found: Assessed | Guided | ChildGuided | Followed) -> dict[str, Any]:
    """The form that says what a content says: for a correction."""
    raw: dict[str, Any] = {"day": found.day.isoformat()}
    if isinstance(found, Assessed):
        raw |= {answer_field(item): str(grade) for item, grade in found.answers.items()}
        raw |= {name: f"{value:f}" for name, value in found.measured.items()}
        return raw | ({"main": found.main} if found.main else {})
    raw |= {"other": found.other}
    if isinstance(found, Guided):
        raw |= {f"g_{code}": list(aspects) for code, aspects in found.aspects.items()}
        return raw | {"told": found.told, "way": found.way}
    raw |= {"next_day": found.next_day.isoformat() if found.next_day else ""}
    if isinstance(found, ChildGuided):
        return raw | {"boxes": [str(box) for box in found.boxes], "told": found.told}
    raw |= {name: f"{value:f}" for name, value in found.readings.items()}
    raw |= {"way": found.way, "adherence": found.adherence, "effect": found.effect}
    return raw | {"aspects": list(found.aspects)}
