"""Parts of a resident's page that higher apps give: visits, contracts, what is due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xinglin.apps.residents.models import Resident
from xinglin.apps.ui.panels import Panel

Make = Callable[[Any, Resident], "Panel | None"]
"""The part for whoever asks, or nothing."""

_PARTS: list[Make] = []


def register(make: Make) -> None:
    """Put a part on the page of every resident; called from ``ready()`` of the app that makes it."""
    if make not in _PARTS:
        _PARTS.append(make)


def parts(request: Any, resident: Resident) -> list[Panel]:
    """The parts for a reader, in the order in which they were registered."""
    return [part for make in _PARTS if (part := make(request, resident)) is not None]
