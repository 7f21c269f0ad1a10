"""Pages of import and export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.audit.actions import record
from xinglin.apps.exchange import actions, exporting, marking
from xinglin.apps.exchange import template as filled
from xinglin.apps.exchange.forms import UploadForm
from xinglin.apps.exchange.models import Import, Mode, State
from xinglin.apps.exchange.presenters import progress_of, summary, toned
from xinglin.apps.exchange.spec import SOUGHT, SPECS, TableSpec, permitted
from xinglin.apps.ui import searching
from xinglin.apps.ui.messages import done, refused

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PER_PAGE = 50


@route("export.run")
@require_safe
def index(request: Any) -> HttpResponse:
    """Registers to fetch, a file to bring, and one's imports."""
    asked = request.GET.get("table", "")
    return render(
        request, "exchange/index.html", _index(request, UploadForm(request.user, initial={"table": asked}))
    )


def _index(request: Any, form: UploadForm) -> dict[str, Any]:
    may_import = request.user.can("import.run")
    editable = permitted(request.user, "edit") if may_import else []
    imports = Import.objects.of(request.user).defer("report")[:20] if may_import else []
    actions.settle(*imports)
    return {
        "form": form if editable else None,
        "chosen": next((spec for spec in editable if spec.name == form["table"].value()), None),
        "specs": [spec for spec in permitted(request.user, "view") if spec.listed],
        "editable": {spec.name for spec in editable},
        "imports": [(one, toned(one)) for one in imports],
    }


@route("import.run", safe=False)
@require_POST
def upload(request: Any) -> HttpResponse:
    """Take in a file; its dry run follows at once or in the background."""
    form = UploadForm(request.user, request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "exchange/index.html", _index(request, form), status=422)
    file = form.cleaned_data["file"]
    one = actions.submit(
        by=request.user,
        content=file.read(),
        name=file.name,
        table=form.cleaned_data["table"],
        request=request,
    )
    marking.prepare(one, request)
    return redirect("exchange:import", one=one.pk)


@route("import.run")
@require_safe
def template(request: Any, table: str) -> HttpResponse:
    """An empty workbook of one register, or of all (``all``)."""
    specs = permitted(request.user, "edit")
    chosen = (
        [spec for spec in specs if spec.listed]
        if table == "all"
        else [spec for spec in specs if spec.name == table]
    )
    if not chosen:
        raise Http404
    name = "全部登记表" if table == "all" else chosen[0].label
    return _file(filled.template(chosen, request.user), f"{name}模板.xlsx")


@route("export.run")
@require_safe
def export(request: Any, table: str) -> HttpResponse | FileResponse:
    """The rows of a register in the user's area that meet the filters of the query string; of very many, a job.

    Who was looked for stands in the session, under the token of the list that showed the search.
    """
    spec = _viewable(request, table)
    asked = request.GET.dict()
    asked.pop(SOUGHT, None)
    token = asked.pop(searching.PARAMETER, "")
    if token and spec.by_name:
        text = searching.recall(request, token)
        if text is None:
            refused(request, "这次查找已过期，或不是在这个浏览器里做的：请回到名单重新查找，再导出。")
            return redirect("exchange:index")
        asked[SOUGHT] = text
    format_ = asked.pop("format", "")
    format_ = format_ if format_ in exporting.FORMATS else exporting.FORMATS[0]
    wanted = exporting.Wanted(spec, asked, request.user, format_)
    if wanted.many():
        job = exporting.later(wanted, request)
        done(request, f"超过 {exporting.AT_ONCE:,} 行，正在后台导出；完成后在这一页下载。")
        return redirect("work:job", job=job.pk)
    file = exporting.at_once(wanted, request)
    kind = XLSX if format_ == "xlsx" else "text/csv; charset=utf-8"
    return FileResponse(file, as_attachment=True, filename=wanted.name, content_type=kind)


def _viewable(request: Any, table: str) -> TableSpec:
    spec = SPECS.get(table)
    if spec is None or not spec.view_scope(request.user):
        raise Http404
    return spec


@route("import.run")
@require_safe
def show(request: Any, one: str) -> HttpResponse:
    """The dry run's report; while something works on it, how far that is."""
    found = _own(request, one)
    actions.settle(found)
    if found.is_open:
        context = {"one": found, **progress_of(found, reverse("exchange:import", kwargs={"one": found.pk}))}
        return render(request, "ui/progress.html" if request.htmx else "exchange/working.html", context)
    if request.htmx:
        answer = HttpResponse()
        answer["HX-Refresh"] = "true"
        return answer
    problems = actions.report_of(found)
    sheet = request.GET.get("sheet", "")
    if sheet:
        problems = [problem for problem in problems if problem["table"] == sheet]
    page = Paginator(problems, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "one": found,
        "tone": toned(found),
        "page": page,
        "tables": summary(found),
        "modes": Mode.choices,
    }
    return render(request, "exchange/import.html", context)


@route("import.run", safe=False)
@require_POST
def apply(request: Any, one: str) -> HttpResponse:
    """Write what is good."""
    found = _own(request, one)
    mode = request.POST.get("mode", "")

    def deed() -> None:
        actions.apply(one=found, mode=mode, by=request.user, request=request)
        found.refresh_from_db()
        if found.state == State.APPLIED:
            words = f"已导入：新增 {found.total('new'):,} 行，修改 {found.total('changed'):,} 行。"
            done(request, words, undo=reverse("exchange:undo", kwargs={"one": found.pk}))

    return _act(request, found, deed)


@route("import.run", safe=False)
@require_http_methods(["GET", "POST"])
def undo(request: Any, one: str) -> HttpResponse:
    """Ask, then restore what was before the import."""
    found = _own(request, one)
    if request.method == "GET":
        points = [
            f"新增的 {found.total('new'):,} 行会删除",
            f"修改的 {found.total('changed'):,} 行会恢复原样",
        ]
        context = {
            "title": f"撤销导入“{found.file_name}”？",
            "points": points,
            "verb": "撤销导入",
            "danger": True,
            "back": reverse("exchange:import", kwargs={"one": found.pk}),
        }
        return render(request, "ui/confirm.html", context)

    def deed() -> None:
        actions.undo(one=found, by=request.user, request=request)
        messages.success(request, "已撤销，数据恢复到导入之前。")

    return _act(request, found, deed)


@route("import.run", safe=False)
@require_POST
def discard(request: Any, one: str) -> HttpResponse:
    """Give up an upload."""
    found = _own(request, one)
    return _act(request, found, lambda: actions.discard(one=found, by=request.user, request=request), "index")


@route("import.run", safe=False)
@require_POST
def read(request: Any, one: str) -> HttpResponse:
    """Put the report away."""
    found = _own(request, one)
    return _act(
        request, found, lambda: actions.put_away(one=found, by=request.user, request=request), "index"
    )


@route("import.run")
@require_safe
def report(request: Any, one: str) -> HttpResponse:
    """The upload with its faults marked, as it was put by; if that is not done yet, it is begun."""
    found = _own(request, one)
    if not marking.has_report(found) or found.is_open:
        raise Http404
    content = marking.fetch(found)
    if content is None:
        marking.prepare(found, request)
        content = marking.fetch(found)
    if content is None:
        messages.info(request, "正在把错误标到文件里，完成后再点“下载标出错误的 Excel”。")
        return redirect("exchange:import", one=found.pk)
    with transaction.atomic():
        record(by=request.user, action="import.report", kind="import", id=found.pk, request=request)
    return _file(content, f"{found.file_name.rsplit('.', 1)[0]}_核对.xlsx")


def _own(request: Any, one: str) -> Import:
    return get_object_or_404(Import.objects.of(request.user), pk=one)


def _act(request: Any, found: Import, deed: Callable[[], None], then: str = "import") -> HttpResponse:
    """Do something with one's own import; say why if it cannot be done now."""
    try:
        deed()
    except actions.NotPossible as error:
        messages.error(request, str(error))
        then = "import"
    return redirect("exchange:index") if then == "index" else redirect("exchange:import", one=found.pk)


def _file(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    return HttpResponse(content, content_type=XLSX, headers=headers)
