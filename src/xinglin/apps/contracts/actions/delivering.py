"""What was delivered and is recorded nowhere else; taken back when it was a mistake."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from xinglin.apps.contracts import evidence, permissions
from xinglin.apps.contracts.actions.changing import locked
from xinglin.apps.contracts.counting import standings
from xinglin.apps.contracts.history import note
from xinglin.apps.contracts.models import Contract, Delivery, EndReason, Line
from xinglin.apps.organisations.models import Facility, Practitioner
from xinglin.apps.residents.once import Done, once

LONGEST = 200


def deliver(
    line: Line,
    *,
    day: date,
    facility: Facility,
    practitioner: Practitioner,
    words: str = "",
    by: Any,
    key: str,
    request: Any = None,
) -> Done:
    """Write down that an item was delivered.

    Raises:
        NotAllowed. ValidationError: a day outside of the contract, or one that counts already.
    """
    permissions.check_contract(by, line.contract)

    def act() -> str:
        row = locked(line.contract)
        _check(row, line, day)
        made = Delivery.objects.create(
            line=line,
            day=day,
            facility=facility,
            practitioner=practitioner,
            note=words.strip(),
            by=str(by.pk),
        )
        note(row, "deliver", by=by, fields=[line.code], reason=f"{line.name}，{day}", request=request)
        return made.pk

    return once(key, by=by, deed="contract.deliver", act=act)


def _check(row: Contract, line: Line, day: date) -> None:
    today = timezone.localdate()
    if row.end_reason == EndReason.MISTAKE or line.dropped_at is not None:
        raise ValidationError("这份签约或这个项目已作废：请看现在有效的签约")
    if day > today:
        raise ValidationError({"day": "日期晚于今天：做完再登记"})
    if not row.valid_from <= day <= row.last_day:
        raise ValidationError({"day": f"不在签约期内（{row.valid_from} 至 {row.last_day}）：请核对日期"})
    items = standings([row], today)[row.pk].items
    same = next(
        (one for state in items if state.line.pk == line.pk for one in state.done if one.day == day), None
    )
    if same is not None and same.delivery:
        raise ValidationError({"day": "这一天已经登记过这个项目"})
    if same is not None:
        label = evidence.label_of(line.counts)
        raise ValidationError({"day": f"这一天已由“{label}”自动计入，不用再登记"})


@transaction.atomic
def undo(found: Delivery, *, reason: str, by: Any, request: Any = None) -> Delivery:
    """Take a delivery back that was entered by mistake; it stays readable with the reason.

    Raises:
        NotAllowed. ValidationError: no reason, or taken back already.
    """
    contract = found.line.contract
    permissions.check_contract(by, contract)
    row = Delivery.objects.select_for_update(no_key=True).get(pk=found.pk)
    if row.undone_at is not None:
        raise ValidationError("这一次履约已经撤销")
    if not reason.strip():
        raise ValidationError({"reason": "请写撤销的原因"})
    row.undone_at, row.undo_reason = timezone.now(), reason.strip()[:LONGEST]
    row.undone_by = str(getattr(by, "pk", None) or "")
    row.save(update_fields=["undone_at", "undo_reason", "undone_by"])
    words = f"{found.line.name}，{row.day}：{row.undo_reason}"
    note(contract, "undo", by=by, fields=[found.line.code], reason=words, request=request)
    return row
