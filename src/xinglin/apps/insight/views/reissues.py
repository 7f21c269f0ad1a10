"""Two vintages of a place side by side: late data beside what was published."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.insight import pictures, reissues, standing_now
from xinglin.apps.insight.pictures import Picture
from xinglin.apps.insight.views.indicators import nothing, place_asked


@route("insight.view")
@require_safe
def compare_vintages(request: HttpRequest) -> HttpResponse:
    """What a later vintage says otherwise than an earlier one, target by target, and which facts are others."""
    picture = pictures.of(request)
    if picture is None:
        return nothing(request)
    place = place_asked(request, picture)
    if not place:
        return redirect("insight:facilities")
    known = pictures.vintages_of(picture.scope, place)
    other = _other(known, picture.vintage, request.GET.get("with", ""))
    context = {
        "picture": picture,
        "place": picture.area(place),
        "path": picture.path(place),
        "vintages": known,
        "query": standing_now.query(place, picture),
        "tones": standing_now.TONES,
        "whole": "whole" in request.GET,
    }
    if other is None:
        return render(request, "insight/vintages_compare.html", context)
    before, after = _in_order(picture, pictures.picture_of(picture.scope, other.pk))
    found = reissues.lines(before, after, place)
    context |= {
        "before": before,
        "after": after,
        "other": other,
        "same_day": before.vintage.on == after.vintage.on,
        "lines": found if context["whole"] else [line for line in found if line.differs],
        "total": len(found),
        "differing": sum(line.differs for line in found),
        "redefined": sum(line.redefined for line in found),
        "facts": reissues.changed_facts(before.vintage, after.vintage),
        "queries": (standing_now.query(place, before), standing_now.query(place, after)),
    }
    return render(request, "insight/vintages_compare.html", context)


def _other(known: Sequence[Vintage], shown: Vintage, asked: str) -> Vintage | None:
    """The vintage beside the one that is shown: the one asked for, else another of its day, else the one before it.

    Raises Outside where the one asked for is none of the account's.
    """
    others = [one for one in known if one.pk != shown.pk]
    if asked and asked != shown.pk:
        found = next((one for one in others if one.pk == asked), None)
        if found is None:
            raise pictures.Outside("没有这一期")
        return found
    earlier = [one for one in others if (one.on, one.published_at) < (shown.on, shown.published_at)]
    same_day = [one for one in others if one.on == shown.on]
    return next(iter([*same_day, *earlier, *others]), None)


def _in_order(one: Picture, other: Picture) -> tuple[Picture, Picture]:
    """The earlier one first: by the day it stands for, then by when it was published."""
    first, second = sorted(
        (one, other), key=lambda picture: (picture.vintage.on, picture.vintage.published_at)
    )
    return first, second
