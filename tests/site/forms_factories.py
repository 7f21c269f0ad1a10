"""Makes records for tests: values from the samples of their definitions, things they are about from the makers of
organisations."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import organisations_factories as organisations

from xinglin.apps.forms import lookup
from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.book import definition as definition_of
from xinglin.apps.forms.building import plain
from xinglin.apps.forms.models import Record
from xinglin.records import Definition, FieldType
from xinglin.records.samples import sample_of

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
"""What passes for a picture: its first bytes are looked at."""
PLACES = {2: "44", 4: "4418", 6: "441882", 9: "441882101", 12: "441882101001"}


def place_of(levels: tuple[int, ...] | None, within: int = 6) -> str:
    """A place that a field may hold: of the county's level if it may, else the nearest allowed."""
    allowed = levels or (within,)
    return PLACES[within if within in allowed else allowed[0]]


def things(definition: Definition, given: Collection[str] = ()) -> dict[str, Any]:
    """What stands for the references of a sample; made in the database, only what is needed and not given."""
    found: dict[str, Any] = {}
    for name, field in definition.fields.items():
        if name in given:
            continue
        if field.type is FieldType.PLACE:
            found[name] = place_of(field.levels)
        elif field.type in (FieldType.FACILITY, FieldType.FACILITIES):
            kinds = definition.kinds if name == definition.subject_field else ()
            row = organisations.facility(**({"kind": kinds[0]} if kinds else {}))
            found[name] = row.pk if field.type is FieldType.FACILITY else [row.pk]
        elif field.type is FieldType.HALL:
            owner = organisations.facility(**({"kind": definition.kinds[0]} if definition.kinds else {}))
            found[name] = organisations.tcm_hall(owner).pk
        elif field.type in (FieldType.PRACTITIONER, FieldType.PRACTITIONERS):
            row = organisations.practitioner()
            found[name] = row.pk if field.type is FieldType.PRACTITIONER else [row.pk]
        elif field.type is FieldType.CONSORTIUM:
            found[name] = organisations.consortium().pk
        elif field.type is FieldType.RECORD and (field.required or name == definition.subject_field):
            found[name] = another(str(field.of)).pk
    return found


def another(which: str) -> Record:
    """A record that shares no unique texts with others of the test."""
    one = definition_of(which)
    texts = {n for group in one.unique for n in group if one.fields[n].type is FieldType.TEXT}
    number = Record.objects.filter(definition=which).count()
    more = {n: f"{one.fields[n].sample}{number}" for n in texts if one.fields[n].sample} if number else {}
    return record(which, **more)


def area_of(definition: Definition, found: dict[str, Any]) -> lookup.Area:
    """Where a record about some things lies."""
    subject = str(found[definition.subject_field])
    return lookup.areas(definition, [subject])[subject]


def raw(which: str, **more: Any) -> dict[str, Any]:
    """Good values of a definition."""
    definition = definition_of(which)
    return {**sample_of(definition, things(definition, more)), **more}


def posted(which: str, **more: Any) -> dict[str, Any]:
    """Good values as a browser sends them, without references and files."""
    one = definition_of(which)
    values = {**sample_of(one, {}), **more}
    kept = {n: v for n, v in values.items() if one.fields[n].type is FieldType.CODES}
    return {**plain(values), **kept}


def record(definition: str, *, by: Any = None, **more: Any) -> Record:
    """A saved record."""
    return saving.create(definition_of(definition), raw(definition, **more), by=by)
