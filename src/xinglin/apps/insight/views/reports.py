"""报告: the digest on the screen, reports as files made in the background, the receipt that makes the numbers again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.insight import pictures, reporting, standing_now
from xinglin.apps.insight.jobs import MAKE, REPRODUCE
from xinglin.apps.insight.pictures import Picture
from xinglin.apps.ui.messages import done, refused
from xinglin.apps.work.actions import ask
from xinglin.apps.work.models import Job
from xinglin.apps.work.presenters import shown
from xinglin.report import FORMS, digest_fragment

MOST = 20
"""Reports listed; older ones stand in the list of background jobs."""
WORDS = {
    "docx": "按上报的体例：基本情况、目标完成情况、任务进展、差距、责任、数据说明，可以接着编辑",
    "xlsx": "逐项结果、差距与机构、下级地区；现值和计数都是公式",
    "pdf": "一页 A4：达标情况、主要指标、最大的差距和由谁负责",
}


@route("report.make")
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """What can be made, what was made, the digest."""
    picture = pictures.of(request)
    if picture is None:
        return render(request, "insight/nothing.html", {"nothing": pictures.nothing(request)})
    place = request.GET.get("place") or (picture.home.code if picture.home is not None else "")
    if not place or not picture.has_results(place):
        return render(
            request, "insight/reports_none.html", {"picture": picture, "below": _below(picture, place)}
        )
    return render(request, "insight/reports.html", _context(request, picture, place))


def _below(picture: Picture, place: str) -> list[Any]:
    return [area for area in picture.children(place) if area.judged] if place else []


def _context(request: HttpRequest, picture: Picture, place: str) -> dict[str, Any]:
    user: Any = request.user
    standing, origin = reporting.content(picture, place)
    site = request.build_absolute_uri("/")
    digest = digest_fragment(standing, origin, reporting.addresses(picture, place, site))
    jobs = Job.objects.of(user).filter(kind__in=(MAKE, REPRODUCE))[:MOST]
    return {
        "picture": picture,
        "place": picture.area(place),
        "path": picture.path(place),
        "children": _below(picture, place),
        "vintages": pictures.vintages_of(picture.scope, place),
        "query": standing_now.query(place, picture),
        "forms": [(name, FORMS[name].label, WORDS[name]) for name in reporting.MADE],
        "origin": origin,
        "may_reproduce": picture.scope.covers(place=picture.vintage.place),
        "jobs": [shown(job) for job in jobs],
        "digest": mark_safe(digest),  # noqa: S308 - made by our own template, which escapes
    }


@route("report.make", safe=False)
@require_POST
def make(request: Any) -> HttpResponse:
    """Ask for reports in the forms that were chosen; each is a job of its own."""
    if not request.POST.get("vintage"):
        return _unasked(request)
    picture = pictures.picture_of(request.scope, request.POST["vintage"])
    area = picture.area(request.POST.get("place", ""))
    chosen = [name for name in reporting.MADE if name in request.POST.getlist("form")]
    if not area.judged or not chosen:
        refused(request, "请至少选一种报告。" if area.judged else "这个地区没有对照文件的结果，不能出报告。")
        return _back(picture, area.code)
    site = request.build_absolute_uri("/")
    with transaction.atomic():
        for name in chosen:
            label = f"{area.name}{FORMS[name].label} {picture.vintage.on}"
            ask(
                MAKE,
                by=request.user,
                label=label,
                place=area.code,
                request=request,
                vintage=picture.vintage.pk,
                form=name,
                site=site,
            )
    done(request, f"正在后台出 {len(chosen)} 份报告，可以离开页面；出好后在下面下载，留 7 天。")
    return _back(picture, area.code)


@route("report.make", safe=False)
@require_POST
def reproduce(request: Any) -> HttpResponse:
    """Ask for a vintage to be counted again from its receipt; the answer is the page of the job."""
    if not request.POST.get("vintage"):
        return _unasked(request)
    vintage = pictures.picture_of(request.scope, request.POST["vintage"]).vintage
    with transaction.atomic():
        label = f"凭回执重算 {vintage.on}"
        job = ask(
            REPRODUCE, by=request.user, label=label, place=vintage.place, request=request, vintage=vintage.pk
        )
    return redirect("work:job", job=job.pk)


def _unasked(request: HttpRequest) -> HttpResponse:
    refused(request, "没有写明是哪一期，请从本页提出。")
    return redirect("insight:reports")


def _back(picture: Picture, place: str) -> HttpResponse:
    return redirect(f"{reverse('insight:reports')}?{standing_now.query(place, picture)}")
