"""Facilities that a text may mean: for pickers, and for whoever manages accounts. In few queries, all on indexes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from xinglin.apps.access.scope import NATION, Scope, below
from xinglin.apps.accounts import directory
from xinglin.apps.organisations.models import Facility, OfficialCode
from xinglin.apps.ui.places import place_name
from xinglin.apps.ui.places import suggest as suggest_places
from xinglin.apps.ui.suggestion import MOST, Suggestion
from xinglin.base.pinyin import of_name
from xinglin.base.places import Level

WIDE = Level.PREFECTURE
"""In places with fewer digits a text is looked for at the beginning of names only: the middle has no index."""
TOWNS = (2, 4, 6, 9)
"""Levels that a word before the last may name."""


class Finder:
    """How other apps find facilities (see `accounts.directory`)."""

    def find(self, texts: Collection[str]) -> list[directory.Facility]:
        """Facilities whose id or whole name is one of these texts."""
        wanted = list(texts)
        rows = Facility.objects.filter(Q(pk__in=wanted) | Q(name__in=wanted)).order_by("sort_key")
        return [directory.Facility(row.pk, row.name, row.place) for row in rows]

    def by_ids(self, ids: Collection[str]) -> list[directory.Facility]:
        """Facilities with these ids, in no order."""
        rows = Facility.objects.filter(pk__in=list(ids)).order_by().values_list("pk", "name", "place")
        return [directory.Facility(*row) for row in rows]

    def inside(self, scope: Scope) -> QuerySet[Any, Any]:
        """Ids of the facilities of an area, for a condition of another query."""
        return Facility.objects.within(scope).order_by().values("pk")


def suggest(scopes: Sequence[Scope], text: str) -> list[Suggestion]:
    """Working facilities that lie in all the scopes; the likeliest first.

    Words before the last name a place: “连州 zyy”.
    """
    *above, last = text.split() or [""]
    inside = list(dict.fromkeys(scopes))
    narrow = any(_narrow(scope) for scope in inside)
    rows: QuerySet[Facility] = Facility.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=timezone.localdate())
    )
    if above:
        found = _places(" ".join(above), inside)
        rows = rows.filter(_any_below(found))
        narrow = bool(found) and all(len(code) >= WIDE for code in found)
    for scope in inside:
        rows = rows.filter(scope.q(place="place", facility="pk") if _narrow(scope) else _loosely(scope))
    return [_shown(row) for row in _best(rows, last, narrow)]


def _narrow(scope: Scope) -> bool:
    return all(code != NATION and len(code) >= WIDE for code in scope.places)


def _loosely(scope: Scope) -> Q:
    """A wide area as a pattern: the index on the text is to lead, not the one on the place."""
    if NATION in scope.places:
        return Q()
    found = Q(pk__in=sorted(scope.facilities))
    for code in sorted(scope.places):
        found |= Q(place__startswith=code)
    return found


def _places(text: str, scopes: Sequence[Scope]) -> list[str]:
    """Places that the words before the last may mean, within all scopes."""
    roots = next((sorted(scope.places) for scope in scopes if scope.places), [])
    found = [one.value for one in suggest_places(text, roots, TOWNS)]
    return [code for code in found if all(not scope.places or scope.covers(place=code) for scope in scopes)]


def _any_below(codes: Collection[str]) -> Q:
    found = Q(pk__in=())
    for code in codes:
        found |= below("place", code)
    return found


def _best(rows: QuerySet[Facility], text: str, narrow: bool) -> list[Facility]:
    """Those that begin with the text, then those that have it in the middle."""
    if not text:
        return list(rows.order_by("sort_key", "pk")[:MOST])
    found = list(rows.filter(_begins(text)).order_by("sort_key", "pk")[:MOST])
    if narrow and len(found) < MOST:
        letters = text.lower()
        middle = Q(name__contains=text) | Q(initials__contains=letters) | Q(pinyin__contains=letters)
        more = rows.filter(middle).exclude(pk__in=[row.pk for row in found]).order_by("sort_key", "pk")
        found += list(more[: MOST - len(found)])
    return found


def _begins(text: str) -> Q:
    """The id, an official code, or the beginning of initials or of the name."""
    exact = Q(pk=text) | Q(pk__in=_with_code(text))
    letters = text.lower()
    if letters.isascii() and letters.isalnum():
        return exact | _starting("initials", letters)
    return exact | _starting("sort_key", of_name(text).sort_key)


def _with_code(code: str) -> QuerySet[Any, Any]:
    return OfficialCode.objects.filter(code=code.upper()).order_by().values("facility")


def _starting(column: str, text: str) -> Q:
    """A range that an index answers. These columns hold small letters and digits only, and none reaches so many z."""
    return Q(**{f"{column}__gte": text, f"{column}__lte": text + "z" * 20}) if text else Q(pk__in=())


def _shown(row: Facility) -> Suggestion:
    where = place_name(row.place, 2)
    return Suggestion(row.pk, row.name, f"{where} {row.pk}", f"{row.name}（{place_name(row.place, 4)}）")
