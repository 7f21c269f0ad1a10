"""One web process per home folder on SQLite: a lock that ends with the process that holds it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from xinglin.base.errors import XinglinError

NAME = "serving.lock"


class AlreadyServing(XinglinError):  # noqa: N818 - says what is the matter
    """Another process serves this home folder."""


def check_stopped(home: Path) -> IO[str]:
    """Keep the site from being served while its tables are changed; keep the answer open as long.

    Raises:
        AlreadyServing: it is being served.
    """
    try:
        return take(home)
    except AlreadyServing as error:
        words = f"{home} 的站点正在运行：请先停止站点（xinglin site serve），再运行 xinglin site upgrade"
        raise AlreadyServing(words) from error


def take(home: Path) -> IO[str]:
    """Take the lock; keep the answer open as long as it should be held.

    Raises:
        AlreadyServing: another process holds it.
    """
    stream = (home / NAME).open("a+", encoding="ascii")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.seek(0)
        holder = stream.read().strip() or "?"
        stream.close()
        raise AlreadyServing(f"{home} 已有一个站点进程（{holder}）在运行；同一个目录只能运行一个") from None
    stream.truncate(0)
    stream.write(str(os.getpid()))
    stream.flush()
    return stream
