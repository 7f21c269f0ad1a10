"""One's own jobs: list, one of them, its file; cancel, retry, put away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.audit.actions import record
from xinglin.apps.work import actions, files
from xinglin.apps.work.models import Job, State
from xinglin.apps.work.presenters import shown
from xinglin.apps.work.registry import KINDS, permitted

PER_PAGE = 50


@route("job.view")
@require_safe
def jobs(request: Any) -> HttpResponse:
    """One's own jobs: those open or unread, or all."""
    everything = request.GET.get("all") == "1"
    found = Job.objects.of(request.user)
    page = Paginator(found if everything else found.unread(), PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "work/list.html",
        {"page": page, "jobs": [shown(job) for job in page], "everything": everything},
    )


@route("job.view")
@require_safe
def job(request: Any, job: str) -> HttpResponse:
    """One job; asked by htmx, only the part that changes."""
    found = shown(_own(request, job))
    context = {"job": found, "address": reverse("work:job", args=[found.job.pk])}
    return render(request, "work/_state.html" if request.htmx else "work/job.html", context)


@route("job.view", safe=False)
@require_POST
def cancel(request: Any, job: str) -> HttpResponse:
    """Cancel it."""
    return _act(request, job, actions.cancel)


@route("job.view", safe=False)
@require_POST
def retry(request: Any, job: str) -> HttpResponse:
    """Begin it anew."""
    return _act(request, job, actions.retry)


@route("job.view", safe=False)
@require_POST
def dismiss(request: Any, job: str) -> HttpResponse:
    """Put its outcome away, and go back to the list."""
    answer = _act(request, job, actions.dismiss)
    return redirect("work:list") if answer.status_code == 302 else answer


@route("job.view")
@require_safe
def file(request: Any, job: str) -> Any:
    """The file a job made, for those who still have the right to it."""
    found = _own(request, job)
    path = files.folder(found.pk) / found.file
    there = found.file and found.state == State.DONE and path.is_file()
    kind = KINDS.get(found.kind)
    opens = kind.opens if kind else None
    opened = None
    if there and permitted(found, request.user):
        opened = opens(found, request.user, path) if opens else path.open("rb")
    if opened is None:
        raise Http404
    with transaction.atomic():
        record(by=request.user, action="job.file", kind=found.kind, id=found.pk, request=request)
    return FileResponse(opened, as_attachment=True, filename=found.file)


def _own(request: Any, job: str) -> Job:
    return get_object_or_404(Job.objects.of(request.user), pk=job)


def _act(request: HttpRequest, job: str, action: Any) -> HttpResponse:
    """Do something with one's own job; say why if it cannot be done now."""
    try:
        action(job=_own(request, job), by=request.user, request=request)
    except actions.NotNow as error:
        messages.error(request, str(error))
    return redirect("work:job", job=job)
