"""Who may sign in at all."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend


class AccountBackend(ModelBackend):
    """Name and password. Asked again on every page: a deactivated account is out at once.

    An unknown name costs the same hash as a known one (Django's own behaviour, tested here).
    """

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether the account is active; demonstration accounts only in demonstration mode."""
        return bool(user.is_active and (settings.XINGLIN_DEMO or not user.demo))
