"""Managing accounts: the list, an account, and what may be done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from xinglin.apps.access.routes import route
from xinglin.apps.access.scope import Scope
from xinglin.apps.accounts import actions, attempts, permissions, presenters, sessions
from xinglin.apps.accounts.forms import AccountForm, GrantForm, UserFilterForm
from xinglin.apps.accounts.models import Grant, User, plain_username
from xinglin.apps.accounts.permissions import NotAllowed
from xinglin.apps.accounts.views.signing import form_page
from xinglin.apps.audit.actions import record
from xinglin.apps.protection.crypto import keyed_hash
from xinglin.apps.ui import searching

PAGE = 25


@route("user.manage")
@require_safe
def users(request: Any) -> HttpResponse:
    """Accounts in one's area, searched, filtered, sorted. Who is looked for stands in the session, under a token."""
    token = request.GET.get(searching.PARAMETER, "")
    text = searching.recall(request, token) if token else ""
    asked = request.GET.copy()
    asked["q"] = text or ""
    return _list(request, UserFilterForm(asked), expired=text is None)


@route("user.manage", safe=False)
@require_POST
def find(request: Any) -> HttpResponse:
    """Narrow the list down; the name looked for is kept in the session, never in an address."""
    filters = UserFilterForm(request.POST)
    if not filters.is_valid():
        return _list(request, filters, status=422)
    asked = {name: filters.data.get(name, "") for name in filters.fields if name != "q"}
    if filters.cleaned_data["q"]:
        asked[searching.PARAMETER] = searching.remember(request, filters.cleaned_data["q"])
    told = urlencode({name: value for name, value in asked.items() if value})
    return redirect(f"{reverse('accounts:users')}{'?' if told else ''}{told}")


def _list(request: Any, filters: UserFilterForm, *, expired: bool = False, status: int = 200) -> HttpResponse:
    """The accounts that meet filters; none when it is not known (any more) who is looked for."""
    found = permissions.visible_users(request.user)
    nobody = expired or not filters.is_valid()
    found = found.none() if nobody else _filtered(found, filters.cleaned_data)
    page = Paginator(found.prefetch_related("grants"), PAGE).get_page(request.GET.get("page"))
    with transaction.atomic():
        rows = presenters.shown_users(list(page.object_list))
        record(
            by=request.user,
            action="account.list",
            kind="account",
            fields=("display_name",),
            count=len(rows),
            request=request,
        )
    context = {"filters": filters, "page": page, "rows": rows, "expired": expired}
    return render(request, "accounts/users.html", context, status=status)


def _filtered(found: QuerySet[User], asked: dict[str, Any]) -> QuerySet[User]:
    if asked["q"]:
        whole_name = keyed_hash(asked["q"], actions.NAME_PURPOSE)
        found = found.filter(Q(username__contains=plain_username(asked["q"])) | Q(name_hash=whole_name))
    if asked["state"]:
        found = found.filter(is_active=asked["state"] == "active")
    if asked["role"]:
        held = Grant.objects.filter(ended_at=None, role=asked["role"])
        found = found.filter(pk__in=held.values("user"))
    if asked["place"]:
        inside = permissions.granted_within(Scope(frozenset([asked["place"]])))
        found = found.filter(pk__in=inside.values("user"))
    name = asked["sort"].removeprefix("-")
    order = F(name).desc(nulls_last=True) if asked["sort"].startswith("-") else F(name).asc(nulls_last=True)
    return found.order_by(order, "pk")


@route("user.manage", safe=False)
@form_page
def new_user(request: Any) -> HttpResponse:
    """A new account with its first grant; its password is shown once, in the answer."""
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.create_account(
                by=request.user,
                username=data["username"],
                display_name=data["display_name"],
                role=data["role"],
                area=form.area(),
                request=request,
            )
        except NotAllowed as refusal:
            _note_refusal(request, "account.create", "")
            form.add_error(None, str(refusal))
        else:
            return render(request, "accounts/made.html", {"made": made, "title": "账号已建立"})
    return render(request, "accounts/new_user.html", {"form": form})


@route("user.manage", area="user")
@require_safe
def user(request: Any, user: str) -> HttpResponse:
    """One account: who, what it may do, since when, and the deeds that are possible."""
    found = _get(request, user)
    with transaction.atomic():
        record(
            by=request.user,
            action="account.view",
            kind="account",
            id=found.pk,
            fields=("display_name",),
            request=request,
        )
    return render(request, "accounts/user.html", _page_of(request, found, GrantForm()))


def _page_of(request: Any, found: User, form: GrantForm) -> dict[str, Any]:
    grants = list(found.grants.select_related("granted_by"))
    names = presenters.facility_names(grants)
    keys = (attempts.name_key(found.username), attempts.code_key(found.pk))
    return {
        "account": found,
        "grants": [presenters.shown_grant(grant, names) for grant in grants],
        "form": form,
        "locked": any(attempts.is_locked(key) for key in keys),
        "sessions": sessions.sessions_of(found.pk).count(),
        "may_manage": permissions.may_manage(request.user, found),
    }


@route("user.manage", area="user", safe=False)
@require_POST
def give_grant(request: Any, user: str) -> HttpResponse:
    """Give a role."""
    found = _get(request, user)
    form = GrantForm(request.POST)
    if form.is_valid():
        try:
            actions.give_grant(
                by=request.user,
                user_id=found.pk,
                role=form.cleaned_data["role"],
                area=form.area(),
                request=request,
            )
        except NotAllowed as refusal:
            _note_refusal(request, "grant.give", found.pk)
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已授权。")
            return redirect("accounts:user", found.pk)
    return render(request, "accounts/user.html", _page_of(request, found, form))


@route("user.manage", area="user", safe=False)
@form_page
def end_grant(request: Any, user: str, grant: str) -> HttpResponse:
    """Take a role back, once asked."""
    found = _get(request, user)
    held = get_object_or_404(found.grants, pk=grant)
    if request.method == "GET":
        shown = presenters.shown_grant(held, presenters.facility_names([held]))
        points = [f"{shown.role} · {shown.where}", "从这一刻起不再有这项权限；以后可以重新授予。"]
        return _ask(request, found, "收回授权", points, "收回")
    return _deed(request, found, "grant.end", "已收回授权。", actions.end_grant, grant_id=held.pk)


@route("user.manage", area="user", safe=False)
@form_page
def deactivate(request: Any, user: str) -> HttpResponse:
    """Deactivate an account, once asked."""
    found = _get(request, user)
    if request.method == "GET":
        points = ["不能再登录，现有的登录立即退出。", "授权和记录都保留；以后可以重新启用。"]
        return _ask(request, found, "停用账号", points, "停用")
    words = "账号已停用，它的登录已全部退出。"
    return _deed(request, found, "account.deactivate", words, actions.set_active, active=False)


@route("user.manage", area="user", safe=False)
@require_POST
def activate(request: Any, user: str) -> HttpResponse:
    """Activate an account again."""
    found = _get(request, user)
    return _deed(request, found, "account.activate", "账号已启用。", actions.set_active, active=True)


@route("user.manage", area="user", safe=False)
@form_page
def reset_password(request: Any, user: str) -> HttpResponse:
    """A new first password, once asked; shown once in the answer."""
    found = _get(request, user)
    if request.method == "GET":
        points = ["原来的密码作废，现有的登录立即退出。", "新的初始密码只显示一次，请当面交给本人。"]
        return _ask(request, found, "重置密码", points, "重置密码")
    try:
        made = actions.reset_password(by=request.user, user_id=found.pk, request=request)
    except NotAllowed as refusal:
        return _told(request, found, "account.password_reset", refusal)
    return render(request, "accounts/made.html", {"made": made, "title": "密码已重置"})


@route("user.manage", area="user", safe=False)
@form_page
def reset_second_factor(request: Any, user: str) -> HttpResponse:
    """Forget somebody's second factor, once asked."""
    found = _get(request, user)
    if request.method == "GET":
        points = ["请先当面或用可靠的办法确认是本人。", "现有的登录立即退出；本人下次登录时重新设置。"]
        return _ask(request, found, "清除动态口令", points, "清除")
    words = "动态口令已清除；下次登录时须重新设置。"
    return _deed(request, found, "account.second_factor_reset", words, actions.reset_second_factor)


@route("user.manage", area="user", safe=False)
@require_POST
def unlock(request: Any, user: str) -> HttpResponse:
    """Lift a lock-out."""
    return _deed(request, _get(request, user), "account.unlock", "已解除锁定。", actions.unlock)


def _get(request: Any, id: str) -> User:
    return get_object_or_404(permissions.visible_users(request.user), pk=id)


def _ask(request: Any, found: User, title: str, points: list[str], verb: str) -> HttpResponse:
    """A page that asks before a deed that cannot simply be taken back."""
    context = {
        "title": f"{title}：{found.username}",
        "points": points,
        "verb": verb,
        "danger": True,
        "back": reverse("accounts:user", args=(found.pk,)),
    }
    return render(request, "ui/confirm.html", context)


def _deed(
    request: Any, found: User, name: str, words: str, action: Callable[..., None], **more: Any
) -> HttpResponse:
    """Do it and go back to the account, with words for either outcome."""
    try:
        action(by=request.user, user_id=found.pk, request=request, **more)
    except NotAllowed as refusal:
        return _told(request, found, name, refusal)
    messages.success(request, words)
    return redirect("accounts:user", found.pk)


def _told(request: Any, found: User, name: str, refusal: NotAllowed) -> HttpResponse:
    _note_refusal(request, name, found.pk)
    messages.error(request, str(refusal))
    return redirect("accounts:user", found.pk)


def _note_refusal(request: Any, action: str, id: str) -> None:
    record(by=request.user, action=action, kind="account", id=id, outcome="refused", request=request)
