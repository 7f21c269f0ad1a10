"""Addresses whose views fail in every way that could carry content into a log."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path

from xinglin.apps.access.routes import PUBLIC, route
from xinglin.apps.accounts.models import User
from xinglin.config.urls import handler500
from xinglin.config.urls import urlpatterns as real

SEED = "司马青囊"
__all__ = ["handler500", "urlpatterns"]


@route(PUBLIC)
def value_error(request: HttpRequest, text: str = "") -> HttpResponse:
    return HttpResponse(int(request.GET.get("name", text)))


@route(PUBLIC)
def key_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse({}[request.GET["name"]])


@route(PUBLIC)
def chained(request: HttpRequest) -> HttpResponse:
    try:
        int(request.GET["name"])
    except ValueError as error:
        raise RuntimeError(f"姓名 {request.GET['name']}") from error
    return HttpResponse()


@route(PUBLIC)
def taken_twice(request: HttpRequest) -> HttpResponse:
    """A constraint whose message names the value."""
    for _ in range(2):
        User.objects.create(username=request.GET["name"])
    return HttpResponse()


@route(PUBLIC)
def logged(request: HttpRequest) -> HttpResponse:
    """A constraint caught and written to the log by careless code, ours and others'."""
    try:
        with transaction.atomic():
            taken_twice(request)
    except IntegrityError as error:
        logging.getLogger("xinglin.test").exception("could not save")
        logging.getLogger("somebody.else").error(f"could not save: {error}")
        logging.getLogger("somebody.else").error("could not save %s", request.GET["name"])
    return HttpResponse("kept")


@route(PUBLIC)
def wrong_sql(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere WHERE name = %s", [request.GET["name"]])
    return HttpResponse()


@route(PUBLIC)
def template(request: HttpRequest) -> HttpResponse:
    def broken() -> str:
        raise ValueError(request.GET["name"])

    return HttpResponse(Template("{{ broken }}{{ name.missing }}").render(Context({"broken": broken})))


@route(PUBLIC)
def group(request: HttpRequest) -> HttpResponse:
    raise ExceptionGroup(request.GET["name"], [ValueError(request.GET["name"])])


FAILURES: dict[str, type[Exception]] = {
    "bad-request": BadRequest,
    "suspicious": SuspiciousOperation,
    "denied": PermissionDenied,
    "missing": Http404,
    "driver": sqlite3.IntegrityError,
}


def failing(kind: type[Exception]) -> Any:
    @route(PUBLIC)
    def view(request: HttpRequest) -> HttpResponse:
        raise kind(request.GET["name"])

    return view


urlpatterns = [
    *real,
    path("faulty/value-error", value_error),
    path("faulty/value-error/<str:text>", value_error),
    path("faulty/key-error", key_error),
    path("faulty/chained", chained),
    path("faulty/taken-twice", taken_twice),
    path("faulty/logged", logged),
    path("faulty/wrong-sql", wrong_sql),
    path("faulty/template", template),
    path("faulty/group", group),
    *(path(f"faulty/{name}", failing(kind)) for name, kind in FAILURES.items()),
]
