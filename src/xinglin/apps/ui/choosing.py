"""What pickers ask for while somebody types: places and facilities, each within the asker's own area.

``organisations`` is a higher app, so it registers how facilities are found when it is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.access.scope import Scope
from xinglin.apps.access.table import access_table
from xinglin.apps.ui.places import LEVELS, suggest
from xinglin.apps.ui.suggestion import Suggestion

LONGEST = 60
"""Characters of a text that are looked at."""

FindFacilities = Callable[[Sequence[Scope], str], "list[Suggestion]"]
"""Facilities in all of some scopes that a text may mean, in few queries on indexes."""

_FACILITIES: list[FindFacilities] = []


def register_facilities(find: FindFacilities) -> None:
    """Say how facilities are found; called from ``ready()`` of the app that keeps them."""
    if find not in _FACILITIES:
        _FACILITIES.append(find)


@route("place.choose")
@require_safe
def places(request: Any) -> HttpResponse:
    """Places within the area of the permission named ``for``; ``within`` narrows it further.

    Who holds that permission for single facilities only has no area of places; such a form says in which county
    (names of places are public, and the action checks what is chosen).
    """
    scope = _asked_scope(request)
    within = [code for code in request.GET.get("within", "").split(",")[:50] if code.isdigit()]
    if scope.places and within:
        roots = [code for code in within if scope.covers(place=code)]
    elif scope.places:
        roots = sorted(scope.places)
    else:
        roots = [code for code in within if len(code) >= 6 and scope.facilities]
    digits = tuple(one for one in LEVELS if str(one) in request.GET.get("digits", "").split(",")) or LEVELS
    found = suggest(_text(request), roots, digits, nation=bool(request.GET.get("nation")))
    return _answer(request, found)


@route("facility.choose")
@require_safe
def facilities(request: Any) -> HttpResponse:
    """Facilities that lie where one may choose and where one has the permission named ``for``."""
    scopes = [request.scope, _asked_scope(request)]
    found = [one for find in _FACILITIES for one in find(scopes, _text(request))]
    return _answer(request, found)


def _asked_scope(request: Any) -> Scope:
    """Where the permission holds that the form is about; the route's own if it names none that exists."""
    name = request.GET.get("for", "")
    scope: Scope = request.user.scope_for(name) if name in access_table().permissions else request.scope
    return scope


def _text(request: Any) -> str:
    text: str = request.GET.get("q", "")
    return text[:LONGEST]


def _answer(request: Any, found: list[Suggestion]) -> HttpResponse:
    return render(request, "ui/suggestions.html", {"found": found, "asked": _text(request).strip()})
