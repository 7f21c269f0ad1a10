"""Allergies, consents, duplicates."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.residents import actions, finding
from xinglin.apps.residents.forms import AllergyForm, Blaming, ConsentForm, EndForm
from xinglin.apps.residents.models import Allergy, Merge, Resident, files_of
from xinglin.apps.residents.presenters import lines
from xinglin.apps.residents.views.common import act, note_reading, resident_or_404, scope_of
from xinglin.apps.ui.messages import done, refused


@route("resident.edit", area="resident", safe=False)
def allergy_new(request: HttpRequest, resident: str) -> HttpResponse:
    """Write an allergy down."""
    row = resident_or_404(request, resident)
    form = AllergyForm(request.POST or None)

    def deed() -> None:
        actions.note_allergy(row, **form.cleaned_data, by=request.user, request=request)

    return _answered(request, row, form, deed, "登记过敏史")


@route("resident.edit", area="resident", safe=False)
def allergy_end(request: HttpRequest, resident: str, allergy: str) -> HttpResponse:
    """Take an allergy off."""
    row = resident_or_404(request, resident)
    found = get_object_or_404(Allergy, pk=allergy, resident__in=files_of(row))
    form = EndForm(request.POST or None)

    def deed() -> None:
        actions.end_allergy(found, reason=form.cleaned_data["reason"], by=request.user, request=request)

    note_reading(request, id=row.pk)
    return _answered(request, row, form, deed, f"撤除过敏史“{found.substance}”")


@route("resident.edit", area="resident", safe=False)
def consent_new(request: HttpRequest, resident: str) -> HttpResponse:
    """Write an answer down."""
    row = resident_or_404(request, resident)
    form = ConsentForm(request.POST or None)

    def deed() -> None:
        asked = {**form.cleaned_data, "given": form.cleaned_data["given"] == "1"}
        actions.answer(row, **asked, by=request.user, request=request)

    return _answered(request, row, form, deed, "登记知情同意")


def _answered(request: HttpRequest, row: Resident, form: Blaming, deed: object, title: str) -> HttpResponse:
    """Back to the file when it is done; else the form with what is wrong."""
    if request.method == "POST" and form.is_valid() and act(form, deed):  # type: ignore[arg-type]
        done(request, "已保存。")
        return redirect("residents:resident", row.pk)
    back = reverse("residents:resident", args=[row.pk])
    context = {"form": form, "title": title, "back": back}
    return render(request, "residents/form.html", context, status=422 if form.errors else 200)


@route("resident.edit")
@require_safe
def duplicates(request: HttpRequest) -> HttpResponse:
    """Files of the area that may be of one person."""
    groups = [lines(group) for group in finding.duplicates(scope_of(request))]
    note_reading(request, count=sum(len(group) for group in groups))
    return render(request, "residents/duplicates.html", {"groups": groups})


@route("resident.edit", area="resident", safe=False)
def merge(request: HttpRequest, resident: str, other: str) -> HttpResponse:
    """Put another file into this one."""
    kept, gone = resident_or_404(request, resident), resident_or_404(request, other)
    back = reverse("residents:resident", args=[kept.pk])
    faults: list[str] = []
    if request.method == "POST":
        try:
            made = actions.merge(kept, gone, by=request.user, request=request)
        except ValidationError as error:
            faults = error.messages
        else:
            undo = reverse("residents:undo_merge", args=[kept.pk, made.pk])
            done(request, "两份档案已合并。", undo=undo)
            return redirect(back)
    note_reading(request, count=2)
    context = {"rows": lines([kept, gone]), "kept": kept, "gone": gone, "back": back, "faults": faults}
    return render(request, "residents/merge.html", context, status=422 if faults else 200)


@route("resident.edit", area="resident", safe=False)
@require_POST
def undo_merge(request: HttpRequest, resident: str, merge: str) -> HttpResponse:
    """Take a merging back."""
    row = resident_or_404(request, resident)
    found = get_object_or_404(Merge, pk=merge, kept=row)
    try:
        actions.undo_merge(found, by=request.user, request=request)
    except ValidationError as error:
        refused(request, error.messages[0])
    else:
        done(request, "已撤销合并，又是两份档案。")
    return redirect("residents:resident", row.pk)
