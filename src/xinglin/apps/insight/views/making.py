"""“立为任务”: a form for a task out of a missed target, filled with what is known."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from xinglin.apps.access.routes import route
from xinglin.apps.forms import layout
from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.building import RecordForm
from xinglin.apps.forms.models import Record
from xinglin.apps.insight.tasks import TASK, actions
from xinglin.apps.insight.tasks.generating import JOINED, library
from xinglin.apps.insight.tasks.places import HOLDING, name_of, place_asked
from xinglin.apps.insight.views.tasks import back_to, may_at
from xinglin.apps.ui.messages import done, refused
from xinglin.policy.model import Document, Target

ASKED = ("task", "measure", "lead_unit", "lead_name", "co_units", "person", "post", "due_on")


@route("task.assign", safe=False)
def task_from_target(request: HttpRequest) -> HttpResponse:
    """A form filled from the target: what is lacking, the nearest units, who is responsible; on POST the task."""
    user: Any = request.user
    asked = request.POST if request.method == "POST" else request.GET
    place = place_asked(user, asked.get("place", ""))
    found = _target(asked.get("document", ""), asked.get("target", ""))
    if found is None or len(place) not in HOLDING or not may_at(user, "task.assign", place):
        words = "请到市或县（市、区）一级，由当地中医药管理人员立任务" if found else "文件库里没有这个指标"
        refused(request, f"{words}。")
        return back_to(place)
    document, target = found
    told = {"gap": asked.get("gap", "")[:500], "nearest": asked.get("nearest", "")[:500]}
    nearest = [name for name in told["nearest"].split(JOINED) if name]
    values = actions.prefilled(document, target, place, gap=told["gap"], nearest=nearest)
    known = definition(TASK)
    form = RecordForm(known, values, request.POST or None, only=ASKED)
    if request.method == "POST":
        raw = form.raw()
        try:
            record = actions.task_from_target(
                document, target, place, by=user, given={**values, **raw}, request=request
            )
        except saving.Invalid as error:
            form = form.again(raw, error.faults)
        else:
            done(request, f"已立为任务“{record.title}”。")
            return redirect("forms:record", record.pk)
    context = {
        "form": form,
        "parts": layout.parts(known, form),
        "place": place,
        "place_name": name_of(place),
        "document": document,
        "target": target,
        "there": _there(place, target),
        **told,
    }
    return render(request, "insight/tasks_from_target.html", context)


def _target(document_id: str, target_id: str) -> tuple[Document, Target] | None:
    found = next((one for one in library().documents if one.id == document_id), None)
    target = next((one for one in found.targets if one.id == target_id), None) if found else None
    return (found, target) if found and target else None


def _there(place: str, target: Target) -> list[Record]:
    """Tasks of the place that are about this target already."""
    rows = Record.objects.of(TASK).filter(place=place).order_by("pk")
    return [row for row in rows if target.id in str(row.document.get("targets") or "").split(JOINED)]
