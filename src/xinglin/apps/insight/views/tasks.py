"""任务清单: the tasks of a place by document and clause; making them of the documents; assigning many."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.access.table import access_table
from xinglin.apps.forms import permissions, reminders
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.tables import PREFIX
from xinglin.apps.insight.jobs import GENERATE
from xinglin.apps.insight.tasks import TASK, actions, listing, reading
from xinglin.apps.insight.tasks.generating import library, plan
from xinglin.apps.insight.tasks.places import HOLDING, name_of, place_asked, places_below
from xinglin.apps.insight.tasks.units import labels
from xinglin.apps.ui.messages import done, refused
from xinglin.apps.work.actions import ask

MOST = 200
"""Tasks assigned at once."""
KEPT = "insight.assigned"
"""Where a session keeps what was assigned last, so that it can be taken back."""


class AssignForm(forms.Form):
    """Who sees to the tasks that are ticked, and by when; what is left empty stays as it is."""

    lead_unit = forms.ChoiceField(label="牵头单位", required=False)
    lead_name = forms.CharField(label="单位名称", required=False, max_length=60)
    person = forms.CharField(label="责任人", required=False, max_length=30)
    post = forms.CharField(label="职务", required=False, max_length=40)
    due_on = forms.DateField(
        label="完成期限", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, label_suffix="", prefix="to")
        lead = self.fields["lead_unit"]
        assert isinstance(lead, forms.ChoiceField)
        lead.choices = [("", "不改"), *labels().items()]


@route("task.view")
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """The list: those that nobody answers for first, then every document with its clauses."""
    user: Any = request.user
    place = place_asked(user, request.GET.get("place", ""))
    today = timezone.localdate()
    below = places_below(user, place, today)
    if len(place) not in HOLDING:
        context = {"place": place, "place_name": name_of(place), "below": below}
        return render(request, "insight/tasks_below.html", context)
    day = min(read_day(request.GET.get("on", "")) or today, today)
    listed = reading.now(user, place) if day == today else reading.at(user, place, day)
    return render(
        request, "insight/tasks.html", _context(request, place, day, today, listed) | {"below": below}
    )


def _context(
    request: HttpRequest, place: str, day: date, today: date, listed: list[reading.Task]
) -> dict[str, Any]:
    user: Any = request.user
    filters = listing.Filters(request.GET or None, listed)
    found = filters.narrowed(listed, day)
    roles = {name: role.label for name, role in access_table().roles.items()}
    order = [document.short for document in library().covering(place)]
    nobody = [task for task in found if task.state == reading.UNASSIGNED]
    rest = [task for task in found if task.state != reading.UNASSIGNED]
    may = day == today and may_at(user, "task.assign", place)
    return {
        "place": place,
        "place_name": name_of(place),
        "on": day,
        "today": today,
        "filters": filters,
        "wanted": filters.words(),
        "counts": listing.counted(listed, day),
        "found": len(found),
        "all": len(listed),
        "unassigned": listing.tree(nobody, day, order, roles),
        "number_unassigned": len(nobody),
        "trees": listing.tree(rest, day, order, roles),
        "assign": AssignForm() if may else None,
        "may_assign": may,
        "may_generate": may_at(user, "task.assign", place),
        "may_export": user.can("export.run"),
        "register": f"{PREFIX}{TASK}",
    }


def may_at(user: Any, permission: str, place: str) -> bool:
    """Whether an account has a permission at a place."""
    return bool(user.can(permission) and user.scope_for(permission).covers(place=place))


def read_day(text: str) -> date | None:
    """A day, or None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def back_to(place: str, query: str = "") -> HttpResponse:
    """To the list of a place."""
    response = redirect("insight:tasks")
    response["Location"] += f"?{query}" if query else f"?place={place}"
    return response


@route("task.assign", safe=False)
def generate(request: HttpRequest) -> HttpResponse:
    """What making tasks of the documents would do; on POST the job that does it."""
    user: Any = request.user
    place = place_asked(user, request.POST.get("place") or request.GET.get("place", ""))
    if len(place) not in HOLDING or not may_at(user, "task.assign", place):
        refused(request, "请到市或县（市、区）的任务清单里，由当地中医药管理人员从文件生成任务。")
        return back_to(place)
    if request.method == "POST":
        with transaction.atomic():
            label = f"从文件生成任务 {name_of(place)}"
            job = ask(GENERATE, by=user, label=label, place=place, request=request)
        return redirect("work:job", job=job.pk)
    wanted = plan(library(), place)
    by_document: dict[str, list[Any]] = {}
    for item in wanted.new:
        by_document.setdefault(item.document.short, []).append(item)
    today = timezone.localdate()
    context = {
        "place": place,
        "place_name": name_of(place),
        "plan": wanted,
        "documents": [
            (one, len(by_document.get(one.short, ())), one.period.end < today)
            for one in library().covering(place)
        ],
        "new": by_document.items(),
    }
    return render(request, "insight/tasks_generate.html", context)


@route("task.assign", safe=False)
@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Assign the tasks that are ticked."""
    user: Any = request.user
    place = place_asked(user, request.POST.get("place", ""))
    form = AssignForm(request.POST)
    rows = reading.visible(user, place).filter(pk__in=request.POST.getlist("task")[:MOST])
    chosen: list[Record] = list(rows.order_by("pk"))
    given = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    query = request.POST.get("query", "")
    if not may_at(user, "task.assign", place) or not chosen or not given:
        refused(request, "请勾选任务，并至少填一项：牵头单位、责任人、完成期限。")
        return back_to(place, query)
    made, left = actions.assign_many(chosen, given, by=user, request=request)
    request.session[KEPT] = [list(one) for one in made]
    reminders.forget(user)
    if made:
        words = f"已分派 {len(made)} 项任务。"
        done(request, words, undo=f"{reverse('insight:tasks_take_back')}?place={place}")
    if left:
        told = "；".join(f"{record.title}：{why}" for record, why in left[:5])
        more = f"；另有 {len(left) - 5} 项" if len(left) > 5 else ""
        refused(request, f"{len(left)} 项没有分派：{told}{more}。")
    return back_to(place, query)


@route("task.assign", safe=False)
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Take back what was assigned last."""
    place = place_asked(request.user, request.GET.get("place", ""))
    kept = [actions.Assigned(*one) for one in request.session.pop(KEPT, [])]
    back, stay = actions.take_back(kept, by=request.user, request=request)
    reminders.forget(request.user)
    if back:
        done(request, f"已撤销 {back} 项任务的分派，办理记录里看得到。")
    if stay or not kept:
        refused(request, f"{stay} 项之后又改过，没有动。" if stay else "没有可以撤销的分派。")
    return back_to(place)


def record_of(user: Any, pk: str, which: str) -> Record | None:
    """A record of a definition that an account may see."""
    known = definition(which)
    rows = Record.objects.of(which).within(permissions.readable(user, known))
    return rows.filter(pk=pk).first()
