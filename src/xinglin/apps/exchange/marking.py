"""The upload given back with its faults marked: made once, beside the page or in a job, and kept as a file.

The file lies encrypted beside the upload and goes with it. It begins with what it was made from, so that one that a
later report has overtaken is not handed out.
"""

from __future__ import annotations

import hashlib
from typing import Any

from xinglin.apps.exchange import actions, sheets, store
from xinglin.apps.exchange.models import Import, State
from xinglin.apps.exchange.reading import read_upload
from xinglin.apps.exchange.spec import permitted
from xinglin.apps.work.actions import ask
from xinglin.apps.work.models import OPEN, Job

KIND = "exchange.report"
AT_ONCE = 300
"""Faults marked while the page waits (the upload is small then); more become a job."""


def has_report(one: Import) -> bool:
    """Whether there is a report, and an upload to mark it in."""
    return bool(one.report) and one.read_at is None and one.state != State.UNREADABLE and store.has(one.pk)


def fetch(one: Import) -> bytes | None:
    """The marked workbook of the report as it is now; None while it has not been made."""
    kept = store.fetch_report(one.pk)
    made_from = _made_from(one)
    return kept[len(made_from) :] if kept is not None and kept.startswith(made_from) else None


def keep(one: Import) -> bool:
    """Make the workbook and put it by; false if there is nothing to mark any more."""
    content = store.fetch(one.pk) if has_report(one) else None
    if content is None:
        return False
    specs = {spec.name: spec for spec in permitted(one.by, "edit")}
    grids = read_upload(content, one.file_name, one.table, specs).grids
    store.keep_report(one.pk, _made_from(one) + sheets.marked(grids, actions.report_of(one)))
    if Import.objects.filter(pk=one.pk, read_at=None).exists():
        return True
    store.forget(one.pk)  # the report was put away meanwhile, and its files with it
    return False


def prepare(one: Import, request: Any) -> None:
    """Have the workbook made: at once if it is little work, else by a job, which is not asked for twice."""
    if one.is_open or not has_report(one) or fetch(one) is not None:
        return
    if one.size < actions.IN_BACKGROUND and len(actions.report_of(one)) <= AT_ONCE:
        keep(one)
        return
    mine = Job.objects.of(one.by).filter(kind=KIND, state__in=OPEN)
    if not any(job.arguments["import_id"] == one.pk for job in mine):
        ask(KIND, by=one.by, label=f"标出错误 {one.file_name}", request=request, import_id=one.pk)


def _made_from(one: Import) -> bytes:
    return hashlib.sha256(one.report.encode()).digest()
