"""What wellness and contracts give each other: signed services count here, items that are due stand on the list there.

All that contracts know of wellness stands here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import partial

from django.urls import reverse

from xinglin.apps.access.scope import Scope
from xinglin.apps.contracts import evidence
from xinglin.apps.contracts.evidence import Found
from xinglin.apps.contracts.owing import owed
from xinglin.apps.contracts.permissions import VIEW
from xinglin.apps.wellness import due
from xinglin.apps.wellness.models import HealthService, Kind

KINDS = {
    "constitution_assessment": (Kind.ASSESSMENT, "体质辨识"),
    "elderly_guidance": (Kind.GUIDANCE, "中医药保健指导"),
    "child_guidance": (Kind.CHILD, "儿童中医调养指导"),
    "chronic_follow_up": (Kind.CHRONIC, "重点人群中医随访"),
}
"""Kind of evidence → kind of service, Chinese name."""


def services(kind: str, residents: Collection[str], first: date, last: date) -> Iterator[Found]:
    """Signed services of a kind."""
    rows = HealthService.objects.signed().filter(
        evidence.whose(residents, "resident"), kind=kind, day__range=(first, last)
    )
    return evidence.rows_of(rows, "resident", "day", "facility", "practitioner")


def items(scope: Scope, today: date, last: date) -> Iterator[due.Item]:
    """What contracts owe until a day, as wellness lists it."""
    for one in owed(scope, today, last):
        yield due.Item(
            one.resident,
            f"签约：{one.what}",
            one.until,
            reverse("contracts:contract", args=[one.contract]),
            label="看签约",
            note=one.progress,
        )


def register_all() -> None:
    """Both ways; called from ``ready()``."""
    for name, (kind, label) in KINDS.items():
        evidence.register(name, label, partial(services, kind))
    due.register("contract", "签约项目", VIEW, items)
