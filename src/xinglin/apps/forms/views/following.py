"""Who has reported, reports of a definition, sending of tables."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.forms import completeness, permissions, reporting, sending
from xinglin.apps.forms.book import book
from xinglin.apps.forms.views.common import definition_or_404, turned_away
from xinglin.apps.ui.messages import done, refused
from xinglin.apps.ui.places import place_name


@route("record.view")
@require_safe
def completeness_(request: HttpRequest) -> HttpResponse:
    """How complete everything is that is owed in the account's area."""
    rows = completeness.summaries(request.user, timezone.localdate())
    return render(request, "forms/completeness.html", {"rows": rows})


@route("record.view")
@require_safe
def owing(request: HttpRequest, definition: str) -> HttpResponse:
    """Who has reported one definition for a period, and who has not."""
    one = definition_or_404(request, definition)
    if one.due is None:
        return turned_away(request, f"“{one.label}”不要求定期填报。", "forms:records", one.id)
    today = timezone.localdate()
    periods = completeness.owed(one, today)
    asked = request.GET.get("period", "")
    closed = next((p for p in periods if p.last is not None and p.end < today), periods[0])
    period = next((p for p in periods if p.name == asked), closed)
    scope = permissions.readable(request.user, one)
    states = completeness.states(one, period, scope, today)
    context = {
        "definition": one,
        "periods": periods,
        "period": period,
        "states": states,
        "there": sum(state.there for state in states),
        "late": sum(state.late for state in states),
        "parent": book()[str(one.of)] if one.due.per is not None else None,
        "may_write": bool(permissions.writable(request.user, one)),
        "rows": [(state, place_name(state.unit.place, 4)) for state in states],
    }
    return render(request, "forms/owing.html", context)


@route("record.view")
@require_safe
def report(request: HttpRequest, definition: str, report: str) -> HttpResponse:
    """A report of one definition over the account's area."""
    one = definition_or_404(request, definition)
    if report not in one.reports:
        return turned_away(request, f"“{one.label}”没有这张统计表。", "forms:records", one.id)
    chosen = one.reports[report]
    scope = permissions.readable(request.user, one)
    lines = reporting.lines(one, chosen, scope)
    off = [line for line in lines if line.off]
    if "off" in request.GET:
        lines = off
    context = {
        "definition": one,
        "report": chosen,
        "headings": reporting.headings(one, chosen),
        "columns": chosen.columns,
        "lines": reporting.worded(one, chosen, lines),
        "off": len(off),
        "only_off": "off" in request.GET,
    }
    return render(request, "forms/report.html", context)


@route("record.edit")
def sending_(request: HttpRequest) -> HttpResponse:
    """Say which tables are complete for a period: the word that indicators wait for."""
    units = sending.units(request.user)
    unit = next((one for one in units if one.id == request.GET.get("unit", "")), units[0] if units else None)
    year = request.GET.get("year", "")
    chosen = int(year) if year.isdigit() and len(year) == 4 else timezone.localdate().year
    if request.method == "POST" and unit is not None:
        try:
            sending.send(unit, request.POST, chosen, by=request.user, request=request)
            done(request, "已记下上报情况。")
        except permissions.NotAllowed as error:
            refused(request, str(error))
        response = redirect("forms:sending")
        response["Location"] += f"?unit={unit.id}&year={chosen}"
        return response
    rows = sending.table(unit, chosen) if unit is not None else []
    context = {"units": units, "unit": unit, "year": chosen, "rows": rows, "statuses": sending.STATUSES}
    return render(request, "forms/sending.html", context)
