"""The index of all definitions, and the list of one."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.forms import listing, naming, permissions
from xinglin.apps.forms.actions.moving import move_many
from xinglin.apps.forms.book import book
from xinglin.apps.forms.models import Deadline, Record, SavedView
from xinglin.apps.forms.tables import PREFIX
from xinglin.apps.forms.views.common import definition_or_404
from xinglin.apps.ui.messages import done
from xinglin.apps.ui.picker import PlaceField
from xinglin.apps.ui.places import LEVELS
from xinglin.records import Definition, FieldType
from xinglin.records.cells import code_list

SIZES = ("50", "100", "200")
MOST_VIEWS = 20
TONES = {"plain": "info", "wait": "warn", "good": "good", "bad": "bad"}


class Entry(NamedTuple):
    """A definition on the index: how many records there are, how many are overdue."""

    definition: Definition
    records: int
    overdue: int
    may_write: bool


@route("record.view")
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What may be recorded here, by topic."""
    asked = request.GET.get("q", "").strip()
    scope = request.scope  # type: ignore[attr-defined]
    within = Record.objects.within(scope).filter(removed_at=None).order_by()
    counts = dict(within.values_list("definition").annotate(n=Count("pk")))
    late = Deadline.objects.within(scope).overdue_on(timezone.localdate()).order_by()
    overdue = dict(late.values_list("record__definition").annotate(n=Count("pk")))
    topics: dict[str, list[Entry]] = {}
    known = book()
    for one in known:
        if permissions.readable(request.user, one) and _matches(one, asked):
            writes = bool(permissions.writable(request.user, one))
            topics.setdefault(one.topic, []).append(
                Entry(one, counts.get(one.id, 0), overdue.get(one.id, 0), writes)
            )
    listed = [(known.topics[name].label, entries) for name, entries in topics.items()]
    mine = "mine" in request.GET
    if mine:
        listed = [(label, [e for e in entries if e.records or e.may_write]) for label, entries in listed]
    return render(
        request, "forms/index.html", {"topics": [t for t in listed if t[1]], "q": asked, "mine": mine}
    )


def _matches(definition: Definition, text: str) -> bool:
    from xinglin.base.pinyin import of_name

    if not text:
        return True
    words = f"{definition.label} {definition.meaning}"
    return text in words or text.lower() in of_name(definition.label).initials


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
        place.offer(scope.places, "record.view")
        if not scope.places:
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


@route("record.view", area="definition")
@require_safe
def records(request: HttpRequest, definition: str) -> HttpResponse:
    """The list of one definition."""
    one = definition_or_404(request, definition)
    scope = permissions.readable(request.user, one)
    filters = ListFilters(one, request.GET, scope)
    query = listing.narrowed(Record.objects.of(one.id).within(scope), one, filters.wanted())
    if "overdue" in request.GET:
        query = listing.narrowed(query, one, {"overdue": "1"})
    if filters.is_valid() and filters.cleaned_data.get("place"):
        query = query.filter(place__startswith=filters.cleaned_data["place"])
    size = request.GET.get("size") if request.GET.get("size") in SIZES else SIZES[0]
    ordered = listing.ordered(query, one, request.GET.get("sort", ""))
    page = Paginator(ordered, int(size or SIZES[0])).get_page(request.GET.get("page"))
    context = {
        "definition": one,
        "filters": filters,
        "page": page,
        "columns": [(name, _heading(one, name), _is_number(one, name)) for name in one.list],
        "rows": _rows(one, list(page.object_list)),
        "totals": [(one.fields[n].label, t) for n, t in listing.totals(query, one).items()],
        "may_write": bool(permissions.writable(request.user, one)),
        "exchange": f"{PREFIX}{one.id}",
        "views": SavedView.objects.filter(user=request.user, definition=one.id),  # type: ignore[misc]
        "bulk": _bulk(request, one),
        "sort": request.GET.get("sort", ""),
        "query": request.GET.urlencode(),
    }
    return render(request, "forms/list.html", context)


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


def _is_number(definition: Definition, name: str) -> bool:
    field = definition.fields.get(name)
    return name.startswith("points_") or (
        field is not None and field.type in (FieldType.INTEGER, FieldType.DECIMAL)
    )


class Row(NamedTuple):
    """A line of a list: the record, its cells in order, its state as a chip, its deadline."""

    record: Record
    cells: list[tuple[str, bool]]
    state: tuple[str, str] | None
    due: Deadline | None
    title: str


def _rows(definition: Definition, records_: list[Record]) -> list[Row]:
    found = listing.values_for(records_, definition)
    known = naming.names(
        naming.wanted_by(definition, [v for _, v in found], [*definition.list, *definition.title])
    )
    due = {row.record_id: row for row in Deadline.objects.filter(record__in=records_, closed_on=None)}
    return [
        Row(
            record,
            [
                (_cell(definition, name, values, known), _is_number(definition, name))
                for name in definition.list
            ],
            state_chip(definition, record),
            due.get(record.pk),
            title_of(definition, values, known),
        )
        for record, values in found
    ]


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
    state = definition.states.get(record.state)
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
        if not move.approvals and permissions.scope_in(user, move.who)
    ]


@route("record.edit", area="definition", safe=False)
@require_POST
def bulk(request: HttpRequest, definition: str) -> HttpResponse:
    """Make a move for the records that are ticked."""
    one = definition_or_404(request, definition)
    scope = permissions.readable(request.user, one)
    chosen = list(Record.objects.of(one.id).within(scope).filter(pk__in=request.POST.getlist("record")[:200]))
    name = request.POST.get("move", "")
    back = redirect("forms:records", one.id)
    if name not in one.moves or not chosen:
        done(request, "请勾选记录，并选择要办的事。")
        return back
    moved, left = move_many(
        chosen, one, name, by=request.user, reason=request.POST.get("reason", ""), request=request
    )
    words = f"“{one.moves[name].label}”办了 {len(moved)} 条。"
    if left:
        words += f"{len(left)} 条没有办：" + "；".join(f"{record.title}：{why}" for record, why in left[:5])
    done(request, words)
    return back


@route("record.view", area="definition", safe=False)
@require_POST
def save_view(request: HttpRequest, definition: str) -> HttpResponse:
    """Keep filters and order under a name; an empty query takes the view away."""
    one = definition_or_404(request, definition)
    name, query = request.POST.get("name", "").strip()[:40], request.POST.get("query", "")[:1000]
    mine = SavedView.objects.filter(user=request.user, definition=one.id)  # type: ignore[misc]
    if "remove" in request.POST:
        mine.filter(pk=request.POST["remove"]).delete()
    elif name and mine.count() < MOST_VIEWS:
        SavedView.objects.update_or_create(
            user_id=request.user.pk, definition=one.id, name=name, defaults={"query": query}
        )
    response = redirect("forms:records", one.id)
    response["Location"] += f"?{query}" if query and "remove" not in request.POST else ""
    return response
