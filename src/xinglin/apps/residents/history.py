"""Writing down what was done to a file: for its page, and for the log."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from xinglin.apps.audit.actions import record
from xinglin.apps.residents.models import Event, Resident

DEEDS = {
    "create": "建档",
    "know": "在本机构建档",
    "edit": "修改",
    "merge": "合并",
    "undo": "撤销合并",
    "allergy": "登记过敏史",
    "allergy_end": "撤除过敏史",
    "consent": "登记知情同意",
    "load": "载入",
    "import": "导入",
    "import_undo": "撤销导入",
}


def note(resident: Resident, deed: str, *, by: Any, fields: Iterable[str] = (), request: Any = None) -> None:
    """One event of a file with its audit row; call it inside the transaction of the deed."""
    names = sorted(set(fields))
    account = str(getattr(by, "pk", None) or "")
    Event.objects.create(resident=resident, by=account, deed=deed, fields=names)
    record(by=by, action=f"resident.{deed}", kind="resident", id=resident.pk, fields=names, request=request)
