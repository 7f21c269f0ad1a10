"""A number for every request, in the log and in the answer."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from xinglin.apps.ui.logs import REQUEST_ID


class RequestIdMiddleware:
    """Sets ``request.request_id`` and the header ``X-Request-Id``."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Number the request; one sent by the client is never trusted."""
        request.request_id = secrets.token_hex(8)
        REQUEST_ID.set(request.request_id)
        response = self.get_response(request)
        response["X-Request-Id"] = request.request_id
        return response
