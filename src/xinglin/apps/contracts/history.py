"""Writing down what was done to a contract: for its page, and for the log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from xinglin.apps.audit.actions import record
from xinglin.apps.contracts.models import Contract, ContractEvent

DEEDS = {
    "sign": "签约",
    "renew": "续签",
    "correct": "更正",
    "end": "解约",
    "deliver": "登记履约",
    "undo": "撤销履约",
}


def note(
    row: Contract,
    deed: str,
    *,
    by: Any,
    fields: Iterable[str] = (),
    before: Mapping[str, Any] | None = None,
    reason: str = "",
    request: Any = None,
) -> None:
    """One event of a contract with its audit row; call it inside the transaction of the deed."""
    names = sorted(set(fields))
    ContractEvent.objects.create(
        contract=row,
        by=str(getattr(by, "pk", None) or ""),
        deed=deed,
        fields=names,
        before=json.dumps(before, ensure_ascii=False, default=str) if before else "",
        reason=reason,
    )
    record(by=by, action=f"contract.{deed}", kind="contract", id=row.pk, fields=names, request=request)
