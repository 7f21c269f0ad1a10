"""Signing in and out, and the second factor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from xinglin.apps.access.routes import PUBLIC, route
from xinglin.apps.accounts import factor, signing
from xinglin.apps.accounts.attempts import Locked
from xinglin.apps.accounts.forms import CodeForm, SignInForm
from xinglin.apps.accounts.signing import SignInRefused

form_page = require_http_methods(["GET", "POST"])


@route(PUBLIC)
@form_page
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: Any) -> HttpResponse:
    """Name and password."""
    if request.user.is_authenticated:
        return redirect(onward(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            user = signing.sign_in(request, data["username"], data["password"])
        except (Locked, SignInRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(
                with_next("accounts:second_factor", request) if user.needs_second_factor else onward(request)
            )
    return render(request, "accounts/sign_in.html", {"form": form, "next": onward(request)})


@route("account.own", safe=False)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out."""
    signing.sign_out(request)
    return redirect("accounts:sign_in")


@route("account.own", safe=False)
@form_page
def second_factor(request: Any) -> HttpResponse:
    """Ask for the one-time code; who has none yet is sent to set it up."""
    if request.session.get(signing.VERIFIED):
        return redirect(onward(request))
    if not request.user.totp_secret:
        return redirect(with_next("accounts:second_factor_setup", request))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            signing.give_code(request, form.cleaned_data["code"])
        except (Locked, SignInRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(onward(request))
    shown = (
        factor.current_code(request.user.totp_secret) if settings.XINGLIN_DEMO and request.user.demo else ""
    )
    context = {"form": form, "next": onward(request), "demo_code": shown}
    return render(request, "accounts/second_factor.html", context)


@route("account.own", safe=False)
@form_page
def second_factor_setup(request: Any) -> HttpResponse:
    """Set up the second factor: picture, key, first code."""
    if request.user.totp_secret:
        return redirect(with_next("accounts:second_factor", request))
    secret = signing.pending_secret(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            signing.set_up_factor(request, form.cleaned_data["code"])
        except (Locked, SignInRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(onward(request))
    context = {
        "form": form,
        "next": onward(request),
        "picture": factor.picture(request.user, secret),
        "secret": factor.grouped(secret),
    }
    return render(request, "accounts/second_factor_setup.html", context)


def onward(request: Any) -> str:
    """Where to go afterwards: the ``next`` that was asked for if it lies on this site, else the home page."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    good = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return asked if good else resolve_url("ui:home")


def with_next(name: str, request: Any) -> str:
    """The address of a step that hands ``next`` on."""
    return f"{resolve_url(name)}?{urlencode({'next': onward(request)})}"
