"""One's own account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.accounts import presenters, sessions, signing
from xinglin.apps.accounts.attempts import Locked
from xinglin.apps.accounts.forms import PasswordForm
from xinglin.apps.accounts.signing import SignInRefused
from xinglin.apps.accounts.views.signing import form_page, onward


@route("account.own")
@require_safe
def me(request: Any) -> HttpResponse:
    """One's name, roles and areas, sessions, password and second factor."""
    grants = request.user.grants_today()
    names = presenters.facility_names(grants)
    here = request.session.session_key
    context = {
        "grants": [presenters.shown_grant(grant, names) for grant in grants],
        "sessions": [presenters.shown_session(one, here) for one in sessions.sessions_of(request.user.pk)],
    }
    return render(request, "accounts/me.html", context)


@route("account.own", safe=False)
@form_page
@sensitive_post_parameters()
def password(request: Any) -> HttpResponse:
    """Change one's password."""
    form = PasswordForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            signing.change_password(request, form.cleaned_data["old"], form.cleaned_data["new"])
        except (Locked, SignInRefused) as refusal:
            form.add_error("old", str(refusal))
        else:
            messages.success(request, "密码已修改；其他设备上的登录已退出。")
            return redirect(onward(request))
    return render(request, "accounts/password.html", {"form": form, "next": onward(request)})


@route("account.own", safe=False)
@require_POST
def end_sessions(request: Any) -> HttpResponse:
    """Sign out everywhere else."""
    count = signing.end_other_sessions(request)
    messages.success(request, f"已退出其他 {count} 处登录。" if count else "没有其他地方在登录。")
    return redirect("accounts:me")
