"""Family-doctor teams: records of the register ``doctor_team``, kept by forms and counted there; here only read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.rows import values_in

REGISTER, ACTIVE = "doctor_team", "active"


@dataclass(frozen=True)
class Team:
    """A team. ``people``: ids of leader and members."""

    pk: str
    name: str
    facility: str
    people: frozenset[str]
    active: bool


def teams(facilities: Collection[str], practitioner: str = "", county: str = "") -> list[Team]:
    """Teams that work: of some facilities, and those of a county in which somebody is a member."""
    rows = Record.objects.of(REGISTER).filter(state=ACTIVE)
    found = {one.pk: one for one in map(_team, rows.filter(facility__in=facilities))}
    if practitioner and county:
        others = map(_team, rows.filter(county=county))
        found |= {one.pk: one for one in others if practitioner in one.people}
    return sorted(found.values(), key=lambda one: (one.facility not in facilities, one.name, one.pk))


def team_of(record: Record) -> Team:
    """One team."""
    return _team(record)


def known(ids: Iterable[str]) -> dict[str, Team]:
    """Teams by id, dissolved ones too."""
    rows = Record.objects.filter(pk__in=set(ids), definition=REGISTER)
    return {row.pk: _team(row) for row in rows}


def _team(record: Record) -> Team:
    values = values_in(record, definition(REGISTER), personal=False)
    people = {str(values.get("leader") or "")}
    for name in ("members", "tcm_people"):
        people |= {str(one) for one in values.get(name) or ()}
    active = record.state == ACTIVE and record.removed_at is None
    return Team(record.pk, record.title, str(record.facility_id or ""), frozenset(people - {""}), active)
