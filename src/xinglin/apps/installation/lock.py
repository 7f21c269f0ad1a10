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
