"""One record: its page, its form, what is done with it."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms import layout, permissions, reminders, rows
from xinglin.apps.forms.actions import attaching, moving, saving
from xinglin.apps.forms.actions.moving import Wish
from xinglin.apps.forms.building import RecordForm, draft_address
from xinglin.apps.forms.drafts import dropped, keep, kept
from xinglin.apps.forms.models import Attachment, Record
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.forms.presenters import page_of
from xinglin.apps.forms.views.common import definition_or_404, record_or_404, take_files, turned_away
from xinglin.apps.forms.views.index import note_use
from xinglin.apps.protection.ids import new_id
from xinglin.apps.ui.messages import done, refused
from xinglin.base.errors import XinglinError
from xinglin.records import Definition
from xinglin.records.conditions import is_given

REFUSED = (NotAllowed, saving.Outdated)
ONCE = "xinglin.forms.once"


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


@route("record.edit")
def new(request: HttpRequest, definition: str) -> HttpResponse:
    """Make a record."""
    one = definition_or_404(request, definition)
    if not permissions.writable(request.user, one):
        words = f"您的角色只能看“{one.label}”，由{layout.who_writes(one)}填写。"
        return turned_away(request, words, "forms:records", one.id)
    draft_ = kept(request.user, one)
    form = RecordForm(one, draft_ or _given(request, one), request.POST or None)
    once = request.POST.get("once") or signing.dumps(new_id(), salt=ONCE)
    if request.method == "POST":
        made = _made(request, one, once)
        if made is not None:
            return _after(request, one, made)
        raw = form.raw()
        faults = take_files(request, one, raw, form.asked)
        try:
            if faults:
                raise saving.Invalid(faults)
            made = saving.create(one, raw, by=request.user, request=request, pk=_number(once))
        except saving.Twice:
            return _after(request, one, get_object_or_404(Record, pk=_number(once)))
        except saving.Invalid as error:
            form = form.again(raw, error.faults)
        else:
            note_use(request.user, one)
            done(request, f"已保存{one.label}“{made.title}”。")
            return _after(request, one, made)
    context = {
        "definition": one,
        "form": form,
        "parts": layout.parts(one, form),
        "private": layout.private(one),
        "draft": draft_address(one),
        "title": f"填写{one.label}",
        "once": once,
        "restored": bool(draft_) and request.method == "GET",
    }
    return render(request, "forms/form.html", context)


def _number(once: str) -> str:
    """The id that a form carries for the record it will make: sent twice, it makes one."""
    try:
        return str(signing.loads(once, salt=ONCE))
    except signing.BadSignature:
        raise Http404 from None


def _made(request: HttpRequest, definition: Definition, once: str) -> Record | None:
    """The record that this very form made already."""
    user: Any = request.user
    return Record.objects.filter(pk=_number(once), definition=definition.id, author=user.pk).first()


def _after(request: HttpRequest, definition: Definition, made: Record) -> HttpResponse:
    """On to the record, or to the next form, which keeps what the records share: what they are about, and the day."""
    if "more" not in request.POST:
        return redirect("forms:record", made.pk)
    shared = {definition.subject_field: made.subject}
    if made.day is not None:
        shared[definition.day_field] = made.day.isoformat()
    response = redirect("forms:new", definition.id)
    response["Location"] += f"?{urlencode(shared)}"
    return response


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


@route("record.edit", area="record")
def edit(request: HttpRequest, record: str) -> HttpResponse:
    """Change a record."""
    row, definition = record_or_404(request, record)
    try:
        permissions.check_edit(request.user, definition, row)
    except NotAllowed as error:
        return turned_away(request, f"{error}。", "forms:record", row.pk)
    values = rows.values_in(row, definition)
    draft = kept(request.user, definition, row.pk)
    hidden = permissions.hidden(request.user, definition, row)
    only = tuple(name for name in definition.fields if name not in hidden)
    form = RecordForm(definition, {**values, **draft}, request.POST or None, only=only)
    seen = [name for name in only if definition.fields[name].is_personal and is_given(values.get(name))]
    if seen and request.method == "GET":
        audit(
            by=request.user,
            action="record.read",
            kind=definition.id,
            id=row.pk,
            fields=seen,
            request=request,
        )
    if request.method == "POST":
        raw = form.raw()
        faults = take_files(request, definition, raw, form.asked)
        try:
            if faults:
                raise saving.Invalid(faults)
            saving.change(
                row,
                definition,
                raw,
                by=request.user,
                revision=_revision(request),
                request=request,
            )
        except saving.Invalid as error:
            form = form.again(raw, error.faults)
        except REFUSED as error:
            keep(request.user, definition, row.pk, raw)
            refused(request, f"{error}。")
            return redirect("forms:record", row.pk)
        else:
            reminders.forget(request.user)
            done(request, "已保存。")
            return redirect("forms:record", row.pk)
    context = {
        "definition": definition,
        "form": form,
        "parts": layout.parts(definition, form),
        "private": layout.private(definition),
        "record": row,
        "draft": draft_address(definition, row.pk),
        "title": f"修改{definition.label}",
        "restored": bool(draft) and request.method == "GET",
        "returns": [
            (definition.fields[one.field].label if one.field in definition.fields else one.field, one)
            for one in row.returns.filter(settled_at=None)
        ],
    }
    return render(request, "forms/form.html", context)


def _revision(request: HttpRequest) -> int | None:
    """Which state of the record the reader saw."""
    sent = request.POST.get("revision", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


@route("record.edit", area="record")
def move(request: HttpRequest, record: str, move: str) -> HttpResponse:
    """Make a move: what it still needs is asked for on the same page."""
    row, definition = record_or_404(request, record)
    transition = definition.moves.get(move)
    if transition is None or not permissions.may_move(request.user, definition, row, move):
        why = "这一步现在办不了：状态已变，或要由别人来办。"
        if transition is not None:
            try:
                permissions.check_move(request.user, definition, row, move)
            except NotAllowed as error:
                why = f"{error}。"
        return turned_away(request, why, "forms:record", row.pk)
    hidden = permissions.hidden(request.user, definition, row)
    only = tuple(name for name in transition.needs if name in definition.fields and name not in hidden)
    form = RecordForm(definition, rows.values_in(row, definition), request.POST or None, only=only)
    wrong = ""
    if request.method == "POST":
        raw = form.raw()
        faults = take_files(request, definition, raw, form.asked)
        wish = Wish(request.POST.get("reason", ""), request.POST.get("approval", ""), raw)
        try:
            if faults:
                raise saving.Invalid(faults)
            moved = moving.move(
                row,
                definition,
                move,
                by=request.user,
                wish=wish,
                revision=_revision(request),
                request=request,
            )
        except saving.Invalid as error:
            form = form.again(raw, error.faults)
        except REFUSED as error:
            wrong = str(error)
        else:
            reminders.forget(request.user)
            words = "已办" if moved.state == transition.to else "已记下您的同意，等待另一方"
            done(request, f"{words}：{transition.label}。")
            return redirect("forms:record", row.pk)
    mine = [
        (name, one.label)
        for name, one in transition.approvals.items()
        if permissions.holds(request.user, one.who, row)
    ]
    context = {
        "definition": definition,
        "record": row,
        "move": transition,
        "after": definition.states[transition.to].label,
        "form": form,
        "approvals": mine,
        "reason": request.POST.get("reason", ""),
        "wrong": wrong,
    }
    return render(request, "forms/move.html", context)


@route("record.edit", area="record")
def remove(request: HttpRequest, record: str) -> HttpResponse:
    """Take a record out; it can be put back at once."""
    row, definition = record_or_404(request, record)
    if row.removed_at is not None:
        return turned_away(request, "这条记录已经撤除，可以在这一页恢复。", "forms:record", row.pk)
    try:
        permissions.check_remove(request.user, definition, row)
    except NotAllowed as error:
        return turned_away(request, f"{error}。", "forms:record", row.pk)
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "")
            saving.remove(row, definition, by=request.user, reason=reason, request=request)
        except XinglinError as error:
            return turned_away(request, f"{error}。", "forms:remove", row.pk)
        reminders.forget(request.user)
        words = f"已撤除“{row.title}”，不再计入列表和统计。"
        done(request, words, undo=reverse("forms:restore", args=[row.pk]))
        return redirect("forms:records", definition.id)
    return render(request, "forms/remove.html", {"record": row, "definition": definition})


@route("record.edit", area="record", safe=False)
@require_POST
def restore(request: HttpRequest, record: str) -> HttpResponse:
    """Put a record back."""
    row, definition = record_or_404(request, record)
    try:
        saving.restore(row, definition, by=request.user, request=request)
    except XinglinError as error:
        return turned_away(request, f"{error}。", "forms:record", row.pk)
    reminders.forget(request.user)
    done(request, "已恢复。")
    return redirect("forms:record", row.pk)


@route("record.edit", area="record")
def send_back(request: HttpRequest, record: str) -> HttpResponse:
    """Send one value back with a reason and a day."""
    row, definition = record_or_404(request, record)
    try:
        permissions.check_return(request.user, definition, row)
    except NotAllowed as error:
        return turned_away(request, f"{error}。", "forms:record", row.pk)
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
            return redirect(_back(request) or reverse("forms:record", args=[row.pk]))
    fields = [(name, one.label) for name, one in definition.fields.items() if one.computed is None]
    context = {
        "record": row,
        "definition": definition,
        "fields": fields,
        "wrong": wrong,
        "sent": request.POST or {"field": request.GET.get("field", "")},
        "earliest": timezone.localdate(),
        "back": _back(request),
    }
    return render(request, "forms/send_back.html", context)


def _back(request: HttpRequest) -> str:
    """The page of this site that led here and wants to be come back to; "" where none is named."""
    asked = request.POST.get("back", "") or request.GET.get("back", "")
    good = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if good else ""


@route("record.edit", safe=False)
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
            words = "这个文件含个人信息，您的角色或地区不能打开。"
            return turned_away(request, words, "forms:record", row.pk)
    audit(by=request.user, action="record.file", kind=one.definition, id=one.pk, request=request)
    response = HttpResponse(attaching.content_of(one), content_type=attaching.TYPES[one.kind])
    shown = "inline" if one.kind in attaching.SHOWN else "attachment"
    response["Content-Disposition"] = f"{shown}; filename*=UTF-8''{quote(one.name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response
