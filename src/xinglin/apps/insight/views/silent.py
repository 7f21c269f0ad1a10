"""Who has not reported: the units of a number that were silent when it was published, and what came since."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.insight import pictures, silent, standing_now
from xinglin.apps.insight.views.indicators import nothing, page_asked, place_asked

PARTS = {"未计": "全部没有报", "计入": "有的月份没有报"}
"""What the list can be narrowed to, by how a unit is counted."""


@route("insight.view")
@require_safe
def silent_(request: HttpRequest, key: str) -> HttpResponse:
    """The units that had not reported a number, by month where it is counted by month."""
    picture = pictures.of(request)
    if picture is None:
        return nothing(request)
    place = place_asked(request, picture)
    asked = {"part": request.GET.get("part", ""), "q": request.GET.get("q", "").strip()}
    if asked["part"] not in PARTS:
        asked["part"] = ""
    measure = picture.measure(key)
    found = picture.units(key, place, asked["part"], asked["q"], page=page_asked(request), silent=True)
    lines = silent.lines(request.user, picture, measure, found.units)
    context = {
        "picture": picture,
        "measure": measure,
        "place": picture.area(place) if place else None,
        "path": picture.path(place) if place else [],
        "children": [area for area in picture.children(place) if area.real] if place else [],
        "vintages": pictures.vintages_of(picture.scope, place),
        "number": picture.number(key, place) if place else None,
        "found": found,
        "lines": lines,
        "over": sum(one.is_over for one in lines),
        "wanted": silent.wanted(request.user, picture, measure),
        "may_send": request.user.can("record.edit"),  # type: ignore[union-attr]
        "parts": [(name, words, found.included.get(name, 0)) for name, words in PARTS.items()],
        "asked": asked,
        "query": standing_now.query(place, picture),
    }
    return render(request, "insight/silent.html", context)
