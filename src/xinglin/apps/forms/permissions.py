"""Who may do what with a record: the definition's roles, each within the area of a grant.

`check_x` raises with words for the screen, `x` answers. Who (roles and areas) stands apart from in which state.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Q

from xinglin.apps.access.scope import NATION, Named, Scope, union
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Event, Record, Value
from xinglin.apps.forms.models.record import naming
from xinglin.apps.forms.rows import UNITS, slot, values_in
from xinglin.apps.forms.versions import state_of
from xinglin.apps.organisations.models import Facility
from xinglin.base.errors import XinglinError
from xinglin.base.places import Level
from xinglin.records import Definition
from xinglin.records.conditions import is_given
from xinglin.records.flow import AUTHOR, Move
from xinglin.records.units import PARENT, units_in

OVERSEERS = ("county_officer", "regional_officer", "inspector", "county_expert")
"""Roles that may send a value back, where the definition lets them read."""


class NotAllowed(XinglinError):  # noqa: N818 - says what is the matter
    """Who asks may not do this; the message says why."""


def scope_in(user: Any, roles: Collection[str], definition: Definition | None = None) -> Scope:
    """Where an account holds one of some roles today, for records of a definition (None: for what is no record)."""
    return union(scope_of(grant, definition) for grant in user.grants_today() if grant.role in roles)


def scope_of(grant: Any, definition: Definition | None) -> Scope:
    """Which records of a definition a grant is about: those of its area, or of these those that name its unit."""
    if definition is None or not definition.who.binds(grant.role):
        found: Scope = grant.scope
        return found
    unit = grant.unit_key if grant.place else ""
    return Scope(named=frozenset(_named(grant.place, unit, definition)) if unit else frozenset())


def _named(place: str, unit: str, definition: Definition) -> Iterator[Named]:
    if set(definition.who.units) - {PARENT}:
        yield Named(place, unit, slot(definition.id, UNITS))
    if PARENT in definition.who.units:
        yield Named(place, unit, slot(str(definition.of), UNITS), parent=True)


def is_bound(user: Any, definition: Definition) -> bool:
    """Whether one of an account's grants reaches only records of a definition that name its unit."""
    return any(definition.who.binds(grant.role) for grant in user.grants_today())


def lies_in(scope: Scope, definition: Definition, record: Record) -> bool:
    """Whether a record lies in a scope: in its area, or it names one of its units."""
    if scope.covers(place=record.place, facility=record.facility_id or ""):
        return True
    near = [one for one in scope.named if one.place == NATION or record.place.startswith(one.place)]
    return any(one.unit in _units(one, definition, record) for one in near)


def _units(one: Named, definition: Definition, record: Record) -> Collection[str]:
    """The units that a record names, or that the record it belongs to does; these are asked once per object."""
    if not one.parent:
        return units_in(definition, values_in(record, definition, personal=False), record.place)
    known: dict[str, list[str]] = record.__dict__.setdefault("_units_above", {})
    if record.subject not in known:
        rows = Value.objects.filter(record=record.subject, slot=one.names)
        known[record.subject] = [str(text) for text in rows.values_list("text", flat=True)]
    return known[record.subject]


def sees(user: Any, definition: Definition, record: Record) -> bool:
    """Whether an account may see a record."""
    return lies_in(readable(user, definition), definition, record)


def visible(user: Any, area: Scope, *, record: str = "pk", subject: str = "subject") -> Q:
    """Rows of all definitions in an area, those that only some units see by their units.

    Args:
        area: where the account has the permission. record, subject: columns that hold the record and what it is about.
    """
    found, bound = area.q(place="place", facility="facility"), []
    special = Q(pk__in=())
    for one in book():
        if is_bound(user, one):
            bound.append(one.id)
            scope = readable(user, one)
            inside = scope.q(place="place", facility="facility") | naming(scope, record, subject)
            special |= Q(definition=one.id) & inside
    return (found & ~Q(definition__in=bound)) | special if bound else found


def of_grant(grant: Any, *, record: str = "pk", subject: str = "subject") -> Q:
    """Rows of all definitions that a grant is about; `visible` of one grant, whatever it may do there."""
    found: Q = grant.scope.q(place="place", facility="facility")
    bound = [one for one in book() if one.who.binds(grant.role)]
    special = Q(pk__in=())
    for one in bound:
        special |= Q(definition=one.id) & naming(scope_of(grant, one), record, subject)
    return (found & ~Q(definition__in=[one.id for one in bound])) | special if bound else found


def readable(user: Any, definition: Definition) -> Scope:
    """Where an account may see records of a definition; of those that reach downward also in the areas above."""
    scope = scope_in(user, definition.who.all, definition)
    if not definition.downward or not scope:
        return scope
    return replace(scope, above=above(user, scope)) if scope.places or scope.facilities else scope


def above(user: Any, scope: Scope) -> frozenset[str]:
    """The counties, cities and provinces that an area lies in, and the nation; asked once per account."""
    if not hasattr(user, "_facility_places"):
        mine = [grant.facility for grant in user.grants_today() if grant.facility]
        user._facility_places = dict(Facility.objects.filter(pk__in=mine).values_list("pk", "place"))
    codes = {*scope.places, *(user._facility_places.get(one, "") for one in scope.facilities)}
    digits = [int(level) for level in Level if level is not Level.NATION]
    found = {code[:number] for code in codes for number in digits if number <= len(code)} - {"", NATION}
    return frozenset({*found, NATION})


def writable(user: Any, definition: Definition) -> Scope:
    """Where an account may make records of a definition."""
    return scope_in(user, definition.who.write, definition)


def holds(user: Any, roles: Collection[str], record: Record) -> bool:
    """Whether an account holds one of some roles for a record; ``author`` for whoever made it.

    Whoever sees a definition's records by their units is an author only of those that (still) name the unit.
    """
    definition = book()[record.definition]
    if AUTHOR in roles and record.author == user.pk:
        return not is_bound(user, definition) or sees(user, definition, record)
    return lies_in(scope_in(user, roles, definition), definition, record)


def may_add(user: Any, definition: Definition, parent: Record) -> bool:
    """Whether an account may make a record that belongs to another."""
    scope = writable(user, definition)
    if scope.covers(place=parent.place, facility=parent.facility_id or ""):
        return True
    if set(definition.who.units) == {PARENT}:
        return lies_in(scope, definition, Record(subject=parent.pk, place=parent.place))
    return scope.reaches(place=parent.place, facility=parent.facility_id or "")


def personal(user: Any, definition: Definition, record: Record) -> bool:
    """Whether an account sees the personal fields of a record: whoever may write or verify it, and its author.

    A token that may only read sees none, whoever it acts for.
    """
    return user.can("record.edit") and holds(
        user, (*definition.who.write, *definition.who.verify, AUTHOR), record
    )


def hidden(user: Any, definition: Definition, record: Record) -> frozenset[str]:
    """Personal fields of a record that hold something which an account does not see, and so cannot change."""
    if personal(user, definition, record):
        return frozenset()
    values = values_in(record, definition)
    return frozenset(
        name for name, field in definition.fields.items() if field.is_personal and is_given(values.get(name))
    )


def editors(definition: Definition, record: Record) -> frozenset[str]:
    """Roles that may change a record in its state: those who can move it on; at the start also those who write."""
    return editing(definition, state_of(record, definition))


def editing(definition: Definition, now: str) -> frozenset[str]:
    """Roles that may change a record in a state."""
    if not definition.states:
        return frozenset(definition.who.write)
    state = definition.states.get(now)
    if state is None or state.end:
        return frozenset()
    roles = {role for move in definition.moves.values() if now in move.from_ for role in makers(move)}
    if state.start:
        roles |= {*definition.who.write, AUTHOR}
    if state.deadline and state.deadline.escalate:
        roles.add(state.deadline.escalate)
    return frozenset(roles)


def makers(move: Move) -> frozenset[str]:
    """Roles that may make a move, or give one of its approvals."""
    return frozenset(move.who).union(*(one.who for one in move.approvals.values()))


def check_edit(user: Any, definition: Definition, record: Record) -> None:
    """Whether an account may change a record as it is now. Raises NotAllowed."""
    if record.removed_at is not None:
        raise NotAllowed("这条记录已撤除，不能修改")
    roles = editors(definition, record)
    if not roles:
        now = state_of(record, definition)
        label = definition.states[now].label if now in definition.states else now
        raise NotAllowed(f"“{label}”的记录已经办结，不能再改；要改请另立一条或恢复")
    if not holds(user, roles, record):
        raise NotAllowed("您的角色或地区不能修改这条记录")


def edit(user: Any, definition: Definition, record: Record) -> bool:
    """Whether an account may change a record."""
    return _answers(check_edit, user, definition, record)


def check_move(user: Any, definition: Definition, record: Record, name: str) -> None:
    """Whether an account may make a move, whatever it still needs. Raises NotAllowed."""
    move = definition.moves.get(name)
    now = state_of(record, definition)
    if move is None or now not in move.from_ or record.removed_at is not None:
        raise NotAllowed("这条记录现在的状态办不了这一步，请刷新后再看")
    deadline = definition.states[now].deadline
    escalate = {deadline.escalate} if deadline and deadline.escalate else set()
    may = holds(user, makers(move), record) or (holds(user, escalate, record) and is_overdue(record))
    if not may:
        raise NotAllowed(f"您的角色或地区不能办“{move.label}”")
    if user.pk in excluded(record, move):
        raise NotAllowed(f"“{move.label}”要由别人来办：您办过前面的步骤")


def may_move(user: Any, definition: Definition, record: Record, name: str) -> bool:
    """Whether an account may make a move."""
    return _answers(check_move, user, definition, record, name)


def excluded(record: Record, move: Move) -> set[str]:
    """Accounts that may not make a move because they made others of the record."""
    found = {record.author} if AUTHOR in move.not_by else set()
    names = [name for name in move.not_by if name != AUTHOR]
    if names:
        found |= set(Event.objects.filter(record=record, move__in=names).values_list("by", flat=True))
    return found - {""}


def is_overdue(record: Record) -> bool:
    """Whether the deadline of a record's state is past."""
    from django.utils import timezone

    return record.deadlines.filter(closed_on=None, due__lt=timezone.localdate()).exists()


def check_verify(user: Any, definition: Definition, record: Record) -> None:
    """Whether an account may give the verified score. Raises NotAllowed."""
    if definition.standard is None or not holds(user, definition.who.verify, record):
        raise NotAllowed("您的角色或地区不能核验这次评估")
    if record.author == user.pk:
        raise NotAllowed("自评和核验要由不同的人来做")
    state = definition.states.get(state_of(record, definition))
    if state is not None and (state.start or state.end):
        raise NotAllowed(f"“{state.label}”时不能核验")


def verify(user: Any, definition: Definition, record: Record) -> bool:
    """Whether an account may give the verified score."""
    return _answers(check_verify, user, definition, record)


def check_return(user: Any, definition: Definition, record: Record) -> None:
    """Whether an account may send a value back. Raises NotAllowed."""
    roles = {*definition.who.verify, *(role for role in OVERSEERS if role in definition.who.all)}
    if not holds(user, roles, record) or record.removed_at is not None:
        raise NotAllowed("您的角色或地区不能退回这条记录")
    if record.author == user.pk:
        raise NotAllowed("自己填的请直接改，不必退回")


def may_return(user: Any, definition: Definition, record: Record) -> bool:
    """Whether an account may send a value back."""
    return _answers(check_return, user, definition, record)


def check_remove(user: Any, definition: Definition, record: Record) -> None:
    """Whether an account may take a record out (or back in): whoever may write there. Raises NotAllowed."""
    if not holds(user, definition.who.write, record):
        raise NotAllowed("您的角色或地区不能撤除这条记录")
    state = definition.states.get(state_of(record, definition))
    if state is not None and state.end:
        raise NotAllowed(f"“{state.label}”的记录已经办结，不能撤除")


def remove(user: Any, definition: Definition, record: Record) -> bool:
    """Whether an account may take a record out."""
    return _answers(check_remove, user, definition, record)


def _answers(check: Any, *args: Any) -> bool:
    try:
        check(*args)
    except NotAllowed:
        return False
    return True
