"""机构: what a facility satisfies, what it lacks, the shortest way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.insight import pictures
from xinglin.apps.insight.pictures import Picture
from xinglin.apps.insight.views.indicators import page_asked
from xinglin.standing.areas_file import Measure, UnitRow
from xinglin.standing.model import Step

MET, WITHOUT, ADDED = "计入分子", "只在分母", "计入"


@dataclass(frozen=True)
class Line:
    """A measure a facility counts in: what is counted of it, and which conditions it does not meet."""

    measure: Measure
    unit: UnitRow
    lacking: tuple[Step, ...]
    address: str


@route("insight.view")
@require_safe
def facilities(request: HttpRequest) -> HttpResponse:
    """The facilities of a place: in how many numbers each counts with what is asked, and in how many without it."""
    picture = pictures.of(request)
    if picture is None:
        return render(request, "insight/nothing.html", {"nothing": pictures.nothing(request)})
    place = request.GET.get("place") or (picture.home.code if picture.home is not None else "")
    asked = {"q": request.GET.get("q", "").strip()}
    found = picture.facilities(place, asked["q"], page_asked(request))
    if not place and found.total == 1 and not asked["q"]:
        only = reverse("insight:facility", args=[found.lines[0].facility])
        return redirect(f"{only}?vintage={picture.vintage.pk}")
    context = {
        "picture": picture,
        "place": picture.area(place) if place else None,
        "path": picture.path(place) if place else [],
        "children": [area for area in picture.children(place) if area.real] if place else [],
        "vintages": pictures.vintages_of(picture.scope, place),
        "found": found,
        "asked": asked,
    }
    return render(request, "insight/facilities.html", context)


@route("insight.view")
@require_safe
def facility(request: HttpRequest, facility: str) -> HttpResponse:
    """One facility: every number it counts in, those it lacks something for first."""
    picture = pictures.of(request)
    if picture is None:
        return render(request, "insight/nothing.html", {"nothing": pictures.nothing(request)})
    lines = [_line(picture, row) for row in picture.facility(facility)]
    own = [row for row in (line.unit for line in lines) if row.unit == facility]
    context: dict[str, Any] = {
        "picture": picture,
        "facility": facility,
        "name": own[0].name if own else "机构",
        "place_name": own[0].place_name if own else "",
        "lacking": [line for line in lines if line.unit.included == WITHOUT],
        "met": [line for line in lines if line.unit.included == MET],
        "added": [line for line in lines if line.unit.included == ADDED],
        "out": [line for line in lines if line.unit.included not in (MET, WITHOUT, ADDED)],
        "vintages": pictures.vintages_of(picture.scope),
    }
    return render(request, "insight/facility.html", context)


def _line(picture: Picture, row: UnitRow) -> Line:
    address = reverse("insight:unit", args=[row.key, row.unit])
    asked = f"vintage={picture.vintage.pk}"
    return Line(picture.measure(row.key), row, _lacking(row.steps), f"{address}?{asked}")


def _lacking(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The conditions at the end of a branch that do not hold: what there is to be done."""
    after = [*(step.depth for step in steps[1:]), 0]
    ends = [step for step, depth in zip(steps, after, strict=False) if depth <= step.depth]
    return tuple(step for step in ends if step.holds is False)
