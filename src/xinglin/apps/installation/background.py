"""What runs beside the pages in the web process: the sealer of the audit log and the worker."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from multiprocessing import util
from typing import IO

from django.conf import settings
from django.db import connection, connections

from xinglin.apps.audit import runner as sealer
from xinglin.apps.installation import lock
from xinglin.apps.work import runner

WITHOUT_WORKER = "XINGLIN_WITHOUT_WORKER"
"""Set by ``xinglin site serve --no-worker``: other processes do the work (PostgreSQL)."""
PR_SET_PDEATHSIG = 1
_held: list[IO[str]] = []


def start() -> None:
    """Start everything; called once in the server's worker process.

    Raises:
        AlreadyServing: on SQLite, another process serves this home folder.
    """
    end_with_parent()
    alone = connection.vendor == "sqlite"
    if alone:
        _held.append(lock.take(settings.XINGLIN_HOME))
    sealer.start()
    if WITHOUT_WORKER not in os.environ:
        runner.start(alone=alone)
    util.Finalize(None, stop, exitpriority=10)
    connections.close_all()


def stop() -> None:
    """Stop in order: jobs first, so that their last rows are sealed too."""
    runner.stop()
    sealer.stop()


def end_with_parent() -> None:
    """Have this process end when the one that started it is gone, even if that was killed (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
