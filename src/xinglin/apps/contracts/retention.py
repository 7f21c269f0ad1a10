"""How long contracts are kept, and which need not be kept: a kind of the clinic's keepers.

What a program finds here it does not delete: whoever keeps the records proposes, a second person confirms.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic.retention import Keeper, Kept, load, register, years_before
from xinglin.apps.contracts.models import Contract, ContractEvent, Delivery

SOURCE = Path(__file__).with_name("data") / "retention.yaml"
CONTRACT = "contract"


def kept() -> Kept:
    """The rule."""
    return load(SOURCE)[CONTRACT]


def register_all() -> None:
    """Make the kind known to who keeps records."""
    register(Keeper(CONTRACT, kept, contracts_over, "facility_id", "over_on", "resident_id", destroy))


def contracts_over(today: date | None = None) -> QuerySet[Any]:
    """Contracts whose last day lies before the day from which all is kept, with that day as ``over_on``."""
    limit = years_before(today or timezone.localdate(), kept().years)
    return Contract.objects.annotate(over_on=Coalesce("ended_on", "valid_to")).filter(over_on__lt=limit)


@transaction.atomic
def destroy(contracts: Sequence[str], *, by: Any, today: date | None = None, request: Any = None) -> int:
    """Delete contracts whose time is over with all that belongs to them; one audit row each. How many there were.

    The contract that went on from one of them stays, and goes on from none.

    Raises:
        ValueError: the time of one of them is not over.
    """
    gone = sorted(set(contracts))
    if contracts_over(today).filter(pk__in=gone).count() != len(gone):
        raise ValueError("其中有还在保存期内的签约，一份也没有删")
    Delivery.objects.filter(line__contract__in=gone).delete()
    ContractEvent.objects.filter(contract__in=gone).delete()
    Contract.objects.filter(renews__in=gone).update(renews=None)
    Contract.objects.filter(pk__in=gone).delete()
    for pk in gone:
        record(by=by, action="contract.expire", kind="contract", id=pk, request=request)
    return len(gone)
