"""Files that jobs made: fetched for a while, then deleted."""

from __future__ import annotations

import contextlib
import shutil
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from xinglin.apps.protection.files import alone
from xinglin.apps.work.models import ENDED, Job

KEPT = timedelta(days=7)
"""After the end of its job a file can be fetched for so long."""


def folder(job_id: str) -> Path:
    """The folder that belongs to a job alone."""
    return Path(settings.XINGLIN_HOME) / "files" / "jobs" / job_id


def forget(job_id: str) -> None:
    """Delete what a job made; a change of the key at work there does not bring it back."""
    mine = folder(job_id)
    with contextlib.suppress(FileNotFoundError), alone(mine):
        shutil.rmtree(mine, ignore_errors=True)


def sweep() -> int:
    """Delete files whose time is over; how many jobs had one."""
    over = Job.objects.filter(state__in=ENDED, ended_at__lt=timezone.now() - KEPT).exclude(file="")
    ids = list(over.values_list("pk", flat=True))
    for id_ in ids:
        if Job.objects.filter(pk=id_, state__in=ENDED).update(file=""):
            forget(id_)
    return len(ids)
