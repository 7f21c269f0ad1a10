"""How long records are kept (``data/retention.yaml``), and which need not be kept any longer.

What a program finds here it does not delete: whoever keeps the records decides, and the deed is written down.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from pydantic import Field, RootModel

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
from xinglin.base.yamlfile import Strict, build, read_yaml

SOURCE = Path(__file__).with_name("data") / "retention.yaml"
RECORD = "outpatient_record"


class Kept(Strict):
    """One kind of record. years: at least so long. start: counted from when. source: the rule."""

    label: str
    years: int = Field(ge=1)
    start: Literal["last_visit", "day"] = Field(alias="from")
    source: str


class _Kinds(RootModel[dict[str, Kept]]):
    """All kinds."""


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kept]:
    """Every kind. Raises DefinitionError: the file is faulty."""
    return build(_Kinds, read_yaml(SOURCE), SOURCE.name).root


def years_before(day: date, years: int) -> date:
    """The same day some years before; of 29 February, the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def over(today: date | None = None) -> Any:
    """Ids of visits whose time is over: the person was last in that facility before the day from which all is kept."""
    before = years_before(today or timezone.localdate(), kinds()[RECORD].years)
    pairs = Encounter.objects.order_by().values("resident", "facility").annotate(last=Max("day"))
    gone = {(one["resident"], one["facility"]) for one in pairs.filter(last__lt=before)}
    rows = Encounter.objects.filter(day__lt=before).only("pk", "resident", "facility")
    return [row.pk for row in rows if (row.resident_id, row.facility_id) in gone]


@transaction.atomic
def destroy(encounters: list[str], *, by: Any, today: date | None = None, request: Any = None) -> int:
    """Delete visits whose time is over with all that belongs to them; one audit row each. How many there were.

    Raises:
        ValueError: the time of one of them is not over.
    """
    if set(encounters) - set(over(today)):
        raise ValueError("其中有还在保存期内的病历，一份也没有删")
    inside = {"encounter__in": encounters}
    Session.objects.filter(sheet__encounter__in=encounters).delete()
    for model in (Sheet, FollowUp, Note):
        model._default_manager.filter(**inside).delete()
    rows = Prescription.objects.filter(**inside)
    Signature.objects.filter(prescription__in=rows).delete()
    PrescriptionLine.objects.filter(prescription__in=rows).delete()
    rows.order_by("-replaces", "-pk").delete()
    Encounter._base_manager.filter(copied_from__in=encounters).update(copied_from=None)
    for pk in encounters:
        record(by=by, action="encounter.expire", kind="encounter", id=pk, request=request)
    Encounter.objects.filter(pk__in=encounters).delete()
    return len(encounters)
