"""The anchor: the head of the chain, written down outside the database.

A file of JSON lines, only ever appended to (``chattr +a`` suits it): time, number and MAC of the newest link, and a MAC
over the line and the line before, so that a changed, removed or exchanged line shows. What it cannot show: the last
lines cut off together with the same tail of the database, by someone who can write to both. Therefore a second anchor
may lie on another machine (``XINGLIN_ANCHOR``, a mounted folder or file): who wants to hide something must reach both.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from xinglin.apps.audit.chain import audit_key
from xinglin.apps.protection.crypto import sm3_mac

log = logging.getLogger(__name__)

SEAL, RESTORE = "seal", "restore"
TAIL_BYTES = 65536


@dataclass(frozen=True)
class Line:
    """One line: at ``at`` the chain's newest link was ``sequence`` with ``mac``; ``event`` is seal or restore."""

    at: str
    event: str
    sequence: int
    mac: str
    link: str = ""

    def linked(self, previous: str) -> str:
        """The MAC that this line must carry after a line with the MAC ``previous``."""
        body = json.dumps([self.at, self.event, self.sequence, self.mac])
        return sm3_mac(audit_key(), f"anchor\0{previous}\0{body}".encode())


@dataclass(frozen=True)
class Read:
    """A line as found: its number, the line (None if unreadable), whether it follows from the last readable one."""

    number: int
    line: Line | None
    follows: bool


def paths() -> tuple[Path, ...]:
    """Where the anchors lie: in the home folder, and where ``XINGLIN_ANCHOR`` says."""
    return tuple(
        Path(path) / "audit.log" if Path(path).is_dir() else Path(path) for path in settings.XINGLIN_ANCHORS
    )


def append(sequence: int, mac: str, event: str = SEAL) -> None:
    """Write a head to every anchor; one that cannot be written is reported in the log and caught up with later."""
    for path in paths():
        try:
            _append(path, sequence, mac, event)
        except OSError as error:
            log.error("审计锚写不进去：%s（%s）", path, error.strerror)


def note_restore(sequence: int, mac: str) -> None:
    """Write down that the database was restored from a backup whose newest link is this one.

    Links anchored after it are then known to be lost by the restore and are no fault.
    """
    append(sequence, mac, RESTORE)


def highest() -> int:
    """The highest number any anchor holds; 0 without an anchor."""
    return max((line.sequence for path in paths() if (line := last(path, SEAL))), default=0)


def last(path: Path, event: str = "") -> Line | None:
    """The last sound line of an anchor (of one event), or None; reads only the end of the file."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - TAIL_BYTES))
            chunk = file.read()
    except OSError:
        return None
    whole = size <= TAIL_BYTES
    found = [line for raw in chunk.split(b"\n") if (line := parse(raw)) is not None]
    previous = "" if whole else None
    sound: Line | None = None
    for line in found:
        if previous is None or line.link == line.linked(previous):
            sound = line if not event or line.event == event else sound
        previous = line.link
    return sound


def read(path: Path, size: int) -> Iterator[Read]:
    """The lines of the first ``size`` bytes, with whether each follows from the last readable one."""
    previous = ""
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            line = parse(raw)
            yield Read(number, line, line is not None and line.link == line.linked(previous))
            previous = line.link if line else previous
            if file.tell() >= size:
                return


def parse(raw: bytes) -> Line | None:
    """A line, or None if it is not one (torn by a crash, or overwritten)."""
    try:
        line = Line(**json.loads(raw))
    except (ValueError, TypeError):
        return None
    return line if isinstance(line.sequence, int) and isinstance(line.link, str) else None


def _append(path: Path, sequence: int, mac: str, event: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        before = last(path)
        if before and event == SEAL and before.sequence >= sequence:
            return
        line = Line(timezone.now().isoformat(), event, sequence, mac)
        record = {**asdict(line), "link": line.linked(before.link if before else "")}
        os.write(handle, _gap(path) + json.dumps(record).encode() + b"\n")
        os.fsync(handle)
    finally:
        os.close(handle)


def _gap(path: Path) -> bytes:
    """A line torn by a crash is ended before the next begins."""
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return b""
        file.seek(-1, os.SEEK_END)
        return b"" if file.read() == b"\n" else b"\n"
