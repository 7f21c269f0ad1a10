"""Registering, changing and closing one object. Every write: allowed, checked, saved, noted, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction

from xinglin.apps.organisations import identity, permissions, rules
from xinglin.apps.organisations.actions.holding import hold, owners, renew
from xinglin.apps.organisations.history import Deed, kind_of, values_of
from xinglin.apps.organisations.models import (
    Catchment,
    Change,
    Consortium,
    Facility,
    Membership,
    PlatformConnection,
    Post,
    Practitioner,
)

Row = TypeVar("Row", bound=models.Model)
CHANGED = "您打开这一页之后，别人改过这条登记：请返回查看新的内容再改"


class Outdated(ValidationError):  # noqa: N818 – says what is the matter
    """Somebody else changed the object since it was shown."""


def check_edit(by: Any, row: models.Model) -> None:
    """Whether an account may write this object as it is now. Raises NotAllowed."""
    if isinstance(row, Practitioner):
        permissions.check_edit_practitioner(by, row)
    elif isinstance(row, Post):
        permissions.check_edit_posts(by, row.facility)
    elif isinstance(row, Consortium):
        permissions.check_edit_consortium(by, row)
    elif isinstance(row, (Membership, Catchment)):
        permissions.check_edit_consortium(by, row.consortium)
    else:
        permissions.check_edit_facility(by, facility_of(row))


def facility_of(row: Any) -> Facility:
    """The facility that an object belongs to."""
    if isinstance(row, Facility):
        return row
    owner: Facility = row.hall.facility if isinstance(row, PlatformConnection) else row.facility
    return owner


def last_change(row: models.Model) -> int:
    """Number of the newest change of an object: a form carries it to notice that somebody else was faster."""
    found = (
        Change.objects.filter(kind=kind_of(row), object_id=str(row.pk)).values_list("pk", flat=True).first()
    )
    return found or 0


@transaction.atomic
def create(row: Row, *, by: Any, request: Any = None) -> Row:
    """Register an object.

    Raises:
        NotAllowed. ValidationError: with every mistake, by field.
    """
    hold(row)
    check_edit(by, row)
    return put(row, Deed(by, "create", request))


@transaction.atomic
def edit(
    row: Row, values: Mapping[str, Any], *, by: Any, seen: int | None = None, request: Any = None
) -> Row:
    """Change fields of an object; whoever moves it elsewhere needs the right at both places.

    Args:
        seen: `last_change` when the object was shown.

    Raises:
        NotAllowed. Outdated. ValidationError.
    """
    current = locked(row, values)
    if seen is not None and seen != last_change(current):
        raise Outdated(CHANGED)
    check_edit(by, current)
    before = values_of(current)
    for name, value in values.items():
        setattr(current, name, value)
    check_edit(by, current)
    return put(current, Deed(by, "edit", request), before)


@transaction.atomic
def close(row: Row, *, day: date, by: Any, request: Any = None) -> Row:
    """End an object that has nothing below it (see `facilities.close_facility` for those that have).

    Raises:
        NotAllowed. ValidationError.
    """
    current = locked(row)
    check_edit(by, current)
    return end(current, day, Deed(by, "close", request))


def locked(row: Row, values: Mapping[str, Any] = MappingProxyType({})) -> Row:
    """The object as it is now, held until the transaction ends, after whom it belongs to (`holding`).

    Args:
        values: that it is to have; whom it will belong to is held too.

    Raises:
        Outdated: it was moved, or taken out, while one waited.
    """
    manager = type(row)._default_manager
    now, then = manager.filter(pk=row.pk).first(), manager.get(pk=row.pk) if values else None
    if now is None:
        raise Outdated(CHANGED)
    for name, value in values.items():
        setattr(then, name, value)
    held = hold(*(one for one in (now, then) if one is not None))
    current = manager.select_for_update(no_key=True).filter(pk=row.pk).first()
    if current is None or not owners(current) <= held.keys():
        raise Outdated(CHANGED)
    renew(current, held)
    return current


def end(row: Row, day: date, deed: Deed) -> Row:
    """Set the last day."""
    before = values_of(row)
    setattr(row, rules.span(row)[1], day)
    return put(row, deed, before)


def put(row: Row, deed: Deed, before: dict[str, Any] | None = None) -> Row:
    """Check, derive, save and note; the caller has asked whether it is allowed and opened the transaction."""
    derive(row)
    rules.check(row)
    row.save(force_insert=before is None)
    deed.note(row, before)
    return row


def derive(row: models.Model) -> None:
    """Set what follows from other fields: readings, order, keyed hashes. Importers call this too."""
    for model, derived in _DERIVED.items():
        if isinstance(row, model):
            derived(row)


_DERIVED: dict[type[models.Model], Callable[[Any], None]] = {
    Facility: identity.derive_facility,
    Consortium: identity.derive_consortium,
    Practitioner: identity.derive_practitioner,
}
