"""Into a priority group, and out of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents.actions.caring import consents
from xinglin.apps.residents.models import ConsentKind, Resident, files_of
from xinglin.apps.residents.once import Done, once
from xinglin.apps.wellness import permissions
from xinglin.apps.wellness.actions.starting import REFUSED
from xinglin.apps.wellness.groups import label_of, load_groups
from xinglin.apps.wellness.models import Managed


def join(
    resident: Resident,
    facility: Facility,
    *,
    group: str,
    since: date | None = None,
    by: Any,
    key: str,
    request: Any = None,
) -> Done:
    """Take a resident into a group.

    Raises:
        NotAllowed. ValidationError: no such group, in it already, or the person does not want it.
    """
    permissions.check_serve(by, facility)
    permissions.check_known(by, resident)
    day = since or timezone.localdate()

    def act() -> str:
        if group not in load_groups().groups:
            raise ValidationError({"group": "请选人群"})
        if not resident.birth_date <= day <= timezone.localdate():
            raise ValidationError({"since": "纳入日期应在出生以后、今天或以前：请核对"})
        answer = consents(resident).get(ConsentKind.MANAGEMENT)
        if answer is not None and not answer.given:
            raise ValidationError(REFUSED)
        if Managed.objects.filter(resident__in=files_of(resident), group=group, until=None).exists():
            raise ValidationError({"group": f"此人已在“{label_of(group)}”里管理"})
        row = Managed(resident=resident.root, facility=facility, group=group, since=day, by=str(by.pk))
        row.save(force_insert=True)
        record(by=by, action="managed.create", kind="managed", id=row.pk, request=request)
        return row.pk

    return once(key, by=by, deed="managed.create", act=act)


@transaction.atomic
def leave(found: Managed, *, reason: str, by: Any, request: Any = None) -> Managed:
    """Let a resident out of a group, from today on.

    Raises:
        NotAllowed. ValidationError: no reason, or out of it already.
    """
    row = Managed.objects.select_for_update(no_key=True).get(pk=found.pk)
    permissions.check_serve(by, row.facility)
    if row.until is not None:
        raise ValidationError("已经终止管理")
    if not reason.strip():
        raise ValidationError({"reason": "请写明终止的原因，如迁走、转到上级医院、本人不愿意"})
    row.until, row.end_reason, row.ended_by = timezone.localdate(), reason.strip()[:200], str(by.pk)
    row.save(update_fields=["until", "end_reason", "ended_by"])
    record(by=by, action="managed.end", kind="managed", id=row.pk, request=request)
    return row
