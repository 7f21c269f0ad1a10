"""What is due this week."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.residents.models import Resident
from xinglin.apps.residents.once import new_key
from xinglin.apps.residents.presenters import Line, lines
from xinglin.apps.residents.views.common import note_reading
from xinglin.apps.wellness.due import Due, collect, sources
from xinglin.apps.wellness.rules import rules
from xinglin.apps.wellness.views.common import scope_of

PAGE, PAPER = 50, 500
"""Lines on a page; on paper, a whole list."""


@dataclass(frozen=True)
class Shown:
    """A line of the list with the person it is about."""

    due: Due
    person: Line
    phone: str
    address: str
    key: str

    @property
    def tone(self) -> str:
        """How pressing it is."""
        return "bad" if self.due.late else ("warn" if self.due.item.until == self.due.today else "info")


@route("wellness.view")
@require_safe
def due(request: HttpRequest) -> HttpResponse:
    """Who is due for what, the latest first: one kind or all, this week or what has time, a page or all for paper."""
    user: Any = request.user
    known = sources(user)
    kind = request.GET.get("kind", "")
    kind = kind if kind in {one.kind for one in known} else ""
    everything = collect(user)
    later = request.GET.get("when") == "later"
    found = [one for one in everything if one.later == later]
    counts = Counter(one.source.kind for one in found)
    rows = [one for one in found if not kind or one.source.kind == kind]
    if request.GET.get("sort") == "-late":
        rows.reverse()
    whole = request.GET.get("all") == "1"
    page = Paginator(rows, PAPER if whole else PAGE).get_page(request.GET.get("page"))
    shown = _shown(request, list(page.object_list))
    note_reading(request, count=len(shown))
    context = {
        "rows": shown,
        "page": page,
        "kinds": [(one.kind, one.label, counts[one.kind]) for one in known],
        "kind": kind,
        "total": len(found),
        "later": later,
        "other": len(everything) - len(found),
        "late": sum(1 for one in found if one.late),
        "today": timezone.localdate(),
        "days": rules()["week_ahead_days"],
        "whole": whole,
        "sort": request.GET.get("sort", ""),
        "has_seat": hasattr(user, "seat"),
    }
    return render(request, "wellness/due.html", context)


def _shown(request: HttpRequest, rows: list[Due]) -> list[Shown]:
    """Lines with their persons: names of those on the page only. Who is not known here any more is left out."""
    wanted = {one.item.resident for one in rows}
    people = {row.pk: row for row in Resident.objects.within(scope_of(request)).filter(pk__in=wanted)}
    named = {one.pk: one for one in lines(people.values())}
    return [
        Shown(
            one,
            named[one.item.resident],
            people[one.item.resident].phone,
            people[one.item.resident].address,
            new_key(),
        )
        for one in rows
        if one.item.resident in named
    ]
