"""Residents: finding, making a file, one file, changing it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.residents import actions, finding, identity, permissions
from xinglin.apps.residents.actions.caring import allergies, consents
from xinglin.apps.residents.actions.registering import Twins
from xinglin.apps.residents.forms import (
    AllergyForm,
    ConsentForm,
    NewResidentForm,
    ResidentForm,
    SearchForm,
    empty,
)
from xinglin.apps.residents.models import ConsentKind, Merge, Resident
from xinglin.apps.residents.once import new_key
from xinglin.apps.residents.panels import parts
from xinglin.apps.residents.presenters import events, lines
from xinglin.apps.residents.views.common import act, note_reading, resident_or_404, scope_of
from xinglin.apps.ui import searching
from xinglin.apps.ui.messages import done

MOST = 50
"""Files that a search shows; whoever is not among them is looked for more exactly."""
RECENT = 20


@route("resident.view")
@require_safe
def residents(request: HttpRequest) -> HttpResponse:
    """Who is looked for, or the newest files. The text stands in the session, under a token: never in the address."""
    token = request.GET.get(searching.PARAMETER, "")
    text = searching.recall(request, token) if token else ""
    seen = Resident.objects.current().within(scope_of(request))
    if text:
        rows = list(seen.filter(identity.found_by(text)).order_by("sort_key", "pk")[: MOST + 1])
    else:
        rows = list(seen.order_by("-pk")[:RECENT]) if text is not None else []
    note_reading(request, count=len(rows[:MOST]))
    context = {
        "form": SearchForm(initial={"q": text or ""}),
        "rows": lines(rows[:MOST]),
        "text": text,
        "more": len(rows) > MOST,
        "expired": text is None,
        "may_add": request.user.can(permissions.EDIT),  # type: ignore[union-attr]
        "may_export": request.user.can("export.run") and text is not None,  # type: ignore[union-attr]
    }
    return render(request, "residents/list.html", context)


@route("resident.view", safe=False)
@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Look for somebody: the text is kept in the session; one who is found alone is opened."""
    text = request.POST.get("q", "").strip()[:60]
    address = reverse("residents:list")
    if not text:
        return redirect(address)
    seen = Resident.objects.current().within(scope_of(request))
    found = list(seen.filter(identity.found_by(text)).order_by().values_list("pk", flat=True)[:2])
    if len(found) == 1:
        return redirect("residents:resident", found[0])
    return redirect(f"{address}?{urlencode({searching.PARAMETER: searching.remember(request, text)})}")


@route("resident.edit", safe=False)
def new(request: HttpRequest) -> HttpResponse:
    """Make the file of a resident."""
    scope = scope_of(request)
    form = NewResidentForm(request.POST or None, scope=scope, initial={"key": new_key()})
    first = form.own[0] if form.own else None
    if first is not None:
        place: Any = form.fields["place"]
        place.offer([first.place[:6]], permissions.EDIT)
        place.initial = first.place
    similar: list[Resident] = []
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.register(
                form.person(),
                form.chosen(),
                by=request.user,
                key=form.cleaned_data["key"],
                another=form.cleaned_data["another"],
                request=request,
            )
        except Twins as error:
            similar = error.rows
            form.ask()
            form.add_error("another", error.messages)
        except ValidationError as error:
            form.blame(error)
        else:
            done(request, "已建档。" if made.now else "这份档案已经建好。")
            return redirect("residents:resident", made.id)
    note_reading(request, count=len(similar))
    context = {"form": form, "similar": lines(similar), "title": "建档", "back": reverse("residents:list")}
    return render(request, "residents/form.html", context, status=422 if form.errors else 200)


@route("resident.view", area="resident")
@require_safe
def resident(request: HttpRequest, resident: str) -> HttpResponse:
    """One file."""
    row = resident_or_404(request, resident)
    if row.merged_into is not None and permissions.known_to(scope_of(request), row.merged_into):
        return redirect("residents:resident", row.merged_into.pk)
    note_reading(request, id=row.pk)
    user: Any = request.user
    editable = user.scope_for(permissions.EDIT) == scope_of(request) or permissions.edit(user, row)
    answers = consents(row)
    context = {
        "row": row,
        "line": lines([row])[0],
        "editable": editable,
        "allergies": allergies(row),
        "consents": [(ConsentKind(kind).label, answers.get(kind)) for kind in ConsentKind.values],
        "allergy_form": empty(AllergyForm, "allergy_%s") if editable else "",
        "consent_form": empty(ConsentForm, "consent_%s") if editable else "",
        "twins": lines(finding.twins(row, scope_of(request))[:5]) if editable else [],
        "merges": Merge.objects.filter(kept=row, undone_at=None),
        "events": events(row),
        "parts": parts(request, row),
    }
    return render(request, "residents/resident.html", context)


@route("resident.edit", area="resident", safe=False)
def edit(request: HttpRequest, resident: str) -> HttpResponse:
    """Change a file."""
    row = resident_or_404(request, resident)
    sent = request.POST.get("seen", "")
    seen = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 9 else row.revision
    initial = {name: getattr(row, name) for name in ResidentForm.base_fields}
    form = ResidentForm(request.POST or None, initial=initial, county=row.place)
    note_reading(request, id=row.pk)

    def deed() -> None:
        actions.edit(row, form.values(), seen=seen, by=request.user, request=request)

    if request.method == "POST" and form.is_valid() and act(form, deed):
        done(request, "已保存。")
        return redirect("residents:resident", resident)
    back = reverse("residents:resident", args=[resident])
    context = {"form": form, "title": "修改档案", "back": back, "seen": seen}
    return render(request, "residents/form.html", context, status=422 if form.errors else 200)
