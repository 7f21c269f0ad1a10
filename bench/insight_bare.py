"""The bare site: the same views, queries and templates with nothing around them. ``python -m bench.insight_bare PORT``.

Served by granian with as many threads as ours; nothing is sealed and no job is done beside it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

import django
from django.http import HttpResponse
from django_htmx.middleware import HtmxDetails

from xinglin.apps.access.routes import PUBLIC, access_of

SETTINGS = "bench.insight_settings"


class StandIn:
    """Sets what our middleware would have set, and asks nothing."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Pass the request on."""
        request.htmx = HtmxDetails(request)
        request.request_id = ""
        return self.get_response(request)

    def process_view(self, request: Any, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """The same scope."""
        del args, kwargs
        request.access = access_of(view)
        if request.access is not None and request.access.permission != PUBLIC:
            request.scope = request.user.scope_for(request.access.permission)


def main(port: int) -> None:
    """Serve until a signal ends it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    django.setup()
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from xinglin.apps.installation.server import BLOCKING_THREADS

    Server(
        "xinglin.config.wsgi:application",
        address="127.0.0.1",
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
