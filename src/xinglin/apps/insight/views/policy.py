"""政策: the documents that bind a place, each as its clause tree, two of them side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.insight import clauses, pictures, standing_now
from xinglin.apps.insight.pictures import Outside, Picture


def _at(request: HttpRequest) -> tuple[Picture | None, str]:
    """The picture and the place that is asked for; accounts of a facility are shown what binds its county."""
    picture = pictures.of(request)
    if picture is None:
        return None, ""
    return picture, request.GET.get("place") or (picture.home.code if picture.home is not None else "")


@route("insight.view")
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """Every document that binds the place, with how its targets stand."""
    picture, place = _at(request)
    if picture is None:
        return render(request, "insight/nothing.html", {"nothing": pictures.nothing(request)})
    if not place:
        return redirect("insight:facilities")
    known = clauses.documents(picture, _judged(picture, place))
    return render(request, "insight/policies.html", {**_common(picture, place), "documents": known})


@route("insight.view")
@require_safe
def policy(request: HttpRequest, document: str) -> HttpResponse:
    """One document as its clause tree."""
    picture, place = _at(request)
    if picture is None:
        return render(request, "insight/nothing.html", {"nothing": pictures.nothing(request)})
    if not place:
        return redirect("insight:facilities")
    known = clauses.documents(picture, _judged(picture, place))
    one = clauses.chosen(known, document)
    if one is None:
        raise Outside("没有这个文件")
    user: Any = request.user
    context = {
        **_common(picture, place),
        "document": one,
        "listed": next(listed for listed in known if listed.document is one),
        "branches": clauses.tree(picture, place, one, user),
        "others": [listed.document for listed in known if listed.document is not one],
        "may_see_tasks": user.can("task.view"),
    }
    return render(request, "insight/policy.html", context)


@route("insight.view")
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Two documents side by side, number by number."""
    picture, place = _at(request)
    if picture is None:
        return render(request, "insight/nothing.html", {"nothing": pictures.nothing(request)})
    if not place:
        return redirect("insight:facilities")
    known = clauses.documents(picture, _judged(picture, place))
    first, second = (clauses.chosen(known, request.GET.get(name, "")) for name in ("left", "right"))
    left = first or (known[0].document if known else None)
    right = second or next((one.document for one in known if one.document is not left), None)
    pairs = clauses.side_by_side(picture, place, left, right) if left and right else []
    context = {
        **_common(picture, place),
        "documents": [listed.document for listed in known],
        "left": left,
        "right": right,
        "pairs": pairs,
        "both": sum(bool(pair.left and pair.right) for pair in pairs),
    }
    return render(request, "insight/compare.html", context)


def _judged(picture: Picture, place: str) -> str:
    """The place, if documents are held against it. Raises Outside."""
    if not picture.has_results(place):
        raise Outside("这一级没有对照文件的结果")
    return place


def _common(picture: Picture, place: str) -> dict[str, Any]:
    return {
        "picture": picture,
        "place": picture.area(place),
        "path": picture.path(place),
        "vintages": pictures.vintages_of(picture.scope, place),
        "query": standing_now.query(place, picture),
        "tones": standing_now.TONES,
    }
