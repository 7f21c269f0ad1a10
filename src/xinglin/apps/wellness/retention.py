"""How long records of health management are kept, and which need not be kept: a kind of the clinic's keepers.

What a program finds here it does not delete: whoever keeps the records proposes, a second person confirms.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic.retention import Keeper, Kept, load, register, years_before
from xinglin.apps.wellness.models import HealthService, HealthVersion, Managed

SOURCE = Path(__file__).with_name("data") / "retention.yaml"
RECORD = "health_record"


def kinds() -> dict[str, Kept]:
    """Every kind of this app."""
    return load(SOURCE)


def register_all() -> None:
    """Make the kind known to who keeps records."""
    register(
        Keeper(RECORD, lambda: kinds()[RECORD], services_over, "facility_id", "day", "resident_id", destroy)
    )


def services_over(today: date | None = None) -> QuerySet[HealthService]:
    """Services of persons whose last one in that facility, under whatever file, lies before the day from which all is
    kept; an assessment stays while guidance that is kept, or that another facility gave, rests on it.
    """
    limit = years_before(today or timezone.localdate(), kinds()[RECORD].years)
    root = Coalesce(OuterRef("resident__merged_into"), OuterRef("resident"))
    later = HealthService.objects.filter(facility=OuterRef("facility"), day__gte=limit).order_by()
    resting = HealthService.objects.filter(basis=OuterRef("pk")).order_by()
    rows = HealthService.objects.filter(day__lt=limit)
    rows = rows.exclude(Exists(later.filter(resident=root)))
    rows = rows.exclude(Exists(later.filter(resident__merged_into=root)))
    return rows.exclude(Exists(resting.exclude(facility=F("basis__facility"), day__lt=limit)))


@transaction.atomic
def destroy(services: Sequence[str], *, by: Any, today: date | None = None, request: Any = None) -> int:
    """Delete services whose time is over with all their versions; one audit row each. How many there were.

    Guidance that rests on one of them goes with it. A group that somebody left long ago goes with its last follow-up.

    Raises:
        ValueError: the time of one of them is not over.
    """
    gone = services_over(today).filter(pk__in=list(services))
    if gone.count() != len(set(services)):
        raise ValueError("其中有还在保存期内的记录，一份也没有删")
    resting = services_over(today).filter(basis__in=list(services)).values_list("pk", flat=True)
    every = sorted({*services, *resting})
    left = set(Managed.objects.filter(services__in=every).exclude(until=None).values_list("pk", flat=True))
    HealthVersion.objects.filter(service__in=every).delete()
    HealthService.objects.filter(pk__in=every, basis__isnull=False).delete()
    HealthService.objects.filter(pk__in=every).delete()
    Managed.objects.filter(pk__in=left, services=None).delete()
    for pk in every:
        record(by=by, action="health_service.expire", kind="health_service", id=pk, request=request)
    return len(every)
