"""Every request passes here: undeclared routes are refused, declared ones get the scope their permission holds in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from xinglin.apps.access.routes import PUBLIC, access_of
from xinglin.apps.access.table import access_table
from xinglin.apps.accounts.sessions import still_good
from xinglin.apps.accounts.signing import VERIFIED
from xinglin.apps.audit.actions import record

__all__ = ["VERIFIED", "AccessMiddleware", "refused"]

BEFORE_VERIFIED = {"accounts:second_factor", "accounts:second_factor_setup", "accounts:sign_out"}
BEFORE_OWN_PASSWORD = BEFORE_VERIFIED | {"accounts:password"}


class AccessMiddleware:
    """Refuses what is not declared or not allowed; sets ``request.scope``."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        """Pass the request on (the work is done in `process_view`); pages behind sign-in stay in no cache."""
        response = self.get_response(request)
        if getattr(request, "access", None) is not None and request.access.permission != PUBLIC:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: Any, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse, redirect to what must be done first, or set the scope and let the view run."""
        del args, kwargs
        access = access_of(view)
        if access is not None and access.token:
            request.access = access
            return None  # no session counts there: the view asks for a token and for the permission
        if "\0" in request.path or any("\0" in text for found in request.GET.lists() for text in found[1]):
            raise BadRequest("NUL")  # PostgreSQL has no such text; nobody types it
        if access is None:
            return refused(request, "undeclared")
        request.access = access
        if access.permission == PUBLIC:
            return None
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        if not still_good(request):
            logout(request)
            return _to_sign_in(request)
        first = _to_be_done_first(request)
        if first is not None:
            return first
        request.scope = request.user.scope_for(access.permission)
        if not request.scope and access_table().permissions[access.permission].roles != "all":
            return refused(request, access.permission)
        return None


def _to_sign_in(request: Any) -> HttpResponse:
    """To the sign-in page and back; a fragment (htmx) sends the whole page there."""
    if request.htmx:
        return HttpResponseClientRedirect(reverse("accounts:sign_in"))
    back = request.get_full_path() if request.method in ("GET", "HEAD") else reverse("ui:home")
    return redirect_to_login(back)


def _to_be_done_first(request: Any) -> HttpResponse | None:
    """The second factor, then a password of one's own, before anything else; till then pages show no menu."""
    unverified = request.user.needs_second_factor and not request.session.get(VERIFIED)
    request.unfinished = unverified or request.user.must_change_password
    here = request.resolver_match.view_name
    if unverified:
        return None if here in BEFORE_VERIFIED else _to(request, "accounts:second_factor")
    if request.user.must_change_password and here not in BEFORE_OWN_PASSWORD:
        return _to(request, "accounts:password")
    return None


def _to(request: Any, name: str) -> HttpResponse:
    address = reverse(name)
    if request.htmx:
        return HttpResponseClientRedirect(address)
    if request.method == "GET" and request.path != reverse("ui:home"):
        address += "?" + urlencode({"next": request.get_full_path()})
    return redirect(address)


def refused(request: Any, why: str) -> HttpResponse:
    """Answer 403 with a page that says what to do, and leave a row in the log."""
    record(by=request.user, action="access.refused", kind="route", id=why, outcome="refused", request=request)
    return render(request, "accounts/refused.html", {"why": why}, status=403)
