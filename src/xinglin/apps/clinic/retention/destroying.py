"""Deleting what is over its time, with all that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import transaction

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic.models import (
    Encounter,
    FollowUp,
    Note,
    Prescription,
    PrescriptionLine,
    Session,
    Sheet,
    Signature,
)
from xinglin.apps.clinic.retention import finding
from xinglin.apps.residents.models import Event, Known, Resident

PIECE = 500
STILL_KEPT = "其中有还在保存期内的{}，一份也没有删"


@transaction.atomic
def destroy(encounters: list[str], *, by: Any, today: date | None = None, request: Any = None) -> int:
    """Delete visits whose time is over with all that belongs to them; one audit row each. How many there were.

    Raises:
        ValueError: the time of one of them is not over.
    """
    gone = set(encounters)
    for chunk in _pieces(encounters):
        if finding.visits_over(today).filter(pk__in=chunk).count() != len(set(chunk)):
            raise ValueError(STILL_KEPT.format("病历"))
    for chunk in _pieces(encounters):
        _delete_visits(chunk)
    for pk in sorted(gone):
        record(by=by, action="encounter.expire", kind="encounter", id=pk, request=request)
    return len(gone)


def _delete_visits(chunk: list[str]) -> None:
    inside = {"encounter__in": chunk}
    Session.objects.filter(sheet__encounter__in=chunk).delete()
    Session.objects.filter(**inside).delete()
    for model in (FollowUp, Note):
        model._default_manager.filter(**inside).delete()
    _raw(Sheet.objects.filter(**inside))
    rows = Prescription.objects.filter(**inside)
    Signature.objects.filter(prescription__in=rows).delete()
    PrescriptionLine.objects.filter(prescription__in=rows).delete()
    _raw(rows)
    Encounter._base_manager.filter(copied_from__in=chunk).update(copied_from=None)
    Encounter.objects.filter(pk__in=chunk).delete()


def _raw(rows: Any) -> None:
    """In one statement: corrections refer to what they replace, and all of a visit goes together."""
    rows.order_by()._raw_delete(rows.db)


@transaction.atomic
def destroy_residents(
    residents: list[str], *, by: Any, today: date | None = None, request: Any = None
) -> int:
    """Delete files of residents whose time is over; one audit row each. How many there were.

    Raises:
        ValueError: the time of one of them is not over.
    """
    gone = set(residents)
    for chunk in _pieces(residents):
        if finding.residents_over(today).filter(pk__in=chunk).count() != len(set(chunk)):
            raise ValueError(STILL_KEPT.format("档案"))
        for model in (Known, Event, *finding.WITH_THE_FILE):
            model._default_manager.filter(resident__in=chunk).delete()
        Resident.objects.filter(pk__in=chunk).delete()
    for pk in sorted(gone):
        record(by=by, action="resident.expire", kind="resident", id=pk, request=request)
    return len(gone)


def _pieces(ids: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(ids), PIECE):
        yield ids[start : start + PIECE]
