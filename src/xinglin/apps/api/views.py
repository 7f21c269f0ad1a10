"""Pages of tokens; the OpenAPI document and the reference page made from it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from xinglin.apps.access.routes import PUBLIC, route
from xinglin.apps.accounts import permissions, signing
from xinglin.apps.accounts.attempts import Locked
from xinglin.apps.accounts.signing import SignInRefused
from xinglin.apps.api import actions, throttle
from xinglin.apps.api.forms import TokenForm
from xinglin.apps.api.models import ApiToken
from xinglin.apps.api.presenters import shown
from xinglin.apps.api.reference import parts
from xinglin.apps.api.site import openapi
from xinglin.apps.audit.actions import record
from xinglin.apps.ui.messages import done, refused

form_page = require_http_methods(["GET", "POST"])
PAGE = 50


@route("token.own")
@require_safe
def tokens(request: Any) -> HttpResponse:
    """One's own tokens."""
    rows = shown(list(ApiToken.objects.filter(owner=request.user)), timezone.localdate())
    return render(request, "api/tokens.html", {"rows": rows, "rate": throttle.limit()})


@route("token.own", safe=False)
@form_page
@never_cache
@sensitive_post_parameters("answer")
def new_token(request: Any) -> HttpResponse:
    """A new token; it is shown once, in the answer."""
    form = TokenForm(request.POST or None, request.user)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            signing.confirm(request, asked["answer"])
            made = actions.make(
                by=request.user,
                label=asked["label"],
                reach=form.reach(),
                days=asked["days"],
                request=request,
            )
        except (Locked, SignInRefused) as refusal:
            form.add_error("answer", str(refusal))
        except actions.NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            [row] = shown([made.token], timezone.localdate())
            return render(request, "api/made.html", {"made": made, "row": row})
    return render(request, "api/new_token.html", {"form": form})


@route("token.own", safe=False)
@form_page
def revoke(request: Any, api_token: str) -> HttpResponse:
    """Revoke a token of one's own."""
    token = get_object_or_404(ApiToken, pk=api_token, owner=request.user)
    return _revoking(request, token, reverse("api:tokens"))


@route("token.manage")
@require_safe
def all_tokens(request: Any) -> HttpResponse:
    """Tokens of the accounts that one manages."""
    mine = permissions.visible_users(request.user)
    rows = ApiToken.objects.filter(owner__in=mine).select_related("owner")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    found = shown(list(page.object_list), timezone.localdate())
    record(by=request.user, action="api_token.list", kind="api_token", count=len(found), request=request)
    return render(request, "api/all_tokens.html", {"page": page, "rows": found})


@route("token.manage", safe=False)
@form_page
def end_token(request: Any, api_token: str) -> HttpResponse:
    """Revoke a token of an account that one manages."""
    mine = permissions.visible_users(request.user)
    token = get_object_or_404(ApiToken, pk=api_token, owner__in=mine)
    return _revoking(request, token, reverse("api:all_tokens"))


def _revoking(request: Any, token: ApiToken, back: str) -> HttpResponse:
    if request.method == "POST":
        try:
            actions.revoke(by=request.user, token=token, request=request)
        except actions.NotAllowed as refusal:
            refused(request, f"{refusal}。")
        else:
            done(request, f"令牌“{token.label}”已吊销，用它的程序从现在起一律被拒绝。")
        return redirect(back)
    context = {
        "title": f"吊销令牌“{token.label}”",
        "text": "吊销立即生效，不能恢复；用它的程序要换新的令牌。",
        "verb": "吊销",
        "danger": True,
        "back": back,
    }
    return render(request, "ui/confirm.html", context)


@route(PUBLIC)
@require_safe
def document(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    return JsonResponse(openapi(), json_dumps_params={"ensure_ascii": False})


@route(PUBLIC)
@require_safe
def reference(request: HttpRequest) -> HttpResponse:
    """The operations in Chinese, without a script."""
    return render(request, "api/reference.html", {"parts": parts(), "rate": throttle.limit()})
