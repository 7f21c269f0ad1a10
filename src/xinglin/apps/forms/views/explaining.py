"""The page that explains a definition: in words, its states as a picture, its fields, who may do what."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.access.table import access_table
from xinglin.apps.forms import permissions
from xinglin.apps.forms.book import book
from xinglin.apps.forms.views.common import definition_or_404
from xinglin.records import Definition, Field, FieldType
from xinglin.records.cells import code_list
from xinglin.records.describe import PERSONAL, TYPES, describe
from xinglin.records.diagram import svg
from xinglin.records.flow import AUTHOR
from xinglin.records.phrases import Words

MOST_CODES = 12


class Asked(NamedTuple):
    """A field in words: what it holds, when it is asked for, what to know."""

    label: str
    type: str
    must: str
    help: str
    notes: list[str]


class Right(NamedTuple):
    """What a role may do, each within its own area."""

    label: str
    mine: bool
    reads: bool
    writes: bool
    verifies: bool
    moves: list[str]


@route("record.view")
@require_safe
def about(request: HttpRequest, definition: str) -> HttpResponse:
    """What one may know of a definition before filling it in."""
    one = definition_or_404(request, definition)
    roles = {name: role.label for name, role in access_table().roles.items()}
    words = Words(one, roles)
    mine = {grant.role for grant in request.user.grants_today()}  # type: ignore[union-attr]
    context = {
        "definition": one,
        "topic": book().topics[one.topic].label,
        "picture": mark_safe(svg(one)),  # noqa: S308 - made by us, every label escaped
        "lines": describe(one, book(), roles).split("\n")[1:],
        "fields": [_asked(one, name, field, words) for name, field in one.fields.items()],
        "rights": _rights(one, roles, mine),
        "may_write": bool(permissions.writable(request.user, one)),
        "sources": one.sources,
        "states": [
            (state.label, words.deadline(state.deadline) if state.deadline else "没有期限", state.end)
            for state in one.states.values()
        ],
    }
    return render(request, "forms/about.html", context)


def _asked(definition: Definition, name: str, field: Field, words: Words) -> Asked:
    must = "必填" if field.required else "可不填"
    if field.when is not None:
        must = f"{words.condition(field.when)}时{'必填' if field.required else '填'}"
    if field.computed is not None:
        must = "自动算出"
    kind = TYPES[field.type] + (f"，单位{field.unit}" if field.unit else "")
    notes = []
    if field.type in (FieldType.CODE, FieldType.CODES):
        labels = [entry.label for entry in code_list(field, definition.id, name).codes.values()]
        more = f" 等 {len(labels)} 项" if len(labels) > MOST_CODES else ""
        notes.append(f"可选：{'、'.join(labels[:MOST_CODES])}{more}")
    if field.is_personal:
        notes.append(f"个人信息（{PERSONAL[field.personal]}）：加密保存，只有填报和核验的角色能看")
    return Asked(field.label, kind, must, field.help, notes)


def _rights(definition: Definition, roles: dict[str, str], mine: set[str]) -> list[Right]:
    """A line for each role that may do something, and one for whoever made the record."""
    found = []
    for name, label in {**roles, AUTHOR: "填写人本人"}.items():
        moves = [move.label for move in definition.moves.values() if name in permissions.makers(move)]
        right = Right(
            label,
            name in mine,
            name in definition.who.all,
            name in definition.who.write,
            name in definition.who.verify,
            moves,
        )
        if right.reads or right.moves:
            found.append(right)
    return found
