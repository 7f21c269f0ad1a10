"""Deliveries entered by hand, and taken back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from xinglin.apps.access.routes import route
from xinglin.apps.clinic.models import Seat
from xinglin.apps.clinic.permissions import check_seat
from xinglin.apps.contracts import actions
from xinglin.apps.contracts.forms import DeliverForm, ReasonForm
from xinglin.apps.contracts.models import Contract, Delivery, Line
from xinglin.apps.contracts.teams import team_of
from xinglin.apps.contracts.views.common import contract_or_404, done_by, note_reading, scope_of
from xinglin.apps.contracts.views.signing import MISTAKES
from xinglin.apps.organisations.models import Facility, Practitioner
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents.once import new_key
from xinglin.apps.ui.messages import done


def _people(request: Any, row: Contract) -> list[Practitioner]:
    """Who may have delivered: oneself first, then the team."""
    seat = Seat.objects.select_related("practitioner").filter(user=request.user).first()
    own = [seat.practitioner] if seat else []
    team = Practitioner.objects.filter(pk__in=team_of(row.team).people).order_by("pk")
    return list({one.pk: one for one in [*own, *team]}.values())


def _where(request: Any, row: Contract) -> Facility:
    """Where a delivery belongs: the facility of the contract that one works in. Raises NotAllowed."""
    scope = scope_of(request)
    found = [
        one for one in (row.facility, row.team_facility) if scope.covers(place=one.place, facility=one.pk)
    ]
    if not found:
        raise NotAllowed("您不能登记这份签约的履约：它不是您的机构或团队签的")
    check_seat(request.user, found[0])
    return found[0]


@route("contract.edit", area="contract", safe=False)
def deliver(request: HttpRequest, contract: str, line: str) -> HttpResponse:
    """Write down that an item was delivered."""
    row = contract_or_404(request, contract)
    number = int(line) if line.isascii() and line.isdigit() and len(line) < 12 else 0
    found = get_object_or_404(Line.objects.select_related("contract"), pk=number, contract=row)
    form = DeliverForm(
        request.POST or None,
        people=_people(request, row),
        initial={"day": timezone.localdate(), "key": new_key()},
    )

    def deed() -> None:
        asked = form.cleaned_data
        actions.deliver(
            found,
            day=asked["day"],
            facility=_where(request, row),
            practitioner=Practitioner.objects.get(pk=asked["practitioner"]),
            words=asked["words"],
            by=request.user,
            key=asked["key"],
            request=request,
        )

    if request.method == "POST" and form.is_valid() and done_by(form, deed):
        done(request, f"已登记：{found.name}。")
        return redirect("contracts:contract", row.pk)
    note_reading(request, id=row.pk)
    back = reverse("contracts:contract", args=[row.pk])
    context = {"form": form, "title": f"登记履约：{found.name}", "back": back, "verb": "登记"}
    return render(request, "contracts/form.html", context, status=MISTAKES if form.errors else 200)


@route("contract.edit", area="contract", safe=False)
def undo(request: HttpRequest, contract: str, delivery: str) -> HttpResponse:
    """Take a delivery back."""
    row = contract_or_404(request, contract)
    rows = Delivery.objects.select_related("line__contract__facility", "line__contract__team_facility")
    found = get_object_or_404(rows, pk=delivery, line__contract=row)
    form = ReasonForm(request.POST or None)

    def deed() -> None:
        actions.undo(found, reason=form.cleaned_data["reason"], by=request.user, request=request)

    if request.method == "POST" and form.is_valid() and done_by(form, deed):
        done(request, "已撤销，原来的登记留在页面下方。")
        return redirect("contracts:contract", row.pk)
    note_reading(request, id=row.pk)
    back = reverse("contracts:contract", args=[row.pk])
    title = f"撤销履约：{found.line.name}，{found.day}"
    context = {"form": form, "title": title, "back": back, "verb": "撤销"}
    return render(request, "contracts/form.html", context, status=MISTAKES if form.errors else 200)
