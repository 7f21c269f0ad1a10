"""The log on a page and as a file; reading it is itself logged."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.audit.actions import record
from xinglin.apps.audit.chain import EPOCH, MICROSECOND
from xinglin.apps.audit.forms import LogFilter
from xinglin.apps.audit.models import Entry
from xinglin.apps.audit.presenters import OUTCOMES, kind_words, rows, state

PAGE, EXPORT = 50, 100_000
"""Rows on a page, and rows an exported file may have."""

HEADINGS = (
    "编号",
    "时间",
    "账号编号",
    "动作",
    "对象类别",
    "对象编号",
    "字段",
    "条数",
    "结果",
    "来源地址",
    "请求编号",
)


@route("audit.view")
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The log, newest first; pages go on behind the last row shown, so that new rows move nothing."""
    form = LogFilter(request.GET)
    found = _before(form.apply(Entry.objects.all()), request.GET.get("before", ""))
    shown = list(found.order_by("-at", "-pk")[: PAGE + 1])
    more = len(shown) > PAGE
    shown = shown[:PAGE]
    form.is_valid()
    record(
        by=request.user,
        action="audit.view",
        kind="audit.entry",
        fields=form.used(),
        count=len(shown),
        request=request,
    )
    context = {
        "filters": form,
        "rows": rows(shown),
        "older": _cursor(shown[-1]) if more else "",
        "paged": "before" in request.GET,
        "filtered": bool(form.used()),
        "state": state(),
        "query": _query(request),
        "limit": EXPORT,
    }
    return render(request, "audit/log.html", context)


@route("audit.view")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """What is filtered, as CSV that Excel opens."""
    form = LogFilter(request.GET)
    with transaction.atomic():
        last = Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        found = form.apply(Entry.objects.filter(pk__lte=last))
        count = found.order_by()[: EXPORT + 1].count()
        if form.is_valid() and count <= EXPORT:
            record(
                by=request.user,
                action="audit.export",
                kind="audit.entry",
                fields=form.used(),
                count=count,
                request=request,
            )
    if not form.is_valid() or count > EXPORT:
        why = (
            "筛选条件有误，没有导出。"
            if not form.is_valid()
            else f"超过 {EXPORT:,} 条，没有导出：请缩小时间范围。"
        )
        messages.error(request, why)
        return redirect(f"{reverse('audit:log')}?{_query(request)}")
    response = StreamingHttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M")
    response["Content-Disposition"] = f'attachment; filename="audit-{stamp}.csv"'
    return response


def _query(request: HttpRequest) -> str:
    """The filters as they stand in the address, without the place in the pages."""
    query = request.GET.copy()
    query.pop("before", None)
    return query.urlencode()


def _cursor(entry: Entry) -> str:
    """The place of a row in the order of the pages."""
    return f"{(entry.at - EPOCH) // MICROSECOND}.{entry.pk}"


def _before(found: QuerySet[Entry], cursor: str) -> QuerySet[Entry]:
    """Rows behind a place; a place that cannot be read is the beginning."""
    at, _, number = cursor.partition(".")
    if not (at.isdecimal() and number.isdecimal() and len(at) < 18 and len(number) < 19):
        return found
    when = EPOCH + int(at) * MICROSECOND
    return found.filter(Q(at__lt=when) | Q(at=when, pk__lt=int(number)), at__lte=when)


class _Line:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _csv(found: QuerySet[Entry]) -> Iterator[str]:
    writer: Any = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(HEADINGS)
    for entry in found.order_by("-at", "-pk").iterator(chunk_size=2000):
        yield writer.writerow([_cell(value) for value in _values(entry)])


def _values(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.pk,
        timezone.localtime(entry.at).isoformat(sep=" ", timespec="milliseconds"),
        entry.actor,
        entry.action,
        kind_words(entry.kind),
        entry.object_id,
        "、".join(map(str, entry.fields)),
        entry.count,
        OUTCOMES.get(entry.outcome, entry.outcome),
        entry.address,
        entry.request_id,
    )


def _cell(value: Any) -> Any:
    """Text that a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
