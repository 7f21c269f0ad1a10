"""Every request passes here: undeclared routes are refused, declared ones get the scope their permission holds in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from xinglin.apps.access.routes import PUBLIC, access_of
from xinglin.apps.access.table import access_table
from xinglin.apps.audit.actions import record

VERIFIED = "second_factor_verified"


class AccessMiddleware:
    """Refuses what is not declared or not allowed; sets ``request.scope``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the work is done in `process_view`."""
        return self.get_response(request)

    def process_view(
        self, request: Any, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse, redirect to sign-in or second factor, or set the scope and let the view run."""
        del args
        access = access_of(view)
        if access is None:
            return refused(request, "undeclared")
        request.access = access
        if access.permission == PUBLIC:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.user.needs_second_factor and not request.session.get(VERIFIED):
            return (
                None if view.__name__ in ("second_factor", "sign_out") else redirect("accounts:second_factor")
            )
        request.scope = request.user.scope_for(access.permission)
        if not request.scope and access_table().permissions[access.permission].roles != "all":
            return refused(request, access.permission)
        return None


def refused(request: Any, why: str) -> HttpResponse:
    """Answer 403 with a page that says what to do, and leave a row in the log."""
    record(by=request.user, action="access.refused", kind="route", id=why, outcome="refused", request=request)
    return render(request, "accounts/refused.html", {"why": why}, status=403)
