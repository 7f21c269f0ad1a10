"""What the server loads: the site, with the sealer and the worker beside it (``xinglin site serve``)."""

from __future__ import annotations

import gc

from xinglin.config.wsgi import application

__all__ = ["application"]


def _load() -> None:
    """Read what pages rest on before the first is asked for, and take it out of the garbage collector's sight.

    Half a million objects that last for the process would be gone through again and again, each time with every page
    waiting a quarter of a second.
    """
    from django.urls import get_resolver

    from xinglin.apps.ui.places import divisions
    from xinglin.knowledge import safety, search

    _ = get_resolver().reverse_dict
    divisions()
    search.index()
    safety.load(safety.Context().edition)
    gc.collect()
    gc.freeze()


def _start() -> None:
    from xinglin.apps.installation import background

    _load()
    background.start()


_start()
