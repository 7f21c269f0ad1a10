"""What a facility has – halls, corners, departments, techniques, codes – in forms inside its page."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from xinglin.apps.access.routes import route
from xinglin.apps.organisations import actions
from xinglin.apps.organisations.forms.fields import ContractForm
from xinglin.apps.organisations.forms.rows import PART_FORMS, LastDayForm
from xinglin.apps.organisations.history import KINDS
from xinglin.apps.organisations.models import Facility, PlatformConnection, TcmHall
from xinglin.apps.organisations.views.common import (
    act,
    back_to,
    facility_or_404,
    of_kind,
    page_or_piece,
    seen_by,
)
from xinglin.apps.ui.messages import done


@route("facility.edit", area="facility")
def part_new(request: HttpRequest, facility: str, part: str) -> HttpResponse:
    """Add one."""
    owner = facility_or_404(request, facility)
    form = _form(request, owner, part)
    if (
        request.method == "POST"
        and form.is_valid()
        and act(form, lambda: actions.create(form.instance, by=request.user, request=request))
    ):
        done(request, f"已登记{form.instance._meta.verbose_name}。")
        return back_to(request, "organisations:facility", facility)
    return _answer(request, owner, form, f"登记{form.instance._meta.verbose_name}")


@route("facility.edit", area="facility")
def part_edit(request: HttpRequest, facility: str, part: str, row: str) -> HttpResponse:
    """Change one."""
    owner = facility_or_404(request, facility)
    found = _row(owner, part, row)
    seen = seen_by(request, actions.last_change(found))
    form = _form(request, owner, part, found)

    def deed() -> None:
        actions.edit(found, form.cleaned_data, by=request.user, seen=seen, request=request)

    if request.method == "POST" and form.is_valid() and act(form, deed):
        done(request, "已保存。")
        return back_to(request, "organisations:facility", facility)
    return _answer(request, owner, form, f"修改{found._meta.verbose_name}", seen)


@route("facility.edit", area="facility")
def part_close(request: HttpRequest, facility: str, part: str, row: str) -> HttpResponse:
    """End one."""
    owner = facility_or_404(request, facility)
    found = _row(owner, part, row)
    form = LastDayForm(request.POST or None, initial={"day": timezone.localdate()}, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            actions.close(found, day=form.cleaned_data["day"], by=request.user, request=request)
        except ValidationError as error:
            form.add_error("day", error.messages)
        else:
            done(request, f"{found._meta.verbose_name}已停止。")
            return back_to(request, "organisations:facility", facility)
    context = {
        "title": f"停止{found._meta.verbose_name}：{found}",
        "text": "停止不删除记录，停止日之前仍然计入。",
        "verb": "停止",
        "danger": True,
        "form": form,
        "back": reverse("organisations:facility", args=[facility]),
    }
    return render(request, "ui/confirm.html", context)


def _row(owner: Facility, part: str, row: str) -> Any:
    of_kind(PART_FORMS, part)
    path = {"hall__facility": owner} if part == "platform_connection" else {"facility": owner}
    return get_object_or_404(KINDS[part]._default_manager.filter(**path), pk=row)


def _form(request: HttpRequest, owner: Facility, part: str, row: Any = None) -> ContractForm:
    form_class = of_kind(PART_FORMS, part)
    instance: Any = row or KINDS[part]()
    if part != "platform_connection":
        instance.facility = owner
    form: ContractForm = form_class(request.POST or None, instance=instance, prefix=part)
    if part == "platform_connection":
        _offer_halls(form, owner, instance)
    return form


def _offer_halls(form: ContractForm, owner: Facility, connection: PlatformConnection) -> None:
    """A hall has one connection; which hall it is does not change."""
    field: Any = form.fields["hall"]
    if connection.hall_id:
        del form.fields["hall"]
        return
    field.queryset = TcmHall.objects.filter(facility=owner, connection=None)
    field.empty_label = "请选择" if field.queryset else "中医馆都已登记接入"


def _answer(
    request: HttpRequest, owner: Facility, form: ContractForm, title: str, seen: int | None = None
) -> HttpResponse:
    context: dict[str, Any] = {"facility": owner, "form": form, "title": title, "seen": seen}
    context["back"] = reverse("organisations:facility", args=[owner.pk])
    return page_or_piece(request, "organisations/form.html", "organisations/inline_form.html", context)
