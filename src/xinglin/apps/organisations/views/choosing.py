"""Pieces of forms that htmx asks for: lists of places, facilities that answer to a text."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.organisations.forms.fields import OFFERED, chosen, facility_options, place_lists
from xinglin.apps.organisations.forms.filters import FacilityFilters
from xinglin.apps.organisations.models import Facility
from xinglin.apps.organisations.places import exists
from xinglin.apps.organisations.views.common import scope_of


@route("facility.view")
@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """The lists of places anew, after a choice in one of them. Names of places are public."""
    name = request.GET.get("name", "place")[:40]
    roots = tuple(one for one in request.GET.get("roots", "").split(",")[:50] if exists(one))
    digits = request.GET.get("deepest", "")
    deepest = int(digits) if digits in ("6", "9", "12") else 12
    code = chosen([request.GET.get(f"{name}-{step}", "") for step in range(6)])
    lists = place_lists(code if exists(code) else "", roots, deepest)
    widget = {"name": name, "lists": lists, "roots": ",".join(roots), "deepest": deepest}
    widget["attrs"] = {"id": request.GET.get("id", f"id_{name}")[:60]}
    return render(request, "organisations/place_select.html", {"widget": widget})


@route("facility.view")
@require_safe
def facility_choices(request: HttpRequest) -> HttpResponse:
    """Options for facilities of the area that answer to a text."""
    filters = FacilityFilters({"q": request.GET.get("q", "")}, scope_of(request))
    found = filters.narrowed(Facility.objects.within(scope_of(request)))[:OFFERED]
    options = facility_options(found)
    return render(request, "organisations/facility_options.html", {"options": options})
