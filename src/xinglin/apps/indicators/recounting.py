"""Counting in a child process: it reads the database and files, and writes files only."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from xinglin.apps.indicators.owners import database, owners
from xinglin.base.errors import XinglinError
from xinglin.facts import DatasetInfo

LOOK_EVERY = 0.5
"""Seconds between two signs of life."""
LONGEST_WORDS = 4000


class CountingError(XinglinError):
    """The child could not count."""


def recount(
    facts: Path, info: DatasetInfo, place: str, on: date, out: Path, beat: Callable[[str | None], None]
) -> dict[str, Any]:
    """Bring facts up to the database and publish a vintage of them, in a child process; the vintage's receipt.

    Args:
        out: the vintage's folder; what an earlier, interrupted attempt left there is removed.
        beat: called at every step with its name, and with None in between; what it raises ends the child.

    Raises:
        CountingError: the data have errors, or nothing can be counted.
    """
    shutil.rmtree(out, ignore_errors=True)
    out.parent.mkdir(parents=True, exist_ok=True)
    order = {
        "database": asdict(database()),
        "owned": [asdict(owned) for owned in owners().values()],
        "facts": str(facts),
        "info": asdict(info),
        "place": place,
        "on": on.isoformat(),
        "out": str(out),
    }
    _run(json.dumps(order), out, beat)
    receipt: dict[str, Any] = json.loads((out / "receipt.json").read_text(encoding="utf-8"))
    return receipt


def _run(order: str, out: Path, beat: Callable[[str | None], None]) -> None:
    with TemporaryFile("w+", encoding="utf-8") as wrong:
        child = _start(order, wrong)
        try:
            _listen(child, beat)
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            shutil.rmtree(out, ignore_errors=True)
            raise
        finally:
            child.wait()
            child.stdout.close()  # type: ignore[union-attr]
        if child.returncode:
            wrong.seek(0)
            words = wrong.read(LONGEST_WORDS).strip()
            told = words if child.returncode == 2 else f"统计进程意外结束（{child.returncode}）"
            raise CountingError(told)


def _start(order: str, wrong: IO[str]) -> subprocess.Popen[bytes]:
    """The child, in a process group of its own, with its order."""
    child = subprocess.Popen(
        [sys.executable, "-m", "xinglin.apps.indicators.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=wrong,
        start_new_session=True,
    )
    assert child.stdin is not None
    child.stdin.write(order.encode())
    child.stdin.close()
    return child


def _listen(child: subprocess.Popen[bytes], beat: Callable[[str | None], None]) -> None:
    """Pass on what the child tells, until it has nothing more to say."""
    assert child.stdout is not None
    stream = child.stdout.fileno()
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        rest = b""
        while True:
            if not selector.select(LOOK_EVERY):
                beat(None)
                continue
            chunk = os.read(stream, 4096)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                beat(line.decode())
