"""The installation's secrets, read once per process from its home folder."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from xinglin.apps.protection.home import Keys, read_keys


@lru_cache(maxsize=1)
def keys() -> Keys:
    """The keys of this installation; `keys.cache_clear()` after rotation."""
    return read_keys(settings.XINGLIN_HOME)
