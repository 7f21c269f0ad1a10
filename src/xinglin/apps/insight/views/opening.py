"""The rows a number rests on: of one unit, and the residents that a rate divides by; each leads to its record."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.insight import pictures, standing_now
from xinglin.apps.insight.origins import Origin, origins
from xinglin.apps.insight.pictures import Picture
from xinglin.apps.insight.views.indicators import nothing, page_asked, place_asked
from xinglin.standing.areas_file import Measure
from xinglin.standing.opened import Line, Opened


@dataclass(frozen=True)
class Table:
    """Rows of one fact table: labels of its columns, and per row its words, what it adds and why, where it is from."""

    label: str
    columns: list[str]
    rows: list[tuple[list[str], Line, Origin]]

    @property
    def dated(self) -> bool:
        """Whether its rows have dates of their own."""
        return any(line.date for _, line, _ in self.rows)


def _tables(request: HttpRequest, picture: Picture, measure: Measure, opened: Opened) -> list[Table]:
    """Rows by the table they stand in."""
    back = request.get_full_path()
    known = origins(request.user, picture.vintage, measure, opened.lines, back)
    found: dict[str, list[Line]] = {}
    for line in opened.lines:
        found.setdefault(line.table_label, []).append(line)
    tables = []
    for label, rows in found.items():
        columns = list(dict.fromkeys(name for line in rows for name, _ in line.cells))
        told = [
            ([dict(line.cells).get(name, "—") for name in columns], line, known[line.table, line.key])
            for line in rows
        ]
        tables.append(Table(label, columns, told))
    return tables


@route("insight.view")
@require_safe
def unit(request: HttpRequest, key: str, unit: str) -> HttpResponse:
    """One unit: why it counts or not, step by step, and the rows behind what it adds."""
    picture = pictures.of(request)
    if picture is None:
        return nothing(request)
    measure, row = picture.measure(key), picture.unit(key, unit)
    opened = picture.rows(key, unit, page=page_asked(request))
    context = {
        "picture": picture,
        "measure": measure,
        "unit": row,
        "opened": opened,
        "path": picture.path(row.place[:6]) if picture.covers(row.place[:6]) else [],
        "place": row.place[:6] if picture.covers(row.place[:6]) else "",
        "query": standing_now.query(row.place[:6] if picture.covers(row.place[:6]) else "", picture),
        "tables": _tables(request, picture, measure, opened),
    }
    return render(request, "insight/unit.html", context)


@route("insight.view")
@require_safe
def residents(request: HttpRequest, key: str) -> HttpResponse:
    """The rows of residents that a rate divides by."""
    picture = pictures.of(request)
    if picture is None:
        return nothing(request)
    place = place_asked(request, picture)
    measure = picture.measure(key)
    opened = picture.residents(key, place)
    context = {
        "picture": picture,
        "measure": measure,
        "place": picture.area(place),
        "path": picture.path(place),
        "opened": opened,
        "tables": _tables(request, picture, measure, opened),
        "query": standing_now.query(place, picture),
    }
    return render(request, "insight/residents.html", context)
