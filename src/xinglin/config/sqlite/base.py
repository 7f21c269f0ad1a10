"""The back end: takes a turn before a transaction begins, gives it back when the transaction has ended."""

from __future__ import annotations

from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from xinglin.config.sqlite.queue import turns_of


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite whose transactions (all of them IMMEDIATE) queue within the process."""

    _has_turn = False

    def _turns(self) -> Any:
        return turns_of(str(self.settings_dict["NAME"]))

    def _start_transaction_under_autocommit(self) -> None:
        """Wait for one's turn, then begin.

        Raises:
            OperationalError: no turn within the time-out of the settings.
        """
        patience = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        if not self._has_turn:
            if not self._turns().take(patience):
                raise OperationalError("database is locked: no turn within the time-out")
            self._has_turn = True
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

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
