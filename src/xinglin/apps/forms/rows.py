"""A record's values as the rows that hold them: document, personal part, index rows, unique keys; and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from xinglin.apps.forms.models import Record, UniqueKey, Value
from xinglin.apps.forms.models.record import COUNTY
from xinglin.records import Definition, FieldType
from xinglin.records.cells import to_json
from xinglin.records.conditions import is_given
from xinglin.records.migrating import migrated
from xinglin.records.standard import judge
from xinglin.records.units import units_in
from xinglin.records.validation import document, values_of

OWN_COLUMNS = {
    "valid_from": "day",
    "date": "day",
    "valid_to": "until",
    "place": "place",
    "facility": "facility_id",
}
"""Fields that are columns of the record already; subjects other than a facility or place are ``subject``."""
UNITS = "*units"
"""In place of a field: index rows that hold the units a record names (``who.units``)."""
JUDGED = ("points_self", "points_verified", "result_self", "result")
"""Columns of assessments."""
LONGEST_TEXT, LONGEST_TITLE = 200, 200


def column_of(definition: Definition, field: str) -> str | None:
    """The column of `Record` that holds a field, or None for those with index rows."""
    if field in ("date", "valid_from", "valid_to"):
        return OWN_COLUMNS[field]
    if field == definition.subject_field:
        return {"place": "place", "facility": "facility_id"}.get(field, "subject")
    if field in JUDGED:  # a definition without a standard may have a field of such a name
        return field if definition.standard is not None else None
    return "state" if field == "state" else None


def index_fields(definition: Definition) -> tuple[str, ...]:
    """Fields that have index rows."""
    return tuple(name for name in definition.indexed if column_of(definition, name) is None)


@lru_cache(maxsize=8192)
def slot(definition: str, field: str) -> int:
    """The number that stands for a field in index rows: 31 bits of its digest, so that it needs no table.

    `checks` makes sure that no two fields share one.
    """
    digest = hashlib.sha256(f"{definition}.{field}".encode()).digest()
    return int.from_bytes(digest[:4]) & 0x7FFF_FFFF


def fill(record: Record, definition: Definition, values: Mapping[str, Any]) -> None:
    """Put checked values into a record whose place is known: document, personal part, days, title."""
    kept = document(definition, values)
    hidden = {name for name, field in definition.fields.items() if field.is_personal}
    record.version, record.county = definition.version, record.place[:COUNTY]
    record.document = {name: value for name, value in kept.items() if name not in hidden}
    secret = {name: value for name, value in kept.items() if name in hidden}
    record.personal = json.dumps(secret, ensure_ascii=False, sort_keys=True) if secret else ""
    record.day = values.get(definition.day_field)
    record.until = values.get("valid_to") if "valid_to" in definition.fields else None
    record.subject = str(values[definition.subject_field])
    record.title = title_of(definition, values)


def fill_scores(record: Record, definition: Definition, scores: Mapping[str, Mapping[str, Any]]) -> None:
    """Put the scores of an assessment into a record, with both totals and what follows from them."""
    assert definition.standard is not None
    record.scores = {name: to_json(entry) for name, entry in scores.items()}
    own, verified = judge(definition.standard, scores, "self"), judge(definition.standard, scores, "verified")
    given = {side for entry in scores.values() for side in ("self", "verified") if side in entry}
    record.points_self = own.points if "self" in given else None
    record.points_verified = verified.points if "verified" in given else None
    record.result_self, record.result = own.result or "", verified.result or ""


def title_of(definition: Definition, values: Mapping[str, Any]) -> str:
    """What names the record; references are named when it is shown."""
    from xinglin.records.cells import shown

    parts = [
        shown(definition.fields[name], values.get(name), definition.id, name)
        for name in definition.title
        if name in definition.fields and definition.fields[name].type not in _NAMED_LATER
    ]
    text = " ".join(part.split("\n")[0] for part in parts if part)
    return text[:LONGEST_TITLE] or definition.label


_NAMED_LATER = (
    FieldType.FACILITY,
    FieldType.HALL,
    FieldType.PRACTITIONER,
    FieldType.CONSORTIUM,
    FieldType.PLACE,
    FieldType.RECORD,
)


def values_in(record: Record, definition: Definition, *, personal: bool = True) -> dict[str, Any]:
    """The typed values of a record as its definition now has them; personal ones only if asked for."""
    kept, _ = migrated(
        definition, record.version, {**record.document, **(secrets(record) if personal else {})}
    )
    return values_of(definition, kept)


def secrets(record: Record) -> dict[str, Any]:
    """The personal values of a record."""
    found: dict[str, Any] = json.loads(record.personal) if record.personal else {}
    return found


def facts_of(record: Record, definition: Definition, *, personal: bool = False) -> dict[str, Any]:
    """The values with what every record has besides: id, state, place, facility, points and results."""
    _, state = migrated(definition, record.version, {}, record.state)
    judged = {
        "points_self": record.points_self,
        "points_verified": record.points_verified,
        "result_self": record.result_self or None,
        "result": record.result or None,
    }
    return {
        "facility": record.facility_id,
        **values_in(record, definition, personal=personal),
        "id": record.pk,
        "state": state,
        "place": record.place,
        **(judged if definition.standard is not None else {}),  # others may have a field of such a name
    }


def index_rows(record: Record, definition: Definition, values: Mapping[str, Any]) -> Iterator[Value]:
    """The index rows of a record."""
    own = {"record_id": record.pk, "place": record.place, "record_day": record.day}
    for name in index_fields(definition):
        value = values.get(name)
        if not is_given(value):
            continue
        for one in value if isinstance(value, tuple) else (value,):
            yield Value(**own, slot=slot(definition.id, name), **_typed(one))
    for unit in sorted(units_in(definition, values, record.place)):
        yield Value(**own, slot=slot(definition.id, UNITS), text=unit)


def _typed(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"text": "1" if value else "0"}
    if isinstance(value, int | Decimal):
        return {"number": Decimal(value)}
    return {"day": value} if isinstance(value, date) else {"text": str(value)[:LONGEST_TEXT]}


def unique_rows(record: Record, definition: Definition, values: Mapping[str, Any]) -> Iterator[UniqueKey]:
    """The unique keys of a record; a set with an empty field is not looked at."""
    for number, digest in digests(definition, values):
        yield UniqueKey(record_id=record.pk, definition=definition.id, number=number, digest=digest)


def digests(definition: Definition, values: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Number of each set of fields and the digest of its values."""
    for number, fields in enumerate(definition.unique):
        parts = [values.get(name) for name in fields]
        if all(map(is_given, parts)):
            text = json.dumps([to_json(part) for part in parts], ensure_ascii=False, sort_keys=True)
            yield number, hashlib.sha256(text.encode()).hexdigest()


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field → [before, after] of what differs between two kept documents."""
    names: Sequence[str] = list(dict.fromkeys([*before, *after]))
    return {n: [before.get(n), after.get(n)] for n in names if before.get(n) != after.get(n)}
