"""The home page, and the answer for whoever watches the server."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import PUBLIC, route


@route("home.view")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What one can do here, by role."""
    return render(request, "ui/home.html")


@route(PUBLIC)
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """``ok`` when the database answers."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
