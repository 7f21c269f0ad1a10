"""Destroying records whose time is over: one person proposes with a reason, another confirms, never the same."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.clinic.actions.prescribing import good_reason
from xinglin.apps.clinic.models import Destruction, DestructionState
from xinglin.apps.clinic.retention import KEEPERS
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.permissions import NotAllowed

KEEP, CONFIRM = "retention.keep", "retention.confirm"
MOST = 5000
"""Records of one proposal; more of a year are proposed in turn."""
LONGEST = 200


@transaction.atomic
def ask_destruction(
    facility: Facility, kind: str, year: int, *, reason: str, by: Any, request: Any = None
) -> Destruction:
    """Propose to destroy the records of a kind and year whose time is over, at most `MOST`.

    Raises:
        NotAllowed. ValidationError: no reason, nothing to destroy, or proposed already.
    """
    _check_place(by, KEEP, facility)
    if kind not in KEEPERS:
        raise ValidationError("没有这一种记录：请从列表中选")
    if not good_reason(reason):
        raise ValidationError({"reason": "请写明销毁的理由，至少四个字，如“保存期满，已无利用价值”"})
    rows = KEEPERS[kind].rows(facility.pk).filter(**{f"{KEEPERS[kind].day}__year": year})[:MOST]
    index = [(pk, day.isoformat(), person) for pk, day, person in rows]
    if not index:
        raise ValidationError("这一年度没有保存期满的记录")
    try:
        with transaction.atomic():
            made = Destruction.objects.create(
                facility=facility,
                kind=kind,
                year=year,
                reason=reason.strip()[:LONGEST],
                index=json.dumps(index, ensure_ascii=False),
                count=len(index),
                asked_by=str(by.pk),
            )
    except IntegrityError:
        raise ValidationError("这一年度已经提出销毁，正等复核：请先办完那一份") from None
    record(by=by, action="destruction.ask", kind="destruction", id=made.pk, count=made.count, request=request)
    return made


@transaction.atomic
def confirm_destruction(found: Destruction, *, remark: str = "", by: Any, request: Any = None) -> Destruction:
    """Destroy what was proposed; all of it, or nothing.

    Raises:
        NotAllowed: one's own proposal, or not one's area. ValidationError: decided already, or the time of one of the
            records is no longer over.
    """
    row = _second(found, by)
    ids = [pk for pk, _, _ in row.entries()]
    try:
        KEEPERS[row.kind].destroy(ids, by=by, request=request)
    except ValueError:
        text = "提出之后，其中有人又来就诊或记录又被引用，不再可以销毁，一份也没有删：请退回，重新提出"
        raise ValidationError(text) from None
    return _decided(row, DestructionState.DONE, remark, "destruction.confirm", by, request)


@transaction.atomic
def refuse_destruction(found: Destruction, *, remark: str, by: Any, request: Any = None) -> Destruction:
    """Send a proposal back; nothing is destroyed.

    Raises:
        NotAllowed: one's own proposal, or not one's area. ValidationError: decided already, or no reason.
    """
    row = _second(found, by)
    if not good_reason(remark):
        raise ValidationError({"remark": "退回请写明原因，至少四个字"})
    return _decided(row, DestructionState.REFUSED, remark, "destruction.return", by, request)


@transaction.atomic
def withdraw_destruction(found: Destruction, *, by: Any, request: Any = None) -> Destruction:
    """Take one's own proposal back.

    Raises:
        ValidationError: another's, or decided already.
    """
    row = _open(found)
    if row.asked_by != str(by.pk):
        raise ValidationError("只有提出的人能撤回：复核的人请确认或退回")
    return _decided(row, DestructionState.WITHDRAWN, "", "destruction.cancel", by, request)


def _check_place(by: Any, permission: str, facility: Facility) -> None:
    if not by.scope_for(permission).covers(place=facility.place, facility=facility.pk):
        raise NotAllowed(f"您不能管理“{facility.name}”的病历保存：它不在您的范围之内")


def _open(found: Destruction) -> Destruction:
    """The proposal as it is now, held, if nobody has decided. Raises ValidationError."""
    rows = Destruction.objects.select_for_update(no_key=True, of=("self",)).select_related("facility")
    row = rows.get(pk=found.pk)
    if row.state != DestructionState.ASKED:
        raise ValidationError(f"这一份{row.get_state_display()}：不能再办理")
    return row


def _second(found: Destruction, by: Any) -> Destruction:
    """The proposal, for a second person. Raises NotAllowed, ValidationError."""
    row = _open(found)
    _check_place(by, CONFIRM, row.facility)
    if row.asked_by == str(by.pk):
        raise NotAllowed("不能复核自己提出的销毁：请另一位有权限的人复核")
    return row


def _decided(
    row: Destruction, state: DestructionState, remark: str, action: str, by: Any, request: Any
) -> Destruction:
    row.state, row.remark = state, remark.strip()[:LONGEST]
    row.decided_at, row.decided_by = timezone.now(), str(by.pk)
    row.save(update_fields=["state", "remark", "decided_at", "decided_by"])
    record(by=by, action=action, kind="destruction", id=row.pk, count=row.count, request=request)
    return row


def first_day_over(kind: str, day: date) -> date:
    """The day on which the time of a record that counts from a day was over."""
    years = KEEPERS[kind].kept().years
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)
