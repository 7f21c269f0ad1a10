"""The home page, the page of all components, the answer for whoever watches the server, and the last word on errors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinglin.apps.access.routes import PUBLIC, route
from xinglin.apps.ui import samples
from xinglin.apps.ui.panels import panels


@route("home.view")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, and what one can do here, by role."""
    return render(request, "ui/home.html", {"panels": panels(request)})


@route(PUBLIC)
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """``ok`` when the database answers."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


class SampleForm(forms.Form):
    """Every kind of field, for the page of components."""

    groups = (("基本情况", ("name", "kind", "opened")), ("服务", ("services", "ownership", "tcm", "note")))

    name = forms.CharField(label="机构名称", help_text="执业许可证上的名称", max_length=60)
    kind = forms.ChoiceField(
        label="机构类别", choices=[("", "请选择"), ("t", "乡镇卫生院"), ("v", "村卫生室")]
    )
    opened = forms.DateField(label="开业日期", widget=forms.DateInput({"type": "date"}), required=False)
    services = forms.MultipleChoiceField(
        label="已开展的服务",
        choices=[("a", "针刺"), ("b", "艾灸"), ("c", "推拿")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    ownership = forms.ChoiceField(
        label="所有制", choices=[("public", "公立"), ("private", "非公立")], widget=forms.RadioSelect
    )
    tcm = forms.BooleanField(label="以中医为主", required=False, help_text="国家统计口径四项之一")
    note = forms.CharField(label="备注", widget=forms.Textarea, required=False)


class SampleFilters(forms.Form):
    """Fields of a filters bar."""

    q = forms.CharField(label="查找", required=False, widget=forms.TextInput({"type": "search"}))
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), ("v", "村卫生室")])


def _sample() -> dict[str, Any]:
    rows = [
        {"name": f"第 {number} 村卫生室", "visits": number * 137, "on": "2026-03-31", "bad": number == 3}
        for number in range(1, 241)
    ]
    return {
        "charts": samples.figures(),
        "page": Paginator(rows, 20).get_page(6),
        "form": SampleForm({"name": "", "kind": "x", "ownership": "public"}),
        "empty_form": SampleForm(prefix="new"),
        "filters": SampleFilters(prefix="f"),
        "tones": [
            ("good", "达标"),
            ("bad", "未达标"),
            ("warn", "临期"),
            ("info", "进行中"),
            ("none", "无数据"),
        ],
    }


@route("home.view")
@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """All components of pages, for those who build pages and for the tests."""
    return render(request, "ui/style.html", _sample())


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for a fault of ours (``handler500``), with the number under which the log has it."""
    context = {"request_id": getattr(request, "request_id", "")}
    return render(None, "500.html", context, status=500)
