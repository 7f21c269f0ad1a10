"""Words for ids: names of facilities, halls, people, consortia, records and accounts, many in few queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from xinglin.apps.accounts.models import User
from xinglin.apps.forms.models import Record
from xinglin.apps.organisations.models import Consortium, Facility, Practitioner, TcmHall
from xinglin.apps.ui.places import place_name
from xinglin.records import Definition, FieldType
from xinglin.records.cells import shown
from xinglin.records.conditions import is_given
from xinglin.records.fields import MANY, REFERENCES

Names = dict[tuple[str, str], str]


def names(wanted: Mapping[str, Collection[str]]) -> Names:
    """(kind, id) → words; people by surname only, for whoever may see the whole name opens the person."""
    found: Names = {}
    for kind, ids in wanted.items():
        listed = [one for one in dict.fromkeys(ids) if one]
        if kind == "place":
            found |= {(kind, code): place_name(code, 4) for code in listed if code.isdigit()}
        elif listed:
            found |= {(kind, pk): words for pk, words in _read(kind, listed)}
    return found


def _read(kind: str, ids: list[str]) -> Iterable[tuple[str, str]]:
    if kind.startswith("record:"):
        return Record.objects.filter(pk__in=ids).values_list("pk", "title")
    if kind == "facility":
        return Facility.objects.filter(pk__in=ids).values_list("pk", "name")
    if kind == "consortium":
        return Consortium.objects.filter(pk__in=ids).values_list("pk", "name")
    if kind == "tcm_hall":
        halls = TcmHall.objects.filter(pk__in=ids).values_list("pk", "facility__name")
        return [(pk, f"{name}中医馆") for pk, name in halls]
    rows = Practitioner.objects.filter(pk__in=ids)
    return [(row.pk, masked(row.name)) for row in rows]


def masked(name: str) -> str:
    """The surname."""
    from xinglin.base.pinyin import split_surname

    return f"{split_surname(name)[0]}**" if name else "（未登记姓名）"


def people(ids: Collection[str]) -> dict[str, str]:
    """Account id → what it is called on pages."""
    rows = User.objects.filter(pk__in=[one for one in set(ids) if one])
    return {row.pk: row.display_name or row.username for row in rows}


def wanted_by(
    definition: Definition, rows: Iterable[Mapping[str, Any]], fields: Collection[str]
) -> dict[str, set[str]]:
    """What must be named to show some fields of some records."""
    found: dict[str, set[str]] = {}
    listed = list(rows)
    for name in fields:
        field = definition.fields.get(name)
        kind = None if field is None else kind_of(field)
        if kind is not None:
            for row in listed:
                value = row.get(name)
                parts = value if isinstance(value, tuple) else (value,)
                found.setdefault(kind, set()).update(str(one) for one in parts if is_given(one))
    return found


def kind_of(field: Any) -> str | None:
    """The kind of thing a field refers to, or None."""
    if field.type is FieldType.PLACE:
        return "place"
    return f"record:{field.of}" if field.type is FieldType.RECORD else REFERENCES.get(field.type)


def words(definition: Definition, name: str, value: Any, known: Names) -> str:
    """A value in words, references by their names."""
    field = definition.fields[name]
    kind = kind_of(field)
    if kind is None or not is_given(value):
        return shown(field, value, definition.id, name)
    parts = value if field.type in MANY else (value,)
    return "、".join(known.get((kind, str(one)), str(one)) for one in parts)
