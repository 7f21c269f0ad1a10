"""Taking an import back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.exchange import batches
from xinglin.apps.exchange.models import Import, State
from xinglin.apps.exchange.spec import SPECS, Change, TableSpec
from xinglin.base.errors import XinglinError

SHOWN_BLOCKS = 20


class NotPossible(XinglinError):  # noqa: N818 - says what is the matter
    """The import does not stand where this can be done; the message is for the screen."""


def undo(*, one: Import, by: Any, request: Any = None) -> None:
    """Restore every row as it was before the import, if none was changed since.

    Raises:
        NotPossible: with the rows that stand in the way.
    """
    try:
        with transaction.atomic():
            _undo(one, by, request)
    except IntegrityError:
        raise NotPossible("导入的行刚被别的登记引用，不能撤销") from None


def _undo(one: Import, by: Any, request: Any) -> None:
    if not Import.objects.filter(pk=one.pk, by=by, state=State.APPLIED).update(
        state=State.UNDONE, undone_at=timezone.now()
    ):
        raise NotPossible("只有已导入、没有撤销过的才能撤销")
    by_table = batches.written(one)
    for name in reversed(SPECS):
        if name not in by_table:
            continue
        spec, changes = SPECS[name], by_table[name]
        blocks = _blocks(spec, changes)
        if blocks:
            raise NotPossible(_blocked(spec, blocks))
        spec.write([Change(c.id, c.after, c.before) for c in reversed(changes)], by=by, deed="undo")
        log(by, "import.undo", spec, one, len(changes), request)


def log(by: Any, action: str, spec: TableSpec, one: Import, count: int, request: Any) -> None:
    """The audit row of what was done to one register."""
    fields = list(spec.table.columns)
    record(by=by, action=action, kind=spec.name, id=one.pk, fields=fields, count=count, request=request)


def _blocks(spec: TableSpec, changes: Sequence[Change]) -> list[str]:
    """Ids of rows that are not as the import left them, or that others refer to and that would vanish."""
    now = spec.present([change.id for change in changes])
    altered = [change.id for change in changes if now.get(change.id) != change.after]
    new = [change.id for change in changes if change.before is None]
    return list(dict.fromkeys([*altered, *sorted(spec.referred_to(new))]))


def _blocked(spec: TableSpec, ids: list[str]) -> str:
    more = f" 等 {len(ids)} 行" if len(ids) > SHOWN_BLOCKS else ""
    listed = "、".join(ids[:SHOWN_BLOCKS])
    return f"不能撤销：{spec.label}里这些行在导入之后又改过，或已被引用：{listed}{more}"
