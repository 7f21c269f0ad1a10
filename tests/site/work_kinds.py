"""Kinds of job that tests ask for."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from xinglin.apps.audit.models import Entry
from xinglin.apps.work.progress import STOPPING, Interrupted, Progress
from xinglin.apps.work.registry import job
from xinglin.base.errors import XinglinError


@job("test.count", "数数", again=True)
def count(progress: Progress, *, to: int) -> dict[str, Any]:
    """Count, one step at a time."""
    progress.total = to
    for _ in range(to):
        progress.step()
    return {"数到": to}


@job("test.once", "只做一次", again=True)
def once(progress: Progress, *, name: str) -> None:
    """Leave one row behind, together with the end of the job."""
    from django.utils import timezone

    with progress.finishing({"名": name}):
        Entry.objects.create(at=timezone.now(), action="test.once", kind="test", object_id=name)


@job("test.finishes", "收尾时报进度", again=True)
def finishes(progress: Progress) -> None:
    """Tell how far it is while the effect is being written."""
    with progress.finishing():
        progress.beat("写入")
        progress.step()


@job("test.fails", "会失败")
def fails(progress: Progress, *, secret: str, expected: bool = False) -> None:
    """Fail, with a message written for people or with one that is not."""
    del progress
    if expected:
        raise XinglinError("第 3 行没有机构名称，请补上")
    raise ValueError(secret)


@job("test.file", "写文件", permission="export.run")
def writes(progress: Progress) -> None:
    """Write a file as the result."""
    progress.file("名单.txt").write_text("张三", encoding="utf-8")


@job("test.cut", "会被打断")
def cut(progress: Progress) -> None:
    """Be interrupted half way."""
    del progress
    raise Interrupted("服务正在停止")


@job("test.cut_again", "会被打断，可重做", again=True)
def cut_again(progress: Progress) -> str:
    """Be interrupted the first time."""
    if progress.attempt == 1:
        raise Interrupted("服务正在停止")
    return "好了"


@job("test.atomic", "一个事务里做完", again=True)
def atomic(progress: Progress, *, to: int) -> int:
    """Count within one transaction."""
    with transaction.atomic():
        for _ in range(to):
            progress.beat(f"第 {progress.done + 1} 步")
            progress.step()
    return to


@job("test.stops", "服务停止", again=True)
def stops(progress: Progress) -> str:
    """Have the process stop under it, the first time."""
    if progress.attempt == 1:
        STOPPING.set()
    progress.step()
    return "好了"
