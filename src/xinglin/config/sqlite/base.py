"""The back end: takes a turn before a transaction begins, gives it back when the transaction has ended.

A statement that writes outside a transaction is a transaction of its own, and queues likewise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from xinglin.config.sqlite.cursor import QueueingCursor
from xinglin.config.sqlite.queue import turns_of


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite whose writers (transactions, all of them IMMEDIATE, and single statements) queue within the process."""

    _has_turn = False

    def _turns(self) -> Any:
        return turns_of(str(self.settings_dict["NAME"]))

    def _start_transaction_under_autocommit(self) -> None:
        """Wait for one's turn, then begin.

        Raises:
            OperationalError: no turn within the time-out of the settings.
        """
        self._take_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _take_turn(self) -> None:
        patience = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        if not self._has_turn:
            if not self._turns().take(patience):
                raise OperationalError("database is locked: no turn within the time-out")
            self._has_turn = True

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A turn for one statement, unless a transaction has it already. Raises as a transaction's begin."""
        mine = not self._has_turn
        self._take_turn()
        try:
            yield
        finally:
            if mine:
                self._end_turn()

    def create_cursor(self, name: Any = None) -> Any:
        """A cursor whose writes queue."""
        del name
        return self.connection.cursor(factory=lambda connection: QueueingCursor(connection, self.turn))

    def _commit(self) -> Any:
        """Commit; a failed commit keeps the turn, its rollback gives it back."""
        done = super()._commit()  # type: ignore[misc]
        self._end_turn()
        return done

    def _rollback(self) -> Any:
        """Roll back."""
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> Any:
        """Close the connection, which rolls back."""
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        if self._has_turn:
            self._has_turn = False
            self._turns().give()
