"""The word that a table is complete for a period: who gives it, for which tables, written down and audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms.models import Sent
from xinglin.apps.forms.permissions import NotAllowed, scope_in
from xinglin.apps.organisations.models import Facility
from xinglin.apps.ui.places import place_name
from xinglin.facts import Table, load_contract

STATUSES = (("", "未报"), ("reported", "已报齐"), ("reported_nothing", "本期没有"), ("late", "迟报"))
COUNTY_ROLES, FACILITY_ROLES = ("county_officer",), ("facility_head", "village_doctor")
COUNTY = 6
MOST_FACILITIES = 2000


@dataclass(frozen=True)
class Unit:
    """Who reports: a county or a facility."""

    id: str
    label: str
    place: str
    by: str


def units(user: Any) -> list[Unit]:
    """Counties and facilities that an account reports for; a county officer may report for facilities too."""
    counties = sorted(code for code in scope_in(user, COUNTY_ROLES).places if len(code) == COUNTY)
    found = [Unit(code, place_name(code), code, "place") for code in counties]
    scope = scope_in(user, (*FACILITY_ROLES, *COUNTY_ROLES))
    rows = Facility.objects.within(scope).filter(valid_to=None).order_by("sort_key")[:MOST_FACILITIES]
    return [*found, *(Unit(row.pk, row.name, row.place, "facility") for row in rows)]


def periods(table: Table, year: int) -> list[str]:
    """The periods of a table in a year that have begun."""
    assert table.reported is not None
    today = timezone.localdate()
    if table.reported.every == "year":
        return [str(year)]
    last = 12 if year < today.year else today.month if year == today.year else 0
    return [f"{year}-{month:02d}" for month in range(1, last + 1)]


@dataclass(frozen=True)
class Line:
    """A table and its periods with their status."""

    table: Table
    cells: list[tuple[str, str]]


def table(unit: Unit, year: int) -> list[Line]:
    """What a unit has said of each table it reports."""
    rows = Sent.objects.filter(unit=unit.id, period__startswith=str(year))
    said = {(row.table, row.period): row.status for row in rows}
    return [
        Line(one, [(period, said.get((one.name, period), "")) for period in periods(one, year)])
        for one in load_contract().tables.values()
        if one.reported is not None and one.reported.by == unit.by
    ]


@transaction.atomic
def send(unit: Unit, said: Mapping[str, str], year: int, *, by: Any, request: Any = None) -> int:
    """Write down what a unit says; how many words changed.

    Args:
        said: ``table period`` → status, empty to take the word back.

    Raises:
        NotAllowed: a status or table that does not exist.
    """
    known = {(row.table.name, period): status for row in table(unit, year) for period, status in row.cells}
    allowed, changed = {status for status, _ in STATUSES}, []
    for key, status in said.items():
        name, _, period = key.partition(" ")
        if (name, period) not in known or known[name, period] == status:
            continue
        if status not in allowed:
            raise NotAllowed("没有这种填报状态")
        mine = Sent.objects.filter(unit=unit.id, table=name, period=period)
        if not status:
            mine.delete()
        else:
            values = {"status": status, "place": unit.place, "by": by.pk, "reported_on": timezone.localdate()}
            Sent.objects.update_or_create(unit=unit.id, table=name, period=period, defaults=values)
        changed.append(f"{name} {period}")
    if changed:
        audit(by=by, action="reporting.send", kind="reporting", id=unit.id, fields=changed, request=request)
    return len(changed)
