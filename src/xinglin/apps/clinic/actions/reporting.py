"""The word that a facility has reported: given by what is written here, so that nobody reports it once more."""

from __future__ import annotations

from xinglin.apps.clinic.models import Encounter
from xinglin.apps.forms.models import Sent

REPORTED = ("visit", "prescription")
"""Fact tables that a facility would have to report month by month."""


def say_reported(row: Encounter) -> None:
    """Visits written here are known as they happen: nobody has to report them once more. A word given stays."""
    for table in REPORTED:
        Sent.objects.get_or_create(
            unit=row.facility_id,
            table=table,
            period=f"{row.day:%Y-%m}",
            defaults={"status": "reported", "place": row.facility.place},
        )
