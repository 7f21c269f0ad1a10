"""Signing and renewing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from xinglin.apps.contracts import permissions, rules
from xinglin.apps.contracts.history import note
from xinglin.apps.contracts.models import Contract, Line
from xinglin.apps.contracts.rules import Terms, Wanted
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents.history import note as note_on_file
from xinglin.apps.residents.models import Known, Resident
from xinglin.apps.residents.once import Done, once

__all__ = ["Terms", "renew", "sign"]


def sign(
    resident: Resident,
    facility: Facility,
    terms: Terms,
    *,
    by: Any,
    key: str,
    renews: Contract | None = None,
    request: Any = None,
) -> Done:
    """Sign a resident for a team. The team's facility knows the resident from then on.

    Args:
        facility: where it is signed. key: of the form; sent twice, it is signed once. renews: what it goes on from.

    Raises:
        NotAllowed. ValidationError: every mistake, by field; another contract is in force in that time.
    """
    root = resident.root
    seat = permissions.check_sign(by, root, facility, terms.team)

    def act() -> str:
        Resident.objects.select_for_update(no_key=True).get(pk=root.pk)  # one contract at a time
        wanted = rules.checked(terms, root, facility)
        row = Contract(
            resident=root,
            facility=facility,
            team_id=terms.team.pk,
            team_facility_id=terms.team.facility,
            practitioner=seat.practitioner,
            valid_from=terms.valid_from,
            valid_to=terms.valid_to,
            consented_by=terms.consented_by,
            consenter=terms.consenter.strip(),
            consented_on=terms.consented_on,
            note=terms.note.strip(),
            renews=renews,
            signed_at=timezone.now(),
            signed_by=str(by.pk),
        )
        _insert(row)
        add_lines(row, wanted, 0)
        _let_know(root, terms.team.facility, by, request)
        note(row, "renew" if renews else "sign", by=by, request=request)
        return row.pk

    return once(key, by=by, deed="contract.sign", act=act)


def _insert(row: Contract) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # renewed by somebody else a moment ago
        raise ValidationError("这份签约刚刚由别人续签：请看续签的那一份") from None


def add_lines(row: Contract, wanted: Iterable[Wanted], after: int) -> None:
    """What was agreed, copied into the contract; ``after``: position of its last line."""
    Line.objects.bulk_create(
        Line(
            contract=row,
            package=one.package,
            item_id=one.item.pk,
            position=at,
            code=one.item.code,
            name=one.item.name,
            unit=one.item.unit,
            times=one.times,
            price=one.item.price,
            counts=one.item.counts,
        )
        for at, one in enumerate(wanted, after + 1)
    )


def _let_know(resident: Resident, facility: str, by: Any, request: Any) -> None:
    _, new = Known.objects.get_or_create(resident=resident, facility_id=facility)
    if new:
        note_on_file(resident, "know", by=by, request=request)


def renew(row: Contract, terms: Terms, *, by: Any, key: str, request: Any = None) -> Done:
    """Sign the next contract from one that ends or has ended.

    Raises:
        NotAllowed. ValidationError: too early, ended before its time, renewed already, or as for `sign`.
    """
    done = Contract.objects.filter(renews=row, signed_by=str(by.pk)).exists()
    if not done and (text := rules.renewable(row, timezone.localdate())):
        raise ValidationError(text)
    scope = by.scope_for(permissions.EDIT)
    facility = row.facility
    if not scope.covers(place=facility.place, facility=facility.pk):
        facility = row.team_facility
    return sign(row.resident, facility, terms, by=by, key=key, renews=row, request=request)
