"""领导小组进展报告: a page to be read out and printed."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.audit.actions import record as audit
from xinglin.apps.insight.tasks import TASK
from xinglin.apps.insight.tasks import progress as reports
from xinglin.apps.insight.tasks.places import HOLDING, name_of, place_asked
from xinglin.apps.insight.tasks.word import progress_file
from xinglin.apps.insight.views.tasks import read_day

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LISTED = 60
"""Tasks of a kind that are listed one by one."""


@route("task.view")
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """How far everything is on a day, against the last time."""
    user: Any = request.user
    place = place_asked(user, request.GET.get("place", ""))
    if len(place) not in HOLDING:
        return redirect(f"{reverse('insight:tasks')}?place={place}")
    today = timezone.localdate()
    day = min(read_day(request.GET.get("on", "")) or today, today)
    since = read_day(request.GET.get("since", ""))
    since = since if since is not None and since < day else reports.last_time(place, day)
    found = reports.report(user, place, day, since)
    if request.GET.get("format") == "docx" and user.can("export.run"):
        return _file(request, found, place)
    context = {
        "place": place,
        "place_name": name_of(place),
        "today": today,
        "report": found,
        "query": urlencode({"place": place, "on": day.isoformat(), "since": since.isoformat()}),
        "can_export": user.can("export.run"),
        "listed": LISTED,
        "sliced": f":{LISTED}",
    }
    return render(request, "insight/tasks_progress.html", context)


def _file(request: HttpRequest, found: reports.Report, place: str) -> HttpResponse:
    """The report as a Word file."""
    content = progress_file(found, name_of(place), demonstration=settings.XINGLIN_DEMO)
    audit(by=request.user, action="task.export", kind=TASK, count=found.counts.total, request=request)
    response = HttpResponse(content, content_type=DOCX)
    name = quote(f"任务进展报告 {name_of(place)} {found.day}.docx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response
