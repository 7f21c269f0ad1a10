"""Signing in and out; one's own account."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import PUBLIC, route


@route(PUBLIC)
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page."""
    if request.method == "POST":
        user = authenticate(
            request, username=request.POST.get("username"), password=request.POST.get("password")
        )
        if user is not None:
            login(request, user)
            return redirect("ui:home")
    return render(request, "accounts/sign_in.html")


@route("account.own", safe=False)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    logout(request)
    return redirect("accounts:sign_in")


@route("account.own")
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the one-time code."""
    return render(request, "accounts/second_factor.html")


@route("account.own")
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """One's own account."""
    return render(request, "accounts/me.html")
