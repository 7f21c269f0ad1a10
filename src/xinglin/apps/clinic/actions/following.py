"""Asking after a patient."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic import permissions
from xinglin.apps.clinic.models import Effect, FollowUp, Way
from xinglin.apps.residents.once import Done, once


def follow_up(
    found: FollowUp, *, way: str, effect: str, note: str, by: Any, key: str, request: Any = None
) -> Done:
    """Write down what a patient said.

    Raises:
        NotAllowed. ValidationError: done already, or a word that is none of ours.
    """
    permissions.check_treat(by, found.encounter.facility)

    def act() -> str:
        row = FollowUp.objects.select_for_update(no_key=True).get(pk=found.pk)
        if row.done_at is not None:
            raise ValidationError("这次随访已经登记过")
        if way not in Way.values or effect not in Effect.values:
            raise ValidationError("请选随访方式和疗效")
        row.way, row.effect, row.note = way, effect, note.strip()[:1000]
        row.done_at, row.by = timezone.now(), str(by.pk)
        row.save()
        record(by=by, action="followup.edit", kind="followup", id=row.pk, request=request)
        return row.pk

    return once(key, by=by, deed="followup.edit", act=act)
