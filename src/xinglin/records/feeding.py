"""Records as rows of fact tables, and fact rows as records again (a county that comes with tables, the
demonstration).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from xinglin.facts.model import Column, ColumnType, Table, load_contract
from xinglin.records.cells import to_json
from xinglin.records.definition import Definition
from xinglin.records.feed import Feed
from xinglin.records.fields import FieldType
from xinglin.records.migrating import migrated
from xinglin.records.samples import sample_of
from xinglin.records.validation import values_of

Kept = Mapping[str, Any]
"""A record as it is kept: id, version, state, place, facility, document, points and results. Of a survey one for each
answer, with ``answer``: its id, place, date, score, reached and weight.
"""
_SIX = Decimal("0.000001")
"""Decimals of the contract."""
_POINTS = ("points_self", "points_verified")


def feeds(definitions: Iterable[Definition], table: str) -> Iterator[tuple[Definition, Feed]]:
    """Every feed of a fact table."""
    for definition in definitions:
        for feed in definition.facts:
            if feed.table == table:
                yield definition, feed


def facts(definition: Definition, kept: Kept) -> dict[str, Any]:
    """The values of a kept record with what every record has besides."""
    document, state = migrated(definition, kept["version"], kept["document"], kept["state"])
    values = {
        "facility": kept.get("facility"),
        **values_of(definition, document),
        **(_judged(kept) if definition.standard is not None else {}),
        "id": kept["id"],
        "place": kept["place"],
        "state": state,
    }
    answer = kept.get("answer")
    return values if answer is None else {**values, **answer, "weight": _weight(values, answer)}


def _judged(kept: Kept) -> dict[str, Any]:
    """What an assessment has besides its fields; other kinds may have a field called ``result``."""
    points = {name: Decimal(kept[name]) if kept.get(name) else None for name in _POINTS}
    return {**points, **{name: kept.get(name) or None for name in ("result_self", "result")}}


def _weight(values: Mapping[str, Any], answer: Mapping[str, Any]) -> Decimal:
    """The weight of an answer in totals: that of its round, if the round has one, times its own."""
    return Decimal(values.get("weight") or 1) * Decimal(answer["weight"])


@dataclass(frozen=True)
class Made:
    """A row that a record gives a fact table; it counts only if nothing that is required is lacking."""

    row: dict[str, Any]
    lacking: tuple[str, ...] = field(default=())


def rows(definition: Definition, table: str, kept: Kept) -> Iterator[Made]:
    """The rows that one kept record gives a fact table, with the types of the contract, ids all different."""
    declared = load_contract().table(table)
    values = facts(definition, kept)
    seen: dict[str, int] = {}
    for feed in definition.facts:
        for found in feed.rows(values) if feed.table == table else ():
            row = {name: _typed(column, found.get(name)) for name, column in declared.columns.items()}
            _told_apart(declared, feed, row, seen)
            yield Made(row, tuple(n for n, c in declared.columns.items() if c.required and row[n] is None))


def _told_apart(table: Table, feed: Feed, row: dict[str, Any], seen: dict[str, int]) -> None:
    """Number the ids of a record that gives several rows by feeds that pass on its id."""
    key = table.key[0]
    if len(table.key) == 1 and feed.columns[key].field == "id":
        number = seen[row[key]] = seen.get(row[key], 0) + 1
        if number > 1:
            row[key] = f"{row[key]}.{number}"


def _typed(column: Column, value: Any) -> Any:
    """A value as the fact table holds it."""
    if value is None or value == "":
        return None
    if column.type is ColumnType.DECIMAL:
        return Decimal(value).quantize(_SIX)
    if column.type in (ColumnType.INTEGER, ColumnType.YEAR):
        return int(value)
    return str(value) if column.type not in _AS_IT_IS else value


_AS_IT_IS = (ColumnType.BOOLEAN, ColumnType.DATE)


# Back again


def raw_of(
    definition: Definition, feed: Feed, row: Mapping[str, Any], things: Mapping[str, Any] | None = None
) -> dict[str, Any] | None:
    """The record that gives a fact row, for a form: what the row says, samples for what it does not.

    Dates of the sample move with the row's own, so that they stay in order.

    Args:
        things: what stands for references that the row does not name, as for `samples.sample_of`.

    Returns:
        None where the row is another definition's: a fixed value differs, or a code stands for nothing here.
    """
    found: dict[str, Any] = {}
    for name, source in feed.columns.items():
        value = row.get(name)
        if source.value is not None:
            if value != source.value:
                return None
            continue
        one = definition.fields.get(str(source.field))
        if source.field == "each":
            found[str(feed.each)] = [value]
        if one is None or one.computed is not None:
            continue
        if source.map is not None:
            value = next((code for code, fact in source.map.items() if fact == value), None)
            value = _plain(value)
        if value is not None and one.options and value not in one.options:
            return None
        if value is None and one.required and one.when is None:
            continue  # the sample stands in for what the row does not say
        found[str(source.field)] = to_json(value)
    sample = _moved(definition, sample_of(definition, things or {}), found)
    return {name: value for name, value in {**sample, **found}.items() if value is not None}


def _plain(code: str | None) -> Any:
    """A key of a map as the value it stands for."""
    return {"true": True, "false": False}.get(str(code), code)


def _moved(definition: Definition, sample: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """A sample whose dates lie around a date that is given, as they lay around the sample's own."""
    days = {n: f for n, f in definition.fields.items() if f.type is FieldType.DATE and sample.get(n)}
    fixed = next((name for name in days if given.get(name)), None)
    if fixed is None:
        return dict(sample)
    by = date.fromisoformat(given[fixed]) - date.fromisoformat(str(sample[fixed]))
    years = date.fromisoformat(given[fixed]).year - date.fromisoformat(str(sample[fixed])).year
    moved: dict[str, Any] = {name: _later(sample[name], by) for name in days}
    for name, one in definition.fields.items():
        if one.type is FieldType.YEAR and sample.get(name):
            moved[name] = int(sample[name]) + years
    return {**sample, **moved}


def _later(day: Any, by: timedelta) -> str:
    return (date.fromisoformat(str(day)) + by).isoformat()


def id_of(feed: Feed, row: Mapping[str, Any]) -> str | None:
    """The id that a fact row gives its record, if the feed passes the record's id on."""
    named = next((n for n, source in feed.columns.items() if source.field == "id"), None)
    value = row.get(named) if named else None
    return str(value) if value and feed.each is None else None


# When a row lies in time


def origin(definition: Definition, name: str, version: int) -> tuple[str | None, Any]:
    """What a field was called in an earlier version (None: there was none), and the value it is filled with where it
    was empty.
    """
    found: str | None = name
    filled: Any = None
    for number in range(definition.version, version, -1):
        for step in reversed(definition.migrations.get(number, ())):
            if found is None:
                break
            if step.rename is not None:
                back = {new: old for old, new in step.rename.items()}
                found = back.get(found, None if found in step.rename else found)
            elif step.drop is not None and found in step.drop:
                found = None
            elif step.fill is not None and found in step.fill:
                filled = step.fill[found]
    return found, filled


def date_sources(definition: Definition, table: str) -> list[Any]:
    """The sources of a table's date among the feeds of a definition, each once."""
    column = load_contract().table(table).time.date
    assert column is not None
    found = [
        feed.columns[column] for feed in definition.facts if feed.table == table and column in feed.columns
    ]
    return [one for number, one in enumerate(found) if one not in found[:number]]
