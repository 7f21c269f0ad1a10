"""Published numbers, and asking for new ones."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Schema

from xinglin.apps.api.endpoints.jobs import JobOut, shown_job
from xinglin.apps.api.operations import Section
from xinglin.apps.api.paging import Listed, PageQuery, page_of
from xinglin.apps.api.shapes import Day, Sent, filled
from xinglin.apps.indicators.forms import RecountForm
from xinglin.apps.indicators.jobs import RECOUNT
from xinglin.apps.indicators.models import Vintage
from xinglin.apps.indicators.presenters import name_of
from xinglin.apps.work.actions import ask

section = Section("统计期次")
PERMISSION = "facts.recount"
COLUMNS = ("id", "place", "on", "published_at", "facts_manifest", "definitions", "results", "job")


class VintageOut(Schema):
    """Numbers published at a time; they never change."""

    id: str
    place: str
    place_name: str
    on: date = Field(description="数据日期")
    published_at: datetime
    facts_manifest: str = Field(description="事实清单的散列")
    definitions: str = Field(description="指标和文件的散列")
    results: str = Field(description="结果的散列")
    job: str


class RecountIn(Sent):
    """A place and the day the numbers stand for."""

    place: str = Field(max_length=30, description="县级以上地区的代码或名称")
    on: Day = Field(description="数据日期，不在将来")


@section.read("/vintages", PERMISSION, Listed[VintageOut])
def list_vintages(request: Any, asked: Query[PageQuery]) -> Any:
    """统计期次，新的在前"""
    rows = Vintage.objects.within(request.scope).order_by("-published_at", "-pk")
    return page_of(request, rows, asked, lambda found: [_shown(row) for row in found])


@section.read("/vintages/{vintage}", PERMISSION, VintageOut)
def get_vintage(request: Any, vintage: str) -> Any:
    """一个统计期次"""
    return _shown(_vintage(request, vintage))


@section.read("/vintages/{vintage}/receipt", PERMISSION, dict[str, Any])
def get_receipt(request: Any, vintage: str) -> Any:
    """回执：凭它可以重新算出同样的数"""
    return _file(_vintage(request, vintage), "receipt.json")


@section.read("/vintages/{vintage}/results", PERMISSION, dict[str, Any])
def get_results(request: Any, vintage: str) -> Any:
    """结果：每个目标的数值、评判和差距（格式见 evaluate.schema.json）"""
    return _file(_vintage(request, vintage), "results.json")


@section.write("POST", "/recounts", PERMISSION, JobOut, status=202)
def recount(request: Any, body: RecountIn) -> Any:
    """重新统计
    在后台进行，答复是任务，用 GET jobs/{job} 看进度。
    """
    form = filled(RecountForm, body, scope=request.scope)
    place, on = form.cleaned_data["place"], form.cleaned_data["on"].isoformat()
    with transaction.atomic():
        label = f"重新统计 {place} {on}"
        job = ask(RECOUNT, by=request.user, label=label, place=place, request=request, on=on)
    request.out["Location"] = f"/api/v1/jobs/{job.pk}"
    return shown_job(job)


def _vintage(request: Any, vintage: str) -> Vintage:
    return get_object_or_404(Vintage.objects.within(request.scope), pk=vintage)


def _shown(row: Vintage) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in COLUMNS}, "place_name": name_of(row.place)}


def _file(row: Vintage, name: str) -> dict[str, Any]:
    path = Path(settings.XINGLIN_HOME) / "vintages" / row.pk / name
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Http404 from None
    return found
