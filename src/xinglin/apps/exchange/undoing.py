"""Taking an import back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.exchange import batches
from xinglin.apps.exchange.holding import broken, hold
from xinglin.apps.exchange.models import Import, State
from xinglin.apps.exchange.outcomes import Outcome
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
    try:
        by_table = batches.written(one)
    except batches.Outdated as error:
        raise NotPossible(str(error)) from None
    back = {
        name: [Change(c.id, c.after, c.before) for c in reversed(found)] for name, found in by_table.items()
    }
    outcomes = [Outcome(SPECS[name], changes) for name, changes in back.items()]
    hold(outcomes)
    for name, changes in by_table.items():
        _check_area(SPECS[name], [change.id for change in changes], by)
    for name in reversed(SPECS):
        if name not in by_table:
            continue
        spec, changes = SPECS[name], by_table[name]
        blocks = _blocks(spec, changes)
        if blocks:
            raise NotPossible(_blocked(spec, blocks))
        if what := broken([Outcome(spec, back[name])], by):
            raise NotPossible(f"不能撤销：{what.removeprefix('核对之后')}")
        spec.write(back[name], by=by, deed="undo")
        log(by, "import.undo", spec, one, len(changes), request)
    for name, changes in by_table.items():
        spec = SPECS[name]
        stay = [one.id for one in changes if one.before is not None and not spec.beyond(one.before)]
        _check_area(spec, stay, by)


def _check_area(spec: TableSpec, ids: Sequence[str], by: Any) -> None:
    """Rows lie where the account may write, before they are restored and after; what is gone lies nowhere."""
    outside = set(ids) - spec.areas(ids, spec.edit_scope(by)).keys()
    count = len(spec.present(outside)) if outside else 0
    if count:
        fix = "请当地管理人员在页面上改回，或请安全管理员核对您的角色和地区"
        raise NotPossible(f"不能撤销：{spec.label}里有 {count:,} 行不在您现在可以登记的范围之内。{fix}")


def log(by: Any, action: str, spec: TableSpec, one: Import, count: int, request: Any) -> None:
    """The audit row of what was done to one register."""
    fields = list(spec.table.columns)
    record(by=by, action=action, kind=spec.name, id=one.pk, fields=fields, count=count, request=request)


def unaltered(spec: TableSpec, changes: Sequence[Change]) -> None:
    """Look whether rows to be changed, which are held, are still what they were compared with.

    Raises:
        NotPossible: one of them is not.
    """
    before = {change.id: change.before for change in changes if change.before is not None}
    now = spec.present(before)
    altered = sorted(id_ for id_, row in before.items() if now.get(id_) != row)
    if altered:
        listed = "、".join(altered[:5]) + (f" 等 {len(altered):,} 行" if len(altered) > 5 else "")
        what = f"核对之后有人改过“{spec.label}”里的这些行：{listed}"
        raise NotPossible(f"{what}。没有导入任何一行，请重新核对：放弃这次导入，再上传一次")


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
