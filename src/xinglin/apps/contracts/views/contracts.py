"""The list of contracts, one contract, its paper, the overview, the part of a resident's page."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.access.scope import Scope
from xinglin.apps.audit.actions import record
from xinglin.apps.contracts import evidence, permissions, presenters, rules
from xinglin.apps.contracts.counting import each
from xinglin.apps.contracts.export import workbook
from xinglin.apps.contracts.models import Contract, Delivery, Line, Package
from xinglin.apps.contracts.models.package import places_above
from xinglin.apps.contracts.teams import team_of, teams
from xinglin.apps.contracts.views.common import contract_or_404, note_reading, scope_of
from xinglin.apps.exchange.modeltable import chunks
from xinglin.apps.organisations.models import Facility, Practitioner
from xinglin.apps.residents.card import age_words
from xinglin.apps.residents.forms import Blaming, own_facilities
from xinglin.apps.residents.models import Resident, files_of
from xinglin.apps.ui.messages import refused
from xinglin.apps.ui.panels import Panel

PAGE, SHOWN = 50, 5
MOST_ROWS, MOST_COUNTED = 20_000, 5_000
"""Contracts in a workbook; contracts of which the overview counts what was delivered, one by one."""
ENDED_AGO = 90
"""Days for which a contract that ran out stays among those to be renewed."""
STATES = {
    "running": "履约中",
    "late": "有项目落后",
    "ending": "该续签",
    "future": "未到起始日",
    "over": "已到期、解约",
    "all": "全部",
}


class FilterForm(Blaming):
    """Which contracts are shown."""

    state = forms.ChoiceField(label="状态", choices=list(STATES.items()), required=False)
    team = forms.ChoiceField(label="团队", required=False)
    package = forms.ChoiceField(label="服务包", required=False)

    def __init__(self, data: Any, *, teams: Any, packages: Any) -> None:
        super().__init__(data)
        team: Any = self.fields["team"]
        team.choices = [("", "所有"), *teams]
        package: Any = self.fields["package"]
        package.choices = [("", "所有"), *packages]


def _filter(request: HttpRequest, scope: Scope) -> FilterForm:
    facilities = dict(own_facilities(scope).values_list("pk", "place")[: rules.LONGEST])
    ours = Contract.objects.within(scope).order_by()
    known = {one.pk: one.name for one in teams(list(facilities))}
    known |= dict(ours.values_list("team", "team__title").distinct())
    places = {code for place in facilities.values() for code in places_above(place)}
    offered = Package.objects.filter(place__in=places).order_by("valid_from")
    packages = dict(offered.values_list("code", "name"))
    data = {"state": "running", **request.GET.dict()}
    return FilterForm(data, teams=sorted(known.items(), key=lambda one: one[1]), packages=packages.items())


def _chosen(form: FilterForm, scope: Scope) -> Any:
    """Contracts of the area that meet the filters; of those with items behind, their ids."""
    asked = form.cleaned_data if form.is_valid() else {}
    today = timezone.localdate()
    rows = Contract.objects.within(scope)
    if asked.get("team"):
        rows = rows.filter(team=asked["team"])
    if asked.get("package"):
        lines = Line.objects.filter(package__code=asked["package"], dropped_at=None)
        rows = rows.filter(pk__in=lines.values("contract"))
    state = asked.get("state") or "running"
    if state == "late":
        return _late(rows, today)
    by_state = {
        "running": lambda: rows.running(today),
        "ending": lambda: rows.ending(today, rules.ENDING, ENDED_AGO),
        "future": lambda: rows.filter(valid_from__gt=today, ended_on=None),
        "over": lambda: rows.exclude(pk__in=rows.running(today)).filter(valid_from__lte=today),
        "all": lambda: rows,
    }
    return by_state[state]()


def _late(rows: Any, today: date) -> list[str]:
    """Ids of running contracts with items behind, those with the most first; no name is read for it."""
    found = each(list(rows.running(today).bare()), today)
    behind = [(-standing.late, row.valid_to, row.pk) for row, standing in found if standing.late]
    return [pk for *_, pk in sorted(behind)]


def _lines(found: Any) -> list[presenters.Row]:
    """Lines of contracts, or of their ids, in their order."""
    ids = [one if isinstance(one, str) else one.pk for one in found]
    known = Contract.objects.select_related("resident__merged_into", "team").in_bulk(ids)
    return presenters.lines([known[pk] for pk in ids], timezone.localdate())


@route("contract.view")
@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    """Contracts of the area."""
    scope = scope_of(request)
    form = _filter(request, scope)
    page = Paginator(_chosen(form, scope), PAGE).get_page(request.GET.get("page"))
    rows = _lines(page.object_list)
    note_reading(request, count=len(rows))
    context = {
        "form": form,
        "page": page,
        "rows": rows,
        "may_sign": request.user.can(permissions.EDIT),  # type: ignore[union-attr]
        "query": request.GET.urlencode(),
    }
    return render(request, "contracts/list.html", context)


@route("contract.view")
@require_safe
def export(request: HttpRequest) -> HttpResponse | FileResponse:
    """The list that the filters show, all pages, as a workbook; for those who may take files away."""
    scope = scope_of(request)
    if not request.user.can("export.run"):  # type: ignore[union-attr]
        raise Http404
    form = _filter(request, scope)
    chosen = list(_chosen(form, scope)[: MOST_ROWS + 1])
    if len(chosen) > MOST_ROWS:
        refused(request, f"超过 {MOST_ROWS} 份，一个文件放不下：请先按团队、服务包或状态筛选。")
        return redirect(f"{reverse('contracts:list')}?{request.GET.urlencode()}")
    rows = [line for piece in chunks(chosen, evidence.CHUNK) for line in _lines(piece)]
    record(
        by=request.user,
        action="contract.export",
        kind="contract",
        fields=("resident",),
        count=len(rows),
        request=request,
    )
    name = f"签约居民_{timezone.localdate():%Y%m%d}.xlsx"
    return FileResponse(io.BytesIO(workbook(rows)), as_attachment=True, filename=name)


def _context(request: Any, row: Contract) -> dict[str, Any]:
    today = timezone.localdate()
    following = Contract.objects.filter(renews=row).first()
    return {
        "row": row,
        "packages": presenters.items_of(row, today),
        "state": presenters.state_of(row, today),
        "next": following,
        "renewable": not rules.renewable(row, today),
        "editable": permissions.contract(request.user, row),
        "open": row.ended_on is None,
        "age": age_words(row.resident.birth_date, today),
    }


@route("contract.view", area="contract")
@require_safe
def contract(request: HttpRequest, contract: str) -> HttpResponse:
    """One contract."""
    row = contract_or_404(request, contract)
    note_reading(request, id=row.pk)
    undone = Delivery.objects.filter(line__contract=row).exclude(undone_at=None).select_related("line")
    context = _context(request, row) | {
        "events": presenters.events(row),
        "undone": undone,
        "knows": Resident.objects.within(scope_of(request)).filter(pk=row.resident_id).exists(),
        "today": timezone.localdate(),
    }
    return render(request, "contracts/contract.html", context)


@route("contract.view", area="contract")
@require_safe
def paper(request: HttpRequest, contract: str) -> HttpResponse:
    """A contract on A4, for both sides to sign and keep."""
    row = contract_or_404(request, contract)
    record(by=request.user, action="contract.print", kind="contract", id=row.pk, request=request)
    team = team_of(row.team)
    people = Practitioner.objects.filter(pk__in=team.people)
    context = _context(request, row) | {"people": "、".join(sorted(one.name for one in people))}
    return render(request, "contracts/paper.html", context)


@route("contract.count")
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Contracts by facility and package, how much was delivered, what is to be renewed: numbers only."""
    scope, today = scope_of(request), timezone.localdate()
    rows = Contract.objects.within(scope).running(today)
    chosen = request.GET.get("facility", "")[:40]
    facility = Facility.objects.within(scope).filter(pk=chosen).first() if chosen else None
    if facility is not None:
        rows = rows.filter(facility=facility)
    many = rows.count() > MOST_COUNTED
    packages = [] if many else presenters.by_package(list(rows.bare()), today)
    ours = Contract.objects.within(scope)
    ours = ours.filter(facility=facility) if facility is not None else ours
    context = {
        "facility": facility,
        "facilities": presenters.by_facility(rows, today),
        "packages": packages,
        "many": many,
        "running": rows.count(),
        "ending": ours.ending(today, rules.ENDING, ENDED_AGO).count(),
        "agreed": sum(one.agreed for one in packages),
        "counted": sum(one.counted for one in packages),
        "days": rules.ENDING,
        "lists": request.user.can(permissions.VIEW),  # type: ignore[union-attr]
    }
    return render(request, "contracts/overview.html", context)


def panel(request: Any, resident: Resident) -> Panel | None:
    """The part of a resident's page: the contract that runs, and the way to sign one."""
    user = request.user
    if not user.can(permissions.VIEW):
        return None
    inside = Contract.objects.within(user.scope_for(permissions.VIEW)).filter(resident__in=files_of(resident))
    rows = list(inside.select_related("resident__merged_into", "team").order_by("-valid_to")[:SHOWN])
    today = timezone.localdate()
    runs = any(one.runs(today) for one in rows)
    context = {
        "row": resident,
        "rows": presenters.lines(rows, today) if rows else [],
        "runs": runs or rules.overlapping(resident, today, today) is not None,
        "may_sign": user.can(permissions.EDIT),
    }
    return Panel("contracts/panel.html", context)
