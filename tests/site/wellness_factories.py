"""Makers of wellness: residents by age, a filled constitution form, services that were signed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import residents_factories as people
from clinic_factories import Desk
from django.utils import timezone

from xinglin.apps.residents.models import Resident
from xinglin.apps.residents.once import new_key
from xinglin.apps.wellness import actions, content, judging
from xinglin.apps.wellness.models import HealthService, HealthVersion, Managed
from xinglin.knowledge import child, constitution


def born(*, years: int = 0, months: int = 0, days: int = 0) -> date:
    """The day of birth of somebody who completed so many years and months some days ago."""
    return child.reached(timezone.localdate() - timedelta(days=days), -12 * years - months)


def elder(at: Desk, **more: Any) -> Resident:
    return people.resident(at.facility, **{"birth_date": born(years=70), **more})


def baby(at: Desk, months: int = 6, **more: Any) -> Resident:
    return people.resident(at.facility, **{"birth_date": born(months=months, days=3), **more})


def grades(instrument: str = "elderly33", value: int = 1, **other: int) -> dict[str, Any]:
    """The form with one grade everywhere, but for the questions named (``q33=4`` stands for 33)."""
    named = {
        name.removeprefix("q") if instrument == "elderly33" else name: one for name, one in other.items()
    }
    items = constitution.load_instrument(instrument).asked(constitution.Sex.FEMALE)
    return {f"a_{item.id}": str(named.get(item.id, value)) for item in items}


QI = {"q1": 2, "q2": 4, "q3": 4, "q4": 3, "q14": 3, "q5": 2}
"""Answers of somebody of 气虚质 (14 points)."""


def filled(**more: Any) -> dict[str, Any]:
    """A form of the elderly that needs no second look."""
    return {"day": f"{timezone.localdate()}", **grades(**QI), **more}


def begun(at: Desk, resident: Resident, kind: str, **more: Any) -> HealthService:
    made = actions.start(resident, at.facility, actions.Wanted(kind, **more), by=at.user, key=new_key())
    return HealthService.objects.get(pk=made.id)


def sign(at: Desk, row: HealthService, raw: dict[str, Any], **more: Any) -> HealthVersion:
    """Sign; what is to be noticed is confirmed."""
    day = {"day": f"{timezone.localdate()}"}
    try:
        made = actions.sign(row, day | raw, by=at.user, key=new_key(), **more)
    except judging.Notice as notice:
        made = actions.sign(row, day | raw, noticed=notice.key, by=at.user, key=new_key())
    row.refresh_from_db()
    return HealthVersion.objects.get(pk=made.id)


def assessed(at: Desk, resident: Resident | None = None, **more: Any) -> HealthService:
    row = begun(at, resident or elder(at), "assessment")
    sign(at, row, filled(**more))
    return row


def guided(at: Desk, resident: Resident, **more: Any) -> HealthService:
    row = begun(at, resident, "guidance")
    sign(at, row, {"g_qi_deficiency": ["diet", "exercise"], "told": "self", "way": "here", **more})
    return row


def child_guided(at: Desk, resident: Resident, months: int = 6, **more: Any) -> HealthService:
    row = begun(at, resident, "child", months=months)
    boxes = [str(one) for one in child.load_guide().required(months)]
    sign(at, row, {"boxes": boxes, "told": "family", **more})
    return row


def managed(at: Desk, resident: Resident, group: str = "hypertension", **more: Any) -> Managed:
    made = actions.join(resident, at.facility, group=group, by=at.user, key=new_key(), **more)
    return Managed.objects.get(pk=made.id)


FOLLOWED = {"way": "here", "adherence": "first", "effect": "same", "aspects": ["diet"]}
FOLLOWED |= {"systolic": "138", "diastolic": "86"}  # type: ignore[dict-item]


def followed(at: Desk, row: Managed, **more: Any) -> HealthService:
    made = begun(at, row.resident, "chronic", managed=row)
    sign(at, made, {**FOLLOWED, **more})
    return made


def read(row: HealthService) -> Any:
    """The content of the newest version."""
    version = row.versions.first()
    assert version is not None
    return content.read(version.content)
