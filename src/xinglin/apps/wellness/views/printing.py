"""A signed service on paper: the report of a constitution with its chart and guidance, or the record of a guidance."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.audit.actions import record
from xinglin.apps.wellness import presenters
from xinglin.apps.wellness.models import HealthService, Kind, State
from xinglin.apps.wellness.views.common import service_or_404
from xinglin.apps.wellness.views.services import title_of

SIZES = {"a4": "A4", "a5": "A5"}


@route("wellness.view", area="service")
@require_safe
def paper(request: HttpRequest, service: str, size: str) -> HttpResponse:
    """The paper of a signed service, on A4 or A5."""
    row = service_or_404(request, service)
    version = row.versions.select_related("practitioner").first()
    if size not in SIZES or row.state != State.SIGNED or version is None:
        raise Http404
    context = {
        "row": row,
        "patient": presenters.patient(row.resident.root, row.day),
        "version": presenters.version_of(version),
        "title": title_of(row),
        "size": size,
        "sizes": SIZES.items(),
        "guided": _guided(row),
    }
    record(by=request.user, action="health_service.print", kind="health_service", id=row.pk, request=request)
    return render(request, "wellness/paper.html", context)


def _guided(row: HealthService) -> HealthService | None:
    """The guidance that was given by this assessment, if any was."""
    if row.kind != Kind.ASSESSMENT:
        return None
    return row.guidances.filter(state=State.SIGNED).select_related("practitioner").first()
