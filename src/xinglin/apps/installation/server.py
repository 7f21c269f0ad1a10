"""Running the site: granian with bounded threads, one process on SQLite, several on PostgreSQL."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

from django.conf import settings
from django.db import connection, connections

from xinglin.apps.installation import actions, background, lock, unfinished
from xinglin.apps.installation.checks import pending_migrations
from xinglin.apps.work import runner
from xinglin.apps.work.progress import STOPPING
from xinglin.base.errors import XinglinError

BLOCKING_THREADS = 4
MOST_PROCESSES = 4
"""Processes for pages on PostgreSQL, unless told otherwise: one for each core, up to these."""
STOP_SECONDS = 20


def serve(home: Path, host: str, port: int, *, worker: bool, processes: int = 0) -> None:
    """Serve until a signal ends it; jobs at hand are put back, rows of the log sealed.

    Args:
        processes: that answer pages, on PostgreSQL; 0 for as many as there are cores, up to `MOST_PROCESSES`.

    Raises:
        XinglinError: tables of another version, an upgrade or restore that was broken off, another process serves
            this folder, or several processes on SQLite.
    """
    unfinished.refuse(home)
    if pending_migrations():
        raise XinglinError("数据库与程序的版本不一致：请先备份，再运行 xinglin site upgrade")
    if connection.vendor == "sqlite":
        if not worker:
            raise XinglinError("SQLite 上后台任务只能在站点进程里做；--no-worker 要用 PostgreSQL")
        if processes > 1:
            raise XinglinError("SQLite 只能由一个进程读写；--processes 要用 PostgreSQL")
        lock.take(home).close()
    count = 1 if connection.vendor == "sqlite" else processes or min(MOST_PROCESSES, os.cpu_count() or 1)
    if count > 1:
        shutil.rmtree(settings.XINGLIN_SHARED_CACHE, ignore_errors=True)
        os.environ["XINGLIN_PROCESSES"] = str(count)
    if not worker:
        os.environ[background.WITHOUT_WORKER] = "1"
    actions.gather_static()
    _learn_sizes()
    connections.close_all()
    _granian(host, port, count)


def _learn_sizes() -> None:
    """Have SQLite look how many rows its tables have (a sample, some milliseconds); PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")


def _granian(host: str, port: int, processes: int) -> None:
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    server = Server(
        "xinglin.config.serving:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=BLOCKING_THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_level=LogLevels.warning,
    )
    print(f"杏林在 http://{host}:{port} 运行；按 Ctrl-C 停止。", flush=True)
    server.serve()


def work() -> None:
    """Do jobs until a signal ends it.

    Raises:
        XinglinError: on SQLite, where only the web process writes; or an upgrade was broken off.
    """
    unfinished.refuse(settings.XINGLIN_HOME)
    if connection.vendor == "sqlite":
        raise XinglinError("SQLite 上后台任务在站点进程里做，不另开进程；要分开请用 PostgreSQL")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    print(f"后台任务进程 {os.getpid()} 已就绪（{settings.XINGLIN_HOME}）。", flush=True)
    runner.run(alone=False)


def _stop(*signal_and_frame: object) -> None:
    """Take no more jobs; the one at hand gives up at its next step."""
    del signal_and_frame
    STOPPING.set()
    runner.wake()
