"""How services of health management become the fact table: one SELECT, exactly the contract's columns.

A service counts when it is signed, until it is taken back. Of somebody who is 65 on the day of the service, the
33-item assessment says `assessed` and guidance says `guided`; a child's guidance says `guided` when it was given within
the time of its age. Persons are the keyed hash of the file that goes on after a merging; whoever has no document number
cannot be told from others and is left out. Assessments of younger adults and follow-ups of groups are no such service.
"""

from __future__ import annotations

from xinglin.apps.wellness.rules import ELDERLY, rules

_PERSON = "COALESCE(k.person_key, r.person_key)"
_DAY, _BORN = "CAST(s.day AS TEXT)", "CAST(COALESCE(k.birth_date, r.birth_date) AS TEXT)"
_YEARS = (
    f"CAST(substr({_DAY}, 1, 4) AS INTEGER) - CAST(substr({_BORN}, 1, 4) AS INTEGER)"
    f" - CASE WHEN substr({_DAY}, 6, 5) < substr({_BORN}, 6, 5) THEN 1 ELSE 0 END"
)
"""Full years on the day of the service, the same on both databases."""
_FROM = (
    "FROM wellness_healthservice AS s JOIN residents_resident AS r ON r.id = s.resident_id "
    "LEFT JOIN residents_resident AS k ON k.id = r.merged_into_id "
)
_STAMP = (
    "CAST(COUNT(*) AS TEXT) || ' ' || CAST(MAX(s.changed_at) AS TEXT) || ' ' || CAST(SUM(s.revision) AS TEXT)"
    " || ' ' || CAST(SUM(r.revision) AS TEXT) || ' ' || CAST(SUM(COALESCE(k.revision, 0)) AS TEXT)"
)
"""Changes when a service of the month comes, goes or changes, or the person behind it does."""


def selects() -> dict[str, str]:
    """Fact table → statement, the same on SQLite and PostgreSQL."""
    elderly = f"({_YEARS}) >= {rules()['elderly_age']}"
    assessed = f"(s.kind = 'assessment' AND s.instrument = '{ELDERLY}')"
    return {
        "health_management": (
            f"SELECT s.id AS record, s.facility_id AS facility, {_PERSON} AS person, "
            "CASE WHEN s.kind = 'child' THEN 'child' ELSE 'elderly' END AS service, s.day AS \"date\", "
            f"CASE WHEN s.kind = 'child' THEN NULL ELSE {assessed} END AS assessed, "
            f"((s.kind = 'child' OR s.kind = 'guidance') AND s.complete) AS guided {_FROM}"
            f"WHERE s.state = 'signed' AND {_PERSON} IS NOT NULL "
            f"AND (s.kind = 'child' OR ({elderly} AND (s.kind = 'guidance' OR {assessed})))"
        )
    }


VERSIONS = {
    "health_management": (
        f"SELECT substr({_DAY}, 1, 7) AS month, {_STAMP} AS version "
        f"{_FROM}WHERE s.state = 'signed' AND s.kind <> 'chronic' GROUP BY 1"
    )
}
"""A month is read anew when a service of it changes."""

BESIDE = {"health_management": True}
"""Facilities that do not write their services here may send them from another system."""
