"""The word that a facility has reported: given by what is written here, so that nobody reports it once more."""

from __future__ import annotations

from xinglin.apps.clinic.models import Encounter
from xinglin.apps.forms.models import Sent

REPORTED = ("visit", "prescription")
"""Fact tables that a facility would have to report month by month."""


def say_reported(row: Encounter) -> None:
    """Visits written here are known as they happen: nobody has to report them once more. A word given stays."""
    unit, period = row.facility_id, f"{row.day:%Y-%m}"
    said = Sent.objects.filter(unit=unit, table__in=REPORTED, period=period).values_list("table", flat=True)
    for table in [one for one in REPORTED if one not in said]:
        more = {"status": "reported", "place": row.facility.place}
        Sent.objects.get_or_create(unit=unit, table=table, period=period, defaults=more)
