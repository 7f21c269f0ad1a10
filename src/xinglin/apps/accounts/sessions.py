"""Where sessions are kept (``SESSION_ENGINE``), how long they live, and ending those of an account.

A session ends ``SESSION_COOKIE_AGE`` after the last page, and `LONGEST` after signing in whatever happens.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

LONGEST = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=5)
"""A page that is opened sooner after the last one writes nothing."""
SINCE, SEEN, ADDRESS = "since", "seen", "address"


class SessionStore(DatabaseStore):
    """Django's store, with the account, address and start of a session in columns."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Our table."""
        from xinglin.apps.accounts.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """A row of the table for the data of a session."""
        row: Any = super().create_model_instance(data)
        row.account = data.get(SESSION_KEY, "")
        row.address = data.get(ADDRESS, "")
        row.since = datetime.fromtimestamp(data[SINCE], UTC) if SINCE in data else None
        return row


def begin(request: Any) -> None:
    """Note when and from where a session starts."""
    now = int(timezone.now().timestamp())
    request.session.update({SINCE: now, SEEN: now, ADDRESS: request.META.get("REMOTE_ADDR", "")})


def still_good(request: Any) -> bool:
    """Whether a session may go on; if so it is kept alive."""
    now = int(timezone.now().timestamp())
    if SINCE not in request.session:
        begin(request)
    if now - request.session[SINCE] > LONGEST.total_seconds():
        return False
    if now - request.session[SEEN] > NOTED_EVERY.total_seconds():
        request.session[SEEN] = now
    return True


def sessions_of(account: str) -> Any:
    """Sessions of an account that have not run out."""
    return SessionStore.get_model_class().objects.filter(account=account, expire_date__gt=timezone.now())


def end_sessions(account: str, *, but: str = "") -> int:
    """End the sessions of an account, all or all but one; how many there were."""
    count: int = sessions_of(account).exclude(session_key=but).delete()[0]
    return count
