"""Takes a record of any definition through its life on the pages: filled in, scored, moved from person to person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import forms_factories as make
import organisations_factories as organisations
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.accounts.models import Grant, User
from xinglin.apps.forms import permissions, rows
from xinglin.apps.forms.actions import moving
from xinglin.apps.forms.building import FILE, plain
from xinglin.apps.forms.models import Event, Record
from xinglin.records import Definition, FieldType
from xinglin.records.fields import MANY
from xinglin.records.flow import AUTHOR, Move
from xinglin.records.samples import sample_of, walk


class People:
    """Clients by role, each with an area that holds a record; every one asked for is another person."""

    def __init__(self, signed_in: Callable[..., Client]) -> None:
        self._signed_in = signed_in
        self._number = 0

    def one_of(self, roles: Iterable[str], place: str, facility: str = "") -> Client | None:
        """A new person with one of the roles (the first that can lie there), where something lies; None if only its
        author may.
        """
        self._number += 1
        table = access_table().roles
        fits = (one for one in sorted(set(roles) - {AUTHOR}) if self._fits(table[one].level, place, facility))
        role = next(fits, None)
        if role is None:
            assert AUTHOR in roles, f"{list(roles)} 都管不到 {place or facility}"
            return None
        where = {"facility": facility} if table[role].level is RoleLevel.FACILITY else {}
        area = place[:6] if table[role].level is RoleLevel.COUNTY else place[:6] or "0"
        return self._signed_in(role, "" if where else area, username=f"{role}-{self._number}", **where)

    @staticmethod
    def _fits(level: RoleLevel, place: str, facility: str) -> bool:
        if level is RoleLevel.FACILITY:
            return bool(facility)
        return level is RoleLevel.AREA or (level is RoleLevel.COUNTY and len(place) >= 6)


def posted(
    definition: Definition, values: Mapping[str, Any], only: Iterable[str] | None = None
) -> dict[str, Any]:
    """Values as a browser sends them; a picture for each file."""
    found: dict[str, Any] = {}
    for name, field in definition.fields.items():
        if field.computed is not None or (only is not None and name not in only):
            continue
        value = values.get(name)
        if field.type is FieldType.FILE:
            found[f"{name}{FILE}"] = SimpleUploadedFile("照片.png", make.PNG, "image/png")
        elif field.type is FieldType.CODES:
            found[name] = [str(one) for one in value or ()]
        elif value is not None:
            found[name] = plain({name: list(value) if field.type in MANY else value})[name]
    return found


def sample(definition: Definition, things: Mapping[str, Any]) -> dict[str, Any]:
    """A good record; a register's last day is its first, for moves that ask for it."""
    return sample_of(definition, things)


def path(definition: Definition, record: Record) -> list[str]:
    """Moves from the start to an end, with the sample's values and full scores."""
    values = {**rows.facts_of(record, definition), **_scored(definition)}
    values |= {n: f.sample for n, f in definition.fields.items() if f.sample and values.get(n) is None}
    values |= {n: ("x",) for n, f in definition.fields.items() if f.type is FieldType.FILE}
    found = walk(definition, values)
    assert found is not None, f"{definition.id}：走不到头"
    return list(found)


def _scored(definition: Definition) -> dict[str, Any]:
    if definition.standard is None:
        return {}
    best = list(definition.standard.results)[-1]
    total = sum(item.points for _, item in definition.standard.items())
    return {"points_self": total, "points_verified": total, "result_self": best, "result": best}


def full_score(client: Client, definition: Definition, record: Record, side: str) -> Any:
    """Every item with all its points."""
    assert definition.standard is not None
    sent = {f"{name}.{side}": str(item.points) for name, item in definition.standard.items()}
    return client.post(reverse("forms:score", args=[record.pk]), {**sent, "leave": "1"})


def make_move(
    people: People, definition: Definition, record: Record, name: str, author: Client
) -> list[User]:
    """Make a move on its page, by as many new people as it takes; who made it."""
    move = definition.moves[name]
    through(definition, record, move)
    if move.approvals:
        return [
            _send(people, definition, record, name, one.who, key, author)
            for key, one in move.approvals.items()
        ]
    return [_send(people, definition, record, name, move.who, "", author)]


def _send(
    people: People,
    definition: Definition,
    record: Record,
    name: str,
    who: Iterable[str],
    approval: str,
    author: Client,
) -> User:
    client = people.one_of(who, record.place, record.facility_id or "") or author
    move = definition.moves[name]
    known = rows.values_in(record, definition)
    day = known.get(definition.day_field)
    fresh = {
        n: known.get(n) if known.get(n) is not None else definition.fields[n].sample
        for n in move.needs
        if n in definition.fields
    }
    fresh = {n: day if value is None else value for n, value in fresh.items()}
    sent = posted(definition, fresh, move.needs)
    answer = client.post(
        reverse("forms:move", args=[record.pk, name]), {**sent, "reason": "演示理由", "approval": approval}
    )
    assert answer.status_code == 302, f"{definition.id}.{name}：{_faults(answer)}"
    return client.user  # type: ignore[attr-defined]


def through(definition: Definition, record: Record, move: Move) -> None:
    """Make what the gates of a move ask for."""
    from xinglin.apps.forms.book import definition as definition_of

    for gate in move.gates:
        other = definition_of(gate.of)
        for _ in range((gate.least or 0) - moving._beside(record, gate)):
            about = {"child": {"parent": record.pk}}.get(gate.link, {})
            if gate.link == "facility" and other.subject_field == "facility":
                about = {"facility": record.facility_id}
            if gate.link == "place" and other.subject_field == "place":
                about = {"place": record.place}
            row = make.record(gate.of, **about)
            _into_gate(other, row, gate)


def _into_gate(other: Definition, row: Record, gate: Any) -> None:
    """Put a record into the state that a gate wants."""
    for state in other.states:
        if gate.where is None or gate.where.holds(rows.facts_of(row, other)):
            return
        row.state = state
        row.save(update_fields=["state"])


def _faults(answer: Any) -> str:
    """What a page says is wrong."""
    import re

    text = answer.content.decode()
    words = re.findall(
        r'(?:errorlist|class="error|class="fault|role="alert|wrong)[^>]*>(.*?)</', text, re.DOTALL
    )
    return (
        "；".join(re.sub(r"<[^>]+>|\s+", " ", one).strip() for one in words)[:600] or f"{answer.status_code}"
    )


def nobody_twice(definition: Definition, record: Record, name: str) -> None:
    """Whoever made a move that this one may not share hands with is refused, whatever role he is given."""
    move = definition.moves[name]
    makers = set(Event.objects.filter(record=record, move__in=move.not_by).values_list("by", flat=True))
    if AUTHOR in move.not_by:
        makers.add(record.author)
    for pk in makers - {""}:
        user = User.objects.get(pk=pk)
        for role in sorted(permissions.makers(move) - {AUTHOR}):
            facility = access_table().roles[role].level is RoleLevel.FACILITY
            if facility and not record.facility_id:
                continue
            where = {"facility": record.facility_id} if facility else {"place": record.place[:6]}
            Grant.objects.create(user=user, role=role, **where)
        fresh = User.objects.get(pk=pk)
        assert not permissions.may_move(fresh, definition, record, name), f"{name}：{pk}"
        Grant.objects.filter(user=user).order_by("-pk").first()


__all__ = ["People", "full_score", "make_move", "nobody_twice", "organisations", "path", "posted", "sample"]
