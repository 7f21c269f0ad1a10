"""Deeds that begin together, each in a thread with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import close_old_connections, connection


def at_once(*deeds: Callable[[], Any], refused: tuple[type[Exception], ...]) -> list[Any]:
    """What came of deeds that begin together: their results, or the exceptions with which they were refused."""
    together = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        close_old_connections()
        try:
            together.wait(10)
            return deed()
        except refused as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))
