"""What is over its time, each kind by one statement; nothing is read to find out."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, ExtractYear, TruncDate
from django.utils import timezone

from xinglin.apps.clinic.models import Encounter, Prescription, PrescriptionLine
from xinglin.apps.clinic.retention.periods import PRESCRIPTIONS, RECORD, RESIDENT, kinds, years_before
from xinglin.apps.residents.models import Allergy, Consent, Event, Known, Resident
from xinglin.apps.residents.roll.writing import relations
from xinglin.knowledge import herbs

NARCOTIC = "罂粟壳"
WITH_THE_FILE = (Allergy, Consent)
"""What goes with the file of a resident."""


def before(kind: str, today: date | None = None) -> date:
    """The day from which everything of a kind is kept."""
    return years_before(today or timezone.localdate(), kinds()[kind].years)


def visits_over(today: date | None = None) -> QuerySet[Encounter]:
    """Visits of persons who were last in that facility, under whatever file, before the day from which all is kept."""
    limit = before(RECORD, today)
    root = Coalesce(OuterRef("resident__merged_into"), OuterRef("resident"))
    later = Encounter.objects.filter(facility=OuterRef("facility"), day__gte=limit).order_by()
    rows = Encounter.objects.filter(day__lt=limit)
    return rows.exclude(Exists(later.filter(resident=root))).exclude(
        Exists(later.filter(resident__merged_into=root))
    )


def over(today: date | None = None) -> list[str]:
    """Ids of those visits."""
    return list(visits_over(today).order_by("day", "pk").values_list("pk", flat=True))


def residents_over(today: date | None = None) -> QuerySet[Resident]:
    """Files that nothing refers to any more, known to one facility only, in which nothing was done for so long."""
    limit = timezone.make_aware(datetime.combine(before(RESIDENT, today), time.min))
    here = Known.objects.filter(resident=OuterRef("pk")).order_by("since", "pk")
    last = Event.objects.filter(resident=OuterRef("pk")).order_by().values("resident").annotate(at=Max("at"))
    found: QuerySet[Any] = Resident.objects.current().filter(created_at__lt=limit)
    rows: QuerySet[Any] = found.annotate(
        used=Coalesce(Subquery(last.values("at")), F("created_at")),
        keeper=Subquery(here.values("facility")[:1]),
        second=Subquery(here.values("facility")[1:2]),
    )
    rows = rows.filter(used__lt=limit, second=None, keeper__isnull=False).annotate(used_on=TruncDate("used"))
    for model, name in relations():
        if model not in WITH_THE_FILE:
            rows = rows.exclude(Exists(model._default_manager.filter(**{name: OuterRef("pk")})))
    return rows


def prescriptions_over(facility: str, today: date | None = None) -> list[dict[str, Any]]:
    """Prescriptions of a facility whose own time is over, by kind and year; they stay with their record."""
    rows = Prescription.objects.filter(encounter__facility=facility).order_by()
    found: list[dict[str, Any]] = []
    for kind, condition in zip(PRESCRIPTIONS, _conditions(), strict=True):
        mine = rows.filter(condition, encounter__day__lt=before(kind, today))
        years = mine.annotate(year=ExtractYear("encounter__day")).values("year").annotate(number=Count("pk"))
        found += [{"kind": kind, **one} for one in years.order_by("year")]
    return found


def _conditions() -> tuple[Q, Q, Q]:
    """Ordinary, toxic and narcotic prescriptions."""
    lines = PrescriptionLine.objects.filter(prescription=OuterRef("pk")).order_by()
    raw = {item.herb for item in herbs.load().toxic.values()}
    narcotic = Exists(lines.filter(herb=NARCOTIC))
    toxic = Exists(lines.filter(herb__in=sorted(raw)))
    return Q(~narcotic, ~toxic), Q(~narcotic, toxic), Q(narcotic)
