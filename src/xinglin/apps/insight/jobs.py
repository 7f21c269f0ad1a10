"""Background jobs of the insight pages."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from xinglin.apps.insight import reporting
from xinglin.apps.insight.tasks.generating import library, make, plan
from xinglin.apps.work.progress import Progress
from xinglin.apps.work.registry import job

GENERATE = "task.generate"
MAKE, REPRODUCE = "report.make", "report.reproduce"


@job(GENERATE, "从文件生成任务", permission="task.assign", again=True)
def generate(progress: Progress) -> None:
    """Make the tasks of a place that the documents ask for; begun again, it finds them there."""
    wanted = plan(library(), progress.place)
    progress.total = max(1, len(wanted.changed) + len(wanted.gone) + 1)
    told = {
        "地区": progress.place,
        "新立": len(wanted.new),
        "已有": wanted.there,
        "条文有变动": len(wanted.changed),
        "文件库里已没有": len(wanted.gone),
        "撤除未恢复": wanted.removed,
    }
    by = get_user_model().objects.filter(pk=progress.asked_by).first()
    with progress.finishing(told):
        make(wanted, by=by, beat=progress.beat)


@job(MAKE, "出报告", permission="report.make", again=True)
def make_report(progress: Progress, *, vintage: str, form: str, site: str) -> dict[str, str]:
    """Write one report of a vintage; what the account may see is asked again, now."""
    by = get_user_model().objects.get(pk=progress.asked_by)
    wanted = reporting.Wanted(by, vintage, progress.place, form, site)
    progress.beat("写出报告")
    return reporting.write(wanted, progress.file)


@job(REPRODUCE, "凭回执重算", permission="report.make", again=True)
def reproduce(progress: Progress, *, vintage: str) -> dict[str, str]:
    """Count a vintage again from its receipt, in a child process, and compare."""
    by = get_user_model().objects.get(pk=progress.asked_by)
    progress.beat("重算")
    return reporting.reproduce(by, vintage, progress.beat)
