"""Charts under the real content policy, in Chromium: all kinds on the page of components, and what a reader does."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from browser import opening
from django.test import Client

from xinglin.apps.ui.figures import figure_outlines
from xinglin.apps.ui.scripts import VEGA, MadeScripts, vega_script

KINDS = 6
DRAWN = f"document.querySelectorAll('figure.chart[data-drawn] .canvas svg.marks').length === {KINDS}"
in_chromium = [
    pytest.mark.chromium,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1", "localhost"]),
]
SignedIn = Callable[..., Client]


def browsed(test: Any) -> Any:
    for mark in in_chromium:
        test = mark(test)
    return test


@browsed
def test_all_kinds_are_drawn(chromium: Any, live_server: Any, signed_in: SignedIn) -> None:
    """No console error means: no eval, no inline style, no inline script, no request that failed."""
    with opening(chromium, live_server, signed_in("county_officer", "441882"), "/style") as opened:
        page = opened.page
        page.wait_for_function(DRAWN)
        opened.examine().check()
        policy = page.request.get(f"{live_server.url}/style").headers["content-security-policy"]
        assert "unsafe" not in policy
        assert page.locator("figure.chart img").count() == 0, "图没有画成，用了服务器的图"
        area = page.locator("figure.chart >> nth=0").locator("path[aria-roledescription=geoshape]")
        assert area.count() >= 8
        area.nth(6).scroll_into_view_if_needed()
        area.nth(6).hover(force=True)
        tooltip = page.locator("#vg-tooltip-element.visible")
        tooltip.wait_for(timeout=5000)
        assert "分子 ÷ 分母" in tooltip.inner_text()
        area.nth(6).click(force=True)
        page.wait_for_url("**/style#charts")
        opened.examine().check()


@browsed
def test_without_script_and_without_vega(chromium: Any, live_server: Any, signed_in: SignedIn) -> None:
    """The server's picture of the same description stands in; the table is there anyway."""
    client = signed_in("county_officer", "441882")
    cookies = [
        {"name": name, "value": morsel.value, "url": live_server.url}
        for name, morsel in client.cookies.items()
    ]
    for script in (False, True):
        context = chromium.new_context(java_script_enabled=script)
        context.add_cookies(cookies)
        page = context.new_page()
        page.route(re.compile(r"/charts/vega"), lambda route: route.abort())
        page.goto(f"{live_server.url}/style", wait_until="networkidle")
        pictures = page.locator("figure.chart .drawn img")
        assert pictures.count() == KINDS
        assert page.locator("figure.chart .numbers table").count() == KINDS
        answer = page.request.get(live_server.url + str(pictures.first.get_attribute("src")))
        assert answer.headers["content-type"].startswith("image/svg+xml")
        assert "英德市" in answer.text()
        context.close()


def test_a_picture_is_for_whom_it_was_shown(signed_in: SignedIn) -> None:
    first, other = signed_in("county_officer", "441882"), signed_in("county_officer", "441881")
    address = re.search(r'data-picture="([^"]+)"', first.get("/style").content.decode())
    assert address
    assert (
        "清远" in first.get(address[1]).content.decode() or "英德市" in first.get(address[1]).content.decode()
    )
    assert other.get(address[1]).status_code == 404
    assert "attachment" in first.get(f"{address[1]}?download").headers["Content-Disposition"]


def test_outlines_are_answered_once_a_day(signed_in: SignedIn) -> None:
    client = signed_in("county_officer", "441882")
    answer = client.get("/figures/outlines/4418")
    assert len(answer.json()["features"]) == 8
    assert "max-age=86400" in answer.headers["Cache-Control"]
    assert client.get("/figures/outlines/441882").status_code == 404
    assert client.get("/figures/outlines/9999").status_code == 404
    assert figure_outlines.access.permission == "home.view"


@pytest.mark.any_database
def test_the_script_is_gathered_with_the_others() -> None:
    (found,) = MadeScripts().list([])
    name, storage = found
    assert name == VEGA
    with storage.open(name) as file:
        text = file.read().decode()
    assert text == vega_script().read_text(encoding="utf-8")
    assert "BSD-3-Clause" in text.splitlines()[0]
    assert MadeScripts().find("ui/keys.js") is None
