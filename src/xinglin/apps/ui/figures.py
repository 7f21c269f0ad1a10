"""Figures on pages: what the browser needs to draw one, its outlines, and its picture for paper and without script."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.base.places import Level, UnknownPlace
from xinglin.report import outlines as report_outlines
from xinglin.report import shapes
from xinglin.report.figure import Figure
from xinglin.report.outlines import Outlines, OutlinesMissing, OutlineSource

_KEPT = 3600  # seconds for which a picture of a page that was shown can be fetched
_DAY = 24 * 3600
_log = logging.getLogger(__name__)


def outlines(place: str) -> Outlines | None:
    """Outlines below a place, for `xinglin.report.maps.map_figure`; None below a county, and where there are none.

    Raises:
        UnknownPlace: no such place.
    """
    if len(place) >= Level.COUNTY:
        return None
    try:
        found = report_outlines.outlines_of(place, source(), settings.XINGLIN_HOME / "cache" / "outlines")
    except (OutlinesMissing, shapes.ShapelyMissing) as error:
        _log.warning("%s", error)
        return None
    return found if found.features else None


def source() -> OutlineSource:
    """Where this installation takes outlines from (``XINGLIN_OUTLINES``, otherwise the package).

    Raises:
        OutlinesMissing: there are none.
    """
    approval = settings.XINGLIN_MAP_APPROVAL
    folder = settings.XINGLIN_OUTLINES
    return report_outlines.folder_source(folder, approval) if folder else report_outlines.package_source()


def drawing(figure: Figure, user: Any) -> dict[str, Any]:
    """What the template needs to show a figure to a user."""
    return {
        "figure": figure,
        "spec": shapes.as_json(figure.spec),
        "outlines": _outlines_address(figure),
        "picture": reverse("ui:figure_picture", args=[_kept(figure, user)]),
        "width": figure.size[0],
        "height": figure.size[1],
    }


def _outlines_address(figure: Figure) -> str:
    """With a mark of the content behind it, so that browsers may keep it and still see a new set."""
    if figure.outlines is None:
        return ""
    mark = f"{figure.outlines.source.folder}{figure.outlines.source.title}{len(figure.outlines.features)}"
    version = hashlib.sha256(mark.encode()).hexdigest()[:8]
    return f"{reverse('ui:figure_outlines', args=[figure.place])}?v={version}"


def _kept(figure: Figure, user: Any) -> str:
    """Keep a figure for a while, for this user only; the name under which it is asked for."""
    text = json.dumps([figure.title, figure.spec], ensure_ascii=False, sort_keys=True)
    name = hashlib.sha256(text.encode()).hexdigest()[:32]
    cache.set(_key(user, name), figure, _KEPT)
    return name


def _key(user: Any, name: str) -> str:
    return f"figure:{user.pk}:{name}"


@route("home.view")
@require_safe
def figure_outlines(request: HttpRequest, of: str) -> HttpResponse:
    """Outlines below a place as JSON; public geography, the same for everybody."""
    del request
    try:
        found = outlines(of)
    except UnknownPlace as error:
        raise Http404(str(error)) from error
    if found is None:
        raise Http404("没有轮廓")
    answer = HttpResponse(
        shapes.as_json({"features": list(found.features)}), content_type="application/json; charset=utf-8"
    )
    patch_cache_control(answer, private=True, max_age=_DAY)
    return answer


@route("home.view")
@require_safe
def figure_picture(request: HttpRequest, name: str) -> HttpResponse:
    """The picture (SVG) of a figure that this user was shown within the hour."""
    found: Figure | None = cache.get(_key(request.user, name))
    if found is None:
        raise Http404("这张图已过期：请重新打开图所在的页面")
    answer = HttpResponse(found.svg(), content_type="image/svg+xml; charset=utf-8")
    patch_cache_control(answer, private=True, max_age=_KEPT)
    if "download" in request.GET:
        answer.headers["Content-Disposition"] = f'attachment; filename="{name[:8]}.svg"'
    return answer
