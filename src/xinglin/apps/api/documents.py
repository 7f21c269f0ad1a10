"""The values of a record as a JSON Schema (2020-12): what a client may send, told from the definition."""

from __future__ import annotations

from typing import Any

from xinglin.records import Definition, Field, FieldType
from xinglin.records.cells import code_list

# Decimals are answered as text, since JSON readers may not keep them exact; both ways of writing are taken.
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXTS = (FieldType.FACILITIES, FieldType.PRACTITIONERS, FieldType.FILE)
"""Types whose value is a list of ids."""


def document_schema(definition: Definition) -> dict[str, Any]:
    """The schema of ``values``.

    Rules between fields and references are checked when a record is sent: a schema cannot say them. Fields that are
    asked for only in some case are never required here.
    """
    asked = {name: field for name, field in definition.fields.items() if field.computed is None}
    required = [name for name, field in asked.items() if field.required and field.when is None]
    return {
        "$schema": DIALECT,
        "$id": f"urn:xinglin:definition:{definition.id}:{definition.version}",
        "title": definition.label,
        "description": definition.meaning,
        "type": "object",
        "properties": {name: field_schema(definition, name, field) for name, field in asked.items()},
        "required": required,
        "additionalProperties": False,
    }


def field_schema(definition: Definition, name: str, field: Field) -> dict[str, Any]:
    """The schema of one field; null is an empty one unless it is required."""
    found = {"title": field.label, **_typed(definition, name, field)}
    notes = [field.help, f"单位：{field.unit}" if field.unit else ""]
    if field.when is not None:
        notes.append("在某些情况下才填，见定义的说明")
    if field.is_personal:
        found["x-personal"] = True
    words = "；".join(note for note in notes if note)
    if words:
        found["description"] = words
    if not field.required:
        found["type"] = [*_types(found["type"]), "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def _types(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


_PLAIN: dict[FieldType, dict[str, Any]] = {
    FieldType.BOOLEAN: {"type": "boolean"},
    FieldType.DATE: {"type": "string", "format": "date"},
    FieldType.MONTH: {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"},
    FieldType.PLACE: {"type": "string", "pattern": r"^\d{1,12}$"},
    **{type_: {"type": "array", "items": {"type": "string"}} for type_ in _TEXTS},
}


def _typed(definition: Definition, name: str, field: Field) -> dict[str, Any]:
    if field.type in _PLAIN:
        return dict(_PLAIN[field.type])
    if field.type in (FieldType.INTEGER, FieldType.YEAR):
        return {"type": "integer", **_limits(field)}
    if field.type is FieldType.DECIMAL:
        return {"type": ["number", "string"], "pattern": r"^-?\d+(\.\d+)?$", **_limits(field)}
    if field.type in (FieldType.CODE, FieldType.CODES):
        codes = {"type": "string", "enum": [*code_list(field, definition.id, name).codes]}
        return codes if field.type is FieldType.CODE else {"type": "array", "items": codes}
    longest = {"maxLength": field.longest} if field.longest else {}
    return {"type": ["string", "integer"] if field.type is FieldType.TEXT else "string", **longest}


def _limits(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if field.min is not None:
        found["minimum"] = float(field.min)
    if field.max is not None:
        found["maximum"] = float(field.max)
    return found
