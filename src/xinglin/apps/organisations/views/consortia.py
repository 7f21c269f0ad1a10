"""Consortia: list, page, form, members and places served."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.organisations import actions, permissions
from xinglin.apps.organisations.forms.consortia import LINE_FORMS, ConsortiumForm
from xinglin.apps.organisations.forms.fields import ContractForm
from xinglin.apps.organisations.forms.rows import LastDayForm
from xinglin.apps.organisations.history import KINDS
from xinglin.apps.organisations.models import Catchment, Consortium, Membership
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.organisations.places import place_name
from xinglin.apps.organisations.presenters import section, state
from xinglin.apps.organisations.views.common import (
    act,
    back_to,
    consortium_or_404,
    history_of,
    of_kind,
    page_or_piece,
    scope_of,
    seen_by,
)
from xinglin.apps.ui.messages import done


@route("consortium.view")
@require_safe
def consortia(request: HttpRequest) -> HttpResponse:
    """The list; a county has a handful, so it has one page per 100."""
    from django.core.paginator import Paginator

    present = Q(members__valid_to=None) | Q(members__valid_to__gte=timezone.localdate())
    members = Count("members__facility", filter=present, distinct=True)
    rows = Consortium.objects.within(scope_of(request)).annotate(size=members).select_related("lead")
    page = Paginator(rows.order_by("place", "sort_key", "pk"), 100).get_page(request.GET.get("page"))
    today = timezone.localdate()
    shown = [
        {"row": row, "place": place_name(row.place, 2), "state": state(row, today)}
        for row in page.object_list
    ]
    may_add = bool(request.user.scope_for("consortium.edit").places)  # type: ignore[union-attr]
    context = {"page": page, "rows": shown, "may_add": may_add}
    return render(request, "organisations/consortia.html", context)


@route("consortium.view", area="consortium")
@require_safe
def consortium(request: HttpRequest, consortium: str) -> HttpResponse:
    """One consortium."""
    row = consortium_or_404(request, consortium)
    editable = permissions.edit_consortium(request.user, row)
    members = row.members.select_related("facility").order_by("facility__sort_key", "pk")
    columns = ("facility", "clinical_exchange", "shared_management", "valid_from", "valid_to")
    sections = [
        section(Membership, members, editable=editable, columns=columns),
        section(Catchment, row.catchments.all(), editable=editable),
    ]
    context = {
        "consortium": row,
        "place": place_name(row.place),
        "state": state(row, timezone.localdate()),
        "editable": editable,
        "sections": sections,
        "deeds": history_of(row.pk),
    }
    return render(request, "organisations/consortium.html", context)


@route("consortium.edit")
def consortium_new(request: HttpRequest) -> HttpResponse:
    """Register a consortium."""
    scope = scope_of(request)
    county = next((code for code in scope.places if len(code) == 6), "")
    form = ConsortiumForm(request.POST or None, scope=scope, initial={"place": county})
    deed = lambda: actions.create(form.instance, by=request.user, request=request)  # noqa: E731
    if request.method == "POST" and form.is_valid() and _allowed(form, deed):
        done(request, f"已登记“{form.instance.name}”。")
        return redirect("organisations:consortium", form.instance.pk)
    back = reverse("organisations:consortia")
    return render(request, "organisations/form.html", {"form": form, "title": "登记医共体", "back": back})


@route("consortium.edit", area="consortium")
def consortium_edit(request: HttpRequest, consortium: str) -> HttpResponse:
    """Change a consortium."""
    row = consortium_or_404(request, consortium)
    title = f"修改 {row.name}"
    seen = seen_by(request, actions.last_change(row))
    form = ConsortiumForm(request.POST or None, instance=row, scope=scope_of(request))

    def deed() -> None:
        actions.edit(row, form.cleaned_data, by=request.user, seen=seen, request=request)

    if request.method == "POST" and form.is_valid() and _allowed(form, deed):
        done(request, "已保存。")
        return redirect("organisations:consortium", consortium)
    back = reverse("organisations:consortium", args=[consortium])
    context = {"form": form, "title": title, "back": back, "seen": seen}
    return render(request, "organisations/form.html", context)


def _allowed(form: ContractForm, deed: Any) -> bool:
    try:
        return act(form, deed)
    except NotAllowed as error:
        form.add_error("place" if "place" in form.fields else None, str(error))
        return False


@route("consortium.edit", area="consortium")
def line_new(request: HttpRequest, consortium: str, side: str) -> HttpResponse:
    """Add a member or a place."""
    owner = consortium_or_404(request, consortium)
    form = _form(request, owner, side, KINDS[side](consortium=owner) if side in LINE_FORMS else None)
    deed = lambda: actions.create(form.instance, by=request.user, request=request)  # noqa: E731
    if request.method == "POST" and form.is_valid() and _allowed(form, deed):
        done(request, f"已登记{form.instance._meta.verbose_name}。")
        return back_to(request, "organisations:consortium", consortium)
    return _answer(request, owner, form, f"登记{form.instance._meta.verbose_name}")


@route("consortium.edit", area="consortium")
def line_edit(request: HttpRequest, consortium: str, side: str, line: str) -> HttpResponse:
    """Change a member or a place."""
    owner = consortium_or_404(request, consortium)
    of_kind(LINE_FORMS, side)
    found: Any = get_object_or_404(KINDS[side], consortium=owner, pk=line)
    seen = seen_by(request, actions.last_change(found))
    form = _form(request, owner, side, found)

    def deed() -> None:
        actions.edit(found, form.cleaned_data, by=request.user, seen=seen, request=request)

    if request.method == "POST" and form.is_valid() and _allowed(form, deed):
        done(request, "已保存。")
        return back_to(request, "organisations:consortium", consortium)
    return _answer(request, owner, form, f"修改{found._meta.verbose_name}", seen)


def _form(request: HttpRequest, owner: Consortium, side: str, row: Any) -> ContractForm:
    form_class = of_kind(LINE_FORMS, side)
    row.consortium = owner
    form: ContractForm = form_class(request.POST or None, instance=row, prefix=side, scope=scope_of(request))
    return form


def _answer(
    request: HttpRequest, owner: Consortium, form: ContractForm, title: str, seen: int | None = None
) -> HttpResponse:
    back = reverse("organisations:consortium", args=[owner.pk])
    context = {"form": form, "title": title, "back": back, "seen": seen}
    return page_or_piece(request, "organisations/form.html", "organisations/inline_form.html", context)


@route("consortium.edit", area="consortium")
def line_close(request: HttpRequest, consortium: str, side: str, line: str) -> HttpResponse:
    """End a membership, or the serving of a place."""
    owner = consortium_or_404(request, consortium)
    of_kind(LINE_FORMS, side)
    found: Any = get_object_or_404(KINDS[side], consortium=owner, pk=line)
    what = found.facility.name if side == "membership" else place_name(found.place)
    return _closing(request, owner, found, f"“{what}”退出医共体")


@route("consortium.edit", area="consortium")
def consortium_close(request: HttpRequest, consortium: str) -> HttpResponse:
    """End a consortium with its members and places."""
    owner = consortium_or_404(request, consortium)
    return _closing(request, owner, owner, f"终止“{owner.name}”")


def _closing(request: HttpRequest, owner: Consortium, found: Any, title: str) -> HttpResponse:
    form = LastDayForm(request.POST or None, initial={"day": timezone.localdate()}, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            close = actions.close_consortium if found is owner else actions.close
            close(found, day=form.cleaned_data["day"], by=request.user, request=request)
        except ValidationError as error:
            form.add_error("day", error.messages)
        else:
            done(request, "已登记。")
            return redirect("organisations:consortium", owner.pk)
    context = {"title": title, "verb": "登记", "danger": True, "form": form, "text": "不删除任何记录。"}
    context["back"] = reverse("organisations:consortium", args=[owner.pk])
    return render(request, "ui/confirm.html", context)
