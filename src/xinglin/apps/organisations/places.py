"""Choice of places; their names are kept by the pages."""

from __future__ import annotations

from xinglin.apps.ui.places import divisions, place_name

__all__ = ["divisions", "exists", "place_name"]


def exists(code: str) -> bool:
    """Whether a code is that of a place."""
    return code in divisions()
