"""How records become fact tables: raw records by SQL, rows of the contract by the definitions' feeds (no Django
there).

A raw record carries the month in which a row of it may lie. Rows lie in time by a date of the fact, which is often not
the record's own (a grade is published long after it was asked for), so the month is cut out of the document where it
has to be. A record whose feeds name several dates is there once for each month.
"""

from __future__ import annotations

import hashlib

from xinglin.apps.forms.book import book
from xinglin.facts import load_contract
from xinglin.records import Definition
from xinglin.records.feeding import date_sources, origin

SENT = 'SELECT unit, "table", period, status, reported_on FROM forms_sent'

_RECORD = (
    "r.id AS id, r.definition AS definition, r.version AS version, r.state AS state, r.place AS place, "
    "COALESCE(r.facility_id, '') AS facility, CAST(r.document AS TEXT) AS document, "
    "COALESCE(CAST(r.points_self AS TEXT), '') AS points_self, "
    "COALESCE(CAST(r.points_verified AS TEXT), '') AS points_verified, r.result_self AS result_self, "
    "r.result AS result"
)
_NO_ANSWER = "'' AS answer, '' AS answer_place, '' AS answer_date, '' AS weight, '' AS score, '' AS reached"
_ANSWER = (
    "a.id AS answer, a.place AS answer_place, CAST(a.date AS TEXT) AS answer_date, "
    "CAST(a.weight AS TEXT) AS weight, COALESCE(CAST(a.score AS TEXT), '') AS score, "
    "CASE WHEN a.reached THEN '1' ELSE '0' END AS reached"
)
_STAMP = "r.revision AS revision, CAST(r.changed_at AS TEXT)"
_FROM = "FROM forms_record AS r WHERE r.removed_at IS NULL"
_FROM_ANSWERS = (
    "FROM forms_answer AS a JOIN forms_record AS r ON a.round_id = r.id "
    "WHERE r.removed_at IS NULL AND a.reached IS NOT NULL"
)
_VERSIONS = (
    "SELECT month, CAST(COUNT(*) AS TEXT) || ' ' || MAX(stamp) || ' ' || CAST(SUM(revision) AS TEXT) || ' {digest}' "
    "AS version FROM ({rows}) AS stamps GROUP BY month"
)
"""A month's version: changes when a record of it comes, goes or changes, or its definition does."""


def selects() -> dict[str, str]:
    """Fact table → statement."""
    found = {table: _raw(table, definitions) for table, definitions in _by_table().items()}
    return {**found, "reporting": SENT}


def versions() -> dict[str, str]:
    """Fact table of events → statement that gives each month's version; records without a date have an empty month."""
    return {
        table: _VERSIONS.format(digest=_digest(definitions), rows=_stamps(table, definitions))
        for table, definitions in _by_table().items()
        if _is_event(table)
    }


def through() -> dict[str, tuple[str, ...]]:
    """Fact tables whose rows the definitions make out of raw records → the folders with definitions of this
    installation.
    """
    from django.conf import settings

    more = tuple(str(path) for path in settings.XINGLIN_DEFINITIONS)
    return dict.fromkeys(_by_table(), more)


def _by_table() -> dict[str, list[Definition]]:
    found: dict[str, list[Definition]] = {}
    for definition in book():
        for table in dict.fromkeys(feed.table for feed in definition.facts):
            found.setdefault(table, []).append(definition)
    return found


def _is_event(table: str) -> bool:
    return load_contract().table(table).time.kind == "event"


def _digest(definitions: list[Definition]) -> str:
    """Changes when a definition does: then old records may give other rows."""
    text = "\n".join(one.model_dump_json() for one in definitions)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _raw(table: str, definitions: list[Definition]) -> str:
    return " UNION ALL ".join(
        _each_month(
            [f"SELECT {_RECORD}, {_ANSWER if answers else _NO_ANSWER}, {month} AS month {_of(names, answers)}"
             for month in months]
        )
        for (months, answers), names in _grouped(table, definitions).items()
    )  # fmt: skip


def _stamps(table: str, definitions: list[Definition]) -> str:
    return " UNION ALL ".join(
        _each_month(
            [f"SELECT {'a' if answers else 'r'}.id AS id, {month} AS month, {_STAMP}"
             f"{' || a.id' if answers else ''} AS stamp {_of(names, answers)}" for month in months]
        )
        for (months, answers), names in _grouped(table, definitions).items()
    )  # fmt: skip


def _each_month(statements: list[str]) -> str:
    """One statement, or several whose equal rows are one: a record stands once for each month."""
    first, *more = statements
    if not more:
        return first
    return f"SELECT * FROM ({' UNION '.join(statements)}) AS months"  # noqa: S608 - names of our own


def _of(names: list[str], answers: bool) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"{_FROM_ANSWERS if answers else _FROM} AND r.definition IN ({listed})"


def _grouped(table: str, definitions: list[Definition]) -> dict[tuple[tuple[str, ...], bool], list[str]]:
    """Months of rows (SQL) and whether there is a row for each answer → definitions."""
    found: dict[tuple[tuple[str, ...], bool], list[str]] = {}
    for one in definitions:
        found.setdefault((_months(one, table), one.survey is not None), []).append(one.id)
    return found


def _months(definition: Definition, table: str) -> tuple[str, ...]:
    """The months in which rows of a record may lie, each as SQL; a register's rows lie in none."""
    if not _is_event(table):
        return ("''",)
    dates = [
        _text(source.value) if source.field is None else _date(definition, source.field)
        for source in date_sources(definition, table)
    ]
    return tuple(dict.fromkeys(f"COALESCE(substr({one}, 1, 7), '')" for one in dates)) or ("''",)


def _date(definition: Definition, field: str) -> str:
    """The date that a field holds, as text."""
    if definition.survey is not None and field == "date":
        return "CAST(a.date AS TEXT)"
    origins = {version: origin(definition, field, version) for version in range(1, definition.version + 1)}
    if field == definition.day_field and set(origins.values()) == {(field, None)}:
        return "CAST(r.day AS TEXT)"
    *old, (_, newest) = origins.items()
    cases = " ".join(f"WHEN {version} THEN {_kept(*one)}" for version, one in old if one != newest)
    return f"CASE r.version {cases} ELSE {_kept(*newest)} END" if cases else _kept(*newest)


def _kept(name: str | None, filled: object) -> str:
    found = "NULL" if name is None else f"(r.document ->> {_text(name)})"
    return found if filled is None else f"COALESCE({found}, {_text(filled)})"


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
