"""One record: its page, its form, what is done with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms import permissions, rows
from xinglin.apps.forms.actions import attaching, moving, saving
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.building import RecordForm, draft_address
from xinglin.apps.forms.drafts import dropped, keep, kept
from xinglin.apps.forms.models import Attachment, Record
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.forms.presenters import page_of
from xinglin.apps.forms.views.common import definition_or_404, record_or_404, take_files
from xinglin.apps.ui.messages import done
from xinglin.base.errors import XinglinError
from xinglin.records import Definition

REFUSED = (NotAllowed, saving.Outdated)


@route("record.view", area="record")
@require_safe
def record(request: HttpRequest, record: str) -> HttpResponse:
    """The page of one record: values, files, what may be done, what is due, its history."""
    row, definition = record_or_404(request, record)
    page = page_of(row, definition, request.user)
    if page.personal:
        audit(
            by=request.user,
            action="record.read",
            kind=definition.id,
            id=row.pk,
            fields=page.personal,
            request=request,
        )
    return render(request, "forms/record.html", {"page": page, "record": row, "definition": definition})


@route("record.edit", area="definition")
def new(request: HttpRequest, definition: str) -> HttpResponse:
    """Make a record."""
    one = definition_or_404(request, definition)
    if not permissions.writable(request.user, one):
        raise Http404
    start = kept(request.user, one) or _given(request, one)
    form = RecordForm(one, start, request.POST or None)
    if request.method == "POST":
        raw = form.raw()
        faults = take_files(request, one, raw, form.asked)
        try:
            if faults:
                raise saving.Invalid(faults)
            made = saving.create(one, raw, by=request.user, request=request)
        except saving.Invalid as error:
            form = _again(one, raw, form, error)
        else:
            done(request, f"已保存{one.label}“{made.title}”。")
            return (
                redirect("forms:new", one.id) if "more" in request.POST else redirect("forms:record", made.pk)
            )
    context = {"definition": one, "form": form, "draft": draft_address(one), "title": f"填写{one.label}"}
    return render(
        request, "forms/form.html", {**context, "restored": bool(start) and request.method == "GET"}
    )


def _given(request: HttpRequest, definition: Definition) -> dict[str, Any]:
    """Values from the address, and today: what the system knows is not asked again."""
    found = {name: text for name, text in request.GET.items() if name in definition.fields}
    if definition.day_field == "date":
        found.setdefault("date", timezone.localdate().isoformat())
    scope = permissions.writable(request.user, definition)
    subject = definition.subject_field
    if subject == "facility" and len(scope.facilities) == 1 and not scope.places:
        found.setdefault(subject, next(iter(scope.facilities)))
    if subject == "place" and len(scope.places) == 1:
        place = next(iter(scope.places))
        if not definition.levels or len(place) in definition.levels:
            found.setdefault(subject, place)
    return found


def _again(definition: Definition, raw: dict[str, Any], old: RecordForm, error: saving.Invalid) -> RecordForm:
    """The form with what was typed and what is wrong; files that were taken in stay named."""
    form = RecordForm(definition, {**raw}, None)
    form.is_bound, form.data = True, _text(raw, old)
    form.blame(error.faults)
    return form


def _text(raw: dict[str, Any], old: RecordForm) -> Any:
    from django.http import QueryDict

    found = QueryDict(mutable=True)
    for name in old.asked:
        value = raw.get(name)
        listed = value if isinstance(value, list | tuple) else None
        if listed is not None:
            found.setlist(name, [str(one) for one in listed])
        elif (
            isinstance(value, str)
            and "；" in value
            and old.fields[name].widget.__class__.__name__ == "_Boxes"
        ):
            found.setlist(name, value.split("；"))
        else:
            found[name] = "" if value is None else str(value)
    return found


@route("record.edit", area="record")
def edit(request: HttpRequest, record: str) -> HttpResponse:
    """Change a record."""
    row, definition = record_or_404(request, record)
    try:
        permissions.check_edit(request.user, definition, row)
    except NotAllowed as error:
        done(request, str(error))
        return redirect("forms:record", row.pk)
    values = rows.values_in(row, definition)
    draft = kept(request.user, definition, row.pk)
    form = RecordForm(definition, {**values, **draft}, request.POST or None)
    if request.method == "POST":
        raw = form.raw()
        faults = take_files(request, definition, raw, form.asked)
        try:
            if faults:
                raise saving.Invalid(faults)
            seen = request.POST.get("revision", "")
            saving.change(
                row,
                definition,
                raw,
                by=request.user,
                revision=int(seen) if seen.isdigit() else None,
                request=request,
            )
        except saving.Invalid as error:
            form = _again(definition, raw, form, error)
        except REFUSED as error:
            keep(request.user, definition, row.pk, raw)
            done(request, str(error))
            return redirect("forms:record", row.pk)
        else:
            done(request, "已保存。")
            return redirect("forms:record", row.pk)
    context = {
        "definition": definition,
        "form": form,
        "record": row,
        "draft": draft_address(definition, row.pk),
        "title": f"修改{definition.label}",
        "restored": bool(draft) and request.method == "GET",
        "returns": {one.field: one for one in row.returns.filter(settled_at=None)},
    }
    return render(request, "forms/form.html", context)


@route("record.edit", area="record")
def move(request: HttpRequest, record: str, move: str) -> HttpResponse:
    """Make a move: what it still needs is asked for on the same page."""
    row, definition = record_or_404(request, record)
    transition = definition.moves.get(move)
    if transition is None or not permissions.may_move(request.user, definition, row, move):
        done(request, "这一步现在办不了：状态已变，或要由别人来办。")
        return redirect("forms:record", row.pk)
    only = tuple(name for name in transition.needs if name in definition.fields)
    form = RecordForm(definition, rows.values_in(row, definition), request.POST or None, only=only)
    wrong = ""
    if request.method == "POST":
        raw = form.raw()
        faults = take_files(request, definition, raw, form.asked)
        wish = Wish(request.POST.get("reason", ""), request.POST.get("approval", ""), raw)
        try:
            if faults:
                raise saving.Invalid(faults)
            seen = request.POST.get("revision", "")
            moved = moving.move(
                row,
                definition,
                move,
                by=request.user,
                wish=wish,
                revision=int(seen) if seen.isdigit() else None,
                request=request,
            )
        except saving.Invalid as error:
            form = _again(definition, raw, form, error)
        except REFUSED as error:
            wrong = str(error)
        else:
            words = "已办" if moved.state == transition.to else "已记下您的同意，等待另一方"
            done(request, f"{words}：{transition.label}。")
            return redirect("forms:record", row.pk)
    mine = [
        (name, one.label)
        for name, one in transition.approvals.items()
        if permissions.holds(request.user, one.who, row)
    ]
    context = {"definition": definition, "record": row, "move": transition, "form": form, "approvals": mine}
    return render(request, "forms/move.html", {**context, "wrong": wrong})


@route("record.edit", area="record")
def remove(request: HttpRequest, record: str) -> HttpResponse:
    """Take a record out, or back in."""
    row, definition = record_or_404(request, record)
    if request.method == "POST":
        try:
            if row.removed_at is None:
                reason = request.POST.get("reason", "")
                saving.remove(row, definition, by=request.user, reason=reason, request=request)
                done(request, "已撤除；可以在这一页恢复。")
            else:
                saving.restore(row, definition, by=request.user, request=request)
                done(request, "已恢复。")
        except XinglinError as error:
            done(request, str(error))
        return redirect("forms:record", row.pk)
    if not permissions.remove(request.user, definition, row):
        raise Http404
    return render(request, "forms/remove.html", {"record": row, "definition": definition})


@route("record.edit", area="record")
def send_back(request: HttpRequest, record: str) -> HttpResponse:
    """Send one value back with a reason and a day."""
    row, definition = record_or_404(request, record)
    if not permissions.may_return(request.user, definition, row):
        raise Http404
    wrong = ""
    if request.method == "POST":
        try:
            due = date.fromisoformat(request.POST.get("due", ""))
            moving.send_back(
                row,
                definition,
                request.POST.get("field", ""),
                by=request.user,
                reason=request.POST.get("reason", ""),
                due=due,
                request=request,
            )
        except ValueError:
            wrong = "请填改正期限"
        except NotAllowed as error:
            wrong = str(error)
        else:
            done(request, "已退回，填报人会在待办里看到。")
            return redirect("forms:record", row.pk)
    fields = [(name, one.label) for name, one in definition.fields.items() if one.computed is None]
    context = {
        "record": row,
        "definition": definition,
        "fields": fields,
        "wrong": wrong,
        "sent": request.POST,
    }
    return render(request, "forms/send_back.html", context)


@route("record.edit", area="definition", safe=False)
@require_POST
def draft(request: HttpRequest, definition: str) -> HttpResponse:
    """Keep what is typed; the browser sends it now and then, and after a lost connection."""
    one = definition_or_404(request, definition)
    of = request.GET.get("record", "")
    if of and not Record.objects.filter(pk=of, definition=one.id).exists():
        raise Http404
    if "drop" in request.POST:
        dropped(request.user, one, of)
        return redirect("forms:edit", of) if of else redirect("forms:new", one.id)
    keep(request.user, one, of, RecordForm(one, None, request.POST).raw())
    return JsonResponse({"saved": timezone.localtime().strftime("%H:%M")})


@route("record.view", area="file")
@require_safe
def file(request: HttpRequest, file: str) -> HttpResponse:
    """Give out a file."""
    one = get_object_or_404(Attachment, pk=file)
    if one.record_id is None:
        if one.by != request.user.pk:
            raise Http404
    else:
        row, definition = record_or_404(request, one.record_id)
        field = definition.fields.get(one.field)
        if (
            field is not None
            and field.is_personal
            and not permissions.personal(request.user, definition, row)
        ):
            raise Http404
    audit(by=request.user, action="record.file", kind=one.definition, id=one.pk, request=request)
    response = HttpResponse(attaching.content_of(one), content_type=attaching.TYPES[one.kind])
    shown = "inline" if one.kind in attaching.SHOWN else "attachment"
    from urllib.parse import quote

    response["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(one.name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response
