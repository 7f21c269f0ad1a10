"""The records whose time is over: how many, which, their destruction by two persons, and the list of what was
destroyed. Ids and days only: nobody reads a record here.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.audit.actions import record
from xinglin.apps.clinic import actions, presenters
from xinglin.apps.clinic.actions.destroying import MOST, first_day_over
from xinglin.apps.clinic.models import Destruction, DestructionState
from xinglin.apps.clinic.retention import KEEPERS, Keeper, kinds, prescriptions_over
from xinglin.apps.clinic.views.common import scope_of
from xinglin.apps.exchange.values import harmless
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents.forms import Blaming
from xinglin.apps.residents.views.common import act
from xinglin.apps.ui.messages import done, refused

PER_PAGE = 50
HEADERS = ("序号", "种类", "编号", "起算日期", "居民编号", "保存年限", "期满日期")


class ReasonForm(Blaming):
    """Why records are destroyed."""

    reason = forms.CharField(label="销毁理由", max_length=200, help_text="如“保存期满，已无利用价值”")


class RemarkForm(Blaming):
    """What whoever confirms has to say."""

    remark = forms.CharField(label="复核意见", max_length=200, required=False, help_text="退回时必填")


@route("retention.keep")
@require_safe
def over(request: HttpRequest) -> HttpResponse:
    """What is over its time, by facility and kind; proposals."""
    scope = scope_of(request)
    inside = Facility.objects.within(scope).order_by().values("pk")
    counted = {kind: keeper.by_facility(inside) for kind, keeper in KEEPERS.items()}
    ids = {pk for found in counted.values() for pk in found}
    places = Facility.objects.filter(pk__in=ids).order_by("sort_key", "pk")
    rows = [
        {"facility": one, "counts": [counted[kind].get(one.pk, 0) for kind in KEEPERS]}
        for one in places[:MOST]
    ]
    asked = list(Destruction.objects.within(scope).select_related("facility").defer("index")[:PER_PAGE])
    context = {
        "kept": [one.kept() for one in KEEPERS.values()],
        "prescriptions": [one for kind, one in kinds().items() if kind not in KEEPERS],
        "rows": rows,
        "asked": [
            (one, KEEPERS[one.kind].kept().label if one.kind in KEEPERS else one.kind) for one in asked
        ],
    }
    return render(request, "clinic/retention.html", context)


@route("retention.keep", area="facility")
@require_safe
def facility_over(request: HttpRequest, facility: str) -> HttpResponse:
    """What of one facility is over its time, by kind and year."""
    row = _facility(request, facility)
    years = [
        {"kind": kind, "kept": keeper.kept(), "year": year, "number": number}
        for kind, keeper in KEEPERS.items()
        for year, number in keeper.by_year(row.pk)
    ]
    waiting = set(
        Destruction.objects.filter(facility=row, state=DestructionState.ASKED).values_list("kind", "year")
    )
    context = {
        "facility": row,
        "rows": [{**one, "asked": (one["kind"], one["year"]) in waiting} for one in years],
        "prescriptions": [{**one, "kept": kinds()[one["kind"]]} for one in prescriptions_over(row.pk)],
    }
    return render(request, "clinic/retention_facility.html", context)


@route("retention.keep", area="facility", safe=False)
def year_over(request: HttpRequest, facility: str, kind: str, year: int) -> HttpResponse:
    """The records of a kind and year, one by one; a POST proposes to destroy them."""
    row, keeper = _facility(request, facility), _keeper(kind)
    form = ReasonForm(request.POST or None)
    made: list[Destruction] = []

    def deed() -> None:
        asked = {"reason": form.cleaned_data["reason"], "by": request.user, "request": request}
        made.append(actions.ask_destruction(row, kind, year, **asked))

    if request.method == "POST" and form.is_valid() and act(form, deed):
        done(request, "已提出销毁，等另一位有权限的人复核。")
        return redirect("clinic:destruction", made[0].pk)
    rows = keeper.rows(row.pk).filter(**{f"{keeper.day}__year": year})
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "facility": row,
        "kind": kind,
        "kept": keeper.kept(),
        "year": year,
        "page": page,
        "lines": [(pk, day, person, first_day_over(kind, day)) for pk, day, person in page.object_list],
        "form": form,
        "most": MOST,
    }
    return render(request, "clinic/retention_year.html", context, status=422 if form.errors else 200)


@route("retention.keep", area="facility")
@require_safe
def index(request: HttpRequest, facility: str, kind: str, year: int) -> HttpResponse:
    """The index of the records of a kind and year as a file, to be looked through before anything is destroyed."""
    row, keeper = _facility(request, facility), _keeper(kind)
    rows = list(keeper.rows(row.pk).filter(**{f"{keeper.day}__year": year}))
    with transaction.atomic():
        record(
            by=request.user, action="destruction.export", kind="destruction", count=len(rows), request=request
        )
    name = f"{row.name}_{keeper.kept().label}_{year}_目录.csv"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    content = _csv(kind, keeper, rows)
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)


def _csv(kind: str, keeper: Keeper, rows: list[Any]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADERS)
    kept = keeper.kept()
    for number, (pk, day, person) in enumerate(rows, start=1):
        cells = (number, kept.label, pk, day, person, kept.years, first_day_over(kind, day))
        writer.writerow([harmless(cell) for cell in cells])
    return out.getvalue().encode("utf-8-sig")


@route("retention.keep", area="destruction")
@require_safe
def destruction(request: HttpRequest, destruction: str) -> HttpResponse:
    """A proposal, and what may be done with it."""
    return _shown(request, _destruction(request, destruction), RemarkForm())


def _shown(request: HttpRequest, row: Destruction, form: Blaming, status: int = 200) -> HttpResponse:
    user: Any = request.user
    own, waits = row.asked_by == str(user.pk), row.state == DestructionState.ASKED
    confirms = user.scope_for("retention.confirm").covers(place=row.facility.place, facility=row.facility_id)
    context = {
        "row": row,
        "label": _label(row),
        **_names(row),
        "may_decide": waits and not own and confirms,
        "may_withdraw": waits and own,
        "form": form,
        "back": reverse("clinic:retention"),
    }
    return render(request, "clinic/destruction.html", context, status=status)


@route("retention.confirm", area="destruction", safe=False)
@require_POST
def decide(request: HttpRequest, destruction: str) -> HttpResponse:
    """Confirm or refuse another's proposal."""
    row = _destruction(request, destruction)
    form = RemarkForm(request.POST)
    confirmed = request.POST.get("what") == "confirm"
    deed = actions.confirm_destruction if confirmed else actions.refuse_destruction

    def decided() -> None:
        deed(row, remark=form.cleaned_data["remark"], by=request.user, request=request)

    if not form.is_valid() or not act(form, decided):
        return _shown(request, row, form, 422)
    done(
        request, f"已销毁 {row.count:,} 份，清册在这一页打印。" if confirmed else "已退回，没有销毁任何一份。"
    )
    return redirect("clinic:destruction", row.pk)


@route("retention.keep", area="destruction", safe=False)
@require_POST
def withdraw(request: HttpRequest, destruction: str) -> HttpResponse:
    """Take one's own proposal back."""
    row = _destruction(request, destruction)
    try:
        actions.withdraw_destruction(row, by=request.user, request=request)
    except ValidationError as error:
        refused(request, error.messages[0])
    else:
        done(request, "已撤回。")
    return redirect("clinic:destruction", row.pk)


@route("retention.keep", area="destruction")
@require_safe
def destruction_list(request: HttpRequest, destruction: str) -> HttpResponse:
    """The list of what was, or is to be, destroyed (销毁清册), for print: no content, no names."""
    row = _destruction(request, destruction)
    kept = KEEPERS[row.kind].kept() if row.kind in KEEPERS else None
    context = {
        "row": row,
        "label": _label(row),
        "kept": kept,
        "lines": [(*one, first_day_over(row.kind, one[1]) if kept else "") for one in row.entries()],
        **_names(row),
    }
    record(by=request.user, action="destruction.print", kind="destruction", id=row.pk, request=request)
    return render(request, "clinic/destruction_list.html", context)


def _facility(request: HttpRequest, facility: str) -> Facility:
    return get_object_or_404(Facility.objects.within(scope_of(request)), pk=facility)


def _keeper(kind: str) -> Keeper:
    if kind not in KEEPERS:
        raise Http404
    return KEEPERS[kind]


def _destruction(request: HttpRequest, destruction: str) -> Destruction:
    return get_object_or_404(
        Destruction.objects.within(scope_of(request)).select_related("facility"), pk=destruction
    )


def _names(row: Destruction) -> dict[str, str]:
    names = presenters.names_of([row.asked_by, row.decided_by])
    return {"asked_by": names.get(row.asked_by, ""), "decided_by": names.get(row.decided_by, "")}


def _label(row: Destruction) -> str:
    return KEEPERS[row.kind].kept().label if row.kind in KEEPERS else row.kind
