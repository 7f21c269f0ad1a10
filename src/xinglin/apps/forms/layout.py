"""How a form is laid out: what must be filled first, what may be left out after it, out of the way."""

from __future__ import annotations

from typing import NamedTuple

from django import forms

from xinglin.apps.access.table import access_table
from xinglin.apps.forms.building import RecordForm
from xinglin.records import Definition, FieldType
from xinglin.records.phrases import listed

FEW_OPTIONAL = 3
"""So many fields that may be left out stay where they are."""


class Part(NamedTuple):
    """Fields under a heading (none if empty).

    ``later``: they may be left out and stay folded. ``open``: unfolded, because something is filled in or wrong there.
    """

    heading: str
    fields: list[forms.BoundField]
    later: bool = False
    open: bool = False


def parts(definition: Definition, form: RecordForm) -> list[Part]:
    """The parts of a form; in a form without headings fields that may be left out come last, folded."""
    if form.groups:
        return [Part(heading, [form[name] for name in names]) for heading, names in form.groups]
    later = _later(definition, form.asked)
    if len(later) <= FEW_OPTIONAL:
        return [Part("", [form[name] for name in form.asked])]
    first = [form[name] for name in form.asked if name not in later]
    rest = [form[name] for name in form.asked if name in later]
    used = any(field.errors or field.value() for field in rest)
    return [Part("", first), Part("更多内容（可不填）", rest, later=True, open=used)]


def _later(definition: Definition, asked: list[str]) -> set[str]:
    """Fields that may be left out, and that no field asked first depends on or is followed by."""
    needed = {name for name in asked if definition.fields[name].required}
    for name in asked:
        when = definition.fields[name].when
        if name in needed and when is not None:
            needed |= when.fields()
    for name in asked:
        when = definition.fields[name].when
        if when is not None and when.fields() & needed:
            needed.add(name)
    return {name for name in asked if name not in needed}


def private(definition: Definition) -> list[str]:
    """Fields that a browser must not keep on its computer: personal ones, and files."""
    return [
        name for name, field in definition.fields.items() if field.is_personal or field.type is FieldType.FILE
    ]


def who_writes(definition: Definition) -> str:
    """Whoever fills in a definition, in words."""
    roles = access_table().roles
    return listed(roles[role].label for role in definition.who.write)
