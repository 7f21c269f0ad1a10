"""Pages of accounts in a real browser: those that the walk over all pages leaves out, and a sign-in by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from accounts_factories import SECRET
from browser import opening
from django.test import Client

from conftest import COUNTY, PASSWORD
from xinglin.apps.accounts import actions, factor
from xinglin.apps.accounts.actions import Area
from xinglin.apps.accounts.models import Grant, User

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1", "localhost"]),
]


def some_people() -> User:
    """Thirty accounts with grants; the last one."""
    surnames = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
    made = [
        actions.create_account(
            by=None,
            username=f"user{number:02}",
            display_name=f"{surname}小明",
            role="county_officer" if number % 2 else "inspector",
            area=Area(COUNTY),
        ).user
        for number, surname in enumerate(surnames)
    ]
    actions.set_active(by=None, user_id=made[3].pk, active=False)
    Grant.objects.create(user=made[-1], role="village_doctor", facility="QA01m0v4s8ab7k2m9x0")
    ended = Grant.objects.create(user=made[-1], role="inspector", place="4418")
    actions.end_grant(by=None, user_id=made[-1].pk, grant_id=ended.pk)
    return made[-1]


@pytest.mark.parametrize("page", ["users", "user", "new_user", "me", "password", "matrix", "setup"])
def test_page(chromium: Any, live_server: Any, signed_in: Callable[..., Any], page: str) -> None:
    last = some_people()
    client = signed_in("security_admin", username="boss")
    paths = {
        "users": "/users?sort=-username",
        "user": f"/users/{last.pk}",
        "new_user": "/users/new",
        "me": "/me",
        "password": "/me/password",
        "matrix": "/permissions",
        "setup": "/second-factor/setup",
    }
    with opening(chromium, live_server, client, paths[page]) as opened:
        opened.check()
        opened.shoot(f"acc-{page}")


def test_mistakes_on_a_new_account(chromium: Any, live_server: Any, signed_in: Callable[..., Any]) -> None:
    with opening(chromium, live_server, signed_in("security_admin"), "/users/new") as opened:
        page = opened.page
        page.fill("[name=username]", "李明")
        page.select_option("[name=role]", "county_officer")
        page.fill("#id_place", "鼓楼区")
        page.click("main button.primary")
        page.wait_for_selector(".summary")
        opened.examine().check()
        opened.shoot("acc-mistakes")


def test_from_sign_in_to_sign_out(chromium: Any, live_server: Any, account: Callable[..., User]) -> None:
    """With the keyboard only: wrong password, right password, one-time code, page that was asked for, sign out."""
    account("county_officer", COUNTY, username="officer")
    User.objects.update(totp_secret=SECRET)
    with opening(chromium, live_server, Client(), "/me") as opened:
        page = opened.page
        assert page.evaluate("document.activeElement.name") == "username"
        page.keyboard.type("officer")
        page.keyboard.press("Tab")
        page.keyboard.type("wrong")
        page.keyboard.press("Enter")
        page.wait_for_selector(".summary")
        opened.examine().check()
        opened.shoot("acc-wrong")
        page.fill("[name=username]", "officer")
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/second-factor?*")
        opened.examine().check()
        opened.shoot("acc-code")
        page.keyboard.type(factor.current_code(SECRET))
        page.keyboard.press("Enter")
        page.wait_for_url("**/me")
        page.get_by_role("button", name="退出", exact=True).click()
        page.wait_for_url("**/sign-in")


def test_matrix_on_paper(chromium: Any, live_server: Any, signed_in: Callable[..., Any]) -> None:
    with opening(chromium, live_server, signed_in("auditor"), "/permissions") as opened:
        opened.page.emulate_media(media="print")
        assert not opened.page.locator("nav.menu").is_visible()
        opened.page.pdf(path="/tmp/acc-matrix.pdf", format="A4", landscape=True)
