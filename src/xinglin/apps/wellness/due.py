"""What is due this week (本周该做): one list for a facility, filled by sources that apps register.

A source says whom something is due for, in a few queries however many people the facility knows, and decrypts nothing:
names are read for the lines that are shown. Call `register` in ``ready()`` of the app that knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from xinglin.apps.access.scope import Scope
from xinglin.apps.residents.models import Consent, ConsentKind, Resident
from xinglin.apps.wellness.rules import rules


@dataclass(frozen=True)
class Item:
    """Something due for a person.

    Attributes:
        resident: id of the file that goes on. what: in words, 体质辨识. until: last day on time; after it, it is late.
        best: the day for it, where that is before the last one; without, the last day on time.
        address: where one click leads. fields: sent by POST to it; empty for a link. label: of the button.
        note: what else to know, without personal data.
    """

    resident: str
    what: str
    until: date
    address: str
    fields: Mapping[str, str] = field(default_factory=dict)
    label: str = "去做"
    note: str = ""
    best: date | None = None


Find = Callable[[Scope, date, date], Iterable[Item]]
"""Items for a scope: of today, with what falls due until another day."""


@dataclass(frozen=True)
class Source:
    """A kind of things that fall due; ``permission`` says who sees and does them."""

    kind: str
    label: str
    permission: str
    find: Find


@dataclass(frozen=True)
class Due:
    """A line of the list."""

    source: Source
    item: Item
    today: date
    last: date

    @property
    def later(self) -> bool:
        """It may be done already, and has time until after this week."""
        return (self.item.best or self.item.until) > self.last

    @property
    def late(self) -> int:
        """Days past the last day on time; 0 when it is not past."""
        return max(0, (self.today - self.item.until).days)


_SOURCES: dict[str, Source] = {}


def register(kind: str, label: str, permission: str, find: Find) -> None:
    """Add a kind to the list; the same kind again takes its place."""
    _SOURCES[kind] = Source(kind, label, permission, find)


def sources(user: Any) -> list[Source]:
    """Kinds that an account sees, in the order in which they were registered."""
    return [one for one in _SOURCES.values() if user.can(one.permission)]


def collect(user: Any, today: date | None = None, kinds: Iterable[str] = ()) -> list[Due]:
    """Everything that is late, falls due within the week, or may be done already; the latest first.

    Args:
        kinds: only these; all without. Who said that they do not want health management are left out.
    """
    day = today or timezone.localdate()
    last = day + timedelta(days=rules()["week_ahead_days"])
    wanted = set(kinds)
    found = [
        Due(source, item, day, last)
        for source in sources(user)
        if not wanted or source.kind in wanted
        for item in source.find(user.scope_for(source.permission), day, last)
    ]
    unwilling = refusing(user.scope_for("resident.view")) if found else frozenset()
    kept = [one for one in found if one.item.resident not in unwilling]
    return sorted(kept, key=lambda one: (one.item.until, one.source.kind, one.item.resident))


def refusing(scope: Scope) -> frozenset[str]:
    """Files whose newest answer about health management is no."""
    rows = Consent.objects.filter(
        kind=ConsentKind.MANAGEMENT, resident__in=Resident.objects.within(scope).values("pk")
    )
    newest: dict[str, bool] = {}
    for person, root, given in rows.order_by("at").values_list("resident", "resident__merged_into", "given"):
        newest[root or person] = given
    return frozenset(person for person, given in newest.items() if not given)
