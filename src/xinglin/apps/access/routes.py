"""Routes declare who may use them; what is not declared is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from xinglin.apps.access.table import access_table

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"


@dataclass(frozen=True)
class Access:
    """What a route declares: a permission of the table, or `PUBLIC` (before signing in).

    Attributes:
        area: the URL argument that names the row or place whose area counts; empty for lists and pages of one's own,
            which show what the scope holds.
        safe: false for routes that change something (they are tested with POST).
        token: entered with a token and without a session: an operation of the API, which asks for both by itself.
    """

    permission: str
    area: str = ""
    safe: bool = True
    token: bool = False


def route(permission: str, *, area: str = "", safe: bool = True) -> Callable[[View], View]:
    """Mark a view with the permission it needs.

    Raises:
        KeyError: the table has no such permission.
    """
    if permission != PUBLIC:
        access_table().permissions[permission]

    def mark(view: View) -> View:
        view.access = Access(permission, area, safe)  # type: ignore[attr-defined]
        return view

    return mark


def access_of(view: Callable[..., Any]) -> Access | None:
    """What a view declares, or None."""
    return getattr(view, "access", None)
