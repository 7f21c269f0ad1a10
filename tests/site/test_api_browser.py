"""A token is asked for, shown once and listed, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from api_factories import FACTOR, Api
from browser import opening
from django.test import Client

from conftest import CHILD, COUNTY
from xinglin.apps.accounts import factor
from xinglin.apps.api.models import ApiToken

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1", "localhost"]),
]


def test_token_in_the_browser(chromium: Any, live_server: Any, signed_in: Callable[..., Client]) -> None:
    client: Any = signed_in("county_officer", COUNTY)
    client.user.totp_secret = FACTOR
    client.user.save()
    with opening(chromium, live_server, client, "/me/tokens/new") as opened:
        opened.check()
        opened.shoot("api-new")
        page = opened.page
        page.get_by_label("用途").fill("县医院 HIS 每晚取机构名单（演示数据）")
        page.get_by_label("查看机构").check()
        page.get_by_label("查看登记与填报").check()
        page.get_by_label("只限地区").fill(CHILD)
        page.locator(".picker [role=option]").first.click()
        page.get_by_label("动态口令").fill(factor.current_code(FACTOR))
        page.get_by_role("button", name="发放令牌").click()
        page.get_by_role("heading", name="令牌已发放").wait_for()
        opened.path = "/me/tokens/new"
        opened.examine().check()
        text = page.locator("code.secret").inner_text()
        opened.shoot("api-made")
    assert Api(text).get("facilities").status_code == 200
    assert ApiToken.objects.get().places == [CHILD]
    with opening(chromium, live_server, client, "/me/tokens") as opened:
        opened.check()
        assert text not in opened.page.content()
        opened.shoot("api-tokens")
