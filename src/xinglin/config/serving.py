"""What the server loads: the site, with the sealer and the worker beside it (``xinglin site serve``)."""

from __future__ import annotations

from xinglin.config.wsgi import application

__all__ = ["application"]


def _start() -> None:
    from xinglin.apps.installation import background

    background.start()


_start()
