"""Ending a consortium with its members and the places it serves."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from xinglin.apps.organisations import permissions
from xinglin.apps.organisations.actions.holding import hold
from xinglin.apps.organisations.actions.rows import end, locked
from xinglin.apps.organisations.history import Deed
from xinglin.apps.organisations.models import Catchment, Consortium, Membership


@transaction.atomic
def close_consortium(row: Consortium, *, day: date, by: Any, request: Any = None) -> Deed:
    """End a consortium on its last day, and with it memberships and catchments.

    Raises:
        NotAllowed. ValidationError: something of it begins later.
    """
    hold(*Membership.objects.filter(consortium=row), row)
    current = locked(row)
    permissions.check_edit_consortium(by, current)
    deed = Deed(by, "close", request)
    for model in (Membership, Catchment):
        parts: Any = model._default_manager.select_for_update().filter(consortium=current)
        for part in parts.not_over(day):
            if part.valid_to != day:
                end(part, day, deed)
    end(current, day, deed)
    return deed
