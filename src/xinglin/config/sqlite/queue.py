"""A queue for the one write lock of a SQLite file: first come, first served.

``BEGIN IMMEDIATE`` polls for the lock and whoever polls at the right moment gets it, so under many writers one can wait
until its patience ends. Within the one writing process a turn is therefore taken here before SQLite is asked.
"""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """Hands out one turn at a time, in the order in which it was asked for."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._taken = False

    def take(self, patience: float) -> bool:
        """Wait for one's turn, at most ``patience`` seconds; whether one has it."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(patience):
            return True
        with self._guard:
            if called.is_set():  # called between the end of patience and here
                return True
            self._waiting.remove(called)
        return False

    def give(self) -> None:
        """End one's turn: the next in the queue has it."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


_TURNS: dict[str, Turns] = {}
_MAKING = threading.Lock()


def turns_of(file: str) -> Turns:
    """The queue of a database file, one per process."""
    with _MAKING:
        return _TURNS.setdefault(file, Turns())
