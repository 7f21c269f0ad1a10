"""对账盘点: the sheet of a place on a day, before and after it is drawn up; signing is done in its record."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms import permissions
from xinglin.apps.forms.actions import saving
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Record
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.insight.models import Sheet
from xinglin.apps.insight.tasks import DIFFERENCE, STOCKTAKING, TASK, workbook
from xinglin.apps.insight.tasks import stocktaking as sheets
from xinglin.apps.insight.tasks.generating import library
from xinglin.apps.insight.tasks.listing import clause_key
from xinglin.apps.insight.tasks.places import HOLDING, name_of, place_asked
from xinglin.apps.insight.views.tasks import back_to, may_at, read_day, record_of
from xinglin.apps.ui.messages import done, refused

SHOWN = 50
"""Earlier stocktakings listed."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@route("task.view")
@require_safe
def stocktakings(request: HttpRequest) -> HttpResponse:
    """A day's sheet as it would be drawn up, and the sheets that there are."""
    user: Any = request.user
    place = place_asked(user, request.GET.get("place", ""))
    if len(place) not in HOLDING:
        return redirect(f"{reverse('insight:tasks')}?place={place}")
    today = timezone.localdate()
    day = min(read_day(request.GET.get("on", "")) or today, today)
    partial = permissions.is_bound(user, definition(TASK))
    rows = [] if partial else sheets.drawn_up(place, request.GET.get("document", ""), day)
    documents = sorted({row["document"] for row in sheets.drawn_up(place, "", day)}) if not partial else []
    context = {
        "place": place,
        "place_name": name_of(place),
        "on": day,
        "today": today,
        "document": request.GET.get("document", ""),
        "documents": documents,
        "totals": sheets.totals(rows),
        "groups": grouped(rows, place),
        "partial": partial,
        "kept": _kept(user, place),
        "may_take": may_at(user, "task.stocktake", place),
        "again": _is_signed(place, request.GET.get("document", "") or sheets.ALL, day),
    }
    return render(request, "insight/tasks_stocktaking.html", context)


def _is_signed(place: str, document: str, day: date) -> bool:
    rows = Record.objects.of(STOCKTAKING).filter(place=place, day=day, state=sheets.SIGNED)
    return any(row.document.get("document") == document for row in rows)


def _kept(user: Any, place: str) -> list[tuple[Record, str]]:
    """Stocktakings of the place that have a sheet, with the words of their state."""
    known = definition(STOCKTAKING)
    rows = Record.objects.of(STOCKTAKING).within(permissions.readable(user, known)).filter(place=place)
    mine = rows.filter(pk__in=Sheet.objects.filter(place=place).values("record")).order_by("-day", "-pk")
    return [(row, known.states[row.state].label) for row in mine[:SHOWN]]


def grouped(rows: list[dict[str, Any]], place: str) -> list[tuple[str, list[dict[str, Any]]]]:
    """Lines of a sheet by document, the place's own first, in the order of clauses."""
    order = {document.short: number for number, document in enumerate(library().covering(place))}

    def key(row: dict[str, Any]) -> Any:
        name = row["document"]
        return order.get(name, len(order)), name, clause_key(row["clause"]), row["id"]

    found: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=key):
        found.setdefault(row["document"], []).append(row)
    return list(found.items())


@route("task.stocktake", safe=False)
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Draw up the sheet of a day: from then on it stands."""
    user: Any = request.user
    place = place_asked(user, request.POST.get("place", ""))
    day = read_day(request.POST.get("on", ""))
    document, again = request.POST.get("document", "")[:80], request.POST.get("again", "")
    if day is None or len(place) not in HOLDING or not may_at(user, "task.stocktake", place):
        refused(request, "请选一个基准日，由当地中医药管理人员出对账表。")
        return back_to(place)
    try:
        record = sheets.take(place, document, day, by=user, again=again, request=request)
    except (NotAllowed, saving.Invalid) as error:
        refused(request, f"没有出对账表：{error}。")
        query = urlencode({"place": place, "on": day.isoformat(), "document": document})
        return redirect(f"{reverse('insight:stocktakings')}?{query}")
    done(request, "对账表已定格：以后任务再变，这张表不变。请核对后报对账结果、签字。")
    return redirect("insight:stocktaking", record.pk)


@route("task.view", area="sheet")
@require_safe
def stocktaking(request: HttpRequest, sheet: str) -> HttpResponse:
    """A sheet that was drawn up, with what was settled and who signed."""
    page = _shown(request, sheet)
    context = {
        "page": page,
        "record": page.record,
        "place": page.record.place,
        "place_name": name_of(page.record.place),
        "groups": grouped(page.rows, page.record.place),
        "difference": DIFFERENCE,
        "may_settle": permissions.may_add(request.user, definition(DIFFERENCE), page.record),
    }
    return render(request, "insight/tasks_sheet.html", context)


@route("export.run", area="sheet")
@require_safe
def stocktaking_file(request: HttpRequest, sheet: str) -> HttpResponse:
    """The sheet as a workbook."""
    page = _shown(request, sheet)
    name = f"对账表 {name_of(page.record.place)} {page.sheet.on} 第{page.sheet.version}版.xlsx"
    content = workbook.of(page, name_of(page.record.place))
    audit(
        by=request.user,
        action="stocktaking.export",
        kind=STOCKTAKING,
        id=page.record.pk,
        count=len(page.rows),
        request=request,
    )
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


def _shown(request: HttpRequest, record: str) -> sheets.Shown:
    row = record_of(request.user, record, STOCKTAKING)
    found = sheets.shown(row, request.user) if row is not None else None
    if found is None:
        raise Http404
    return found
