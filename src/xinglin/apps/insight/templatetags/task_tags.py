"""Filters of the pages of tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def at(found: Mapping[str, Any], key: str) -> Any:
    """What a mapping holds under a key, or nothing."""
    return found.get(key)


@register.filter
def less(number: int, other: int) -> int:
    """A number without another."""
    return number - other
