"""Taking a closing, a merger, a split or a transfer back, while nothing depends on it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError

from xinglin.apps.organisations import permissions
from xinglin.apps.organisations.actions.holding import hold
from xinglin.apps.organisations.actions.rows import check_edit, put
from xinglin.apps.organisations.history import KINDS, Deed, values_of
from xinglin.apps.organisations.models import Change, Facility

GONE = "其中的一条登记已经删去，不能撤销：请逐条修改"
REVERSIBLE = frozenset({"close", "merge", "split", "transfer"})


def why_not_undone(number: str) -> str:
    """Why an action cannot be taken back, empty when it can."""
    changes = list(Change.objects.filter(number=number))
    if not changes or not {change.deed for change in changes} <= REVERSIBLE:
        return "这个动作不能撤销"
    for change in changes:
        later = Change.objects.filter(kind=change.kind, object_id=change.object_id, pk__gt=change.pk)
        if later.exclude(number=number).exists():
            return f"之后又改过其中的{KINDS[change.kind]._meta.verbose_name}：请逐条修改"
    return ""


@transaction.atomic
def undo(number: str, *, by: Any, request: Any = None) -> Deed:
    """What the action ended goes on, what it made is removed.

    Raises:
        NotAllowed. ValidationError: it cannot be taken back any more.
    """
    changes = list(Change.objects.filter(number=number).order_by("-pk"))
    hold(*(row for change in changes if (row := _row(change)) is not None))
    why = why_not_undone(number)  # asked while nobody else can change anything of it
    if why:
        raise ValidationError(why)
    found = [(change, row) for change in changes if (row := _row(change, lock=True)) is not None]
    if len(found) < len(changes):
        raise ValidationError(GONE)
    _check(by, found)
    deed = Deed(by, "undo", request)
    for change, row in found:
        _revert(change, row, deed)
    return deed


def _row(change: Change, *, lock: bool = False) -> models.Model | None:
    rows = KINDS[change.kind]._default_manager.filter(pk=change.object_id)
    return (rows.select_for_update() if lock else rows).first()


def _check(by: Any, found: list[tuple[Change, models.Model]]) -> None:
    """The right to do it is the right to take it back; what fell with a facility needs none of its own."""
    rows = [row for _, row in found]
    facilities = [row for row in rows if isinstance(row, Facility)]
    if {change.deed for change, _ in found} & {"merge", "split"}:
        permissions.check_merge(by, *facilities)
        return
    for row in [*facilities] or rows:
        check_edit(by, row)


def _revert(change: Change, row: models.Model, deed: Deed) -> None:
    row.refresh_from_db()  # one it hangs on may have been reverted a moment ago
    if not change.before:
        deed.removed(row)
        try:
            row.delete()
        except ProtectedError:
            raise ValidationError("新机构之后又有登记：请逐条修改") from None
        return
    before = values_of(row)
    for name, value in change.before.items():
        field: Any = row._meta.get_field(name)
        setattr(row, field.attname, field.to_python(value))
    put(row, deed, before)
