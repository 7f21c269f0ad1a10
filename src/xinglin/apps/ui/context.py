"""What every page needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from xinglin.apps.ui.navigation import menu


def page(request: Any) -> dict[str, Any]:
    """The menu by role – none while a step of signing in is open –, and whether this is a demonstration."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated and not getattr(request, "unfinished", False)
    return {"menu": menu(user, request.path) if signed_in else [], "demo": settings.XINGLIN_DEMO}
