"""Panels of the home page: what waits for the reader, told by the apps that know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest


class Panel(NamedTuple):
    """A part of the home page: a template, and what it needs."""

    template: str
    context: dict[str, Any]


Make = Callable[[HttpRequest], Panel | None]
"""The panel for whoever asks, or nothing when nothing waits."""

_PANELS: list[Make] = []


def register(make: Make) -> None:
    """Put a panel on the home page; called from ``ready()`` of the app that makes it."""
    if make not in _PANELS:
        _PANELS.append(make)


def panels(request: HttpRequest) -> list[Panel]:
    """The panels for a reader, in the order in which they were registered."""
    return [panel for make in _PANELS if (panel := make(request)) is not None]
