"""Records as rows of fact tables, and fact rows as records again (a county that comes with tables, the
demonstration).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from xinglin.facts.model import ColumnType, load_contract
from xinglin.records.cells import to_json
from xinglin.records.definition import Definition
from xinglin.records.feed import Feed
from xinglin.records.fields import FieldType
from xinglin.records.migrating import migrated
from xinglin.records.samples import sample_of
from xinglin.records.validation import values_of

Kept = Mapping[str, Any]
"""A record as it is kept: id, version, state, place, facility, document, points and results."""


def feeds(definitions: Iterable[Definition], table: str) -> Iterator[tuple[Definition, Feed]]:
    """Every feed of a fact table."""
    for definition in definitions:
        for feed in definition.facts:
            if feed.table == table:
                yield definition, feed


def facts(definition: Definition, kept: Kept) -> dict[str, Any]:
    """The values of a kept record with what every record has besides."""
    document, state = migrated(definition, kept["version"], kept["document"], kept["state"])
    more = ("id", "place", "points_self", "points_verified", "result_self", "result")
    return {
        "facility": kept.get("facility"),
        **values_of(definition, document),
        **{name: kept.get(name) or None for name in more},
        "state": state,
    }


def rows(definition: Definition, feed: Feed, records: Iterable[Kept]) -> Iterator[dict[str, Any]]:
    """Rows of a fact table out of kept records, with the types of the contract; a row without a required value
    is none.
    """
    columns = load_contract().table(feed.table).columns
    required = [name for name, column in columns.items() if column.required]
    for kept in records:
        for row in feed.rows(facts(definition, kept)):
            if all(row.get(name) is not None for name in required):
                yield {name: row.get(name) for name in columns}


def raw_of(definition: Definition, feed: Feed, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The record that gives a fact row, for a form: what the row says, samples for what it does not.

    None where the row is another definition's: a fixed value differs, or a code stands for nothing here.
    """
    found = sample_of(definition, {})
    for name, source in feed.columns.items():
        value = row.get(name)
        if source.value is not None:
            if value != source.value:
                return None
            continue
        field = definition.fields.get(str(source.field))
        if source.field == "each":
            found[str(feed.each)] = [value]
        if field is None:
            continue
        if source.map is not None:
            value = next((code for code, fact in source.map.items() if fact == value), None)
        if value is None:
            found.pop(str(source.field), None)
            if field.required:
                return None
        else:
            found[str(source.field)] = to_json(value)
    subject = definition.subject_field
    if subject not in found and row.get(subject) is not None:
        found[subject] = row[subject]
    return found if subject in found else None


def id_of(feed: Feed, row: Mapping[str, Any]) -> str | None:
    """The id that a fact row gives its record, if the feed passes the record's id on."""
    named = next((n for n, source in feed.columns.items() if source.field == "id"), None)
    value = row.get(named) if named else None
    return str(value) if value and feed.each is None else None


def date_column(table: str) -> str | None:
    """The column by which a table of events lies in time."""
    return load_contract().table(table).time.date


def unfit(definition: Definition, feed: Feed) -> list[str]:
    """Columns of a feed whose values the fact table cannot hold, or that would carry personal data out."""
    columns = load_contract().table(feed.table).columns
    found = []
    for name, source in feed.columns.items():
        field = definition.fields.get(str(source.field))
        if field is None or name not in columns:
            continue
        if field.is_personal:
            found.append(f"facts.{feed.table}.{name}：“{source.field}”是个人信息")
        if columns[name].type is ColumnType.DATE and field.type is not FieldType.DATE:
            found.append(f"facts.{feed.table}.{name}：“{source.field}”不是日期")
    return found
