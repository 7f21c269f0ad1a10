"""The state of the installation, for its system administrator."""

from __future__ import annotations

import platform
import shutil

import django
from django.conf import settings
from django.core.checks import ERROR
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from xinglin import __version__
from xinglin.apps.access.routes import route
from xinglin.apps.installation import checks
from xinglin.apps.work.models import OPEN, Job, State


@route("installation.view")
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Version, room, backups, jobs, and what should be put right."""
    faults = [
        {
            "id": one.id,
            "words": one.msg,
            "hint": one.hint or "",
            "mark": "bad" if one.level >= ERROR else "warn",
            "label": "错误" if one.level >= ERROR else "提醒",
        }
        for one in checks.found()
    ]
    free = shutil.disk_usage(settings.XINGLIN_HOME).free / (1 << 30)
    facts = (
        ("版本", f"杏林 {__version__}，Django {django.__version__}，Python {platform.python_version()}"),
        ("数据库", {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]),
        ("数据目录", settings.XINGLIN_HOME),
        ("磁盘剩余", f"{free:.1f} GB"),
        ("上次备份", checks.last_backup()),
        ("后台任务", f"{Job.objects.filter(state__in=OPEN).count()} 项未结束，{_failed()} 项失败未阅"),
    )
    return render(request, "installation/state.html", {"faults": faults, "facts": facts})


def _failed() -> int:
    return Job.objects.unread().filter(state=State.FAILED).count()
