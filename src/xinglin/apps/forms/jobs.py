"""Work in the background."""

from __future__ import annotations

from xinglin.apps.forms.actions import deadlines
from xinglin.apps.forms.actions.workdays import JOB
from xinglin.apps.work.progress import Progress
from xinglin.apps.work.registry import job


@job(JOB, "重算暂定的期限", permission="calendar.edit", again=True)
def recompute(progress: Progress) -> dict[str, int]:
    """Count deadlines anew that rest on a year whose working days were not known."""
    progress.beat("重算暂定的期限")
    return {"deadlines": deadlines.recompute()}
