"""People: list, page, form, posts. Names only for those who may read them, and every reading is written down."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations import actions, permissions
from xinglin.apps.organisations.forms.filters import PractitionerFilters
from xinglin.apps.organisations.forms.people import NewPractitionerForm, PostForm, PractitionerForm
from xinglin.apps.organisations.forms.rows import LastDayForm
from xinglin.apps.organisations.models import Facility, Post, Practitioner
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.organisations.presenters import person, state
from xinglin.apps.organisations.views.common import (
    READ_LIST,
    READ_WHOLE,
    act,
    history_of,
    note_reading,
    practitioner_or_404,
    scope_of,
)
from xinglin.apps.ui.messages import done


@route("practitioner.view")
@require_safe
def practitioners(request: HttpRequest) -> HttpResponse:
    """The list."""
    user: Any = request.user
    scope, names = scope_of(request), user.scope_for("practitioner.name")
    filters = PractitionerFilters(request.GET, scope, names)
    rows = filters.narrowed(Practitioner.objects.within(scope))
    page = filters.page(rows.prefetch_related(_present_posts()), request.GET.get("page"))
    shown = _as_seen(request, list(page.object_list), names)
    facility = Facility.objects.within(scope).filter(pk=filters.value("facility")).first()
    context = {
        "filters": filters,
        "page": page,
        "rows": shown,
        "sort": filters.sort,
        "facility": facility,
        "masked": not names,
        "may_add": user.can("practitioner.edit"),
    }
    return render(request, "organisations/practitioners.html", context)


def _present_posts() -> Prefetch[Any]:
    posts = Post.objects.not_over(timezone.localdate()).select_related("facility").order_by("-main", "pk")
    return Prefetch("posts", posts, to_attr="present")


def _as_seen(request: HttpRequest, rows: list[Any], names: Scope) -> list[dict[str, Any]]:
    """People of a page; those whose names were readable are written down with their number."""
    keys = [row.pk for row in rows]
    readable: set[str] = set()
    if names and keys:
        inside = Practitioner.objects.filter(pk__in=keys).within(names)
        readable = set(inside.values_list("pk", flat=True))
    note_reading(request, READ_LIST, count=len(readable))
    return [{"row": row, "person": person(row, row.pk in readable), "posts": row.present} for row in rows]


@route("practitioner.view", area="practitioner")
@require_safe
def practitioner(request: HttpRequest, practitioner: str) -> HttpResponse:
    """One person."""
    row = practitioner_or_404(request, practitioner)
    readable = permissions.read_names(request.user, row)
    if readable:
        note_reading(request, READ_WHOLE, id=row.pk)
    today = timezone.localdate()
    posts = Post.objects.filter(practitioner=row).select_related("facility").order_by("-valid_from", "pk")
    context = {
        "row": row,
        "person": person(row, readable),
        "posts": [(post, state(post, today)) for post in posts],
        "editable": permissions.edit_practitioner(request.user, row),
        "deeds": history_of(row.pk),
    }
    return render(request, "organisations/practitioner.html", context)


@route("practitioner.edit")
def practitioner_new(request: HttpRequest) -> HttpResponse:
    """Register a person with the first post."""
    initial = {"facility": request.GET.get("facility", ""), "valid_from": timezone.localdate()}
    form = NewPractitionerForm(request.POST or None, scope=scope_of(request), initial=initial)
    if request.method == "POST" and form.is_valid() and _register(request, form):
        done(request, "已登记。")
        return redirect("organisations:practitioner", form.instance.pk)
    back = reverse("organisations:practitioners")
    return render(request, "organisations/form.html", {"form": form, "title": "登记人员", "back": back})


def _register(request: HttpRequest, form: NewPractitionerForm) -> bool:
    def deed() -> None:
        actions.register(form.instance, form.post(), by=request.user, request=request)

    return _allowed(form, deed, "facility")


def _allowed(form: Any, deed: Any, field: str) -> bool:
    try:
        return act(form, deed)
    except NotAllowed as error:
        form.add_error(field, str(error))
        return False


@route("practitioner.edit", area="practitioner")
def practitioner_edit(request: HttpRequest, practitioner: str) -> HttpResponse:
    """Change what is known of a person."""
    row = practitioner_or_404(request, practitioner)
    names = permissions.read_names(request.user, row)
    form = PractitionerForm(request.POST or None, instance=row, names=names)
    seen = actions.last_change(row)
    if request.method == "POST":
        sent = request.POST.get("seen", "")
        seen = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 19 else seen

        def deed() -> None:
            actions.edit(row, form.cleaned_data, by=request.user, seen=seen, request=request)

        if form.is_valid() and act(form, deed):
            done(request, "已保存。")
            return redirect("organisations:practitioner", practitioner)
    if names:
        note_reading(request, READ_WHOLE, id=row.pk)
    back = reverse("organisations:practitioner", args=[practitioner])
    context = {"form": form, "title": "修改人员", "back": back, "seen": seen}
    return render(request, "organisations/form.html", context)


@route("practitioner.edit", area="practitioner")
def post_new(request: HttpRequest, practitioner: str) -> HttpResponse:
    """Add a post."""
    row = practitioner_or_404(request, practitioner)
    initial = {"valid_from": timezone.localdate()}
    form = PostForm(
        request.POST or None, instance=Post(practitioner=row), scope=scope_of(request), initial=initial
    )
    deed = lambda: actions.create(form.instance, by=request.user, request=request)  # noqa: E731
    if request.method == "POST" and form.is_valid() and _allowed(form, deed, "facility"):
        done(request, "已增加任职。")
        return redirect("organisations:practitioner", practitioner)
    back = reverse("organisations:practitioner", args=[practitioner])
    return render(request, "organisations/form.html", {"form": form, "title": "增加任职", "back": back})


@route("practitioner.edit", area="practitioner")
def post_close(request: HttpRequest, practitioner: str, post: str) -> HttpResponse:
    """End a post."""
    row = practitioner_or_404(request, practitioner)
    inside = Post.objects.within(scope_of(request)).select_related("facility")
    found: Any = get_object_or_404(inside, pk=post, practitioner=row)
    form = LastDayForm(request.POST or None, initial={"day": timezone.localdate()}, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            actions.close(found, day=form.cleaned_data["day"], by=request.user, request=request)
        except ValidationError as error:
            form.add_error("day", error.messages)
        else:
            done(request, "任职已终止。")
            return redirect("organisations:practitioners")
    context = {
        "title": f"终止在“{found.facility.name}”的任职",
        "verb": "终止任职",
        "danger": True,
        "form": form,
    }
    back = reverse("organisations:practitioner", args=[practitioner])
    return render(request, "ui/confirm.html", {**context, "back": back, "text": "终止不删除记录。"})
