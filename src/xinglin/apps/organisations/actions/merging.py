"""Mergers and splits: the old facilities end, what they had goes on in the new ones, links tell which became which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.models import model_to_dict

from xinglin.apps.organisations import permissions
from xinglin.apps.organisations.actions.facilities import (
    Ended,
    end_facility,
    end_part,
    hold_whole,
    parts_after,
)
from xinglin.apps.organisations.actions.rows import end, put
from xinglin.apps.organisations.history import Deed, kind_of
from xinglin.apps.organisations.models import (
    Change,
    Department,
    Facility,
    PlatformConnection,
    Post,
    Succession,
    TcmCorner,
    TcmHall,
    TechniqueCapability,
)

MOVED: dict[type[Any], tuple[str, ...]] = {
    TcmHall: (),
    TcmCorner: ("pk",),
    Department: ("kind",),
    TechniqueCapability: ("technique",),
    Post: ("practitioner",),
}
"""What goes on in the successor, and by what it is told that the successor has such a thing already."""


@transaction.atomic
def merge(sources: Sequence[Facility], target: Facility, *, day: date, by: Any, request: Any = None) -> Deed:
    """Merge facilities into one: from ``day`` on only the target works, with halls, people and techniques of all.

    Raises:
        NotAllowed. ValidationError: nothing to merge, one of them is closed, or a source leads a consortium.
    """
    asked = [one for one in sources if one.pk != target.pk]
    new, *olds = hold_whole([target, *asked], day - timedelta(days=1))
    if not olds:
        raise ValidationError("请选择至少一个要并入的机构")
    permissions.check_merge(by, new, *olds)
    if new.valid_to is not None:
        raise ValidationError(f"“{new.name}”已停业，不能并入")
    deed = Deed(by, "merge", request)
    for old in olds:
        ended = end_facility(old, day - timedelta(days=1), deed)
        _move(ended, new, day, deed)
        _link(old, new, Succession.Kind.MERGE, day, deed)
    return deed


@transaction.atomic
def split(
    source: Facility,
    parts: Sequence[Facility],
    *,
    day: date,
    moves: Mapping[tuple[str, str], int],
    close: bool,
    by: Any,
    request: Any = None,
) -> Deed:
    """Split a facility: new ones begin on ``day``.

    Args:
        parts: the new facilities, not yet saved. moves: kind and id of a post, hall, corner, department or technique →
            which of the parts it goes to; a hall takes its connection along.
        close: whether the old one ends; all who work there must then go somewhere, what else is left ends with it.

    Raises:
        NotAllowed. ValidationError: nothing to split off, two of one name, or somebody without a place to go.
    """
    [old] = hold_whole([source], day - timedelta(days=1))
    if not parts:
        raise ValidationError("请写出至少一个新机构")
    permissions.check_merge(by, old, *parts)
    deed = Deed(by, "split", request)
    for part in parts:
        part.valid_from = day
        put(part, deed)
    held = parts_after(old, day - timedelta(days=1), lock=True)
    _check_all_go(held, moves, close)
    leaving: dict[int, list[Ended]] = {}
    for one in held:
        where = _where(one, moves)
        if where is not None:
            leaving.setdefault(where, []).append(end_part(one, day - timedelta(days=1), deed))
    for number, ended in sorted(leaving.items()):
        _move(ended, parts[number], day, deed)
    if close:
        end_facility(old, day - timedelta(days=1), deed)
    for part in parts:
        _link(old, part, Succession.Kind.SPLIT, day, deed)
    return deed


def _where(row: Any, moves: Mapping[tuple[str, str], int]) -> int | None:
    """Number of the part that something goes to; None if it stays. A connection goes where its hall does."""
    if isinstance(row, PlatformConnection):
        return moves.get(("tcm_hall", row.hall_id))
    return moves.get((kind_of(row), row.pk))


def movable(source: Facility, day: date) -> list[Any]:
    """What of a facility can go to a successor on a day, people last."""
    held = parts_after(source, day - timedelta(days=1))
    return [row for model in MOVED for row in held if type(row) is model]


def preview(act: Any) -> list[Change]:
    """What an action would change: it is done and taken back at once.

    Args:
        act: without arguments, answers the deed.

    Raises:
        What the action raises.
    """
    with transaction.atomic():
        deed: Deed = act()
        changes = list(Change.objects.filter(number=deed.number).order_by("pk"))
        transaction.set_rollback(True)
    return changes


def _check_all_go(held: Sequence[Any], moves: Mapping[tuple[str, str], int], close: bool) -> None:
    staying = [row for row in held if isinstance(row, Post) and _where(row, moves) is None]
    if close and staying:
        raise ValidationError(f"原机构不再保留，还有 {len(staying)} 人没有写明去向")


def _move(ended: Sequence[Ended], new: Facility, day: date, deed: Deed) -> None:
    """Begin in the new facility what ended in the old one, until its planned last day; halls before connections."""
    halls: dict[str, TcmHall] = {}
    for one in sorted(ended, key=lambda one: isinstance(one.part, PlatformConnection)):
        part, planned = one
        if isinstance(part, PlatformConnection):
            if part.hall_id in halls:  # else the successor had a hall, with a connection of its own
                hall = halls[part.hall_id]
                put(PlatformConnection(hall=hall, connected_on=day, disconnected_on=planned), deed)
        elif type(part) in MOVED and not _has(new, one, day, deed):
            row = _copy(one, new, day)
            put(row, deed)
            if isinstance(part, TcmHall):
                halls[part.pk] = row


def _has(new: Facility, one: Ended, day: date, deed: Deed) -> bool:
    """Whether the new facility has such a thing in these days. A main post takes the place of one that is not."""
    part, planned = one
    same = {name: getattr(part, name) for name in MOVED[type(part)]}
    found = type(part).objects.filter(facility=new, **same).touching(day, planned).first()
    if isinstance(found, Post) and part.main and not found.main and found.valid_from < day:
        end(found, day - timedelta(days=1), deed)
        return False
    return found is not None


def _copy(one: Ended, new: Facility, day: date) -> Any:
    part, planned = one
    values = model_to_dict(part, exclude=["facility", "practitioner", "valid_from", "valid_to"])
    values = {name: value for name, value in values.items() if name not in ("id", part._meta.pk.name)}
    if isinstance(part, Post):
        values["practitioner_id"] = part.practitioner_id
    return type(part)(**values, facility=new, valid_from=day, valid_to=planned)


def _link(old: Facility, new: Facility, kind: str, day: date, deed: Deed) -> None:
    put(Succession(kind=kind, predecessor=old, successor=new, day=day), deed)
