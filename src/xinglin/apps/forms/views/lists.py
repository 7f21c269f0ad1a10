"""The list of one definition, with its filters, totals, bulk deeds and saved views."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.forms import listing, naming, permissions, reminders
from xinglin.apps.forms.actions.moving import move_many
from xinglin.apps.forms.finding import Found, Pages
from xinglin.apps.forms.models import Deadline, Record, SavedView
from xinglin.apps.forms.tables import PREFIX
from xinglin.apps.forms.versions import state_of
from xinglin.apps.forms.views.common import definition_or_404
from xinglin.apps.forms.views.index import MARKS, PINNED
from xinglin.apps.ui.messages import done, refused
from xinglin.apps.ui.picker import PlaceField
from xinglin.apps.ui.places import LEVELS, place_name
from xinglin.records import Definition, FieldType
from xinglin.records.cells import code_list

SIZES = ("50", "100", "200")
MOST_VIEWS = 20
LONGEST = 60
"""Characters of a cell; the rest stands on the record's page."""
TONES = {"plain": "info", "wait": "warn", "good": "good", "bad": "bad"}


class ListFilters(forms.Form):
    """The bar above a list: words, place, state, days, and the definition's own filters."""

    q = forms.CharField(
        label="查找", required=False, max_length=60, widget=forms.TextInput({"type": "search"})
    )
    place = PlaceField(label="地区", required=False, digits=LEVELS)

    def __init__(self, definition: Definition, data: Any, scope: Any) -> None:
        super().__init__(data, label_suffix="")
        place = self.fields["place"]
        assert isinstance(place, PlaceField)
        roots = scope.places | {one.place for one in scope.named}
        place.offer(roots, "record.view")
        if not roots:
            del self.fields["place"]
        if definition.states:
            states = [("", "全部"), *((name, state.label) for name, state in definition.states.items())]
            self.fields["state"] = forms.ChoiceField(label="状态", required=False, choices=states)
        for name in definition.filters:
            if name in definition.fields:
                self.fields[name] = _filter(definition, name)
        day = {"type": "date"}
        label = definition.fields[definition.day_field].label
        self.fields["from"] = forms.DateField(label=f"{label}起", required=False, widget=forms.DateInput(day))
        self.fields["to"] = forms.DateField(label="止", required=False, widget=forms.DateInput(day))
        self.is_valid()

    def wanted(self) -> dict[str, str]:
        """Filters that were given and could be read."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value not in (None, "")}


def _filter(definition: Definition, name: str) -> forms.Field:
    field = definition.fields[name]
    if field.type in (FieldType.CODE, FieldType.CODES):
        codes = code_list(field, definition.id, name).codes.items()
        choices = [("", "全部"), *((code, entry.label) for code, entry in codes)]
        return forms.ChoiceField(label=field.label, required=False, choices=choices)
    if field.type is FieldType.BOOLEAN:
        return forms.ChoiceField(
            label=field.label, required=False, choices=[("", "全部"), ("true", "是"), ("0", "否")]
        )
    return forms.CharField(label=field.label, required=False, max_length=60)


@route("record.view")
@require_safe
def records(request: HttpRequest, definition: str) -> HttpResponse:
    """The list of one definition."""
    one = definition_or_404(request, definition)
    scope = permissions.readable(request.user, one)
    filters = ListFilters(one, request.GET, scope)
    wanted = filters.wanted() | ({listing.OVERDUE: "1"} if "overdue" in request.GET else {})
    found = Found(one, scope, wanted, request.GET.get("sort", ""))
    size = request.GET.get("size") if request.GET.get("size") in SIZES else SIZES[0]
    page = Pages(found, int(size or SIZES[0])).get_page(request.GET.get("page"))
    totals = found.totals(asked="totals" in request.GET)
    user: Any = request.user
    kept = list(SavedView.objects.filter(user=user, definition=one.id))
    columns = _columns(one)
    context = {
        "definition": one,
        "filters": filters,
        "wanted": _in_words(filters),
        "page": page,
        "columns": [(name, _heading(one, name), _look(one, name)) for name in columns],
        "title_sorts": one.title[0] if len(one.title) == 1 and one.title[0] in one.list else "",
        "rows": _rows(one, list(page.object_list), columns),
        "totals": [(one.fields[n].label, _figure(t)) for n, t in (totals or {}).items()],
        "totals_on_demand": totals is None,
        "may_write": bool(permissions.writable(user, one)),
        "can_import": user.can("import.run"),
        "can_export": user.can("export.run"),
        "exchange": f"{PREFIX}{one.id}",
        "views": [view for view in kept if view.name not in MARKS],
        "pinned": any(view.name == PINNED for view in kept),
        "bulk": _bulk(request, one),
        "sort": request.GET.get("sort", ""),
        "query": request.GET.urlencode(),
        "overdue_only": "overdue" in request.GET,
        "has_deadlines": any(state.deadline for state in one.states.values()),
    }
    return render(request, "forms/list.html", context)


def _figure(number: Decimal) -> str:
    """A sum with separators, without trailing zeros."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _columns(definition: Definition) -> list[str]:
    """The columns behind the name: those of the definition but what the name already says."""
    return [name for name in definition.list if definition.title != (name,)]


def _in_words(filters: ListFilters) -> list[str]:
    """The filters that are set, in words, for whoever reads the list or its print."""
    found = []
    for name, value in filters.wanted().items():
        field = filters.fields[name]
        words = value
        if isinstance(field, forms.ChoiceField):
            choices: Any = field.choices
            words = dict(choices).get(value, value)
        elif isinstance(field, PlaceField):
            words = place_name(value)
        found.append(f"{field.label}：{words}")
    return found


def _heading(definition: Definition, name: str) -> str:
    if name in definition.fields:
        return definition.fields[name].label
    extra = {
        "points_self": "自评分",
        "points_verified": "核验分",
        "result": "结果",
        "result_self": "自评结果",
    }
    return extra.get(name, name)


def _look(definition: Definition, name: str) -> str:
    """The class of a column's cells: figures to the right, days unbroken, long words in a wide column."""
    field = definition.fields.get(name)
    if name.startswith("points_") or (
        field is not None and field.type in (FieldType.INTEGER, FieldType.DECIMAL)
    ):
        return "number"
    if field is not None and field.type in (FieldType.DATE, FieldType.MONTH, FieldType.YEAR):
        return "date"
    wide = (FieldType.FACILITY, FieldType.HALL, FieldType.RECORD, FieldType.TEXT, FieldType.LINES)
    return "wide" if field is not None and field.type in wide else ""


class Row(NamedTuple):
    """A line of a list: the record, its cells as they stand on the page, its state as a chip, its deadline."""

    record: Record
    cells: SafeString
    state: tuple[str, str] | None
    due: Deadline | None
    late: bool
    title: str


def _rows(definition: Definition, records_: list[Record], columns: list[str]) -> list[Row]:
    found = listing.values_for(records_, definition)
    known = naming.names(
        naming.wanted_by(definition, [v for _, v in found], [*definition.list, *definition.title])
    )
    due = {row.record_id: row for row in Deadline.objects.filter(record__in=records_, closed_on=None)}
    today = timezone.localdate()
    looks = [(name, _class(_look(definition, name))) for name in columns]
    return [
        Row(
            record,
            _cells(definition, looks, values, known),
            state_chip(definition, record),
            due.get(record.pk),
            _is_late(due.get(record.pk), today),
            title_of(definition, values, known),
        )
        for record, values in found
    ]


def _class(look: str) -> SafeString:
    return format_html(' class="{}"', look) if look else SafeString()


def _cells(
    definition: Definition, looks: list[tuple[str, SafeString]], values: dict[str, Any], known: naming.Names
) -> SafeString:
    """The cells of a line, put together here: a template would go through some thousands of them one by one."""
    words = ((look, _cell(definition, name, values, known) or "—") for name, look in looks)
    return format_html_join(
        "",
        "<td{}>{}</td>",
        ((look, text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…") for look, text in words),
    )


def _is_late(row: Deadline | None, today: date) -> bool:
    return row is not None and row.due is not None and row.due < today


def _cell(definition: Definition, name: str, values: dict[str, Any], known: naming.Names) -> str:
    if name in definition.fields:
        return naming.words(definition, name, values.get(name), known)
    value = values.get(name)
    if name in ("result", "result_self") and definition.standard is not None and value:
        return definition.standard.results[value].label
    return "" if value is None else str(value)


def state_chip(definition: Definition, record: Record) -> tuple[str, str] | None:
    """Tone and words of a record's state."""
    if record.removed_at is not None:
        return "none", "已撤除"
    state = definition.states.get(state_of(record, definition))
    return None if state is None else (TONES[state.tone], state.label)


def title_of(definition: Definition, values: dict[str, Any], known: naming.Names) -> str:
    """What names a record, references by their names."""
    parts = [
        naming.words(definition, name, values.get(name), known)
        for name in definition.title
        if name in definition.fields
    ]
    text = " ".join(part.split("\n")[0] for part in parts if part)
    return text[:80] or definition.label


def _bulk(request: HttpRequest, definition: Definition) -> list[tuple[str, str, bool]]:
    """Moves that the account may make for many at once: those that need no values and no several approvals."""
    user: Any = request.user
    return [
        (name, move.label, move.reason)
        for name, move in definition.moves.items()
        if not move.approvals and permissions.scope_in(user, move.who, definition)
    ]


@route("record.edit", safe=False)
@require_POST
def bulk(request: HttpRequest, definition: str) -> HttpResponse:
    """Make a move for the records that are ticked."""
    one = definition_or_404(request, definition)
    scope = permissions.readable(request.user, one)
    chosen = list(Record.objects.of(one.id).within(scope).filter(pk__in=request.POST.getlist("record")[:200]))
    name = request.POST.get("move", "")
    back = redirect("forms:records", one.id)
    if name not in one.moves or not chosen:
        refused(request, "请勾选记录，并选择要办的事。")
        return back
    moved, left = move_many(
        chosen, one, name, by=request.user, reason=request.POST.get("reason", ""), request=request
    )
    reminders.forget(request.user)
    if moved:
        done(request, f"“{one.moves[name].label}”办了 {len(moved)} 条。")
    if left:
        told = "；".join(f"{record.title}：{why}" for record, why in left[:5])
        more = f"；另有 {len(left) - 5} 条" if len(left) > 5 else ""
        refused(request, f"{len(left)} 条没有办：{told}{more}。")
    return back


@route("record.view", safe=False)
@require_POST
def save_view(request: HttpRequest, definition: str) -> HttpResponse:
    """Keep filters and order under a name; an empty query takes the view away."""
    one = definition_or_404(request, definition)
    name, query = request.POST.get("name", "").strip()[:40], request.POST.get("query", "")[:1000]
    mine = SavedView.objects.filter(user=request.user, definition=one.id)  # type: ignore[misc]
    if "remove" in request.POST:
        mine.filter(pk=request.POST["remove"]).delete()
    elif name and name not in MARKS and mine.count() < MOST_VIEWS:
        SavedView.objects.update_or_create(
            user_id=request.user.pk, definition=one.id, name=name, defaults={"query": query}
        )
        done(request, f"视图“{name}”已保存。")
    elif name:
        refused(request, f"视图最多 {MOST_VIEWS} 个，请先删去不用的。")
    response = redirect("forms:records", one.id)
    response["Location"] += f"?{query}" if query and "remove" not in request.POST else ""
    return response
