"""Duplicates become one file, and two again when it was a mistake.

No record is moved: the duplicate points to the file that goes on, and whoever asks for a person's records asks for
those of both (`models.files_of`). So taking it back loses nothing that was written meanwhile.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from xinglin.apps.residents import permissions
from xinglin.apps.residents.history import note
from xinglin.apps.residents.models import Known, Merge, Resident

TWO_PERSONS = "两份档案的证件号码不同，不是同一个人：号码登记错的，请先改正再合并"
KEEP_OTHER = "要并入的档案有证件号码，保留的没有：请反过来，保留有号码的那一份"


@transaction.atomic
def merge(kept: Resident, gone: Resident, *, by: Any, request: Any = None) -> Merge:
    """Put a duplicate into the file that goes on. Both must be known to the account's facility.

    Raises:
        NotAllowed. ValidationError: one file, merged already, or two persons.
    """
    held = _held(kept, gone)
    kept, gone = held[kept.pk], held[gone.pk]
    for one in (kept, gone):
        permissions.check_edit(by, one)
    _check(kept, gone)
    account = str(getattr(by, "pk", None) or "")
    flattened = list(Resident.objects.filter(merged_into=gone).values_list("pk", flat=True))
    Resident.objects.filter(pk__in=flattened).update(merged_into=kept, revision=F("revision") + 1)
    gone.merged_into, gone.revision = kept, gone.revision + 1
    gone.save(update_fields=["merged_into", "revision"])
    made = Merge.objects.create(
        kept=kept, gone=gone, added=_let_know(kept, gone), flattened=flattened, by=account
    )
    for one in (kept, gone):
        note(one, "merge", by=by, request=request)
    return made


def _held(*files: Resident) -> dict[str, Resident]:
    """The files as they are now, held until the transaction ends, in one order."""
    rows = Resident.objects.select_for_update(no_key=True).filter(pk__in=[one.pk for one in files])
    return {row.pk: row for row in rows.order_by("pk")}


def _check(kept: Resident, gone: Resident) -> None:
    if kept.pk == gone.pk:
        raise ValidationError("这是同一份档案：请选另一份")
    if kept.merged_into_id or gone.merged_into_id:
        raise ValidationError("其中一份已经并入别的档案：请刷新再看")
    if kept.person_key and gone.person_key:
        raise ValidationError(TWO_PERSONS)
    if gone.person_key:
        raise ValidationError(KEEP_OTHER)


def _let_know(kept: Resident, gone: Resident) -> list[str]:
    """Facilities that know the duplicate know the file that goes on; ids of the rows made."""
    there = set(Known.objects.filter(resident=kept).values_list("facility", flat=True))
    asked = Known.objects.filter(resident=gone).exclude(facility__in=there)
    made = [Known(resident=kept, facility_id=one.facility_id, since=one.since) for one in asked]
    Known.objects.bulk_create(made)
    return [one.pk for one in made]


@transaction.atomic
def undo_merge(found: Merge, *, by: Any, request: Any = None) -> Merge:
    """Make two files of one again.

    Raises:
        NotAllowed. ValidationError: it was taken back already.
    """
    held = _held(found.kept, found.gone)
    row = Merge.objects.select_for_update(no_key=True).get(pk=found.pk)
    kept, gone = held[row.kept_id], held[row.gone_id]
    permissions.check_edit(by, kept)
    if row.undone_at is not None or gone.merged_into_id is None:
        raise ValidationError("这次合并已经撤销")
    if gone.merged_into_id != kept.pk:
        raise ValidationError("之后又合并过保留的那一份：请先撤销后一次合并")
    gone.merged_into, gone.revision = None, gone.revision + 1
    gone.save(update_fields=["merged_into", "revision"])
    flattened = Resident.objects.filter(pk__in=row.flattened, merged_into=kept)
    flattened.update(merged_into=gone, revision=F("revision") + 1)
    Known.objects.filter(pk__in=row.added).delete()
    row.undone_at, row.undone_by = timezone.now(), str(getattr(by, "pk", None) or "")
    row.save(update_fields=["undone_at", "undone_by"])
    for one in (kept, gone):
        note(one, "undo", by=by, request=request)
    return row
