"""The calendar of working days: a further year is loaded here before it is shipped."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from xinglin.apps.audit.actions import record as audit
from xinglin.apps.forms.models import Day
from xinglin.apps.work.actions import ask
from xinglin.apps.work.models import Job
from xinglin.base.errors import DataError
from xinglin.records.workdays import Calendar, read_calendar

JOB = "forms.recompute"
LARGEST = 200_000
"""Bytes of a file; a year has about 40 rows."""


def read(content: bytes, name: str) -> dict[Any, bool]:
    """The days of an uploaded file. Raises DataError with words for the screen."""
    if len(content) > LARGEST:
        raise DataError(f"{name}：文件太大，一年的安排只有几十行")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        found = read_calendar(text.splitlines(), name)
        if not found:
            raise DataError(f"{name}：没有一行日期")
        return found
    raise DataError(f"{name}：不是文本文件，请另存为 CSV（UTF-8）")


@transaction.atomic
def load(content: bytes, name: str, *, by: Any, request: Any = None) -> tuple[list[int], Job]:
    """Take over the years of a file, each wholly, and count provisional deadlines anew in the background.

    Returns:
        The years, and the job.

    Raises:
        DataError: what is wrong with the file, or it holds years that were over before this one.
    """
    found = read(content, name)
    years = sorted(Calendar(found).years)
    past = [year for year in years if year < timezone.localdate().year]
    if past or not years:
        words = f"{past[0]} 年已经过去" if past else "没有一整年的安排"
        raise DataError(f"{name}：{words}，只能上传今年和以后的")
    Day.objects.filter(day__year__in=years).delete()
    Day.objects.filter(day__in=found).delete()
    Day.objects.bulk_create([Day(day=day, works=works) for day, works in sorted(found.items())])
    audit(
        by=by,
        action="calendar.load",
        kind="calendar",
        id="、".join(map(str, years)),
        count=len(found),
        request=request,
    )
    return years, ask(JOB, by=by, label=f"按 {years[0]} 年工作日重算期限", request=request)
