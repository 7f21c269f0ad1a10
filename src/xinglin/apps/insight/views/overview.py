"""总览: how a place stands, on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.forms import reminders
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.insight import pictures, standing_now
from xinglin.apps.insight.pictures import Picture
from xinglin.apps.insight.tasks import listing, reading
from xinglin.apps.insight.tasks.places import HOLDING
from xinglin.report.figure import Figure

WIDEST, CHANGED = 6, 6
"""Gaps and changes shown; the rest is one link away."""


@route("insight.view")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """How many targets are met, the widest gaps, what changed, what is overdue."""
    picture = pictures.of(request)
    if picture is None:
        return render(request, "insight/nothing.html", {"nothing": pictures.nothing(request)})
    place = request.GET.get("place") or (picture.home.code if picture.home is not None else "")
    if not place:  # accounts of a facility have a page of their own
        return redirect("insight:facilities")
    if not picture.has_results(place):
        return redirect(f"{reverse('insight:indicators')}?{standing_now.query(place, picture)}")
    return render(request, "insight/overview.html", _context(request, picture, place))


def _context(request: HttpRequest, picture: Picture, place: str) -> dict[str, Any]:
    found = standing_now.gaps(picture, place)
    vintages = pictures.vintages_of(picture.scope, place)
    return {
        "picture": picture,
        "place": picture.area(place),
        "path": picture.path(place),
        "children": [area for area in picture.children(place) if area.judged],
        "vintages": vintages,
        "counts": picture.counts(place),
        "query": standing_now.query(place, picture),
        "gaps": found[:WIDEST],
        "more_gaps": max(0, len(found) - WIDEST),
        "figure": _figure(request, picture, place, found),
        "choices": _choices(picture, place),
        "chosen": request.GET.get("measure", ""),
        "tasks": _tasks(request.user, place),
        "overdue": reminders.overdue_words(request.user),
        "may_task": request.user.can("task.assign"),  # type: ignore[union-attr]
        "tones": standing_now.TONES,
        **_changes(picture, place, vintages),
    }


def _figure(
    request: HttpRequest, picture: Picture, place: str, found: list[standing_now.Gap]
) -> Figure | None:
    """The map: of a number if one is chosen, else of how the places below stand, else of the widest gap's number."""
    asked = request.GET.get("measure", "")
    if not asked:
        ranked = standing_now.ranking_figure(picture, place)
        if ranked is not None or not found:
            return ranked
    keys = [asked] if asked else [pictures.measure_key(gap.result) for gap in found]
    return standing_now.first_map(picture, keys, place)


def _choices(picture: Picture, place: str) -> list[tuple[str, str]]:
    """Numbers that the map can show: those that a target of the place rests on."""
    return list(
        {
            row.measure_key: row.measure_label for row in picture.rows_of_results(place) if row.measure_key
        }.items()
    )


def _changes(picture: Picture, place: str, vintages: Sequence[Vintage]) -> dict[str, Any]:
    """Against the vintage of an earlier day that was published last."""
    earlier = [one for one in vintages if one.on < picture.vintage.on]
    if not earlier:
        return {"before": None, "changes": [], "more_changes": 0}
    before = Picture(picture.scope, earlier[0])
    if not before.covers(place) or not before.has_results(place):
        return {"before": None, "changes": [], "more_changes": 0}
    found = standing_now.changes(picture, before, place)
    return {"before": earlier[0], "changes": found[:CHANGED], "more_changes": max(0, len(found) - CHANGED)}


def _tasks(user: Any, place: str) -> listing.Counts | None:
    """How the tasks of a place stand; None for who may not see them, and where no tasks are kept."""
    if not user.can("task.view") or len(place) not in HOLDING:
        return None
    return listing.counted(reading.now(user, place, people=False), timezone.localdate())
