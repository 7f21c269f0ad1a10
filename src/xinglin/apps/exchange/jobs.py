"""Imports in the background."""

from __future__ import annotations

from xinglin.apps.accounts.models import User
from xinglin.apps.exchange import (
    exporting,
    marking,
    renewing,  # noqa: F401 - tells where exports lie
)
from xinglin.apps.exchange.actions import check_import, run_import
from xinglin.apps.exchange.models import Import
from xinglin.apps.work.progress import Progress
from xinglin.apps.work.registry import job


@job("exchange.check", "核对导入文件", permission="import.run", again=True)
def check_in_background(progress: Progress, *, import_id: str) -> dict[str, int]:
    """The dry run of a large file; then its faults are marked, while whoever brought it reads what they are."""
    counts = check_import(import_id, progress)
    marking.keep(Import.objects.select_related("by").get(pk=import_id))
    return counts


@job(marking.KIND, "标出导入文件里的错误", permission="import.run", again=True)
def mark_in_background(progress: Progress, *, import_id: str) -> dict[str, int]:
    """Mark the faults of a file with many."""
    progress.beat("标出错误")
    return {"标出": int(marking.keep(Import.objects.select_related("by").get(pk=import_id)))}


@job("exchange.apply", "导入", permission="import.run", again=True)
def apply_in_background(progress: Progress, *, import_id: str) -> dict[str, int]:
    """Write a large file."""
    return run_import(import_id, progress)


@job("exchange.export", "导出", permission="export.run", again=True, opens=exporting.handed_out)
def export_in_background(progress: Progress, *, table: str, format: str, filters: str) -> dict[str, int]:
    """Write a register of very many rows."""
    by = User.objects.get(pk=progress.asked_by)
    return exporting.run(progress, exporting.of(table, filters, by, format))
