"""What tests of signing in share."""

from __future__ import annotations

from typing import Any

from django.test import Client

from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""Of one-time codes."""


def post_name(client: Client, name: str, password: str, **more: str) -> Any:
    """Sign in on the page; ``more`` goes into the request (``REMOTE_ADDR``)."""
    return client.post("/sign-in", {"username": name, "password": password}, **more)


def with_factor(user: User) -> User:
    """The account, with a second factor."""
    user.totp_secret = SECRET
    user.save()
    return user


def log() -> list[tuple[str, str]]:
    """Actions and outcomes, oldest first."""
    return list(Entry.objects.order_by("pk").values_list("action", "outcome"))
