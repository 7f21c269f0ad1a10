"""Who an account is when it treats, and what a person may do. Named by who registers people."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from xinglin.apps.accounts.models import User
from xinglin.apps.audit.actions import record
from xinglin.apps.clinic.models import Authorisation, Seat
from xinglin.apps.organisations.models import Practitioner
from xinglin.apps.organisations.permissions import NotAllowed

EDIT = "seat.edit"


def check_person(by: Any, person: Practitioner) -> None:
    """Raises NotAllowed: the person works nowhere in the area."""
    inside = Practitioner.objects.within(by.scope_for(EDIT), few=True)
    if not inside.filter(pk=person.pk).exists():
        raise NotAllowed("您不能登记此人的执业身份：他不在您负责的机构任职")


@transaction.atomic
def seat(
    user: User, person: Practitioner, *, narcotic: bool, toxic: bool, by: Any, request: Any = None
) -> Seat:
    """Say which practitioner an account is. Nobody says it of himself.

    Raises:
        NotAllowed. ValidationError: another account is this person.
    """
    check_person(by, person)
    if user.pk == by.pk:
        raise NotAllowed("不能给自己登记执业身份：请另一位负责人来做")
    if Seat.objects.filter(practitioner=person).exclude(user=user).exists():
        raise ValidationError({"practitioner": "此人已对应另一个账号：请先核对"})
    old = Seat.objects.select_related("practitioner").filter(user=user).first()
    if old is not None:
        check_person(by, old.practitioner)
    values = {"practitioner": person, "narcotic_right": narcotic, "toxic_right": toxic}
    more = {"at": timezone.now(), "by": str(by.pk)}
    row, _ = Seat.objects.update_or_create(user=user, defaults={**values, **more})
    record(by=by, action="seat.edit", kind="seat", id=row.pk, fields=values, request=request)
    return row


@transaction.atomic
def authorise(
    person: Practitioner, techniques: list[str], *, by: Any, request: Any = None
) -> list[Authorisation]:
    """Let a person do techniques from today on; those that hold already stay.

    Raises:
        NotAllowed. ValidationError: a technique that is none.
    """
    check_person(by, person)
    today = timezone.localdate()
    open_ = Authorisation.objects.filter(practitioner=person, valid_to=None)
    held = set(open_.values_list("technique", flat=True))
    made = []
    for technique in dict.fromkeys(techniques):
        if technique in held:
            continue
        row = Authorisation(practitioner=person, technique=technique, valid_from=today, by=str(by.pk))
        row.full_clean()
        row.save(force_insert=True)
        record(by=by, action="authorisation.create", kind="authorisation", id=row.pk, request=request)
        made.append(row)
    return made


@transaction.atomic
def end_authorisation(row: Authorisation, *, by: Any, request: Any = None) -> None:
    """Take an authorisation back from today on.

    Raises:
        NotAllowed. ValidationError: ended already.
    """
    check_person(by, row.practitioner)
    if row.valid_to is not None:
        raise ValidationError("这项授权已经终止")
    row.valid_to = timezone.localdate()
    row.save(update_fields=["valid_to"])
    record(by=by, action="authorisation.end", kind="authorisation", id=row.pk, request=request)
