"""Messages after a deed, which may offer to take it back, and after one that could not be done."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest

UNDO = "undo:"
"""Start of the tag that carries the address of the way back."""


def done(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """Tell that something was done; ``undo`` is an address that takes it back by POST."""
    messages.success(request, text, extra_tags=UNDO + undo if undo else "")


def refused(request: HttpRequest, text: str) -> None:
    """Tell that something was not done, and why."""
    messages.warning(request, text)
