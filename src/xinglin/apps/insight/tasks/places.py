"""Which place a page of tasks is about, and how the places below it are getting on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.http import Http404

from xinglin.apps.access.scope import NATION, Scope, below
from xinglin.apps.forms import permissions
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.completeness import Unit, places_of
from xinglin.apps.forms.models import Record, Value
from xinglin.apps.forms.rows import slot
from xinglin.apps.insight.tasks import TASK
from xinglin.apps.insight.tasks.reading import CLOSED, OVER, REVOKED, UNASSIGNED
from xinglin.apps.ui.places import NATION_WORDS, divisions
from xinglin.base.places import Level

HOLDING = (4, 6)
"""Digits of places that have tasks of their own."""
_NEXT = {1: Level.PROVINCE, 2: Level.PREFECTURE, 4: Level.COUNTY}


def place_asked(user: Any, asked: str) -> str:
    """The place of a page: the one asked for, else the account's own, the smallest code of several.

    Raises:
        Http404: no such place, or none of the account's.
    """
    scope = user.scope_for("task.view")
    own = sorted(scope.places)
    place = asked or (own[0] if own else "")
    if not place or not scope.covers(place=place):
        raise Http404
    if place != NATION and (len(place) > max(HOLDING) or place not in divisions()):
        raise Http404
    return place


def name_of(place: str) -> str:
    """The name of a place alone: 连州市."""
    return NATION_WORDS if place == NATION else divisions().get(place).name


@dataclass(frozen=True)
class Below:
    """A place below with how its tasks are; nothing yet is shown as loudly as what is late."""

    place: str
    name: str
    total: int
    unassigned: int
    closed: int
    late: int

    @property
    def done_share(self) -> int | None:
        """Percent settled."""
        return self.closed * 100 // self.total if self.total else None


def places_below(user: Any, place: str, day: date) -> list[Below]:
    """Every place of the next level below with its counts (two queries), those without tasks first."""
    level = _NEXT.get(1 if place == NATION else len(place))
    if level is None:
        return []
    units = list(_units(place, level))
    digits = {unit.id: len(unit.id) for unit in units}
    states, late = _states(user, place), _late(user, place, day)
    found = [_below(unit, digits[unit.id], states, late) for unit in units]
    return sorted(found, key=lambda one: (one.total > 0, -one.unassigned, -one.late, one.place))


def _units(place: str, level: Level) -> Iterator[Unit]:
    """Places of a level; counties that lie in no real place of it stand for themselves."""
    scope = Scope(frozenset([place]))
    real = list(places_of(scope, level))
    yield from real
    if level is Level.PREFECTURE:
        heads = tuple(unit.id for unit in real)
        yield from (
            unit for unit in places_of(scope, Level.COUNTY) if not unit.id.startswith(heads or ("x",))
        )


def _mine(user: Any, place: str) -> Any:
    rows = Record.objects.of(TASK).within(permissions.readable(user, definition(TASK))).order_by()
    return rows if place == NATION else rows.filter(below("place", place))


def _states(user: Any, place: str) -> Counter[tuple[str, str]]:
    counted = _mine(user, place).values_list("place", "state").annotate(n=Count("pk"))
    return Counter({(where, state): number for where, state, number in counted})


def _late(user: Any, place: str, day: date) -> Counter[str]:
    due = slot(TASK, "due_on")
    rows = Value.objects.filter(
        slot=due, day__lt=day, record__in=_mine(user, place).exclude(state__in=OVER).values("pk")
    )
    return Counter(dict(rows.order_by().values_list("place").annotate(n=Count("pk"))))


def _below(unit: Unit, digits: int, states: Counter[tuple[str, str]], late: Counter[str]) -> Below:
    mine = Counter[str]()
    for (where, state), number in states.items():
        if where[:digits] == unit.id:
            mine[state] += number
    past = sum(number for where, number in late.items() if where[:digits] == unit.id)
    total = mine.total() - mine[REVOKED]
    return Below(unit.id, unit.name, total, mine[UNASSIGNED], mine[CLOSED], past)
