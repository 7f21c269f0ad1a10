"""Who may change what: `check_x` raises, `x` answers. In which state a thing may be changed is `rules`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.models import Consortium, Facility, Practitioner
from xinglin.base.errors import XinglinError


class NotAllowed(XinglinError, PermissionDenied):  # noqa: N818 – says what is the matter
    """The account may not do this here."""


def edit_facility(by: Any, facility: Facility) -> bool:
    """Whether an account may change a facility, or register it where it lies."""
    return bool(by.scope_for("facility.edit").covers(place=facility.place, facility=facility.pk))


def check_edit_facility(by: Any, facility: Facility) -> None:
    """Raises NotAllowed."""
    _check(edit_facility(by, facility), f"您不能登记、修改机构“{facility.name}”：它不在您负责的地区")


def merge(by: Any, *facilities: Facility) -> bool:
    """Whether an account may merge or split all these."""
    scope: Scope = by.scope_for("facility.merge")
    return all(scope.covers(place=one.place, facility=one.pk) for one in facilities)


def check_merge(by: Any, *facilities: Facility) -> None:
    """Raises NotAllowed."""
    _check(merge(by, *facilities), "您不能合并、拆分这些机构：其中有的不在您负责的地区")


def edit_practitioner(by: Any, person: Practitioner) -> bool:
    """Whether an account may change what is known of a person: where the person works or was registered."""
    scope: Scope = by.scope_for("practitioner.edit")
    return Practitioner.objects.within(scope, few=True).filter(pk=person.pk).exists()


def check_edit_practitioner(by: Any, person: Practitioner) -> None:
    """Raises NotAllowed."""
    _check(edit_practitioner(by, person), "您不能修改此人：他不在您负责的地区任职")


def edit_posts(by: Any, facility: Facility) -> bool:
    """Whether an account may say who works in a facility."""
    return bool(by.scope_for("practitioner.edit").covers(place=facility.place, facility=facility.pk))


def check_edit_posts(by: Any, facility: Facility) -> None:
    """Raises NotAllowed."""
    _check(edit_posts(by, facility), f"您不能登记“{facility.name}”的人员：它不在您负责的地区")


def edit_consortium(by: Any, consortium: Consortium) -> bool:
    """Whether an account may change a consortium of this county."""
    return bool(by.scope_for("consortium.edit").covers(place=consortium.place))


def check_edit_consortium(by: Any, consortium: Consortium) -> None:
    """Raises NotAllowed."""
    _check(edit_consortium(by, consortium), "您不能登记、修改这个县的医共体：它不在您负责的地区")


def read_names(by: Any, person: Practitioner) -> bool:
    """Whether an account may read name, number and phone of a person."""
    scope: Scope = by.scope_for("practitioner.name")
    return bool(scope) and Practitioner.objects.within(scope, few=True).filter(pk=person.pk).exists()


def _check(allowed: bool, why: str) -> None:
    if not allowed:
        raise NotAllowed(why)
