"""How visits become fact tables: one SELECT each, exactly the contract's columns.

A visit counts when its record is signed; a prescription, while it is not corrected or taken back; a treatment, when it
was given. Persons are the keyed hash of the file that goes on after a merging.
"""

from __future__ import annotations

_PERSON = "COALESCE(k.person_key, r.person_key)"
_OF_PERSON = (
    "JOIN residents_resident AS r ON r.id = e.resident_id "
    "LEFT JOIN residents_resident AS k ON k.id = r.merged_into_id"
)
_PRESCRIBED = (
    "EXISTS (SELECT 1 FROM clinic_prescription AS p WHERE p.encounter_id = e.id AND p.ended_at IS NULL)"
)
_TREATED = "EXISTS (SELECT 1 FROM clinic_session AS t WHERE t.encounter_id = e.id)"
_KIND = "CASE p.form WHEN 'granules' THEN 'granules' WHEN 'patent' THEN 'patent_medicine' ELSE 'herbal_pieces' END"
_STAMP = (
    "CAST(COUNT(*) AS TEXT) || ' ' || CAST(MAX(e.changed_at) AS TEXT) || ' ' || CAST(SUM(e.revision) AS TEXT)"
    " || ' ' || CAST(SUM(r.revision) AS TEXT) || ' ' || CAST(SUM(COALESCE(k.revision, 0)) AS TEXT)"
)
"""Changes when a visit of the month comes, goes or changes, or the person behind it does."""
_MONTH = "substr(CAST(e.day AS TEXT), 1, 7)"

_VISITS = f"FROM clinic_encounter AS e {_OF_PERSON} WHERE e.state = 'signed'"

SELECTS = {
    "visit": (
        f'SELECT e.id AS visit, e.facility_id AS facility, {_PERSON} AS person, e.day AS "date", '
        f"(e.by_tcm AND ({_PRESCRIBED} OR {_TREATED})) AS tcm, {_TREATED} AS non_drug {_VISITS}"
    ),
    "prescription": (
        f'SELECT p.id AS prescription, e.facility_id AS facility, e.day AS "date", {_KIND} AS kind '  # noqa: S608
        "FROM clinic_prescription AS p JOIN clinic_encounter AS e ON e.id = p.encounter_id "
        "WHERE p.ended_at IS NULL AND e.state = 'signed'"
    ),
    "treatment": (
        f'SELECT t.id AS treatment, e.facility_id AS facility, {_PERSON} AS person, e.day AS "date", '  # noqa: S608
        "s.technique AS technique, e.id AS visit FROM clinic_session AS t "
        f"JOIN clinic_sheet AS s ON s.id = t.sheet_id JOIN clinic_encounter AS e ON e.id = t.encounter_id {_OF_PERSON} "
        "WHERE e.state = 'signed'"
    ),
}
"""Fact table → statement, the same on SQLite and PostgreSQL."""

VERSIONS = dict.fromkeys(SELECTS, f"SELECT {_MONTH} AS month, {_STAMP} AS version {_VISITS} GROUP BY 1")
"""A month of all three is read anew when a visit of it changes."""

BESIDE = dict.fromkeys(SELECTS, True)
"""Facilities that do not write their visits here may send them from another system."""
