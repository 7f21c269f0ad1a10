"""What may be recorded: definitions in words and as a JSON Schema of their document."""

from __future__ import annotations

from typing import Any

from ninja import Field, Query, Schema

from xinglin.apps.access.table import access_table
from xinglin.apps.api.documents import document_schema
from xinglin.apps.api.operations import Section
from xinglin.apps.api.paging import Listed, PageQuery, page_of
from xinglin.apps.forms import permissions
from xinglin.apps.forms.book import book
from xinglin.apps.forms.views.common import definition_or_404
from xinglin.records import Definition
from xinglin.records.describe import describe

section = Section("记录定义")
VIEW = "record.view"


class DefinitionLine(Schema):
    """A kind of record."""

    id: str
    topic: str
    kind: str
    label: str
    meaning: str
    version: int
    may_write: bool = Field(description="这个令牌能不能填报")


class FieldOut(Schema):
    """A field of a definition."""

    name: str
    label: str
    type: str
    required: bool
    personal: bool
    unit: str | None
    computed: bool


class StateOut(Schema):
    """A state."""

    name: str
    label: str
    start: bool
    end: bool


class MoveOut(Schema):
    """A move from states to a state."""

    name: str
    label: str
    origins: list[str]
    to: str
    needs: list[str]
    reason: bool
    approvals: dict[str, str]


class DefinitionOut(DefinitionLine):
    """A kind of record with all it has."""

    words: str = Field(description="整个定义的中文说明")
    fields: list[FieldOut]
    states: list[StateOut]
    moves: list[MoveOut]
    filters: list[str]
    list_columns: list[str]


@section.read("/definitions", VIEW, Listed[DefinitionLine])
def list_definitions(request: Any, asked: Query[PageQuery]) -> Any:
    """看得到的记录种类"""
    found = [one for one in book() if permissions.readable(request.user, one)]
    return page_of(request, found, asked, lambda rows: [_line(request, one) for one in rows])


@section.read("/definitions/{definition}", VIEW, DefinitionOut)
def get_definition(request: Any, definition: str) -> Any:
    """一种记录：字段、状态、办理、说明"""
    one = definition_or_404(request, definition)
    roles = {name: role.label for name, role in access_table().roles.items()}
    return {
        **_line(request, one),
        "words": describe(one, book(), roles),
        "fields": [_field(name, field) for name, field in one.fields.items()],
        "states": [
            {"name": name, "label": state.label, "start": state.start, "end": state.end}
            for name, state in one.states.items()
        ],
        "moves": [_move(name, move) for name, move in one.moves.items()],
        "filters": [*one.filters],
        "list_columns": [*one.list],
    }


@section.read("/definitions/{definition}/schema", VIEW, dict[str, Any])
def get_definition_schema(request: Any, definition: str) -> Any:
    """一种记录的 values 的 JSON Schema（2020-12）"""
    return document_schema(definition_or_404(request, definition))


def _line(request: Any, one: Definition) -> dict[str, Any]:
    return {
        "id": one.id,
        "topic": one.topic,
        "kind": one.kind.value,
        "label": one.label,
        "meaning": one.meaning,
        "version": one.version,
        "may_write": request.user.can("record.edit") and bool(permissions.writable(request.user, one)),
    }


def _field(name: str, field: Any) -> dict[str, Any]:
    return {
        "name": name,
        "label": field.label,
        "type": field.type.value,
        "required": field.required,
        "personal": field.is_personal,
        "unit": field.unit,
        "computed": field.computed is not None,
    }


def _move(name: str, move: Any) -> dict[str, Any]:
    return {
        "name": name,
        "label": move.label,
        "origins": [*move.from_],
        "to": move.to,
        "needs": [*move.needs],
        "reason": bool(move.reason),
        "approvals": {key: one.label for key, one in move.approvals.items()},
    }
