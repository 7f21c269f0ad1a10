"""Suggestions while somebody types: people, halls, consortia, records; each within the asker's area."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from xinglin.apps.access.routes import route
from xinglin.apps.access.scope import Scope
from xinglin.apps.forms import naming, permissions
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Record
from xinglin.apps.organisations.identity import named, numbered
from xinglin.apps.organisations.models import Consortium, Practitioner, TcmHall
from xinglin.apps.organisations.views.common import READ_LIST, note_reading
from xinglin.apps.ui.places import place_name
from xinglin.apps.ui.suggestion import MOST, Suggestion

LONGEST = 60


@route("record.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """What a text may mean, of one kind. People are asked for by POST only: their numbers stand in no address."""
    kind = request.GET.get("kind", "")
    sent = request.POST if kind == "practitioner" or request.method == "POST" else request.GET
    text = sent.get("q", "")[:LONGEST].strip()
    scope: Scope = request.scope  # type: ignore[attr-defined]
    finders = {"practitioner": _people, "tcm_hall": _halls, "consortium": _consortia}
    found: list[Suggestion] = []
    if kind in finders:
        found = finders[kind](request, scope, text)
    elif kind.startswith("record:"):
        found = _records(request, kind.removeprefix("record:"), text)
    return render(request, "ui/suggestions.html", {"found": found, "asked": text})


def _people(request: HttpRequest, scope: Scope, text: str) -> list[Suggestion]:
    """By id, whole name or initials; by number or phone only where one may read these.

    Nobody learns by trying whose number it is that he may not read. Whoever may not see names finds a colleague he
    knows, and sees surname, post and id.
    """
    user: Any = request.user
    readable = user.scope_for("practitioner.name")
    rows: Any = Practitioner.objects.within(user.scope_for("practitioner.view"), few=bool(text))
    if text:
        known = Practitioner.objects.filter(numbered(text)).within(readable, few=True)
        numbers = list(known.values_list("pk", flat=True)[:MOST]) if readable else []
        rows = rows.filter(Q(pk=text) | named(text) | Q(pk__in=numbers))
    found, read = [], 0
    people = list(rows.order_by("sort_key", "pk")[:MOST])
    posts = _posts([row.pk for row in people])
    for row in people:
        place, facility, words = posts.get(row.pk, (row.registered_in, "", place_name(row.registered_in, 4)))
        sees = readable.covers(place=place, facility=facility)
        read += sees
        name = row.name if sees else naming.masked(row.name)
        found.append(
            Suggestion(row.pk, name, f"{words} {row.get_licence_display()} {row.pk}", f"{name}（{words}）")
        )
    note_reading(request, READ_LIST, count=read)
    return found


def _posts(people: list[str]) -> dict[str, tuple[str, str, str]]:
    """Where people work today: place, facility, its name."""
    from xinglin.apps.organisations.models import Post

    rows = Post.objects.filter(practitioner__in=people).not_over(timezone.localdate()).order_by("main")
    values = rows.values_list("practitioner", "facility__place", "facility", "facility__name")
    return {person: (place, facility, name) for person, place, facility, name in values}


def _halls(request: HttpRequest, scope: Scope, text: str) -> list[Suggestion]:
    del request
    rows = TcmHall.objects.filter(scope.q(place="facility__place", facility="facility"), valid_to=None)
    if text:
        letters = text.lower()
        rows = rows.filter(
            Q(pk=text)
            | Q(facility__name__contains=text)
            | Q(facility__initials__contains=letters)
            | Q(facility__pinyin__contains=letters)
        )
    chosen = rows.select_related("facility").order_by("facility__sort_key", "pk")[:MOST]
    return [
        Suggestion(
            row.pk,
            f"{row.facility.name}中医馆",
            place_name(row.facility.place, 4),
            f"{row.facility.name}中医馆",
        )
        for row in chosen
    ]


def _consortia(request: HttpRequest, scope: Scope, text: str) -> list[Suggestion]:
    del request
    rows = Consortium.objects.filter(scope.q(place="place"), valid_to=None)
    if text:
        rows = rows.filter(Q(pk=text) | Q(name__contains=text))
    return [
        Suggestion(row.pk, row.name, place_name(row.place, 4), row.name)
        for row in rows.order_by("sort_key", "pk")[:MOST]
    ]


def _records(request: HttpRequest, name: str, text: str) -> list[Suggestion]:
    definition = book().definitions.get(name)
    if definition is None:
        return []
    rows = Record.objects.of(name).within(permissions.readable(request.user, definition))
    if text:
        rows = rows.filter(Q(pk=text) | Q(title__contains=text))
    return [
        Suggestion(row.pk, row.title, f"{row.day or ''} {place_name(row.place, 4)}", row.title)
        for row in rows.order_by("-day", "-id")[:MOST]
    ]
