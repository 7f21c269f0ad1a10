"""People: list, page, form, posts. Names only for those who may read them, and every reading is written down."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations import actions, permissions
from xinglin.apps.organisations.forms.filters import PractitionerFilters
from xinglin.apps.organisations.forms.people import (
    NewPractitionerForm,
    PostEditForm,
    PostForm,
    PractitionerForm,
    TransferForm,
)
from xinglin.apps.organisations.forms.rows import LastDayForm
from xinglin.apps.organisations.listing import PERSON_COLUMNS, PersonLine, listed_people
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
    seen_by,
)
from xinglin.apps.ui import searching
from xinglin.apps.ui.messages import done


@route("practitioner.view")
@require_safe
def practitioners(request: HttpRequest) -> HttpResponse:
    """The list. Who is looked for stands in the session, under a token: never in the address."""
    token = request.GET.get(searching.PARAMETER, "")
    text = searching.recall(request, token) if token else ""
    names: Scope = request.user.scope_for("practitioner.name")  # type: ignore[union-attr]
    filters = PractitionerFilters(_asked(request.GET, text or ""), scope_of(request), names)
    return _list(request, filters, nobody=text is None)


def _list(
    request: HttpRequest, filters: PractitionerFilters, *, nobody: bool = False, status: int = 200
) -> HttpResponse:
    """The people that meet filters; nobody when it is not known (any more) who is looked for."""
    user: Any = request.user
    scope, names = filters.scope, filters.names
    rows = filters.narrowed(Practitioner.objects.within(scope, few=filters.by_name))
    rows = rows.none() if nobody else rows
    page = filters.page(rows.only(*PERSON_COLUMNS), request.GET.get("page"))
    shown = _as_seen(request, list(page.object_list), names)
    facility = Facility.objects.within(scope).filter(pk=filters.value("facility")).first()
    context = {
        "filters": filters,
        "page": page,
        "rows": shown,
        "sort": filters.sort,
        "facility": facility,
        "masked": not names,
        "expired": nobody and not filters.errors,
        "may_add": user.can("practitioner.edit"),
        "may_export": user.can("export.run"),
    }
    return render(request, "organisations/practitioners.html", context, status=status)


def _asked(sent: QueryDict, text: str) -> QueryDict:
    """What the list is narrowed by; a name or number in the address is left aside."""
    asked = sent.copy()
    asked["q"] = text
    return asked


@route("practitioner.view", safe=False)
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Narrow the list down; the name, number or phone looked for is kept in the session."""
    user: Any = request.user
    filters = PractitionerFilters(request.POST, scope_of(request), user.scope_for("practitioner.name"))
    if filters.errors:
        return _list(request, filters, nobody=True, status=422)
    names = [name for name in filters.fields if name != "q"]
    asked = {name: filters.value(name) for name in names}
    asked["sort"] = filters.sort if request.POST.get("sort") else ""
    if filters.by_name:
        asked[searching.PARAMETER] = searching.remember(request, filters.value("q"))
    told = urlencode({name: value for name, value in asked.items() if value})
    return redirect(f"{reverse('organisations:practitioners')}{'?' if told else ''}{told}")


def _as_seen(request: HttpRequest, rows: list[Any], names: Scope) -> list[PersonLine]:
    """People of a page; those whose names were readable are written down with their number."""
    keys = [row.pk for row in rows]
    readable: set[str] = set()
    if names and keys:
        inside = Practitioner.objects.filter(pk__in=keys).within(names, few=True)
        readable = set(inside.values_list("pk", flat=True))
    note_reading(request, READ_LIST, count=len(readable))
    return listed_people(rows, readable)


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
    editable = permissions.edit_practitioner(request.user, row)
    mine = _editable_posts(request, posts) if editable else set()
    context = {
        "row": row,
        "person": person(row, readable),
        "posts": [(post, state(post, today), post.pk in mine) for post in posts],
        "editable": editable,
        "may_transfer": any(post.main and post.valid_to is None and post.pk in mine for post in posts),
        "deeds": history_of(row.pk),
    }
    return render(request, "organisations/practitioner.html", context)


def _editable_posts(request: HttpRequest, posts: Any) -> set[str]:
    """Ids of the posts that lie where one may say who works there."""
    scope: Scope = request.user.scope_for("practitioner.edit")  # type: ignore[union-attr]
    return {post.pk for post in posts if scope.covers(place=post.facility.place, facility=post.facility_id)}


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
        seen = seen_by(request, seen)

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
def post_edit(request: HttpRequest, practitioner: str, post: str) -> HttpResponse:
    """Put a post right that was written down wrongly."""
    row = practitioner_or_404(request, practitioner)
    found = _post_or_404(request, row, post)
    title = f"修改在“{found.facility.name}”的任职"
    form = PostEditForm(request.POST or None, instance=found, scope=scope_of(request))
    seen = seen_by(request, actions.last_change(found))
    if request.method == "POST" and form.is_valid():

        def deed() -> None:
            actions.edit(found, form.cleaned_data, by=request.user, seen=seen, request=request)

        if _allowed(form, deed, "facility"):
            done(request, "任职已修改。")
            return _to_person(request, practitioner)
    back = reverse("organisations:practitioner", args=[practitioner])
    context = {"form": form, "title": title, "back": back, "seen": seen}
    return render(request, "organisations/form.html", context)


@route("practitioner.edit", area="practitioner")
def transfer(request: HttpRequest, practitioner: str) -> HttpResponse:
    """Make another facility the main one; the main post until then ends."""
    row = practitioner_or_404(request, practitioner)
    today = timezone.localdate()
    posts = Post.objects.filter(practitioner=row, main=True).not_over(today).select_related("facility")
    now: Any = posts.first()
    form = TransferForm(
        request.POST or None, scope_of(request), now.facility_id if now else "", initial={"day": today}
    )

    def deed() -> None:
        asked = form.cleaned_data
        made = actions.transfer(row, asked["facility"], day=asked["day"], by=request.user, request=request)
        undo = reverse("organisations:undo", args=[made.number])
        done(request, f"已调到“{asked['facility'].name}”。", undo=undo)

    if request.method == "POST" and form.is_valid() and _allowed(form, deed, "facility"):
        return _to_person(request, practitioner)
    context = {"form": form, "row": row, "now": now, "title": "调动"}
    context["back"] = reverse("organisations:practitioner", args=[practitioner])
    return render(request, "organisations/transfer.html", context)


def _post_or_404(request: HttpRequest, person: Practitioner, post: str) -> Any:
    inside = Post.objects.within(scope_of(request)).select_related("facility")
    return get_object_or_404(inside, pk=post, practitioner=person)


def _to_person(request: HttpRequest, practitioner: str) -> HttpResponse:
    """The person's page, or the list if they now work outside the area."""
    inside = Practitioner.objects.within(request.user.scope_for("practitioner.view"))  # type: ignore[union-attr]
    if inside.filter(pk=practitioner).exists():
        return redirect("organisations:practitioner", practitioner)
    return redirect("organisations:practitioners")


@route("practitioner.edit", area="practitioner")
def post_close(request: HttpRequest, practitioner: str, post: str) -> HttpResponse:
    """End a post."""
    row = practitioner_or_404(request, practitioner)
    found = _post_or_404(request, row, post)
    form = LastDayForm(request.POST or None, initial={"day": timezone.localdate()}, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            actions.close(found, day=form.cleaned_data["day"], by=request.user, request=request)
        except ValidationError as error:
            form.add_error("day", error.messages)
        else:
            done(request, "任职已终止。")
            return _to_person(request, practitioner)
    context = {
        "title": f"终止在“{found.facility.name}”的任职",
        "verb": "终止任职",
        "danger": True,
        "form": form,
    }
    back = reverse("organisations:practitioner", args=[practitioner])
    return render(request, "ui/confirm.html", {**context, "back": back, "text": "终止不删除记录。"})
