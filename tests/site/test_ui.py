"""Look and feel in real Chromium: all components, the home page by role, keys, print, zoom, error pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from browser import opening
from django import forms
from django.test import Client, RequestFactory

from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.ui.navigation import Entry, menu
from xinglin.apps.ui.templatetags import ui
from xinglin.apps.ui.views import SampleForm, server_error

page_test = [
    pytest.mark.chromium,
    pytest.mark.enable_socket,
    pytest.mark.allow_hosts(["127.0.0.1", "localhost"]),
]
COUNTY = "441882"


def in_browser(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that opens pages."""
    for mark in page_test:
        test = mark(test)
    return test


@in_browser
def test_style_page(chromium: Any, live_server: Any, signed_in: Callable[..., Client]) -> None:
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), "/style") as opened:
        opened.check()
        opened.shoot("ui-style")


@in_browser
@pytest.mark.parametrize("role", ["village_doctor", "county_officer", "auditor", "resident"])
def test_home_page(chromium: Any, live_server: Any, signed_in: Callable[..., Client], role: str) -> None:
    at_facility = access_table().roles[role].level is RoleLevel.FACILITY
    client = signed_in(role, "" if at_facility else COUNTY, **({"facility": "QAf"} if at_facility else {}))
    with opening(chromium, live_server, client, "/") as opened:
        opened.check()
        assert opened.page.locator("nav.menu a[aria-current=page]").inner_text() == "首页"
        opened.shoot(f"ui-home-{role}")


@in_browser
def test_menu_is_reached_by_keyboard(
    chromium: Any, live_server: Any, signed_in: Callable[..., Client]
) -> None:
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), "/") as opened:
        page, seen = opened.page, []
        for _ in range(5 + page.locator("nav.menu a").count()):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.textContent.trim()"))
        assert seen[0] == "跳到正文"
        links = page.locator("nav.menu a").all_inner_texts()
        assert [text for text in seen if text in links][: len(links)] == links
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.evaluate(outline) == "solid"


@in_browser
def test_skip_link_and_keys(chromium: Any, live_server: Any, signed_in: Callable[..., Client]) -> None:
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), "/style?clean=1") as opened:
        page = opened.page
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "f-q"
        page.keyboard.type("?/")
        assert page.evaluate("document.activeElement.value") == "?/"
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("?")
        assert page.locator("dialog#keys").is_visible()
        opened.examine().check()
        page.keyboard.press("Escape")
        assert not page.locator("dialog#keys").is_visible()
        page.keyboard.press("g")
        page.keyboard.press("h")
        page.wait_for_url(live_server.url + "/")


@in_browser
def test_mistakes_take_the_focus(chromium: Any, live_server: Any, signed_in: Callable[..., Client]) -> None:
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), "/style") as opened:
        assert opened.page.evaluate("document.activeElement.className") == "summary"
        assert (
            opened.page.locator("#id_name").get_attribute("aria-describedby")
            == "id_name_helptext id_name_error"
        )


@in_browser
@pytest.mark.parametrize("width", [640, 400])
def test_zoomed(chromium: Any, live_server: Any, signed_in: Callable[..., Client], width: int) -> None:
    """1280 at 200 % and 800 at 200 % are 640 and 400 wide."""
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), "/style", width) as opened:
        opened.check()
        opened.shoot("ui-zoom")


@in_browser
def test_on_paper(chromium: Any, live_server: Any, signed_in: Callable[..., Client]) -> None:
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), "/style", 800) as opened:
        page = opened.page
        page.emulate_media(media="print")
        for hidden in ("nav.menu", "header.top", ".filters", ".pages"):
            assert not page.locator(hidden).first.is_visible(), hidden
        frame = page.locator(".scroll").first
        whole = "e => e.scrollHeight <= e.clientHeight + 2 && getComputedStyle(e).overflowY === 'visible'"
        assert frame.evaluate(whole)


@in_browser
def test_error_pages(chromium: Any, live_server: Any, signed_in: Callable[..., Client]) -> None:
    with opening(chromium, live_server, signed_in("county_officer", COUNTY), "/nothing-here") as opened:
        opened.check(status=404)
        assert "没有这一页" in opened.page.inner_text("h1")


@in_browser
def test_sign_in_page_opens_for_strangers(chromium: Any, live_server: Any) -> None:
    with opening(chromium, live_server, None, "/sign-in") as opened:
        assert not opened.errors


@pytest.mark.any_database
def test_server_error_needs_nothing() -> None:
    request: Any = RequestFactory().get("/")
    request.request_id = "abc123"
    response = server_error(request)
    assert response.status_code == 500
    assert "abc123" in response.content.decode()


def test_csrf_failure_in_chinese(signed_in: Callable[..., Client]) -> None:
    user = signed_in("county_officer", COUNTY)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = user.cookies
    response = strict.post("/sign-out")
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


class _Someone:
    def can(self, permission: str) -> bool:
        return permission == "home.view"


@pytest.mark.any_database
def test_menu_marks_one_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        Entry("首页", "ui:home", "home.view", ""),
        Entry("样式", "ui:style", "home.view", "其他", "部件"),
        Entry("审计", "ui:health", "audit.view", "其他"),
    ]
    monkeypatch.setattr("xinglin.apps.ui.navigation.ENTRIES", entries)
    groups = dict(menu(_Someone(), "/style/more"))
    assert [entry.label for group in groups.values() for entry in group] == ["首页", "样式"]
    assert [entry.here for group in groups.values() for entry in group] == [False, True]


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("care", "county", "expected"),
    [
        (2, 1, ["", "诊疗", "县域", "填报", "其他"]),
        (1, 2, ["", "县域", "填报", "诊疗", "其他"]),
        (0, 1, ["", "县域", "填报", "其他"]),
    ],
)
def test_the_days_work_stands_first(
    care: int, county: int, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = {"其他": 3, "县域": county, "": 1, "诊疗": care, "填报": 5}
    entries = [
        Entry(f"{group}{at}", "ui:style", "home.view", group)
        for group, number in counts.items()
        for at in range(number)
    ]
    monkeypatch.setattr("xinglin.apps.ui.navigation.ENTRIES", entries)
    assert [name for name, _ in menu(_Someone(), "/")] == expected


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("query", "address", "order"),
    [
        ("", "?sort=name", ""),
        ("sort=name&page=3&q=a", "?sort=-name&q=a", "ascending"),
        ("sort=-name", "?sort=name", "descending"),
        ("sort=other", "?sort=name", ""),
        ("q=%22%3E%3Cscript%3E", "?q=%22%3E%3Cscript%3E&sort=name", ""),
    ],
)
def test_sortable_header(query: str, address: str, order: str) -> None:
    context = {"request": RequestFactory().get(f"/?{query}")}
    found = ui.sortable(context, "name", "名称")
    assert (found["address"], found["order"]) == (address, order)


@pytest.mark.any_database
def test_form_shows_label_help_and_mistakes() -> None:
    form = SampleForm({"name": "", "kind": "x", "ownership": "public"})
    html = str(form)
    assert "有 2 处要改" in html
    assert 'href="#id_name"' in html
    assert 'id="id_name_error"' in html
    assert html.count('<fieldset class="block">') == 2
    assert 'aria-invalid="true"' in html


@pytest.mark.any_database
def test_form_shows_what_concerns_all_of_it() -> None:
    class Whole(forms.Form):
        secret = forms.CharField(widget=forms.HiddenInput)

        def clean(self) -> None:
            raise forms.ValidationError("日期 <b> 颠倒")

    html = str(Whole({"secret": "1"}))
    assert "日期 &lt;b&gt; 颠倒" in html
    assert html.count('type="hidden"') == 1


@pytest.mark.any_database
def test_unknown_tone_is_refused() -> None:
    with pytest.raises(KeyError):
        ui.chip("pink", "x")


@pytest.mark.any_database
def test_crumbs_and_thousands() -> None:
    assert ui.crumbs("首页", "/", "机构", "/f", "甲")["trail"] == [("首页", "/"), ("机构", "/f"), ("甲", "")]
    assert ui.thousands(1234567) == "1,234,567"
    assert ui.thousands(None) == "—"
