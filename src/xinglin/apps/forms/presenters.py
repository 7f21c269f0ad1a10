"""What the page of a record shows."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from xinglin.apps.access.scope import NATION, Scope
from xinglin.apps.forms import naming, permissions, rows
from xinglin.apps.forms.models import Attachment, Deadline, Event, Record, Return
from xinglin.apps.forms.reminders import due_words, tone_on
from xinglin.apps.forms.views.lists import TONES, state_chip, title_of
from xinglin.records import Definition, FieldType
from xinglin.records.conditions import is_given
from xinglin.records.validation import values_of

KINDS = {
    "create": "填报",
    "change": "修改",
    "move": "办理",
    "consent": "同意",
    "score": "评分",
    "remove": "撤除",
    "restore": "恢复",
    "import": "导入",
    "undo": "撤销导入",
    "return": "退回一项",
    "settle": "改正退回的一项",
    "open": "发放问卷",
}
HIDDEN = "（个人信息）"


@dataclass(frozen=True)
class Shown:
    """A value: its label, words, files, and the return that waits for it."""

    name: str
    label: str
    words: str
    files: list[Attachment] = field(default_factory=list)
    back: Return | None = None


@dataclass(frozen=True)
class Past:
    """An event in words."""

    at: datetime
    by: str
    words: str
    reason: str
    lines: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Step:
    """A state in the strip of states: ``been``, ``here`` or ``ahead``."""

    label: str
    place: str
    tone: str


@dataclass(frozen=True)
class Page:
    """Everything the page of a record shows."""

    title: str
    state: tuple[str, str] | None
    sections: list[tuple[str, list[Shown]]]
    moves: list[tuple[str, str, str]]
    waits: list[str]
    deadlines: list[tuple[Deadline, str, str]]
    returns: list[tuple[Return, str]]
    past: list[Past]
    steps: list[Step]
    personal: list[str]
    children: list[tuple[Definition, int, bool]]
    result: str
    may_edit: bool
    may_remove: bool
    may_return: bool
    may_score: str
    values: dict[str, Any]


def page_of(record: Record, definition: Definition, user: Any) -> Page:
    """The page for one reader."""
    may_see = permissions.personal(user, definition, record)
    values = rows.facts_of(record, definition, personal=may_see)
    events = list(record.events.order_by("-number")[:200])
    known = _known(definition, values, events)
    accounts = naming.people([event.by for event in events])
    returns = list(record.returns.filter(settled_at=None))
    today = timezone.localdate()
    mine = [name for name in definition.moves if permissions.may_move(user, definition, record, name)]
    seen = [n for n, f in definition.fields.items() if f.is_personal and is_given(values.get(n))]
    return Page(
        title=title_of(definition, values, known),
        state=state_chip(definition, record),
        sections=_sections(record, definition, values, known, may_see, returns),
        moves=_moves(definition, mine),
        waits=_waits(record, definition, mine),
        deadlines=[
            (row, tone_on(row, today), due_words(row.due, today))
            for row in record.deadlines.filter(closed_on=None)
        ],
        returns=[(one, _label(definition, one.field)) for one in returns],
        result=_result(record, definition),
        past=[_past(definition, event, accounts, known, may_see) for event in events],
        steps=_steps(record, definition, events),
        personal=seen if may_see else [],
        children=_children(record, user),
        may_edit=permissions.edit(user, definition, record),
        may_remove=permissions.remove(user, definition, record),
        may_return=permissions.may_return(user, definition, record),
        may_score=scoring(record, definition, user),
        values=values,
    )


def _known(definition: Definition, values: dict[str, Any], events: list[Event]) -> naming.Names:
    """Names of everything the page speaks of, then and now."""
    old = [{n: pair[0] for n, pair in e.changes.items()} for e in events]
    new = [{n: pair[1] for n, pair in e.changes.items()} for e in events]
    typed = [values_of(definition, one) for one in [*old, *new]]
    return naming.names(naming.wanted_by(definition, [values, *typed], list(definition.fields)))


def _sections(
    record: Record,
    definition: Definition,
    values: dict[str, Any],
    known: naming.Names,
    may_see: bool,
    returns: list[Return],
) -> list[tuple[str, list[Shown]]]:
    files = {row.pk: row for row in record.attachments.filter(removed_at=None)}
    back = {one.field: one for one in returns}
    found: dict[str, list[Shown]] = {}
    for name, one in definition.fields.items():
        if one.when is not None and not one.when.holds(values):
            continue
        value = values.get(name)
        if one.is_personal and not may_see:
            words, mine = (HIDDEN if name in _filled(record) else ""), []
        elif one.type is FieldType.FILE:
            words, mine = "", [files[pk] for pk in value or () if pk in files]
        else:
            words, mine = naming.words(definition, name, value, known), []
        unit = f" {one.unit}" if one.unit and words else ""
        found.setdefault(one.section_or, []).append(
            Shown(name, one.label, f"{words}{unit}", mine, back.get(name))
        )
    return [(heading or "内容", lines) for heading, lines in found.items()]


def _filled(record: Record) -> set[str]:
    """Personal fields that hold something."""
    return set(rows.secrets(record))


def _moves(definition: Definition, mine: list[str]) -> list[tuple[str, str, str]]:
    """Moves the reader may make: id, words, kind of button."""
    found: list[tuple[str, str, str]] = []
    for name in mine:
        tone = definition.states[definition.moves[name].to].tone
        kind = "primary" if tone == "good" or not found else "danger" if tone == "bad" else ""
        found.append((name, definition.moves[name].label, kind))
    return found


def _waits(record: Record, definition: Definition, mine: list[str]) -> list[str]:
    """What others may do now, in words; and which approvals are there."""
    from xinglin.apps.access.table import access_table

    roles = access_table().roles
    found = []
    for name, move in definition.moves.items():
        if record.state in move.from_ and not move.approvals and name not in mine:
            who = "、".join(
                roles[r].label if r in roles else "填报人" for r in sorted(permissions.makers(move))
            )
            found.append(f"“{move.label}”由{who}办理")
    given = {(row.move, row.approval) for row in record.consents.all()}
    for name, move in definition.moves.items():
        for key, approval in move.approvals.items():
            if record.state in move.from_:
                found.append(
                    f"{move.label}：{approval.label}{'已同意' if (name, key) in given else '还没有同意'}"
                )
    return found


def _past(
    definition: Definition, event: Event, accounts: dict[str, str], known: naming.Names, may_see: bool
) -> Past:
    words = KINDS.get(event.kind, event.kind)
    if event.kind == "move" and event.move in definition.moves:
        words = definition.moves[event.move].label
    if event.before != event.after and event.after in definition.states:
        words += f" → {definition.states[event.after].label}"
    lines = [_line(definition, name, pair, known) for name, pair in event.changes.items()]
    hidden = json.loads(event.personal) if event.personal else {}
    for name, pair in hidden.items():
        label = definition.fields[name].label if name in definition.fields else name
        lines.append((label, *(map(str, pair) if may_see else (HIDDEN, HIDDEN))))
    return Past(
        event.at, accounts.get(event.by, "系统"), words, event.reason, lines if event.kind != "create" else []
    )


def _line(definition: Definition, name: str, pair: list[Any], known: naming.Names) -> tuple[str, str, str]:
    if name in definition.fields:
        typed = [values_of(definition, {name: value}).get(name) for value in pair]
        before, after = (naming.words(definition, name, value, known) for value in typed)
        if definition.fields[name].type is FieldType.FILE:
            before, after = (f"{len(value or [])} 个文件" for value in pair)
        return definition.fields[name].label, before, after
    if name.startswith("items.") and definition.standard is not None:
        item = dict(definition.standard.items()).get(name.removeprefix("items."))
        return (item.label if item else name), _score_words(pair[0]), _score_words(pair[1])
    return name, str(pair[0] or ""), str(pair[1] or "")


def _score_words(entry: dict[str, Any] | None) -> str:
    if not entry:
        return ""
    parts = [
        f"自评 {entry['self']}" if "self" in entry else "",
        f"核验 {entry['verified']}" if "verified" in entry else "",
    ]
    return "；".join(
        part for part in [*parts, "不适用" if entry.get("na") else "", entry.get("reason", "")] if part
    )


def _steps(record: Record, definition: Definition, events: list[Event]) -> list[Step]:
    """The states it went through, the one it is in, and – unless it is over – those that may come."""
    been = {event.after for event in events} | {event.before for event in events}
    now = definition.states.get(record.state)
    over = now is None or now.end or record.removed_at is not None
    found = []
    for name, state in definition.states.items():
        place = "here" if name == record.state else "been" if name in been else "ahead"
        if place != "ahead" or not over:
            found.append(Step(state.label, place, TONES[state.tone]))
    return found


def _label(definition: Definition, name: str) -> str:
    return definition.fields[name].label if name in definition.fields else name


def _result(record: Record, definition: Definition) -> str:
    """The result of an assessment in words, with whose it is."""
    if definition.standard is None:
        return ""
    labels = {name: result.label for name, result in definition.standard.results.items()}
    if record.result:
        return labels.get(record.result, record.result)
    own = labels.get(record.result_self, record.result_self)
    return f"{own}（自评）" if own else ""


def _children(record: Record, user: Any) -> list[tuple[Definition, int, bool]]:
    """Definitions whose records belong to this one, how many there are, whether the reader may add one."""
    from xinglin.apps.forms.book import book

    mine = [one for one in book() if one.of == record.definition and permissions.readable(user, one)]
    rows = Record.objects.filter(
        definition__in=[one.id for one in mine], subject=record.pk, removed_at=None
    ).order_by()
    rows = rows.filter(permissions.visible(user, Scope(frozenset({NATION}))))
    counts = dict(rows.values_list("definition").annotate(n=Count("pk")))
    return [(one, counts.get(one.id, 0), permissions.may_add(user, one, record)) for one in mine]


def scoring(record: Record, definition: Definition, user: Any) -> str:
    """Which side of the scores the reader may give: ``self``, ``verified`` or none."""
    if definition.standard is None:
        return ""
    if permissions.verify(user, definition, record):
        return "verified"
    state = definition.states.get(record.state)
    started = state is None or state.start
    return "self" if started and permissions.edit(user, definition, record) else ""
