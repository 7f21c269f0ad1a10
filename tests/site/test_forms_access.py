"""Who may what, generated: every shipped definition × every role × read, write, verify × own, sibling, parent and child
area. Expectations come from the words of the files alone."""

from __future__ import annotations

from functools import lru_cache

import pytest
from test_matrix import AREAS, OWN

from conftest import CHILD, COUNTY
from xinglin.apps.access.scope import Scope
from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.forms import permissions
from xinglin.apps.forms.models import Record
from xinglin.records import Definition, load_definitions
from xinglin.records.flow import AUTHOR

BOOK = load_definitions()
ROLES = access_table().roles
INSIDE = {OWN, "beside", "child"}


class Held:
    """An account that holds one role, without a database."""

    unit_key = ""
    """A liaison without unit: sees nothing of what is seen by units (see test_forms_units)."""

    def __init__(self, role: str) -> None:
        at_facility = ROLES[role].level is RoleLevel.FACILITY
        installation = ROLES[role].level is RoleLevel.INSTALLATION
        self.pk, self.role = f"u-{role}", role
        self.place = "0" if installation else COUNTY
        self.facility = "own" if at_facility else ""
        self.scope = Scope(facilities=frozenset({"own"})) if at_facility else Scope(frozenset({self.place}))
        self._facility_places = {"own": CHILD}

    def grants_today(self) -> list[Held]:
        """Itself: an account with one grant."""
        return [self]

    def can(self, permission: str) -> bool:
        """Whether the role has a permission of the table, as an account has."""
        return access_table().allows(self.role, permission)


@lru_cache(maxsize=64)
def record_in(area: str, definition: str) -> Record:
    """A record that lies in an area, in a facility; not saved."""
    one = BOOK[definition]
    facility = {OWN: "own", "beside": "other"}.get(area, f"of-{area}")
    return Record(
        pk=f"r-{area}",
        definition=definition,
        version=one.version,
        place=AREAS[area],
        facility_id=facility,
        author="somebody",
        state=one.start or "",
    )


def reaches(role: str, area: str) -> bool:
    """Whether a holder's area holds what lies in an area."""
    level = ROLES[role].level
    return (
        level is RoleLevel.INSTALLATION or area == OWN or (level is not RoleLevel.FACILITY and area in INSIDE)
    )


@pytest.mark.any_database
@pytest.mark.parametrize("name", BOOK.definitions)
def test_definition_says_who(name: str) -> None:
    one = BOOK[name]
    for role in ROLES:
        user = Held(role)
        for area in AREAS:
            record, there = record_in(area, name), reaches(role, area) and not one.who.binds(role)
            where = {"place": record.place, "facility": record.facility_id}
            told = f"{name} · {role} · {area}"
            assert permissions.readable(user, one).covers(**where) == (there and role in one.who.all), told
            assert permissions.writable(user, one).covers(**where) == (there and role in one.who.write), told
            sees = there and role in (*one.who.write, *one.who.verify)
            assert permissions.personal(user, one, record) == sees, told
            assert permissions.edit(user, one, record) == (there and role in starters(one)), told
            assert permissions.remove(user, one, record) == (there and role in one.who.write), told
            verifies = there and role in one.who.verify and judged(one)
            assert permissions.verify(user, one, record) == verifies, told


def judged(one: Definition) -> bool:
    """Whether the verified score may be given where records begin."""
    return one.standard is not None and not one.states


def starters(one: Definition) -> set[str]:
    """Roles that may change a record where it begins, as the file has it."""
    if not one.states:
        return set(one.who.write)
    start = one.states[str(one.start)]
    if start.end:
        return set()
    roles = set(one.who.write)
    for move in one.moves.values():
        if one.start in move.from_:
            roles |= {*move.who, *(role for approval in move.approvals.values() for role in approval.who)}
    if start.deadline and start.deadline.escalate:
        roles.add(start.deadline.escalate)
    return roles - {AUTHOR}


@pytest.mark.parametrize("role", ["county_officer", "facility_head", "inspector"])
def test_queries_hold_what_the_scope_covers(role: str) -> None:
    """Lists take the same area as pages: what `within` finds is what `covers` allows."""
    import forms_factories as make
    import organisations_factories as organisations

    user = Held(role)
    rows = []
    for place in {*AREAS.values()} - {"4418"}:
        facility = organisations.facility(place)
        rows.append(make.record("open_case", facility=facility.pk))
    rows.append(make.record("open_place", place="4418"))
    mine = organisations.facility(CHILD, facility="own")
    rows.append(make.record("open_case", facility=mine.pk))
    scope = permissions.scope_in(user, {role})
    found = set(Record.objects.within(scope).values_list("pk", flat=True))
    wanted = {row.pk for row in rows if scope.covers(place=row.place, facility=row.facility_id or "")}
    assert found == wanted
    assert found
    assert len(found) < len(rows)
