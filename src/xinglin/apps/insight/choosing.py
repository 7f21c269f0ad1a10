"""Which vintages an account may see, and which one a page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from xinglin.apps.access.scope import NATION, Scope
from xinglin.apps.accounts import directory
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.insight.files import is_there

MOST = 200
"""Vintages looked at; older ones are found in the list of vintages."""


@dataclass(frozen=True)
class Nothing:
    """What a page says when there is no vintage. ``address`` is empty for who may not ask for a recount."""

    title: str
    words: str
    address: str
    action: str
    may_ask: bool


def nothing(user: object) -> Nothing:
    """What to do when there is no vintage: ask for a recount, or whom to ask."""
    may = bool(user.can("facts.recount"))  # type: ignore[attr-defined]
    words = "统计从登记与填报取出数据，对照各文件算出各项指标，发布成一期；这里的页面都从最近一期里打开。"
    if may:
        return Nothing("这个地区还没有统计过", words, reverse("indicators:recount"), "现在统计", True)
    who = "县级或市、省级中医药管理人员可以在“统计期次”里重新统计，请与他们联系。"
    return Nothing("这个地区还没有统计过", f"{words}{who}", "", "", False)


def places_of(scope: Scope) -> list[str]:
    """Codes of the places an account works in: its areas, and those where its facilities lie."""
    facilities = directory.by_ids(scope.facilities)
    return sorted({*scope.places, *(one.place for one in facilities.values() if one.place)})


def vintages_of(scope: Scope, place: str = "") -> list[Vintage]:
    """Vintages that an account may open, newest first: by their date, then by when they were published.

    Args:
        place: only those that say something of this place.
    """
    around = [place] if place else places_of(scope)
    asked = Q(place__in=sorted({code for one in around for code in _above(one)}))
    found = Vintage.objects.filter(asked if place else asked | scope.q(place="place"))
    return [one for one in found.order_by("-on", "-published_at", "-pk")[:MOST] if is_there(one.pk)]


def newest(scope: Scope) -> Vintage | None:
    """The newest vintage that covers one of an account's areas as a whole; else the newest of a part of it."""
    found = vintages_of(scope)
    whole = {code for place in places_of(scope) for code in _above(place)}
    return next((one for one in found if one.place in whole), found[0] if found else None)


def tops(scope: Scope, vintage: Vintage) -> tuple[str, ...]:
    """The largest places of a vintage that an account sees with everything in them."""
    found = {_common(place, vintage.place) for place in scope.places} - {""}
    return tuple(sorted(code for code in found if not any(_lies_in(code, other) for other in found - {code})))


def _common(place: str, other: str) -> str:
    """The smaller of two places if one lies in the other, else nothing."""
    if _lies_in(place, other):
        return place
    return other if _lies_in(other, place) else ""


def _lies_in(place: str, other: str) -> bool:
    return other == NATION or place.startswith(other)


def _above(place: str) -> Iterable[str]:
    """The codes of all places that hold a place, itself included."""
    return [
        NATION,
        *(place[:digits] for digits in (2, 4, 6, 9, 12) if place != NATION and len(place) >= digits),
    ]
