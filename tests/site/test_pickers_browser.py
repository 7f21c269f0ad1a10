"""Pickers in a real browser: with the keyboard, with the mouse, without a script, when the server is away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import organisations_factories as make
import pytest
from browser import opening
from django.test import Client

from conftest import CHILD, COUNTY
from xinglin.apps.accounts.models import Grant

pytestmark = [
    pytest.mark.chromium,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1", "localhost"]),
    pytest.mark.django_db(transaction=True),
]
LINE = ".picker [role=option]"


def test_an_account_by_keyboard_alone(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client]
) -> None:
    make.facility(CHILD, name="星子镇中心卫生院")
    clinic = make.facility(CHILD, name="星子镇卫生院")
    with opening(chromium, live_server, signed_in("security_admin"), "/users/new") as opened:
        page = opened.page
        page.fill("#id_username", "zhang.san")
        page.fill("#id_display_name", "张三")
        page.select_option("#id_role", "village_doctor")
        page.locator("#id_facility").focus()
        page.keyboard.type("xzz")
        page.locator(LINE).nth(1).wait_for()
        field = page.get_by_role("combobox", name="机构")
        assert field.get_attribute("aria-expanded") == "true"
        page.keyboard.press("ArrowDown")
        active = page.locator(f"#{field.get_attribute('aria-activedescendant')}")
        assert active.get_attribute("aria-selected") == "true"
        wanted = active.get_attribute("data-value")
        opened.examine().check()
        opened.shoot("picker-open")
        page.keyboard.press("Escape")
        assert field.get_attribute("aria-expanded") == "false"
        assert page.input_value("#id_facility") == "xzz", "Escape only closes the list"
        page.keyboard.press("ArrowDown")
        page.locator(LINE).nth(1).wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert page.url.endswith("/users/new"), "Enter chooses and sends nothing"
        assert "星子镇" in page.input_value("#id_facility")
        page.keyboard.press("Enter")
        page.get_by_text("初始密码", exact=True).wait_for()
    assert Grant.objects.get(role="village_doctor").facility == wanted
    assert wanted in {clinic.pk, *clinic.__class__.objects.values_list("pk", flat=True)}


def test_enter_waits_for_the_list(chromium: Any, live_server: Any, signed_in: Callable[..., Client]) -> None:
    """Who types fast and presses Enter at once does not send half a word."""
    with opening(chromium, live_server, signed_in("security_admin"), "/users/new") as opened:
        page = opened.page
        page.locator("#id_place").focus()
        page.keyboard.type("lzs")
        page.keyboard.press("Enter")
        page.get_by_role("option", name="连州市").wait_for()
        assert not page.locator(".summary").count()


def test_with_the_mouse_and_away_again(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client]
) -> None:
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), "/facilities") as opened:
        page = opened.page
        page.locator("#id_place").click()
        page.keyboard.press("ArrowDown")
        page.get_by_role("option", name="西岸镇").click()
        assert page.input_value("#id_place") == "广东省清远市连州市西岸镇"
        page.get_by_role("button", name="筛选").click()
        page.wait_for_url("**place=441882104*")
        assert page.input_value("#id_place") == "广东省清远市连州市西岸镇"
        page.fill("#id_place", "")
        page.get_by_role("button", name="筛选").click()
        page.wait_for_url("**place=&*")
        opened.examine().check()


def test_nothing_found_says_so(chromium: Any, live_server: Any, signed_in: Callable[..., Client]) -> None:
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), "/facilities/new") as opened:
        page = opened.page
        page.locator("#id_place").click()
        page.keyboard.type("qqq")
        page.get_by_role("option", name="没有找到“qqq”").wait_for()
        opened.examine().check()
        page.keyboard.press("Enter")
        page.locator(".summary").wait_for()
        assert page.input_value("#id_place") == "qqq", "what was typed is lost"
        opened.examine().check()


def test_when_the_server_is_away(chromium: Any, live_server: Any, signed_in: Callable[..., Client]) -> None:
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), "/facilities/new") as opened:
        page = opened.page
        page.route("**/choose/**", lambda route: route.abort())
        page.locator("#id_place").click()
        page.keyboard.type("xa")
        page.get_by_text("现在查不了").wait_for(state="attached")
        assert page.get_by_role("combobox", name="所在地").get_attribute("aria-expanded") == "false"


def test_without_a_script(chromium: Any, live_server: Any, signed_in: Callable[..., Client]) -> None:
    client = signed_in("county_officer", COUNTY)
    context = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    try:
        cookies = [
            {"name": name, "value": morsel.value, "url": live_server.url}
            for name, morsel in client.cookies.items()
        ]
        context.add_cookies(cookies)
        page = context.new_page()
        page.goto(live_server.url + f"/facilities?place={CHILD}")
        assert page.input_value("[name=place]") == CHILD
        assert page.get_by_text("广东省清远市连州市星子镇").is_visible()
        page.fill("[name=place]", "西岸镇")
        page.get_by_role("button", name="筛选").click()
        page.wait_for_url("**place=*")
        assert "没有符合条件的机构" in page.content()
        page.goto(live_server.url + "/facilities/new")
        page.fill("[name=place]", "不知道哪里")
        page.get_by_role("button", name="保存").click()
        assert "没有名为“不知道哪里”" in page.inner_text(".summary")
    finally:
        context.close()
