"""Signing, renewing, correcting, ending."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from xinglin.apps.access.routes import route
from xinglin.apps.clinic.models import Seat
from xinglin.apps.contracts import actions, rules
from xinglin.apps.contracts.forms import CorrectForm, EndForm, TermsForm, initial_of
from xinglin.apps.contracts.models import Contract, Package
from xinglin.apps.contracts.teams import Team, team_of, teams
from xinglin.apps.contracts.views.common import contract_or_404, done_by, note_reading, scope_of
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents.forms import own_facilities
from xinglin.apps.residents.models import Resident
from xinglin.apps.residents.once import new_key
from xinglin.apps.ui.messages import done, refused

MOST = 50
MISTAKES = 422


def teams_for(request: Any, facilities: list[Facility]) -> list[Team]:
    """Teams that an account may sign for: those of its facilities, and those it is a member of."""
    seat = Seat.objects.filter(user=request.user).first()
    county = facilities[0].place[:6] if facilities else ""
    return teams([one.pk for one in facilities], seat.practitioner_id if seat else "", county)


def packages_for(request: HttpRequest, facilities: list[Facility], first: Any) -> list[Package]:
    """Versions in force on the first day: that of the form, once it was sent."""
    day = parse_date(request.POST.get("valid_from", "")) if request.method == "POST" else None
    places = {one.place[:6]: one.place for one in facilities}
    found = [one for place in places.values() for one in Package.objects.usable_at(place).on(day or first)]
    return list({one.pk: one for one in found}.values())


def _missing(found_teams: list[Team], packages: list[Package]) -> list[tuple[str, str, str]]:
    """Why nothing can be signed yet: what is missing, where it is done, what is done there."""
    found = []
    if not found_teams:
        register = reverse("forms:records", args=["doctor_team"])
        found.append(("本机构还没有家庭医生团队：请机构负责人先登记，队员里写上您。", register, "看团队登记"))
    if not packages:
        found.append(
            ("本县还没有在用的服务包：请县里在“服务包”里建。", reverse("contracts:packages"), "看服务包")
        )
    return found


@route("contract.edit", area="resident", safe=False)
def new(request: HttpRequest, resident: str) -> HttpResponse:
    """Sign a resident."""
    row = get_object_or_404(
        Resident.objects.within(scope_of(request)).select_related("merged_into"), pk=resident
    )
    facilities = list(own_facilities(scope_of(request))[:MOST])
    today = timezone.localdate()
    known, packages = teams_for(request, facilities), packages_for(request, facilities, today)
    form = TermsForm(
        request.POST or None,
        facilities=facilities,
        teams=known,
        packages=packages,
        initial={"valid_from": today, "consented_on": today, "key": new_key()},
    )

    def deed() -> None:
        key = form.cleaned_data["key"]
        made = actions.sign(
            row, form.facility_chosen(), form.terms(), by=request.user, key=key, request=request
        )
        form.made = made.id  # type: ignore[attr-defined]

    if request.method == "POST" and form.is_valid() and done_by(form, deed):
        done(request, "已签约。")
        return redirect("contracts:contract", form.made)  # type: ignore[attr-defined]
    note_reading(request)
    context = {
        "form": form,
        "title": f"签约：{row.name}",
        "back": reverse("residents:resident", args=[row.pk]),
        "missing": _missing(known, packages),
        "verb": "签约",
    }
    return render(request, "contracts/form.html", context, status=MISTAKES if form.errors else 200)


@route("contract.edit", area="contract", safe=False)
def renew(request: HttpRequest, contract: str) -> HttpResponse:
    """The next year of a contract, filled in as it was: one click where nothing changes."""
    old = contract_or_404(request, contract)
    back = reverse("contracts:contract", args=[old.pk])
    today = timezone.localdate()
    if request.method != "POST" and (text := rules.renewable(old, today)):
        refused(request, text)
        return redirect(back)
    first, last = rules.renewed_span(old, today)
    facilities = [old.facility]
    known = {
        one.pk: one
        for one in [team_of(old.team), *teams_for(request, list(own_facilities(scope_of(request))[:MOST]))]
    }
    offered = packages_for(request, facilities, first)
    form = TermsForm(
        request.POST or None,
        facilities=facilities,
        teams=[one for one in known.values() if one.active],
        packages=offered,
        initial={
            "team": old.team_id,
            "packages": _again(old, offered),
            "valid_from": first,
            "valid_to": last,
            "consented_by": old.consented_by,
            "consenter": old.consenter,
            "consented_on": today,
            "note": old.note,
            "key": new_key(),
        },
    )

    def deed() -> None:
        key = form.cleaned_data["key"]
        form.made = actions.renew(old, form.terms(), by=request.user, key=key, request=request).id  # type: ignore[attr-defined]

    if request.method == "POST" and form.is_valid() and done_by(form, deed):
        done(request, "已续签。")
        return redirect("contracts:contract", form.made)  # type: ignore[attr-defined]
    note_reading(request, id=old.pk)
    context = {
        "form": form,
        "title": f"续签：{old.resident.name}",
        "back": back,
        "verb": "续签",
        "lost": _lost(old, offered),
    }
    return render(request, "contracts/form.html", context, status=MISTAKES if form.errors else 200)


def _had(old: Contract) -> list[Package]:
    lines = old.lines.filter(dropped_at=None).select_related("package").order_by("position")
    return list({line.package_id: line.package for line in lines}.values())


def _again(old: Contract, offered: list[Package]) -> list[str]:
    """The packages of the old contract in their present versions."""
    now = {one.code: one.pk for one in offered}
    return [now[one.code] for one in _had(old) if one.code in now]


def _lost(old: Contract, offered: list[Package]) -> list[str]:
    """Names of packages that there are no more."""
    now = {one.code for one in offered}
    return [one.name for one in _had(old) if one.code not in now]


@route("contract.edit", area="contract", safe=False)
def correct(request: HttpRequest, contract: str) -> HttpResponse:
    """Correct what was agreed."""
    row = contract_or_404(request, contract)
    facilities = list(own_facilities(scope_of(request))[:MOST])
    known = {one.pk: one for one in [team_of(row.team), *teams_for(request, facilities)]}
    offered = {one.pk: one for one in [*_had(row), *packages_for(request, [row.facility], row.valid_from)]}
    form = CorrectForm(
        request.POST or None,
        teams=list(known.values()),
        packages=list(offered.values()),
        initial=initial_of(row),
    )

    def deed() -> None:
        reason, seen = form.cleaned_data["reason"], form.cleaned_data["seen"]
        actions.correct(row, form.terms(), reason=reason, seen=seen, by=request.user, request=request)

    if request.method == "POST" and form.is_valid() and done_by(form, deed):
        done(request, "已更正，原来的内容留在变更里。")
        return redirect("contracts:contract", row.pk)
    note_reading(request, id=row.pk)
    back = reverse("contracts:contract", args=[row.pk])
    context = {"form": form, "title": f"更正签约：{row.resident.name}", "back": back, "verb": "更正"}
    return render(request, "contracts/form.html", context, status=MISTAKES if form.errors else 200)


@route("contract.edit", area="contract", safe=False)
def end(request: HttpRequest, contract: str) -> HttpResponse:
    """End a contract before its time."""
    row = contract_or_404(request, contract)
    form = EndForm(request.POST or None, initial={"on": timezone.localdate()})

    def deed() -> None:
        actions.end(row, **form.cleaned_data, by=request.user, request=request)

    if request.method == "POST" and form.is_valid() and done_by(form, deed):
        done(request, "已解约。")
        return redirect("contracts:contract", row.pk)
    note_reading(request, id=row.pk)
    back = reverse("contracts:contract", args=[row.pk])
    context = {"form": form, "title": f"解约：{row.resident.name}", "back": back, "verb": "解约"}
    return render(request, "contracts/form.html", context, status=MISTAKES if form.errors else 200)
