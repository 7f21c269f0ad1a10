"""Vintages of one's area, and asking for a new one."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.indicators.forms import RecountForm
from xinglin.apps.indicators.jobs import RECOUNT
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.indicators.presenters import shown
from xinglin.apps.work.actions import ask

PER_PAGE = 50


@route("facts.recount")
@require_safe
def vintages(request: Any) -> HttpResponse:
    """What was published in one's area."""
    found = Vintage.objects.within(request.scope)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "indicators/vintages.html", {"page": page, "vintages": shown(page)})


@route("facts.recount", safe=False)
@require_http_methods(["GET", "HEAD", "POST"])
def recount(request: Any) -> HttpResponse:
    """Ask for a recount; the answer is the page of its job."""
    first = next(iter(sorted(request.scope.places - {"0"})), "")
    start = {"place": first, "on": timezone.localdate()}
    form = RecountForm(request.POST or None, initial=start, scope=request.scope)
    if request.method == "POST" and form.is_valid():
        place, on = form.cleaned_data["place"], form.cleaned_data["on"].isoformat()
        with transaction.atomic():
            label = f"重新统计 {place} {on}"
            job = ask(RECOUNT, by=request.user, label=label, place=place, request=request, on=on)
        return redirect("work:job", job=job.pk)
    return render(request, "indicators/recount.html", {"form": form})
