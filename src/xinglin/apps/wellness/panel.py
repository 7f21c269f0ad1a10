"""The part of a resident's page: constitution by year, a child's visits, groups, what can be begun."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from xinglin.apps.residents.actions.caring import consents
from xinglin.apps.residents.card import age_on
from xinglin.apps.residents.forms import own_facilities
from xinglin.apps.residents.models import ConsentKind, Resident, files_of
from xinglin.apps.residents.once import new_key
from xinglin.apps.ui.panels import Panel
from xinglin.apps.wellness import groups, presenters
from xinglin.apps.wellness.models import HealthService, Kind, Managed, State
from xinglin.apps.wellness.permissions import EDIT, VIEW
from xinglin.apps.wellness.rules import fitting
from xinglin.knowledge import child, constitution

MOST = 40
CHILDHOOD = 7
"""Years of age until which a child's visits are shown."""
STATES = {
    child.State.UPCOMING: "none",
    child.State.DUE: "warn",
    child.State.DONE: "good",
    child.State.OFF_TIME: "info",
    child.State.MISSED: "bad",
}


@dataclass(frozen=True)
class Past:
    """A service at a glance; without words when it was given elsewhere and the person did not agree to sharing."""

    row: HealthService
    words: str
    mine: bool


def panel(request: Any, resident: Resident) -> Panel | None:
    """What wellness shows of a resident."""
    user = request.user
    if not user.can(VIEW):
        return None
    today = timezone.localdate()
    rows = list(_rows(resident))
    shared = consents(resident).get(ConsentKind.SHARING)
    scope = user.scope_for(VIEW)
    past = [_past(row, scope, bool(shared and shared.given)) for row in rows if row.state == State.SIGNED]
    own = list(own_facilities(user.scope_for(EDIT))[:1])
    years = [one for one in past if one.row.kind in (Kind.ASSESSMENT, Kind.GUIDANCE)]
    context = {
        "row": resident,
        "open": [one for one in rows if one.state == State.OPEN and own and one.facility_id == own[0].pk],
        "years": _by_year(years),
        "others": [one for one in past if one not in years],
        "managed": _managed(resident),
        "groups": groups.choices(),
        "instruments": _instruments(resident, today) if own else [],
        "may_guide": bool(own) and any(one.row.kind == Kind.ASSESSMENT for one in years),
        "visits": _visits(resident, rows, today),
        "may": bool(own),
        "today": today,
        "key": new_key(),
        "join_key": new_key(),
    }
    return Panel("wellness/panel.html", context)


def _rows(resident: Resident) -> QuerySet[HealthService]:
    rows = HealthService.objects.filter(resident__in=files_of(resident)).exclude(state=State.REMOVED)
    return rows.select_related("facility", "managed").prefetch_related("versions")[:MOST]


def _past(row: HealthService, scope: Any, shared: bool) -> Past:
    mine = scope.covers(place=row.facility.place, facility=row.facility_id)
    return Past(row, presenters.summary(row) if mine or shared else "在别的机构做", mine)


def _by_year(years: list[Past]) -> list[tuple[int, list[Past]]]:
    found: dict[int, list[Past]] = {}
    for one in years:
        day: Any = one.row.day
        found.setdefault(day.year, []).append(one)
    return list(found.items())


def _managed(resident: Resident) -> list[tuple[Managed, str]]:
    rows = Managed.objects.filter(resident__in=files_of(resident), until=None).select_related("facility")
    return [(one, groups.label_of(one.group)) for one in rows]


def _instruments(resident: Resident, today: date) -> list[tuple[str, str]]:
    found = fitting(resident.birth_date, today)
    return [(one, constitution.load_instrument(one).name) for one in found]


def _visits(resident: Resident, rows: list[HealthService], today: date) -> list[tuple[child.Visit, str]]:
    """The six visits of a child with their tone; none for whoever is older."""
    if age_on(resident.birth_date, today) >= CHILDHOOD:
        return []
    given: dict[int, Any] = {
        one.months: one.day for one in rows if one.state == State.SIGNED and one.months is not None
    }
    known = {age: day for age, day in given.items() if resident.birth_date <= day <= today}
    return [(one, STATES[one.state]) for one in child.visits(resident.birth_date, today, known)]
