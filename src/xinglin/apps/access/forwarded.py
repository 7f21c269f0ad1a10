"""Who really asks when reverse proxies stand in front: lock-out and log need the visitor's address, not the proxy's."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpResponse


class ForwardedMiddleware:
    """Sets ``REMOTE_ADDR`` to what the outermost of our own proxies saw (``XINGLIN_PROXIES`` of them).

    Every proxy adds the address it saw to the end of ``X-Forwarded-For``; what stands further left was written by the
    visitor and is not believed.
    """

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Put the address right and pass on."""
        seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if 0 < settings.XINGLIN_PROXIES <= len(seen):
            address = seen[-settings.XINGLIN_PROXIES].strip()
            if _is_address(address):
                request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
