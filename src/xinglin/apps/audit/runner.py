"""The sealer at work beside the web server: one thread, once a second."""

from __future__ import annotations

import logging
import threading
import time

from django.db import close_old_connections, connection

from xinglin.apps.audit.sealing import SEALER, anchor_head

log = logging.getLogger(__name__)

SECONDS, ANCHOR_SECONDS = 1.0, 10.0
"""How often is sealed, and at most how often the anchor is written (each line is flushed to disk)."""


class Runner(threading.Thread):
    """Seals until stopped; an error is logged by its class alone and tried again."""

    def __init__(self, seconds: float = SECONDS, anchor_seconds: float = ANCHOR_SECONDS) -> None:
        super().__init__(name="audit-sealer", daemon=True)
        self.seconds, self.anchor_seconds = seconds, anchor_seconds
        self._ended = threading.Event()
        self._anchored = float("-inf")

    def run(self) -> None:
        """Seal and anchor at intervals; at the end once more."""
        while not self._ended.wait(self.seconds):
            self.once()
        self._anchored = float("-inf")
        self.once()
        connection.close()

    def once(self) -> None:
        """One round; never raises."""
        close_old_connections()
        try:
            SEALER.seal()
            if time.monotonic() - self._anchored >= self.anchor_seconds:
                anchor_head()
                self._anchored = time.monotonic()
        except Exception as error:  # the thread must outlive whatever the database does
            log.error("审计日志封存失败（%s），稍后再试", type(error).__name__)
            connection.close()

    def end(self) -> None:
        """Stop after a last round, and wait for it."""
        self._ended.set()
        self.join(timeout=30)


_lock = threading.Lock()
_runner: Runner | None = None


def start() -> None:
    """Start the sealer of this process, once."""
    global _runner  # noqa: PLW0603
    with _lock:
        if _runner is None or not _runner.is_alive():
            _runner = Runner()
            _runner.start()


def stop() -> None:
    """Stop it after a last round."""
    global _runner  # noqa: PLW0603
    with _lock:
        if _runner is not None:
            _runner.end()
            _runner = None


def running() -> bool:
    """Whether the sealer of this process is at work."""
    return _runner is not None and _runner.is_alive()
