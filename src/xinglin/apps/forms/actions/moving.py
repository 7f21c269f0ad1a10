"""Moving a record from state to state, alone or many at once; approvals of several; sending a value back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from xinglin.apps.access.scope import below
from xinglin.apps.forms import permissions, rows
from xinglin.apps.forms.actions.saving import (
    Invalid,
    Outdated,
    checked,
    kept_back,
    locked,
    own_files,
    store,
)
from xinglin.apps.forms.book import definition as definition_of
from xinglin.apps.forms.history import Deed, snapshot
from xinglin.apps.forms.models import Consent, Record, Return
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.forms.versions import bring_up
from xinglin.facts.fault import Fault
from xinglin.records import Definition, FieldFault, FieldType
from xinglin.records.flow import Gate, Move


@dataclass(frozen=True)
class Wish:
    """What comes with a move: a reason, which of its approvals is given, values filled in with it."""

    reason: str = ""
    approval: str = ""
    raw: Mapping[str, Any] | None = None


@transaction.atomic
def move(
    record: Record,
    definition: Definition,
    name: str,
    *,
    by: Any,
    wish: Wish = Wish(),
    revision: int | None = None,
    request: Any = None,
) -> Record:
    """Make a move, or give one of the approvals it needs; the last approval makes it.

    Raises:
        NotAllowed. Outdated. Invalid: what it needs is not filled.
    """
    current = locked(record)
    if revision is not None and revision != current.revision:
        raise Outdated
    permissions.check_move(by, definition, current, name)
    transition = definition.moves[name]
    if transition.reason and not wish.reason.strip():
        raise NotAllowed(f"请写明“{transition.label}”的理由")
    deed = Deed(by, "move", request)
    before = snapshot(current)
    bring_up(current, definition)
    asked = {name: value for name, value in (wish.raw or {}).items() if name in transition.needs}
    values = _filled(current, definition, {**asked, **_unseen(current, definition, asked, by)}, deed)
    _ready(definition, transition, current, values)
    if transition.approvals and not _agreed(current, transition, name, wish.approval, deed, before[-1]):
        return locked(record)
    return _make(current, definition, name, values, deed, before, wish.reason)


def _unseen(record: Record, definition: Definition, asked: Mapping[str, Any], by: Any) -> dict[str, Any]:
    """Values that the mover does not see and that are filled already: they stay."""
    kept = kept_back(record, definition, by)
    return {name: kept[name] for name in asked if name in kept}


def _filled(record: Record, definition: Definition, raw: Mapping[str, Any], deed: Deed) -> dict[str, Any]:
    if not raw:
        return rows.values_in(record, definition)
    found, _ = checked(definition, {**rows.values_in(record, definition), **raw}, None)
    own_files(record, definition, found.values, deed)
    return dict(found.values)


def _ready(definition: Definition, transition: Move, record: Record, values: Mapping[str, Any]) -> None:
    """Raises Invalid with every field that is lacking; NotAllowed where a condition does not hold."""
    facts = {**rows.facts_of(record, definition), **values}
    lacking = definition.lacking(transition, facts)
    if lacking:
        words = [
            FieldFault(
                n, Fault("missing", f"办“{transition.label}”要先填{_label(definition, n)}", "请填写后再办")
            )
            for n in lacking
        ]
        raise Invalid(tuple(words))
    if transition.when is not None and not transition.when.holds(facts):
        raise NotAllowed(f"还不具备“{transition.label}”的条件")
    shut = [gate.says for gate in transition.gates if not gate.is_open(_beside(record, gate))]
    if shut:
        raise NotAllowed("；".join(shut))


def _beside(record: Record, gate: Gate) -> int:
    """How many other records a gate is about."""
    other = definition_of(gate.of)
    rows_ = Record.objects.of(gate.of).exclude(pk=record.pk)
    if gate.link == "child":
        rows_ = rows_.filter(subject=record.pk)
    elif gate.link == "facility":
        rows_ = rows_.filter(facility=record.facility_id)
    else:
        rows_ = rows_.filter(below("place", record.place))
    if gate.where is None:
        return rows_.count()
    return sum(gate.where.holds(rows.facts_of(row, other)) for row in rows_.iterator(500))


def _label(definition: Definition, name: str) -> str:
    field = definition.fields.get(name)
    return field.label if field else name


def _agreed(record: Record, transition: Move, name: str, approval: str, deed: Deed, state: str) -> bool:
    """Note one approval; whether all are there. ``state``: as it is stored."""
    if approval not in transition.approvals:
        raise NotAllowed("请选择以哪一方的身份同意")
    one = transition.approvals[approval]
    if not permissions.holds(deed.by, one.who, record):
        raise NotAllowed(f"您不能代表“{one.label}”同意")
    try:
        with transaction.atomic():
            Consent.objects.create(record=record, move=name, approval=approval, by=deed.who, at=deed.at)
    except IntegrityError:
        raise NotAllowed("这一方已经同意过，或您已代表另一方同意：每一方要由不同的人来办") from None
    deed.note(record, "consent", move=name, before=state, after=state, reason=one.label)
    given = set(Consent.objects.filter(record=record, move=name).values_list("approval", flat=True))
    return given == set(transition.approvals)


def _make(
    record: Record,
    definition: Definition,
    name: str,
    values: dict[str, Any],
    deed: Deed,
    before: tuple[Any, ...],
    reason: str,
) -> Record:
    transition = definition.moves[name]
    for field, value in transition.sets.items():
        values[field] = _set(definition, field, value, timezone.localdate(deed.at))
    rows.fill(record, definition, values)
    record.state = transition.to
    Consent.objects.filter(record=record).delete()
    store(record, definition, values, deed, "move", before, move=name, reason=reason.strip()[:500])
    return record


def _set(definition: Definition, name: str, value: str | bool, today: date) -> Any:
    field = definition.fields[name]
    return today if field.type is FieldType.DATE and value == "today" else value


def move_many(
    records: Sequence[Record],
    definition: Definition,
    name: str,
    *,
    by: Any,
    reason: str = "",
    request: Any = None,
) -> tuple[list[Record], list[tuple[Record, str]]]:
    """Make a move for several records, each on its own: those moved, and why others were not."""
    moved, left = [], []
    for record in records:
        try:
            moved.append(move(record, definition, name, by=by, wish=Wish(reason), request=request))
        except (NotAllowed, Invalid, Outdated) as error:
            left.append((record, str(error)))
    return moved, left


@transaction.atomic
def send_back(
    record: Record,
    definition: Definition,
    field: str,
    *,
    by: Any,
    reason: str,
    due: date,
    request: Any = None,
) -> Return:
    """Send one value back to whoever keeps the record.

    Raises:
        NotAllowed: no such field, no reason, a day that is past, or it is back already.
    """
    current = locked(record)
    permissions.check_return(by, definition, current)
    if field not in definition.fields or definition.fields[field].computed is not None:
        raise NotAllowed("没有这个字段，或它是算出来的：请退回它所依据的数")
    if not reason.strip():
        raise NotAllowed("请写明退回的理由")
    if due < timezone.localdate():
        raise NotAllowed("改正期限不能早于今天")
    deed = Deed(by, "return", request)
    try:
        with transaction.atomic():
            made = Return.objects.create(
                record=current, field=field, reason=reason.strip()[:500], due=due, by=deed.who, at=deed.at
            )
    except IntegrityError:
        raise NotAllowed(f"“{_label(definition, field)}”已经退回，等待改正") from None
    words = f"{_label(definition, field)}：{made.reason}"[:500]
    deed.note(current, "return", before=current.state, after=current.state, reason=words)
    return made
