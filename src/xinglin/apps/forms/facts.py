"""How records become fact tables: raw records by SQL, rows of the contract by the definitions' feeds (no Django
there).
"""

from __future__ import annotations

from xinglin.facts import load_contract

RAW = (
    "SELECT id, definition, version, state, place, facility_id AS facility, CAST(day AS TEXT) AS day, "
    "CAST(document AS TEXT) AS document, CAST(points_self AS TEXT) AS points_self, "
    "CAST(points_verified AS TEXT) AS points_verified, result_self, result "
    "FROM forms_record WHERE removed_at IS NULL AND definition IN ({names})"
)
"""A record as `xinglin.records.feeding` takes it, the same on SQLite and PostgreSQL."""
MONTHS = (
    "SELECT substr(CAST(day AS TEXT), 1, 7) AS month, CAST(COUNT(*) AS TEXT) || ' ' || "
    "CAST(MAX(changed_at) AS TEXT) || ' ' || CAST(SUM(revision) AS TEXT) AS version FROM forms_record "
    "WHERE removed_at IS NULL AND day IS NOT NULL AND definition IN ({names}) GROUP BY 1"
)
"""A month's version: changes when a record of it comes, goes or changes."""

ANSWERS = (
    "SELECT id AS response, {survey} AS survey, place, CAST(date AS TEXT) AS date, weight, reached "
    "FROM forms_answer WHERE reached IS NOT NULL AND round_id IN "
    "(SELECT id FROM forms_record WHERE definition = '{name}' AND removed_at IS NULL)"
)
ANSWER_MONTHS = (
    "SELECT substr(CAST(date AS TEXT), 1, 7) AS month, CAST(COUNT(*) AS TEXT) || ' ' || MAX(id) AS version "
    "FROM forms_answer WHERE reached IS NOT NULL AND round_id IN "
    "(SELECT id FROM forms_record WHERE removed_at IS NULL AND definition IN ({names})) GROUP BY 1"
)
SENT = 'SELECT unit, "table", period, status, reported_on FROM forms_sent'


def _listed(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _by_table() -> dict[str, list[str]]:
    from xinglin.apps.forms.book import book

    found: dict[str, list[str]] = {}
    for definition in book():
        if definition.survey is None:
            for feed in definition.facts:
                found.setdefault(feed.table, []).append(definition.id)
    return found


def _surveys() -> list[tuple[str, str]]:
    """Survey definitions and the code of the survey that their answers feed."""
    from xinglin.apps.forms.book import book

    return [(one.id, one.survey.survey) for one in book() if one.survey is not None and one.survey.survey]


def selects() -> dict[str, str]:
    """Fact table → statement."""
    found = {table: RAW.format(names=_listed(names)) for table, names in _by_table().items()}
    answers = [ANSWERS.format(name=name, survey=f"'{code}'") for name, code in _surveys()]
    if answers:
        found["survey_response"] = " UNION ALL ".join(answers)
    return {**found, "reporting": SENT}


def versions() -> dict[str, str]:
    """Fact table of events → statement that gives each month's version."""
    events = {
        table: MONTHS.format(names=_listed(names))
        for table, names in _by_table().items()
        if load_contract().table(table).time.kind == "event"
    }
    surveys = [name for name, _ in _surveys()]
    return {**events, "survey_response": ANSWER_MONTHS.format(names=_listed(surveys))} if surveys else events


def through() -> dict[str, tuple[str, ...]]:
    """Fact tables whose rows the definitions make out of raw records → the folders with definitions of this
    installation.
    """
    from django.conf import settings

    more = tuple(str(path) for path in settings.XINGLIN_DEFINITIONS)
    return dict.fromkeys(_by_table(), more)
