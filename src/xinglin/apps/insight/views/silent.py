"""Who has not reported: the units of a number that were silent when it was published, and what came since."""

from __future__ import annotations

import io

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.audit.actions import record
from xinglin.apps.insight import pictures, silent, standing_now
from xinglin.apps.insight import silent_file as silent_file_
from xinglin.apps.insight.views.indicators import nothing, page_asked, place_asked

PARTS = {"未计": "全部没有报", "计入": "有的月份没有报"}
"""What the list can be narrowed to, by how a unit is counted."""
MOST = 3000
"""Units in a file: the rows of a county are read together, those of many counties one after another."""


@route("insight.view")
@require_safe
def silent_(request: HttpRequest, key: str) -> HttpResponse:
    """The units that had not reported a number, by month where it is counted by month."""
    picture = pictures.of(request)
    if picture is None:
        return nothing(request)
    place, asked = place_asked(request, picture), _asked(request)
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
        "may_export": request.user.can("export.run"),  # type: ignore[union-attr]
        "may_send": request.user.can("record.edit"),  # type: ignore[union-attr]
        "parts": [(name, words, found.included.get(name, 0)) for name, words in PARTS.items()],
        "asked": asked,
        "query": standing_now.query(place, picture),
    }
    return render(request, "insight/silent.html", context)


def _asked(request: HttpRequest) -> dict[str, str]:
    part = request.GET.get("part", "")
    return {"part": part if part in PARTS else "", "q": request.GET.get("q", "").strip()}


@route("insight.view")
@require_safe
def silent_file(request: HttpRequest, key: str) -> FileResponse:
    """The same units, all pages, as a workbook; for those who may take files away."""
    picture = pictures.of(request)
    if picture is None or not request.user.can("export.run"):  # type: ignore[union-attr]
        raise Http404
    place, asked = place_asked(request, picture), _asked(request)
    measure = picture.measure(key)
    found = picture.units(key, place, asked["part"], asked["q"], per_page=MOST, silent=True)
    more = f"；共 {found.total} 个单位，这里是前 {MOST} 个，其余请按县导出" if found.total > MOST else ""
    where = picture.area(place).full_name if place else "本单位"
    title = f"{measure.label}：还没有报的单位（{where}，截至 {picture.vintage.on}{more}）"
    content = silent_file_.of(title, silent.lines(request.user, picture, measure, found.units))
    record(
        by=request.user,
        action="vintage.export",
        kind="vintage",
        id=picture.vintage.pk,
        fields=(key,),
        count=len(found.units),
        request=request,
    )
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=f"{measure.label}_未报.xlsx")
